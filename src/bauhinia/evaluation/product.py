"""What is measured: the product as an officer meets it, and the plain model beside it, as one protocol."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..language import Variety
from ..models import Backend, ChatRequest, Delta, Message
from .sets import SourceText


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding that the officer sees: the check's name, its sentence, and the values that it names."""

    check: str
    message: str
    values: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All that it tells."""
        return " ".join((self.message, *self.values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A translation or an answer, as shown."""

    text: str
    flags: tuple[Flag, ...] = ()
    citations: tuple[str, ...] = ()
    """The quoted passages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a summary, as shown."""

    text: str
    flagged: bool = False
    """The officer is told that the document does not bear it out."""


class Product(Protocol):
    """What both arms of the comparison do."""

    async def translate_segment(self, text: str, to: Literal["en", "zh-HK"]) -> Reply:
        """A translation of one segment."""

    async def answer(self, document: SourceText, question: str) -> Reply:
        """An answer from one document. The language wanted is the question's own; nobody names it."""

    async def summarise(self, document: str, language: Literal["en", "zh-HK"]) -> Sequence[Statement]:
        """About ten statements on a document in Markdown, those kept and shown, flagged or not."""


_TRANSLATOR = (
    "You are a professional translator in the Hong Kong Government. Translate the text that the user gives "
    "from {source} into {target}, as the Hong Kong Government writes it. Use the official {names} names of "
    "departments, laws and terms. Keep every number, amount, date and reference exactly. Leave nothing out "
    "and add nothing. Reply with the translation only."
)
TRADITIONAL = "formal written Chinese in Traditional Chinese characters"
TRANSLATE = {
    "zh-HK": _TRANSLATOR.format(source="English", target=TRADITIONAL, names="Chinese"),
    "en": _TRANSLATOR.format(source="Chinese", target="formal British English", names="English"),
}
ANSWER = (
    "You help officers of the Hong Kong Government with documents. Answer the user's question from the "
    "document below, in one or two sentences. Use only what the document says; if it does not say, reply "
    "that this is not in the document. Reply in the language and script of the question: English, "
    "Traditional Chinese, Simplified Chinese or Cantonese; to a question that mixes Cantonese and English, "
    "reply in Cantonese in Traditional characters.\n\nDocument:\n# {title}\n\n{text}"
)
_SUMMARISER = (
    "You help officers of the Hong Kong Government with documents. Summarise the document that the user "
    "gives in {language}, in about ten bullet points of one sentence each. State only what the document "
    "says, cover its main points, and keep names, numbers, amounts and dates exact. Reply with the bullet "
    "points only."
)
SUMMARISE = {
    "en": _SUMMARISER.format(language="English"),
    "zh-HK": _SUMMARISER.format(language=TRADITIONAL),
}


class PlainModel:
    """The same weights with one good instruction and nothing else: no termbase, no checks, no second try.

    It is told what an officer who knows the model would tell it, with the same text that the product gets.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def translate_segment(self, text: str, to: Literal["en", "zh-HK"]) -> Reply:
        return Reply(text=await self._ask(TRANSLATE[to], text, max_tokens=400))

    async def answer(self, document: SourceText, question: str) -> Reply:
        asked = ANSWER.format(title=document.title, text=document.text)
        return Reply(text=await self._ask(asked, question, max_tokens=320))

    async def summarise(self, document: str, language: Literal["en", "zh-HK"]) -> Sequence[Statement]:
        written = await self._ask(SUMMARISE[language], document, max_tokens=900)
        return tuple(Statement(text=text) for text in bullet_points(written))

    async def _ask(self, instruction: str, text: str, *, max_tokens: int) -> str:
        messages = (Message("system", instruction), Message("user", text))
        pieces = []
        async for event in self._backend.chat(ChatRequest(messages=messages, max_tokens=max_tokens)):
            if isinstance(event, Delta):
                pieces.append(event.text)
        return "".join(pieces).strip()


def bullet_points(text: str) -> list[str]:
    """A list as statements, a line each, without bullets; headings and lines without words are left out."""
    lines = (
        re.sub(r"^\s*(?:[-*•·]|\d{1,2}[.)、])\s*", "", line.replace("**", "")).strip()
        for line in text.splitlines()
    )
    return [line for line in lines if len(_WORD.findall(line)) >= 3 and line[-1] not in ":："]


_WORD = re.compile(r"[A-Za-z]{2,}|[\u3400-\u9fff]")


def language_of(to: Literal["en", "zh-HK"]) -> Variety:
    """The variety that an output language is written in."""
    return Variety.ENGLISH if to == "en" else Variety.TRADITIONAL
