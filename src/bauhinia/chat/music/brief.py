"""From a request in people's own words to what a song has to be: key, metre, tempo, mood, theme, language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar, get_args

from ...errors import InputError
from ...language import Variety, detect, to_simplified
from ...yaml_text import read_yaml
from .score import METRES, MetreName
from .theory import Key, Mode, pitch_class
from .words import Lyrics, SongLanguage

Mood = Literal["cheerful", "energetic", "festive", "gentle", "solemn"]
MOODS: tuple[Mood, ...] = get_args(Mood)
_Value = TypeVar("_Value")
LONGEST_REQUEST = 2_000
"""Characters."""
TEMPI = (50.0, 180.0)
"""Quarter notes a minute that people can sing to."""

_MOODS: dict[Mood, tuple[str, ...]] = {
    "energetic": ("energetic", "powerful", "rock", "rousing", "fast", "激昂", "熱血", "有力", "動感", "搖滾"),
    "solemn": ("solemn", "ceremon", "hymn", "dignified", "anthem", "莊嚴", "隆重", "莊重", "典禮", "肅穆"),
    "festive": ("festive", "chinese style", "traditional", "喜慶", "中國風", "傳統", "賀年", "民族"),
    "gentle": ("gentle", "calm", "soft", "tender", "lullaby", "slow", "溫柔", "輕柔", "抒情", "平靜", "溫馨"),
    "cheerful": ("cheerful", "happy", "joyful", "bright", "upbeat", "輕快", "歡樂", "開心", "活潑", "愉快"),
}
_BY_THEME: dict[str, Mood] = {
    "sports_day": "energetic",
    "mid_autumn": "gentle",
    "new_year": "festive",
    "recruitment": "cheerful",
}
"""The mood of a theme for which none was asked."""
_TEMPO: dict[Mood, tuple[int, int]] = {
    "cheerful": (108, 120),
    "energetic": (122, 134),
    "festive": (104, 116),
    "gentle": (74, 86),
    "solemn": (72, 82),
}
_MAJOR_KEYS, _MINOR_KEYS = (0, 2, 5, 7, 10), (9, 2, 4)
"""Tonics whose songs people can sing and players read: C, D, F, G, B flat; A, D, E minor."""
_LANGUAGES: tuple[tuple[SongLanguage, tuple[str, ...]], ...] = (
    ("yue", ("cantonese", "粵語", "廣東話", "粵曲", "广东话", "粤语")),
    ("cmn", ("putonghua", "mandarin", "普通話", "國語", "普通话", "国语")),
    ("en", ("english", "英文", "英語", "英语")),
)
_KEY = re.compile(r"\b([A-G])\s?(#|b|♯|♭|-?sharp|-?flat)?[\s-]*(major|minor)\b", re.IGNORECASE)
_KEY_ZH = re.compile(r"(降|升)?\s*([A-Ga-g])\s*(#|b)?\s*(大調|小調|大调|小调)")
_METRE = re.compile(r"(?<!\d)([2346])\s*/\s*([48])(?!\d)")
_BPM = re.compile(r"(?<!\d)(\d{2,3})\s*(?:bpm|beats|拍)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MusicBrief:
    """What a song has to be."""

    request: str
    theme: str
    """A theme of the phrase bank."""
    mood: Mood
    key: Key
    metre: MetreName
    tempo: float
    """Quarter notes a minute."""
    language: SongLanguage
    seed: int
    """The same brief with the same seed is the same song."""
    assumed: tuple[str, ...] = ()
    """What the request did not say and was chosen here."""

    def __post_init__(self) -> None:
        if not TEMPI[0] <= self.tempo <= TEMPI[1]:
            raise InputError(
                f"A tempo of {self.tempo:g} quarter notes a minute cannot be sung.",
                hint=f"Choose one from {TEMPI[0]:g} to {TEMPI[1]:g}.",
            )


def read_request(
    request: str,
    *,
    seed: int | None = None,
    language: SongLanguage | None = None,
    mood: Mood | None = None,
    metre: MetreName | None = None,
) -> MusicBrief:
    """The brief that a request asks for, or whoever chose its language, mood or metre; the rest is chosen by
    the theme, the mood and the seed, and named in `assumed`. Raises InputError."""
    request = " ".join(request.split())
    if not request or len(request) > LONGEST_REQUEST:
        raise InputError(
            "The request for a song is empty." if not request else "The request for a song is too long.",
            hint=f"Say in up to {LONGEST_REQUEST} characters what it is for, and in which language.",
        )
    assumed: list[str] = []
    if seed is None:
        seed = int.from_bytes(hashlib.sha256(request.encode()).digest()[:4])
    low = request.lower()
    theme = _or(_theme(low), "community", "theme", assumed)
    by_theme: Mood = _BY_THEME.get(theme, "cheerful")
    feeling: Mood = _or(mood or _mood(low), by_theme, "mood", assumed)
    counted: MetreName = _or(metre or _metre(low), "4/4", "metre", assumed)
    return MusicBrief(
        request=request,
        theme=theme,
        mood=feeling,
        key=_or(_key(request), _key_for(low, seed), "key", assumed),
        metre=counted,
        tempo=_or(_tempo(low), _tempo_for(feeling, counted, seed), "tempo", assumed),
        language=language or _language(request, low, assumed),
        seed=seed,
        assumed=tuple(assumed),
    )


def _or(asked: _Value | None, otherwise: _Value, name: str, assumed: list[str]) -> _Value:
    """What was asked for, or else what is chosen here and noted as such."""
    if asked is not None:
        return asked
    assumed.append(name)
    return otherwise


def _theme(low: str) -> str | None:
    """The theme most of whose words are in the request; longer words say more, and the last theme, which is
    every place's, counts where no other does."""
    *special, last = (
        (sum(len(word) for word in theme["words"] if _said(word, low)), name)
        for name, theme in themes().items()
    )
    most, best = max(special, key=lambda each: each[0])
    return best if most else last[1] if last[0] else None


