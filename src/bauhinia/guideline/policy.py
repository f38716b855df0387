"""What is not written for anybody: the region's policy, which is data, and a screen that reads by it.

The screen works in microseconds and on words: it knows requests that say what they want, in English and
Chinese.
It is a first fence, not a judge of meaning. D-2.1.2-11, D-2.1.3.4-01, D-2.3.1-03, D-3.2.1-03, D-3.3-02,
D-3.3-11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from ..errors import NotFound
from ..language import seen
from ..yaml_text import read_yaml

_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？\n]*")
_LATIN = re.compile("[a-z]{3}")
_END = 1_500
"""Characters at each end that are read."""
_JOINED = re.compile(r"(?<=\b\w)[*_·.\-](?=\w\b)")


class Reader:
    """Looks for patterns of each language where its letters are."""

    def __init__(self, en: re.Pattern[str], zh: re.Pattern[str]) -> None:
        self._en = en
        self._zh = zh

    def finds(self, text: str) -> bool:
        """Whether the text has any of them."""
        if not text.isascii() and self._zh.search(text):
            return True
        return _LATIN.search(text) is not None and self._en.search(text) is not None


class Words(BaseModel):
    """Patterns of the two languages, as regular expressions over small, narrow letters; a line break in the
    file is none in the pattern."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str

    @property
    def reader(self) -> Reader:
        """What looks for them."""
        return Reader(*(re.compile(part.replace(" |", "|")) for part in (self.en, self.zh)))


class Harm(BaseModel):
    """One class of what is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[a-z]+$")
    duties: tuple[str, ...]
    about: dict[str, str]
    refuse: tuple[str, ...]
    """Requests that are refused."""
    answer: tuple[str, ...]
    """Requests near to it that must be answered."""
    objects: Words
    direct: Words
    answers: Words
    """What an answer of this class has in it."""
    refusal: dict[str, str]


class Bias(BaseModel):
    """What a judgement on everybody of a kind looks like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    joins: Words
    verdicts: Words
    traits: dict[str, Words]

    @property
    def readers(self) -> dict[str, Reader]:
        """What looks for one on each trait."""
        return {
            trait: Words(
                en=f"(?:{who.en}){self.joins.en}(?:{self.verdicts.en})",
                zh=f"(?:{who.zh}){self.joins.zh}(?:{self.verdicts.zh})",
            ).reader
            for trait, who in self.traits.items()
        }


class Policy(BaseModel):
    """A region's policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    version: str
    by_meaning: frozenset[str] = frozenset()
    """AI uses whose requests are screened by their meaning too."""
    asks: Words
    lawful: Words
    material: Words
    """What is done with a text that comes with the request: then its words are not the request's."""
    classes: tuple[Harm, ...]
    bias: Bias

    def harm(self, identity: str) -> Harm:
        """The class of that id."""
        return next(each for each in self.classes if each.id == identity)

    def refusal(self, identity: str, language: str) -> str:
        """The sentences that refuse and say what can be had instead, in `en`, `zh-Hant-HK` or `zh-Hans`."""
        told = self.harm(identity).refusal
        return told.get(language, told["en"])


@dataclass(frozen=True, slots=True)
class _Screened:
    id: str
    objects: Reader
    direct: Reader
    answers: Reader


class Screen:
    """A policy made ready to read with."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._asks = policy.asks.reader
        self._lawful = policy.lawful.reader
        self._material = policy.material.reader
        self._bias = policy.bias.readers
        self._verdicts = policy.bias.verdicts.reader
        self._classes = [
            _Screened(each.id, each.objects.reader, each.direct.reader, each.answers.reader)
            for each in policy.classes
        ]

    def request(self, text: str) -> str:
        """The class that a request is of; empty for one that is answered."""
        flat = _flat(_ends(text))
        if self._is_about_material(flat):
            return ""
        for each in self._classes:
            if each.direct.finds(flat) and self._wants(flat):
                return each.id
            if any(self._wants(sentence) for sentence in _with(each.objects, flat)):
                return each.id
        return ""

    def mentions(self, identity: str, text: str) -> bool:
        """Whether a text has to do with that class, asked for or not."""
        flat = _flat(text)
        return any(
            each.objects.finds(flat) or each.answers.finds(flat)
            for each in self._classes
            if each.id == identity
        )

    def bias(self, text: str) -> str:
        """The trait on which an answer judges everybody of a kind; empty where it does not."""
        return self._trait(_flat(text))

    def answer(self, text: str) -> str:
        """The class that an answer is of; empty for one that may be given."""
        return self._class(_flat(text))

    def answer_and_bias(self, text: str) -> tuple[str, str]:
        """Both, and the text made ready once."""
        flat = _flat(text)
        return self._class(flat), self._trait(flat)

    def _trait(self, flat: str) -> str:
        if not self._verdicts.finds(flat):
            return ""
        return next((trait for trait, reader in self._bias.items() if reader.finds(flat)), "")

    def _class(self, flat: str) -> str:
        return next((each.id for each in self._classes if each.answers.finds(flat)), "")

    def _is_about_material(self, text: str) -> bool:
        """Whether it begins or ends by saying what is to be done with a text that it brings along."""
        sentences = [match[0] for match in _SENTENCE.finditer(text)]
        return any(self._material.finds(sentence) for sentence in (*sentences[:1], *sentences[-1:]))

    def _wants(self, sentence: str) -> bool:
        return self._asks.finds(sentence) and not self._lawful.finds(sentence)


def _ends(text: str) -> str:
    """A request stands at one end of what is said, and a long text between."""
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _with(words: Reader, text: str) -> Iterator[str]:
    """The sentences in which they are found."""
    if words.finds(text):
        yield from (match[0] for match in _SENTENCE.finditer(text) if words.finds(match[0]))


def _flat(text: str) -> str:
    """Small, narrow, and without what nobody sees; letters parted by stars and dots are joined."""
    return _JOINED.sub("", unicodedata.normalize("NFKC", seen(text)).casefold())


@lru_cache(maxsize=4)
def screen(region: str = "hk") -> Screen:
    """The screen of a region. Raises NotFound where there is no policy for it."""
    path = files(__package__).joinpath(f"policies/{region}.yaml")
    if not path.is_file():
        raise NotFound(f"There is no policy for the region {region!r}.", hint="The one shipped is hk.")
    return Screen(Policy.model_validate(read_yaml(path.read_text(encoding="utf-8"))))
