"""Stage 6, inspect: is the answer in the language and script that were wanted; does it carry links, or
numbers of people that nobody gave the model.

The first characters decide: an answer that begins in the wrong language is stopped at once and asked for
again, once, more firmly. Script is converted as the text comes. What is still wrong at the end is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol

import orjson

from ..language import (
    StreamConverter,
    Variety,
    fits,
    simplified_characters,
    to_cantonese,
    to_simplified,
    to_traditional,
    without_controls,
)
from ..models import ChatRequest, Message, ToolCall
from ..privacy.answers import AnswerGuard
from ..privacy.policy import policies
from .exchange import Decision
from .json_texts import changed_text

HEAD = 80
"""Characters that decide what language an answer begins in."""

INSIST = {
    Variety.ENGLISH: "Write the whole answer in English. Do not answer in Chinese.",
    Variety.TRADITIONAL: "請全部以繁體中文書面語作答，不要用英文、簡體字或口語。",
    Variety.SIMPLIFIED: "请全部用简体中文书面语作答，不要用英文或繁体字。",
    Variety.CANTONESE: "請全部用廣東話口語、繁體字回答（用「係」、「嘅」、「唔」、「佢哋」呢類字），"
    "唔好用英文或者書面語。",
}

_CLAUSE_END = re.compile(r"[，。；：！？、,.;:!?\n」』）)]")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_LINK = re.compile(r"(?:https?|ftp)://[^\s<>\"'，。）)\]]+|www\.[^\s<>\"'，。）)\]]+", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\]]*\]\s*[(\[]|<\s*(?:img|image|iframe|object|embed|svg|picture)\b", re.IGNORECASE)
_OF_LINKS = ("://", "]", "<", "=")
"""One of these, or `www.`, is in every link, image and reference."""
_MARKUP_LINK = re.compile(
    r"\]\(\s*([^)\s]+)|^\s*\[[^\]]+\]:\s*(\S+)|(?:href|src)\s*=\s*[\"']?([^\"'\s>]+)",
    re.MULTILINE | re.IGNORECASE,
)


class Inspection:
    """One attempt at an answer, inspected as it comes."""

    def __init__(self, wanted: Variety | None, *, last: bool, is_json: bool = False) -> None:
        """`last`: there is no further attempt, so that nothing is stopped early."""
        self._wanted = None if wanted is Variety.UNKNOWN else wanted
        self._last = last
        self._is_json = is_json
        self._judged = self._wanted is None or is_json
        self._held = ""
        self._parts: list[str] = []
        self._removed = 0
        self._converter = _converter(self._wanted) if self._wanted is not None else None
        self.wrong = ""
        """Why the answer will not do: `wrong_language` or `wrong_script`; empty while it will."""

    @property
    def text(self) -> str:
        """All that was let through."""
        return "".join(self._parts)

    @property
    def hopeless(self) -> bool:
        """Stop the backend: the answer has begun in the wrong language, and there is another attempt."""
        return bool(self.wrong) and not self._last

    def feed(self, text: str) -> str:
        """What of the answer may be shown now."""
        text = self._cleaned(text)
        if self._judged:
            return self._let_through(text)
        self._held += text
        if len(self._held) < HEAD:
            return ""
        return self._judge_head()

    def _cleaned(self, text: str) -> str:
        """Without characters that no page shows and no database keeps."""
        cleaned = without_controls(text)
        self._removed += len(text) - len(cleaned)
        return cleaned

    def finish(self) -> str:
        """The rest; `wrong` then holds the verdict on the whole answer."""
        rest = "" if self._judged else self._judge_head()
        if self.hopeless:
            return rest
        if self._converter is not None:
            rest += self._note(self._converter.flush())
        self.wrong = self._verdict()
        return rest

    @property
    def decisions(self) -> Iterator[Decision]:
        """What was decided about this attempt."""
        if self._removed:
            yield Decision("inspect", True, "characters_removed", _DETAILS["characters_removed"])
        if self._converter is not None and self._converter.reason:
            yield Decision("inspect", True, self._converter.reason, _DETAILS[self._converter.reason])
        if self.wrong:
            yield Decision("inspect", True, self.wrong, _DETAILS[self.wrong])
        elif not self.text.strip():
            yield Decision("inspect", True, "empty_answer", _DETAILS["empty_answer"])

    def _judge_head(self) -> str:
        assert self._wanted is not None
        head, self._held, self._judged = self._held, "", True
        if head.strip() and fits(head, self._wanted).reason == "wrong_language":
            if not self._last:
                self.wrong = "wrong_language"
                return ""
            self._speak_cantonese(head)
        return self._let_through(head)

    def _speak_cantonese(self, head: str) -> None:
        """Cantonese was wanted, and even the second answer is in written Chinese: say it for the model."""
        if self._wanted is Variety.CANTONESE and fits(head, Variety.TRADITIONAL).reason != "wrong_language":
            self._converter = _InPieces(_to_spoken, _SENTENCE_END, "dialect_converted")

    def _let_through(self, text: str) -> str:
        return self._note(self._converter.feed(text) if self._converter is not None else text)

    def _note(self, text: str) -> str:
        if text:
            self._parts.append(text)
        return text

    def _verdict(self) -> str:
        if self._wanted is None:
            return ""
        text = _strings_of(self.text) if self._is_json else self.text
        fit = fits(text, self._wanted)
        return "" if fit.ok or fit.reason == "no_text" else fit.reason


_DETAILS = {
    "wrong_language": "The answer is not in the language that was asked for.",
    "wrong_script": "The answer is not wholly in the script that was asked for.",
    "script_converted": "The model wrote the other Chinese script; its characters were converted.",
    "forms_converted": "Characters and words were put into the forms that Hong Kong's government writes.",
    "dialect_converted": "The model wrote formal Chinese; it was put into spoken Cantonese word by word.",
    "characters_removed": "Characters that nobody sees, or that turn text round, were taken out.",
    "empty_answer": "The model gave an empty answer.",
    "asked_again": "The first answer was in the wrong language or script; the model was asked again.",
}


class _Converter(Protocol):
    """Converts a text piece by piece."""

    @property
    def reason(self) -> str:
        """The decision's reason once something was changed; empty until then."""

    def feed(self, text: str) -> str: ...

    def flush(self) -> str: ...


