"""Where a text may hold two questions: at the end of a sentence, surely; at a comma or an `and`, perhaps."""

from __future__ import annotations

import re

MOST = 12
"""Pieces that a text is cut into; what is left over stays with the last one."""
_ENDS = re.compile(r"(?<=[?？!！。；;\n])\s*|(?<=[a-z)]\.)\s+(?=[A-Z])")
_JOINTS = re.compile(
    r"(?P<comma>\s*[,，、]\s*)(?P<after>(?:and|also|plus|then)\s+(?:also\s+)?|(?:同埋|另外|順便|顺便|仲有(?!幾)|還有(?![多幾])|还有(?![多几])|以及|而且|並且|并且)[，,]?\s*)?"
    r"|(?P<word>\s+(?:and|also|plus)\s+(?:also\s+)?|\s*(?:同埋|另外|順便|顺便|仲有(?!幾)|還有(?![多幾])|还有(?![多几])|以及|而且|並且|并且)[，,]?\s*)",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^(?:and|also|plus)\s+|^(?:同埋|另外|順便|顺便|仲有(?!幾)|還有(?![多幾])|还有(?![多几])|以及|而且)[，,]?\s*",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:how|what|when|where|who|which|why)\b|^\s*(?:can|do|does|is|are|will|should|could|may)\b"
    r"|[嗎吗呢]|點[樣解]|怎[樣样麼么]|如何|邊[度個位]|幾(?:[時多錢點號]|月)|几(?:[时多钱点号]|月)|何時|何时|什[麼么]|甚麼|係咪|是不是|有[冇沒没]有?"
    r"|[誰谁]|哪|會不會|会不会|會唔會|要不要|使唔使|可唔可以|可不可以",
    re.IGNORECASE,
)
_FILL = re.compile(
    r"\b(?:is|are|was|it|its|that|this|there|the|a|an|of|in|to|on|at|do|does|can|will|i|me|you|we|and|so|long|much|many"
    r"|now|please|sure)\b|時候|时候|分鐘|分钟|地址|位置|而家|現在|现在|今日|今天|[\W_]|[呀啊是係系的嘅去有我你會会到在一區区]",
    re.IGNORECASE,
)
_REQUESTS = re.compile(
    r"\b(?:tell|show|give|check|list|find|look up|convert|calculate|work out|need|want|wonder|like to know"
    r"|next|please|pls|plz)\b|[=＝]|話[我俾畀]|講[我俾畀]|告[訴诉]|查|睇下|計[下埋]|想知|知道|[換换兌兑]|下一?班",
    re.IGNORECASE,
)
_UNITS = re.compile(r"[A-Za-z0-9']+|[\u4e00-\u9fff]")
_FEW = 8
"""Words, or characters of Chinese."""
_COURTESIES = re.compile(
    r"^\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)|excuse me"
    r"|(?:can|could) (?:you|i|anybody|anyone)(?: please)?"
    r" (?:help(?: me)?|ask(?: you)?(?: something| a question)?)"
    r"|are you there|anyone there|may i ask"
    r"|i have a question|please|thanks?(?: you)?|你好|您好|早晨|喂|在嗎|在吗|有冇人|有人嗎|有人吗|唔該(?:晒)?"
    r"|請問(?:一下)?|请问(?:一下)?|想問(?:下|一下)?|可以(?:幫|帮)(?:下)?(?:我)?|幫幫忙|問下)\W*)+(?:嗎|吗|呀|啊)?\W*$",
    re.IGNORECASE,
)


def sentences_of(text: str) -> list[str]:
    """The text cut where sentences end; each with its mark."""
    found = [piece.strip() for piece in _ENDS.split(text) if piece and piece.strip()]
    return [*found[: MOST - 1], " ".join(found[MOST - 1 :])] if len(found) > MOST else found


def clauses_of(text: str) -> list[tuple[str, bool]]:
    """A sentence cut at commas and at words that join; with each, whether a word joins it to the last."""
    found: list[tuple[str, bool]] = []
    at, joined = 0, False
    for match in _JOINTS.finditer(text):
        if len(found) == MOST - 1:
            break
        if piece := text[at : match.start()].strip():
            found.append((piece, joined))
        at, joined = match.end(), bool(match["word"] or match["after"])
    if piece := text[at:].strip():
        found.append((piece, joined))
    return found


def without_lead(text: str) -> str:
    """A piece without the word that joined it to the one before."""
    return _LEADS.sub("", text)


def requests(text: str) -> bool:
    """Whether a piece wants to be told something, without asking, or is only a few words that name it."""
    return bool(_REQUESTS.search(text)) or len(_UNITS.findall(text)) <= _FEW


def asks(text: str, *, marked: bool = True) -> bool:
    """Whether a piece asks something of its own: more than a greeting, and more than `when?` about what is
    beside it. A question mark counts where `marked`."""
    if _COURTESIES.match(text) or not (_WORDS.search(text) or (marked and text.rstrip()[-1:] in "?？")):
        return False
    left = _FILL.sub(" ", _WORDS.sub(" ", text))
    return len(re.findall(r"[a-z0-9]+", left, re.IGNORECASE)) + len(re.findall(r"[\u4e00-\u9fff]", left)) >= 2
