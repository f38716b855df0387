"""The measures, each a pure function. None of them asks a model, and none uses the product's own checks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from opencc import OpenCC

from ..language import Variety
from .quantities import Found, Quantity, claimed, held, missing
from .sets import Fact, Keys, QuestionRow, TranslationRow

SCRIPT_SHARE = 0.9
"""Of the characters that belong to one script only, the share that must be in the wanted one for the answer
to count as being in that script. `script_purity` asks for all of them."""


VARIANTS = frozenset("吓却卧厨厦厩叙咏够奥恒户携撑晋毁泪温碱窑笋耻脉脚葱莅衅踪迹韵麽烟")
"""Forms that Traditional text in Hong Kong is written with as well (all are in HKSCS), whatever Big5 says."""


class Judgement(NamedTuple):
    """Whether a measure is met, and why not. `reason` is `ok` or a stable word; tests assert it."""

    met: bool
    reason: str = "ok"


# Language and script


def same_language(wanted: Variety, answer: str) -> Judgement:
    """Whether the answer is in the asker's language and script.

    English: of Latin words and Chinese characters together, at most 20 % are Chinese characters; a Chinese
    name in brackets is left out of account.
    Chinese: at least half are Chinese characters, and of the characters that belong to one script only, at
    least 90 % are of the wanted script. A question in Cantonese, code-mixed or not, may be answered in
    written Chinese as well as in Cantonese: both are what an officer would write back; both must be
    Traditional. An answer of figures and codes only ("874", "ESU-2") has no language and meets the measure.
    Not met: `empty`, `wrong_language`, `wrong_script`.
    """
    if not answer.strip():
        return Judgement(False, "empty")
    if not wanted.is_chinese:
        answer = _BRACKETED.sub("", answer)
    characters, words = len(_HAN.findall(answer)), len(_LATIN_WORD.findall(_CODE.sub(" ", answer)))
    if not characters and not words:
        return Judgement(True)
    chinese_share = characters / (characters + words)
    if not wanted.is_chinese:
        return Judgement(True) if chinese_share <= 0.2 else Judgement(False, "wrong_language")
    if chinese_share < 0.5:
        return Judgement(False, "wrong_language")
    right, wrong = _script_only(answer)
    if wanted is Variety.SIMPLIFIED:
        right, wrong = wrong, right
    met = not wrong or len(right) / (len(right) + len(wrong)) >= SCRIPT_SHARE
    return Judgement(True) if met else Judgement(False, "wrong_script")


def in_cantonese(answer: str) -> bool:
    """Whether the answer holds a word that only written Cantonese uses. No part of `same_language`."""
    return bool(_CANTONESE.search(answer))


def script_purity(text: str) -> Judgement:
    """Whether Traditional text holds no Simplified character at all. Not met: `empty`, `simplified`."""
    if not text.strip():
        return Judgement(False, "empty")
    return Judgement(False, "simplified") if simplified_only(text) else Judgement(True)


def simplified_only(text: str) -> list[str]:
    """The characters of a text that only Simplified Chinese uses, in order.

    One is such a character when OpenCC changes it from Simplified to Traditional and the result changes back
    to it, and it is in GB 2312 but not in Big5. Characters that both scripts use (后, 里, 台, 干, 面) are not
    counted either way, so that a wrong choice among them is not seen; nor are `VARIANTS`.
    """
    return [character for character in text if _belongs_to(character) == "simplified"]


def _script_only(text: str) -> tuple[list[str], list[str]]:
    """The Traditional-only and the Simplified-only characters of a text."""
    scripts = [(character, _belongs_to(character)) for character in text]
    return (
        [character for character, script in scripts if script == "traditional"],
        [character for character, script in scripts if script == "simplified"],
    )


@lru_cache(maxsize=8192)
def _belongs_to(character: str) -> str:
    if not _HAN.match(character) or character in VARIANTS:
        return ""
    if _encodes(character, "gb2312") and not _encodes(character, "big5"):
        other = _converter("s2t").convert(character)
        return "simplified" if other != character and _encodes(other, "big5hkscs") else ""
    if _encodes(character, "big5") and not _encodes(character, "gb2312"):
        return "traditional" if _converter("t2s").convert(character) != character else ""
    return ""


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=2)
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_BRACKETED = re.compile(r"[(（][^()（）\u3400-\u9fff]*+[\u3400-\u9fff][^()（）]*+[)）]")
_CODE = re.compile(r"\S{1,64}@\S+|\b[A-Z]{1,6}[-/(]\S{0,64}\d\S*|\b[A-Z]+\d\w*")
_CANTONESE = re.compile("[嘅咗喺嚟唔佢哋冇畀嘢噉咁啲嗰冚攞瞓諗揾搵嘞喇啦㗎咩乜哂晒]")


# Translation


def terms_met(row: TranslationRow, translation: str) -> list[bool]:
    """For each expected term, whether one of its official forms stands in the translation.

    Letter case, width and the spacing of lines are left out of account; nothing else is (an abbreviation of a
    term is not the term, and Simplified characters do not match Traditional ones).
    """
    text = _folded(translation)
    return [any(_folded(form) in text for form in term.target) for term in row.terms]


class FigureCount(NamedTuple):
    """How many figures there were to carry over, and what became of them."""

    total: int
    """Figures that the source claims, and invented ones."""
    lost: list[Found]
    """Claimed by the source, not held by the target."""
    invented: list[Found]
    """Claimed by the target, not held by the source."""
    unflagged: int
    """Lost or invented figures that no finding names."""

    @property
    def kept_or_flagged(self) -> int:
        return self.total - self.unflagged


def figures_carried(source: str, target: str, findings: Sequence[str] = ()) -> FigureCount:
    """Which figures (numbers, money, percentages, dates, times, references) the target kept.

    `findings` is the text of what the officer was told, a string a finding. A lost or invented figure counts
    as flagged only when a finding names it, by its characters or its value: "numbers differ" names none.
    Values are compared, not units: $3 million written as 300萬人 is not seen.
    """
    lost, invented = missing(source, target), missing(target, source)
    told = [_squeezed(finding) for finding in findings]
    values: set[Quantity] = set().union(*(held(finding) for finding in findings)) if findings else set()
    unflagged = [
        (quantity, words)
        for quantity, words in (*lost, *invented)
        if quantity not in values and not any(_squeezed(words) in finding for finding in told)
    ]
    total = len(claimed(source)) + len(invented)
    return FigureCount(total, lost, invented, len(unflagged))


# Questions and summaries

_TOLD = (
    "mention|state|say|specif|provid|contain|give|given|includ|indicat|name|list|identif|disclos|found|in the"
)
_TOLD_ZH = (
    "提及|提到|提供|[說説说]明|指出|列明|列出|講|寫|交代|顯示|[資资]料|信息|資訊|相[關关]|披露|公布|記載"
)
_NOT_THERE = re.compile(
    rf"\b(?:not|n't|cannot)\b[\w\s]{{0,24}}(?:{_TOLD})|n't [\w\s]{{0,16}}(?:{_TOLD})"
    r"|not available|unable to find"
    r"|\bno (?:information|mention|details?|such)"
    r"|(?:文件|文章|文中|文本|資料|资料|内容|內容|原文)[^。]{0,12}(?:沒|没|無|无|冇|未|不包)"
    rf"|(?:沒|没|無|无|未|冇)[^。，]{{0,8}}(?:{_TOLD_ZH})"
    r"|搵唔到|找不到|唔喺文件",
    re.IGNORECASE,
)


def says_not_there(answer: str) -> bool:
    """Whether the answer tells the asker that the document does not say."""
    return bool(_NOT_THERE.search(answer))


def answer_correct(row: QuestionRow, answer: str, document: str) -> Judgement:
    """Whether the answer is right.

    An answerable question: every group of keys is met. A key of digits must stand alone (`5` is not in
    `15`), and script, width, letter case and thousands separators are left out of account. An unanswerable
    one: the answer says that the document does not say, and states no figure that neither the document
    nor the question holds. A right key beside a wrong one is taken as right.
    Not met: `empty`, `missing_key`, `invented`, `not_admitted`.
    """
    if not answer.strip():
        return Judgement(False, "empty")
    if row.answerable:
        return Judgement(True) if keys_met(row.keys, answer) else Judgement(False, "missing_key")
    if not says_not_there(answer):
        return Judgement(False, "not_admitted")
    return Judgement(False, "invented") if missing(answer, f"{document}\n{row.question}") else Judgement(True)


def facts_covered(facts: Sequence[Fact], summary: str) -> int:
    """How many of a document's facts the summary holds: all groups of keys of the fact are met."""
    return sum(keys_met(fact.keys, summary) for fact in facts)


def keys_met(keys: Keys, text: str) -> bool:
    """Whether each group has a key that occurs in the text."""
    there = _squeezed(text)
    return bool(keys) and all(any(_occurs(_squeezed(key), there) for key in group) for group in keys)


def _occurs(key: str, text: str) -> bool:
    before = (
        r"(?<![\d.])" if key[0].isdigit() else r"(?<![a-z])" if key[0].isascii() and key[0].isalpha() else ""
    )
    after = (
        r"(?!\.?\d)" if key[-1].isdigit() else r"(?![a-z])" if key[-1].isascii() and key[-1].isalpha() else ""
    )
    return re.search(before + re.escape(key) + after, text) is not None


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("’", "'")).lower()


def _squeezed(text: str) -> str:
    """One form for comparing: width, case, script, thousands separators and zeros are made alike."""
    text = _converter("t2s").convert(_folded(text)).replace("〇", "○").replace("零", "○")
    text = re.sub(r"(?<=\d)[, ](?=\d{3}(?!\d))", "", text)
    return re.sub(r"(?<=\d) (?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff]) (?=[\d\u3400-\u9fff])", "", text)