class _ToTraditional:
    """Hong Kong's Traditional script and forms, character run by character run."""

    def __init__(self) -> None:
        self._stream = StreamConverter()
        self._read: list[str] = []
        self._written: list[str] = []

    @property
    def reason(self) -> str:
        read = "".join(self._read)
        if read == "".join(self._written):
            return ""
        return "script_converted" if simplified_characters(read) else "forms_converted"

    def feed(self, text: str) -> str:
        self._read.append(text)
        self._written.append(self._stream.feed(text))
        return self._written[-1]

    def flush(self) -> str:
        self._written.append(self._stream.flush())
        return self._written[-1]


class _InPieces:
    """Converts up to the last `boundary` that has come, since a word's neighbours decide what it becomes."""

    def __init__(self, convert: Callable[[str], str], boundary: re.Pattern[str], reason: str) -> None:
        self._convert = convert
        self._boundary = boundary
        self._reason = reason
        self._held = ""
        self.reason = ""

    def feed(self, text: str) -> str:
        self._held += text
        end = 0
        for match in self._boundary.finditer(self._held):
            end = match.end()
        ready, self._held = self._held[:end], self._held[end:]
        return self._do(ready)

    def flush(self) -> str:
        ready, self._held = self._held, ""
        return self._do(ready)

    def _do(self, text: str) -> str:
        converted = self._convert(text) if text else text
        if converted != text:
            self.reason = self._reason
        return converted


def _converter(wanted: Variety) -> _Converter | None:
    if wanted is Variety.ENGLISH:
        return None
    if wanted is Variety.SIMPLIFIED:
        return _InPieces(_to_simplified, _CLAUSE_END, "script_converted")
    return _ToTraditional()


def _to_simplified(text: str) -> str:
    return text if fits(text, Variety.SIMPLIFIED).reason != "wrong_script" else to_simplified(text)


def _to_spoken(text: str) -> str:
    return to_cantonese(to_traditional(text))


def insist(request: ChatRequest, wanted: Variety) -> ChatRequest:
    """The same request, with a firm word about the language, in that language, at its end."""
    *before, last = request.messages
    if last.role != "user":
        return replace(request, messages=(*request.messages, Message("user", INSIST[wanted])))
    return replace(request, messages=(*before, Message("user", f"{last.content}\n\n{INSIST[wanted]}")))


def asked_again(reason: str) -> Decision:
    """The first attempt was dropped, and why."""
    return Decision("inspect", False, "asked_again", f"{_DETAILS['asked_again']} ({reason})")


def inspect_links(answer: str, messages: Sequence[Message]) -> Decision | None:
    """`links_found` when the answer holds an image, or a link that nobody gave the model."""
    if not any(mark in answer for mark in _OF_LINKS) and "www." not in answer.lower():
        return None
    links = {match[0] for match in _LINK.finditer(answer)}
    links |= {next(filter(None, match.groups())) for match in _MARKUP_LINK.finditer(answer)}
    images = len(_IMAGE.findall(answer))
    if not links and not images:
        return None
    given = "\n".join(
        text for m in messages for text in (m.content, *(call.arguments for call in m.tool_calls))
    )
    strange = sum(link not in given for link in links)
    if not strange and not images:
        return None
    return Decision(
        "inspect", True, "links_found", f"{strange} links that were not in the request, {images} images."
    )


def inspect_personal(guard: AnswerGuard) -> Decision | None:
    """`personal_removed` when the answer held numbers of people that nobody gave the model."""
    if not guard.removed:
        return None
    counts = ", ".join(f"{policies().kinds[kind].en} ({count})" for kind, count in guard.removed.items())
    why = policies().answers["identifier"].why.en
    return Decision("inspect", True, "personal_removed", f"Taken out of the answer: {counts}. {why}")


def cleaned(calls: Sequence[ToolCall], guard: AnswerGuard) -> tuple[ToolCall, ...]:
    """The calls of tools without numbers of people that nobody gave the model."""
    return tuple(replace(call, arguments=changed_text(call.arguments, guard.clean)) for call in calls)


def _strings_of(text: str) -> str:
    """The strings of a JSON answer, one a line; the text itself where it is not whole."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return "\n".join(_strings(value))


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            for item in value.values():
                yield from _strings(item)
