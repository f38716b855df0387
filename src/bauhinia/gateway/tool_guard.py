"""What a call of a tool may not do: follow what a document or another tool's result said.

The rule is about where words came from, not what they say. While a model has read only what the officer and
the program wrote, it may call every tool that the request names. Once it has read material (a file, a
passage, a tool's result), it may call those that only read, and no call may carry an address that nobody
but the material gave: that is how words are sent out. A model that was talked into anything gains nothing
by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..language import seen
from ..models import Message
from .tool_server import ToolFailed
from .untrusted import has_data, without_data

_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:/{1,}\S+"
    r"|\b(?:mailto|tel|sms|data|javascript|ftp|file|ws|wss):\S+"
    r"|//[a-z0-9-]+\.[^\s]+"
    r"|[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*"
    r"|\b(?:[a-z0-9-]+\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)\b(?:[:/]\S*)?"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|\[[0-9a-f:]*:[0-9a-f:]*\]"
)
_DOTS = re.compile(r"\s*(?:\[\.\]|\(\.\)|\(dot\)|\[dot\]|\s+dot\s+|[。．｡])\s*")
_ATS = re.compile(r"\s*(?:\[at\]|\(at\)|\s+at\s+(?=[a-z0-9-]+\.))\s*")
_FILE = re.compile(
    r"[\w-]+\.(?:docx?|xlsx?|pptx?|pdf|odt|ods|odp|txt|csv|md|html?|eml|msg|png|jpe?g|wav|mp[34])"
)
_DEEPEST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolGuard:
    """What the calls of one answer may do."""

    given: str
    """What the officer and the program wrote, flattened."""
    tainted: bool
    """Whether the model has read material."""
    asked: str = ""
    """A tool that the request names as the one to be called: the officer's own choice."""

    @classmethod
    def of(cls, messages: Sequence[Message], choice: str) -> ToolGuard:
        """The guard of a conversation as it stands."""
        said = [without_data(each.content) for each in messages if each.role in ("system", "user")]
        return cls(
            given=_flat("\n".join(said)),
            tainted=any(each.role == "tool" or has_data(each.content) for each in messages),
            asked=choice if choice not in ("auto", "none", "required") else "",
        )

    def may_offer(self, name: str, *, reads: bool) -> bool:
        """Whether a tool is on offer at all."""
        return reads or not self.tainted or name == self.asked

    def check(self, name: str, arguments: Any, *, reads: bool) -> None:
        """Raises ToolFailed: `tool_after_data`, `argument_leads_out`."""
        if not self.may_offer(name, reads=reads):
            raise ToolFailed(
                "tool_after_data",
                "After a document or a tool's result was read, only tools that read may be used.",
            )
        if self.tainted and (address := next(self._strange(arguments), None)) is not None:
            raise ToolFailed(
                "argument_leads_out",
                f"No address that only a document gave may be used ({len(address)} characters).",
            )

    def _strange(self, arguments: Any) -> Iterator[str]:
        for text in _texts(arguments, _DEEPEST):
            for match in _ADDRESS.finditer(_flat(text)):
                if match[0] not in self.given and not _FILE.fullmatch(match[0]):
                    yield match[0]


def _flat(text: str) -> str:
    """The text as an address hides in it: decoded, narrow, small, dots and at signs written out."""
    flat = unicodedata.normalize("NFKC", seen(unquote(unquote(text)))).casefold()
    return _ATS.sub("@", _DOTS.sub(".", flat)).replace("hxxp", "http").replace("\\", "/")


def _texts(value: Any, deepest: int) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict() if deepest:
            for name, item in value.items():
                yield str(name)
                yield from _texts(item, deepest - 1)
        case list() if deepest:
            for item in value:
                yield from _texts(item, deepest - 1)
