"""What a model writes for a film, through the door: its script, and its sentences in another language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...errors import InputError
from ...gateway import Ask, Gateway, Message, data
from ...language import Variety, split_sentences
from ...people import Officer
from ..grounding import invented
from ..reading_aloud import SpeechLanguage
from ..work import LeftOut, untold
from .storyboard import LONGEST_SENTENCE, SubtitleLanguage, Translate, WriteScript

USE = "chat.video"
SCRIPT_TOKENS = 420
LINE_TOKENS = 120
TRIES = 3
SHORTEST = 6
"""Sentences that a film of half a minute needs."""
_WRITTEN: dict[SpeechLanguage, Variety] = {
    "yue": Variety.TRADITIONAL,
    "cmn": Variety.SIMPLIFIED,
    "en": Variety.ENGLISH,
}
_INTO: dict[SubtitleLanguage, Variety] = {
    "zh-Hant": Variety.TRADITIONAL,
    "zh-Hans": Variety.SIMPLIFIED,
    "en": Variety.ENGLISH,
}
_WHOLE = tuple(".!?。！？")
"""How a sentence ends; one that does not was cut off with the answer."""
_ENGLISH = re.compile(r"(?<![A-Za-z])[a-z]{3,}(?![A-Za-z])")
"""A small model leaves words that it does not know; names begin with a capital."""
_SCRIPT = {
    "zh": (
        "你為短片寫旁白。格式：第一行是 # 片名；然後四段，每段先寫 ## 小標題，再寫兩至三句旁白，一句一行，"
        "每句不超過三十字。不要數字、日期、人名、機構名稱和網址。"
    ),
    "en": (
        "You write the words of short films. Form: the first line is # and the title; then four parts, each "
        "with ## and a heading, then two or three sentences to be spoken, one a line, each of at most twenty "
        "words. "
        "No figures, dates, names of people or bodies, and no addresses."
    ),
}
_TRANSLATE = {
    Variety.ENGLISH: "Translate the sentence into plain English. Give the translation alone.",
    Variety.TRADITIONAL: "把句子譯成繁體中文書面語。只寫譯文。",
    Variety.SIMPLIFIED: "把句子译成简体中文。只写译文。",
}


def script_writer(gateway: Gateway, *, officer: Officer, left_out: LeftOut = untold) -> WriteScript:
    """Has a model write a script. A sentence with a name or a figure that nobody asked about is left out, and
    `left_out` told.

    Raises InputError where nothing that can be narrated came in three tries, and the gateway's errors.
    """

    async def write(request: str, language: SpeechLanguage) -> str:
        tongue = "en" if language == "en" else "zh"
        for number in range(TRIES):
            answer = await gateway.ask(
                Ask(
                    officer=officer,
                    use=USE,
                    messages=(Message("system", _SCRIPT[tongue]), Message("user", request)),
                    reply_in=_WRITTEN[language],
                    max_tokens=SCRIPT_TOKENS,
                    temperature=0.4 * number,
                    said=request,
                )
            )
            script = tidied(answer.text, request, longest=LONGEST_SENTENCE[tongue], left_out=left_out)
            if sum(not line.startswith("#") for line in script.splitlines()) >= SHORTEST:
                return script
        raise InputError(
            f"The model wrote no script that can be narrated in {TRIES} tries.",
            hint="Say more of what the film is to tell, or write the script yourself.",
        )

    return write


def tidied(text: str, request: str, *, longest: int, left_out: LeftOut = untold) -> str:
    """A model's script as `from_script` reads it: a heading or a sentence a line, none that is invented or
    too long for a subtitle."""
    kept = []
    for raw in text.splitlines():
        line = re.sub(r"[*_`]+|^\s*(?:[-•]|\d+[.)、])\s*", "", raw).strip()
        if line.startswith("#"):
            kept.append(line)
            continue
        for start, end in split_sentences(line):
            sentence = line[start:end].strip()
            if reason := _unfit(sentence, request, longest):
                left_out(sentence, reason)
            elif sentence:
                kept.append(sentence)
    return "\n".join(kept)


def _unfit(sentence: str, request: str, longest: int) -> str:
    """Why a sentence is not narrated; empty where it is."""
    if sentence and not sentence.endswith(_WHOLE):
        return "it was cut off with the answer"
    if len(sentence) > longest:
        return f"it has {len(sentence)} characters, and a subtitle holds {longest}"
    if found := invented(sentence, [request]):
        return f"nobody asked about {', '.join(found)}"
    return ""


def translator(gateway: Gateway, *, officer: Officer) -> Translate:
    """Has a model say the film's texts in its second language, one by one: small models lose count of many.
    One that still has English words in its Chinese is asked for anew, and taken if it stays so.

    Raises InputError for a translation that states other figures, and the gateway's errors.
    """

    async def translate(texts: Sequence[str], into: SubtitleLanguage) -> list[str]:
        return [await _one(gateway, text, _INTO[into], officer) for text in texts]

    return translate


async def _one(gateway: Gateway, text: str, into: Variety, officer: Officer) -> str:
    mixed = ""
    for number in range(TRIES):
        answer = await gateway.ask(
            Ask(
                officer=officer,
                use=USE,
                messages=(Message("system", _TRANSLATE[into]), Message("user", data(text))),
                reply_in=into,
                max_tokens=LINE_TOKENS,
                temperature=0.3 * number,
            )
        )
        told = " ".join(answer.text.split())
        if not told or invented(told, [text]):
            continue
        if not into.is_chinese or not _ENGLISH.search(told):
            return told
        mixed = mixed or told
    if mixed:
        return mixed
    raise InputError(
        f"The model does not translate “{text[:30]}” faithfully.",
        hint="Write its second language behind ` || ` in the script.",
    )
