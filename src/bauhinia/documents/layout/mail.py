"""E-mails: the bodies and the subject; every other header and every attachment is carried as it is."""

from __future__ import annotations

import email
import email.header
import email.policy
import re
from base64 import encodebytes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import pairwise

from ...language import Variety
from ..collecting import Bounds
from .html import html_spans
from .plain_text import text_spans
from .spans import SpanLayout
from .tags import Piece, plain, tagged
from .typography import typeset
from .unit import LayoutNote, Rewritten, Unit

_BLANK = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_HEADER = rb"(?im)^%s:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*"
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class _Body:
    """A part of text: where its headers and its content stand."""

    start: int
    content: int
    end: int
    layout: SpanLayout


def open_layout(data: bytes, bounds: Bounds) -> MailLayout:
    """Take an e-mail apart. Raises DocumentError."""
    return MailLayout(data, bounds)


def mark(data: bytes, label: str, _bounds: Bounds) -> bytes:
    """The e-mail with the label as a header of its own."""
    newline = b"\r\n" if b"\r\n" in data[:4096] else b"\n"
    said = email.header.Header(label, "utf-8", header_name="X-AI-Label").encode(linesep=newline.decode())
    return b"X-AI-Label: " + said.encode("ascii") + newline + data


class MailLayout:
    """An e-mail taken apart, its bytes left where they are."""

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        self._data = data
        self._newline = b"\r\n" if b"\r\n" in data[:4096] else b"\n"
        self._subject = _subject(data)
        self._bodies = list(_bodies(data, 0, len(data), bounds, 0))

    @property
    def units(self) -> Sequence[Unit]:
        """The subject, then the bodies' units."""
        bodies = [unit for body in self._bodies for unit in body.layout.units]
        return [*([self._subject] if self._subject else []), *bodies]

    def write(self, targets: Mapping[str, str], to: Variety) -> Rewritten:
        """The e-mail with the targets in their places; see `Layout.write`."""
        data = self._data
        notes: list[LayoutNote] = []
        for body in reversed(self._bodies):
            if not any(unit.id in targets for unit in body.layout.units):
                continue
            written = body.layout.write(targets, to)
            notes += written.notes
            data = data[: body.start] + self._part(body, written.data) + data[body.end :]
        if self._subject and self._subject.id in targets:
            data = self._with_subject(data, typeset(targets[self._subject.id], to))
        return Rewritten(data=data, notes=tuple(notes))

    def _part(self, body: _Body, text: bytes) -> bytes:
        """The part's headers, saying UTF-8 in base64, and the text so written."""
        headers = self._data[body.start : body.content]
        kind = re.search(_HEADER % rb"content-type", headers)
        message = email.message_from_bytes(headers, policy=email.policy.compat32)
        message.set_param("charset", "utf-8")
        said = f"Content-Type: {message['content-type'] or 'text/plain; charset=utf-8'}".encode(
            "ascii", "replace"
        )
        headers = headers.replace(kind[0], said, 1) if kind else said + self._newline + headers
        encoding = re.search(_HEADER % rb"content-transfer-encoding", headers)
        wanted = b"Content-Transfer-Encoding: base64"
        headers = headers.replace(encoding[0], wanted, 1) if encoding else wanted + self._newline + headers
        return headers + encodebytes(text).replace(b"\n", self._newline)

    def _with_subject(self, data: bytes, target: str) -> bytes:
        header = email.header.Header(plain(target), "utf-8", header_name="Subject")
        said = header.encode(linesep=self._newline.decode()).encode("ascii")
        end = _content(data, 0, len(data))
        found = re.search(_HEADER % rb"subject", data[:end])
        assert found is not None
        return data[: found.start()] + b"Subject: " + said + data[found.end() :]


def _subject(data: bytes) -> Unit | None:
    headers = data[: _content(data, 0, len(data))]
    message = email.message_from_bytes(headers, policy=email.policy.default)
    subject = str(message["subject"] or "")
    if not any(map(str.isalpha, subject)) or re.search(_HEADER % rb"subject", headers) is None:
        return None
    return Unit(id="mail#subject", story="title", source=tagged([Piece("text", subject)]))


def _content(data: bytes, start: int, end: int) -> int:
    """Where the content of the part that begins at `start` begins."""
    blank = _BLANK.search(data, start, end)
    return end if blank is None else blank.end()


def _bodies(data: bytes, start: int, end: int, bounds: Bounds, depth: int) -> Iterator[_Body]:
    """The parts of text that are no attachments, in order. E-mails inside the e-mail are attachments."""
    bounds.check_nesting(depth * (bounds.nesting // _DEEPEST))
    content = _content(data, start, end)
    headers = email.message_from_bytes(data[start:content], policy=email.policy.default)
    assert isinstance(headers, EmailMessage)
    if headers.get_content_maintype() == "multipart" and (boundary := headers.get_boundary()):
        for first, last in _enclosed(data, content, end, boundary.encode("ascii", "replace")):
            yield from _bodies(data, first, last, bounds, depth + 1)
        return
    kind = headers.get_content_type()
    if kind not in ("text/plain", "text/html") or headers.is_attachment() or headers.get_filename():
        return
    whole = email.message_from_bytes(data[start:end], policy=email.policy.default)
    assert isinstance(whole, EmailMessage)
    text = whole.get_content()
    yield _Body(start, content, end, _layout(text, kind == "text/html", f"mail/{start}", bounds))


def _layout(text: str, is_html: bool, prefix: str, bounds: Bounds) -> SpanLayout:
    data = text.encode("utf-8", "replace")
    if is_html:
        return SpanLayout(data, lambda said: html_spans(said, bounds, prefix), html=True)
    return SpanLayout(data, lambda said: text_spans(said, prefix))


def _enclosed(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int]]:
    """The parts between the lines of a boundary."""
    lines = list(
        re.finditer(rb"(?m)^--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)", data[start:end])
    )
    for this, after in pairwise(lines):
        if this[1]:
            return
        last = start + after.start()
        # The line's end before a boundary belongs to the boundary.
        last -= 2 if data[last - 2 : last] == b"\r\n" else 1
        yield start + this.end(), max(start + this.end(), last)
