"""Which language and script a text is in, and whether it is the one that was wanted.

Chinese is told from English by counting characters and words, one script from the other by characters that
exist in one only, Cantonese from written Chinese by its words. Nothing is trained, so every verdict can be
explained. A text of 1 000 characters takes about 0.2 ms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from . import cantonese
from .scripts import TRADITIONAL_ONLY, count_han, count_traditional, simplified_characters
from .sentences import split_sentences
from .variety import Variety
from .word_lists import word_list

FitReason = Literal["ok", "wrong_language", "wrong_script", "no_text"]

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’\-][A-Za-zÀ-ɏ]+)*")
_OTHER = re.compile("[\u0370-\u05ff\u0600-\u06ff\u0900-\u0eff\u1100-\u11ff\u3040-\u30ff\uac00-\ud7af]")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s，。；、）」》\u4e00-\u9fff]+|[A-Za-z0-9_.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}|`[^`\n]*`"
)
_QUOTED = re.compile(
    r"「[^「」\n]{0,80}」|『[^『』\n]{0,80}』|《[^《》\n]{0,80}》|“[^“”\n]{0,200}”|\"[^\"\n]{0,200}\""
)
_ASIDE = re.compile(r"[（(][^（()）\n]{0,120}[)）]")
_UNITS = word_list("latin_units")

_ENGLISH_WORDS = word_list("english_words")
_STRANGE_WORDS = word_list("strange_words")


@dataclass(frozen=True, slots=True)
class Detection:
    """What a text is written in."""

    variety: Variety
    """`UNKNOWN` for a text with no letters. Chinese that both scripts share counts as Traditional."""
    confidence: float
    """0 to 1; 0.5 or less means that the text would pass as another variety too."""
    shares: dict[Variety, float]
    """How much of the text each variety takes, adding to 1; empty for `UNKNOWN`."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a text is in the variety that was wanted, and if not, why not."""

    ok: bool
    reason: FitReason


class Census(NamedTuple):
    """What was counted in a text."""

    han: int
    latin: int
    """Words, not letters."""
    other: int
    simplified: int
    traditional: int
    cantonese: float

    @property
    def length(self) -> int:
        """Chinese characters and Latin words."""
        return self.han + self.latin


def detect(text: str) -> Detection:
    """The variety of a text as a whole. A mixture is what its larger part is; see `shares`."""
    plain = _plain(text)
    census = _census(plain)
    if census.han and census.latin > 2:
        # a translation in brackets, or a quotation, is not the language that a sentence is in
        bare = _census(_QUOTED.sub(" ", _ASIDE.sub(" ", plain)))
        if bare.length * 2 >= census.length:
            census = bare
    return _judge(census, text)


def detect_sentences(text: str) -> list[tuple[str, Variety]]:
    """Each sentence with its variety. A sentence that both scripts share takes its neighbours' variety."""
    sentences = [text[start:end].strip() for start, end in split_sentences(text)]
    verdicts = [(sentence, detect(sentence)) for sentence in sentences if sentence]
    found: list[tuple[str, Variety]] = []
    whole = detect(text).variety
    for sentence, verdict in verdicts:
        unsure = verdict.variety is Variety.TRADITIONAL and verdict.confidence <= 0.5
        variety = whole if unsure and whole is Variety.SIMPLIFIED else verdict.variety
        found.append((sentence, variety))
    return found


def fits(text: str, wanted: Variety) -> Fit:
    """Whether a text is written in `wanted`.

    Numbers, names in Latin letters, quotations and very short answers ("Yes", "2026", "HK$3 million") fit
    anything; Chinese that both scripts share fits either script. `no_text` means that it is empty.
    """
    if not text.strip():
        return Fit(False, "no_text")
    plain = _plain(text)
    census = _census(plain)
    neutral = census.han == 0 and census.other == 0 and _says_little(plain)
    if neutral or wanted is Variety.UNKNOWN:
        return Fit(True, "ok")
    if wanted is Variety.ENGLISH:
        return _fit(_is_english(plain, census), "wrong_language")
    return _fits_chinese(plain, census, wanted)


def _fit(ok: bool, otherwise: FitReason) -> Fit:
    return Fit(True, "ok") if ok else Fit(False, otherwise)


def _plain(text: str) -> str:
    """The text without addresses, which are in no language."""
    return _ADDRESS.sub(" ", text) if "@" in text or "`" in text or "www" in text or "://" in text else text


def _census(text: str) -> Census:
    han = count_han(text)
    latin = len(_LATIN.findall(text))
    other = 0 if text.isascii() else len(_OTHER.findall(text))
    if not han:
        return Census(0, latin, other, 0, 0, 0.0)
    simplified = len(simplified_characters(text))
    traditional = count_traditional(text)
    return Census(han, latin, other, simplified, traditional, _cantonese_outside_quotations(text, han))


def _cantonese_outside_quotations(text: str, han: int) -> float:
    """Marks outside quotations, unless the quotations are most of the text."""
    outside = _QUOTED.sub(" ", text)
    if len(outside) < len(text) and count_han(outside) * 2 < han:
        outside = text
    return cantonese.marks(outside)