def _said(word: str, low: str) -> bool:
    return bool(re.search(rf"\b{re.escape(word)}", low)) if word.isascii() else word in low


def _mood(low: str) -> Mood | None:
    return next((mood for mood, words in _MOODS.items() if any(_said(word, low) for word in words)), None)


def _metre(low: str) -> MetreName | None:
    if any(word in low for word in ("waltz", "圓舞曲", "华尔兹", "華爾滋")):
        return "3/4"
    if (found := _METRE.search(low)) is None:
        return None
    wanted = f"{found[1]}/{found[2]}"
    if wanted not in METRES:
        raise InputError(f"Songs in {wanted} are not made here.", hint=f"Choose {', '.join(METRES)}.")
    return next(metre for metre in METRES if metre == wanted)


def _key(request: str) -> Key | None:
    if found := _KEY.search(request):
        letter, sign, mode = found[1].upper(), (found[2] or "").lower(), found[3].lower()
        sign = {"sharp": "#", "flat": "b"}.get(sign.strip("-"), sign)
        return _named(letter + sign, "minor" if mode == "minor" else "major")
    if found := _KEY_ZH.search(request):
        sign = {"降": "b", "升": "#"}.get(found[1] or "", found[3] or "")
        return _named(found[2].upper() + sign, "minor" if found[4][0] == "小" else "major")
    return None


def _named(name: str, mode: Mode) -> Key | None:
    tonic = pitch_class(name)
    return None if tonic is None else Key(tonic=tonic, mode=mode)


def _key_for(low: str, seed: int) -> Key:
    minor = _said("minor", low) or any(word in low for word in ("sad", "哀", "悲", "小調"))
    tonics = _MINOR_KEYS if minor else _MAJOR_KEYS
    return Key(tonic=tonics[seed % len(tonics)], mode="minor" if minor else "major")


def _tempo(low: str) -> float | None:
    return float(found[1]) if (found := _BPM.search(low)) else None


def _tempo_for(mood: Mood, metre: MetreName, seed: int) -> float:
    slowest, fastest = _TEMPO[mood]
    tempo = slowest + 2 * (seed // 7 % ((fastest - slowest) // 2 + 1))
    # A compound beat is three eighths long, and a waltz is felt in whole bars.
    return float({"4/4": tempo, "3/4": round(tempo * 1.1), "6/8": round(tempo * 0.95)}[metre])


def _language(request: str, low: str, assumed: list[str]) -> SongLanguage:
    for language, words in _LANGUAGES:
        if any(word in low for word in words):
            return language
    assumed.append("language")
    variety = detect(request).variety
    if variety is Variety.SIMPLIFIED:
        return "cmn"
    return "yue" if variety.is_chinese else "en"


@cache
def themes() -> Mapping[str, Any]:
    """The phrase bank."""
    text = files(__package__).joinpath("phrases.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = read_yaml(text)
    return loaded


BANK = "phrase bank"


def from_bank(brief: MusicBrief) -> Lyrics:
    """Words from the shipped lines of the brief's theme, named as such, for Putonghua in Simplified script;
    the seed says which verse begins."""
    theme = themes()[brief.theme]
    written = "en" if brief.language == "en" else "zh"
    lines = theme[written]
    script = to_simplified if brief.language == "cmn" else str
    first, second = ("verse_1", "verse_2") if brief.seed % 2 == 0 else ("verse_2", "verse_1")
    return Lyrics(
        title=script(theme["title"][written]),
        verse_1=tuple(map(script, lines[first])),
        chorus=tuple(map(script, lines["chorus"])),
        verse_2=tuple(map(script, lines[second])),
        written_by=BANK,
    )