def _judge(census: Census, text: str) -> Detection:
    if census.other * 2 > census.length + census.other or census.length == 0:
        return Detection(Variety.UNKNOWN, 1.0 if census.length == 0 else 0.9, {})
    chinese = _chinese_share(census)
    if chinese < 0.5 and _is_strange(text, census):
        return Detection(Variety.UNKNOWN, 0.7, {})
    shares = {Variety.ENGLISH: 1 - chinese, **_chinese_shares(census, chinese)}
    shares = {variety: round(share, 4) for variety, share in shares.items() if share > 0}
    if chinese < 0.5:
        return Detection(Variety.ENGLISH, round(1 - chinese, 4), shares)
    variety, sureness = _chinese_variety(census)
    return Detection(variety, round(sureness * min(1.0, 0.5 + chinese / 2), 4), shares)


def _chinese_share(census: Census) -> float:
    """Share of the text that is Chinese, 0 to 1.

    A Latin word weighs as much as 0.9 Chinese characters beside written Chinese, and half of that beside
    Cantonese, which borrows English words freely (個 file upload 咗未).
    """
    if census.han == 0:
        return 0.0
    mixed = cantonese.is_cantonese(census.cantonese, census.length)
    weight = 0.45 if mixed else 0.9
    return census.han / (census.han + weight * census.latin)


def _chinese_variety(census: Census) -> tuple[Variety, float]:
    """Which Chinese, and how sure (0.5 when the characters are of both scripts)."""
    one_script = census.simplified + census.traditional
    if census.simplified > census.traditional:
        return Variety.SIMPLIFIED, census.simplified / one_script
    sureness = max(0.5, census.traditional / one_script) if one_script else 0.5
    if cantonese.is_cantonese(census.cantonese, census.length):
        excess = census.cantonese / (cantonese.DENSITY * max(census.length, 24))
        return Variety.CANTONESE, min(1.0, 0.5 + excess / 4)
    return Variety.TRADITIONAL, sureness


def _chinese_shares(census: Census, chinese: float) -> dict[Variety, float]:
    one_script = census.simplified + census.traditional
    simplified = census.simplified / one_script if one_script else 0.0
    traditional = chinese * (1 - simplified)
    heard = census.cantonese >= cantonese.LEAST
    spoken = min(1.0, census.cantonese / (2 * cantonese.DENSITY * census.length)) if heard else 0.0
    return {
        Variety.SIMPLIFIED: chinese * simplified,
        Variety.CANTONESE: traditional * spoken,
        Variety.TRADITIONAL: traditional * (1 - spoken),
    }


def _is_strange(text: str, census: Census) -> bool:
    """Whether Latin letters spell a language other than English."""
    if census.latin < 4:
        return False
    found = [word.lower() for word in _LATIN.findall(text)]
    english = sum(word in _ENGLISH_WORDS for word in found)
    strange = sum(word in _STRANGE_WORDS for word in found)
    return strange >= 2 and strange > 2 * english


def _says_little(text: str) -> bool:
    """Whether Latin text is only names, numbers and units, or a word or two."""
    found = _LATIN.findall(text)
    plain = [word for word in found if word[0].islower() and word not in _UNITS]
    return len(plain) <= 1 and len(found) <= 4 and not any(word.lower() in _ENGLISH_WORDS for word in found)


def _is_english(text: str, census: Census) -> bool:
    if census.han == 0:
        return census.other == 0 and not _is_strange(text, census)
    bare = _census(_QUOTED.sub(" ", _ASIDE.sub(" ", text)))
    if bare.length == 0:
        return census.latin > census.han
    return bare.han <= 0.8 * bare.latin + 1 and bare.latin > 0 and _strays(text, chinese=True) <= 0.25


def _is_chinese(text: str, census: Census) -> bool:
    if census.han == 0 or census.other * 2 > census.length:
        return False
    bare = _census(_QUOTED.sub(" ", _ASIDE.sub(" ", text)))
    if bare.han == 0:
        return census.han >= census.latin
    names = sum(word[0].isupper() for word in _LATIN.findall(text)) if bare.latin else 0
    counted = bare._replace(latin=max(0, bare.latin - names // 2))
    return _chinese_share(counted) >= 0.5 and _strays(text, chinese=False) <= 0.25


def _strays(text: str, *, chinese: bool) -> float:
    """Share of the text in lines that are wholly in the other language (`chinese`: in Chinese)."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return 0.0
    stray = total = 0
    for line in lines:
        han, latin = count_han(line), len(_LATIN.findall(line))
        total += han + latin
        other, own = (han, latin) if chinese else (latin, han)
        if other >= 8 and own * 8 < other:
            stray += other
    return stray / total if total else 0.0


def _fits_chinese(text: str, census: Census, wanted: Variety) -> Fit:
    if not _is_chinese(text, census):
        return Fit(False, "wrong_language")
    if wanted is Variety.SIMPLIFIED:
        return _fit(TRADITIONAL_ONLY.isdisjoint(_QUOTED.sub(" ", text)), "wrong_script")
    if census.simplified:
        return Fit(False, "wrong_script")
    spoken = cantonese.is_cantonese(census.cantonese, census.length)
    if wanted is Variety.TRADITIONAL:
        return _fit(not spoken, "wrong_language")
    return _fit(spoken or _passes_for_cantonese(text, census), "wrong_language")


_WRITTEN_WORDS = re.compile(
    "[的是這們沒已於之其為該此將並及須由]|不(?![同錯過少足便])|什麼|甚麼|怎|哪|那[個些裏]|給|現在|如何|為何"
)


def _passes_for_cantonese(text: str, census: Census) -> bool:
    """Whether a short answer without any mark could be Cantonese: 可以。 星期一至五。"""
    return census.length <= 12 and _WRITTEN_WORDS.search(text) is None
