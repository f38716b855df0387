"""Outlook messages (.msg): read as an e-mail is, from the storages of the file."""

from __future__ import annotations

import io
from typing import Any

from olefile import OleFileIO  # type: ignore[import-untyped]
from oxmsg.domain import constants as tags
from oxmsg.domain import encodings
from oxmsg.properties import Properties
from oxmsg.storage import Storage

from ..errors import BrokenDocument
from .collecting import Reading
from .decoding import codec_of, decode
from .enclosed import enclose, read_enclosed
from .mail import add_headers, add_text

_UNICODE, _BYTES, _BINARY, _OBJECT = 0x001F, 0x001E, 0x0102, "000D"
_TOP, _EMBEDDED = 32, 24
"""Bytes before the properties of a message that is a file, and of one attached to another."""
_CODEPAGES = {950: "big5hkscs", 936: "gb18030", 932: "cp932"}
"""Windows' code pages as Python knows them."""


def read(data: bytes, reading: Reading) -> None:
    """Put an Outlook message's headers, text and attachments into `reading`.

    Raises BrokenDocument, DocumentTooLarge.
    """
    try:
        with OleFileIO(io.BytesIO(data)) as file:
            root = Storage.from_ole(file)
        _message(root, reading, _TOP)
    except (AttributeError, TypeError) as error:
        raise BrokenDocument(
            "The Outlook message is damaged.", hint="Save it again in Outlook, then upload the new file."
        ) from error


def _message(storage: Storage, reading: Reading, offset: int) -> None:
    codepage = _codepage(storage, offset)

    def said(tag: int) -> str:
        return _string(storage, tag, codepage)

    address = said(tags.PID_SENDER_SMTP_ADDRESS) or said(tags.PID_SENDER_EMAIL_ADDRESS)
    name = said(tags.PID_SENDER_NAME)
    headers = {
        "From": f"{name} <{address}>" if name and "@" in address else name or address,
        "To": said(tags.PID_DISPLAY_TO),
        "Cc": said(tags.PID_DISPLAY_CC),
        "Date": _sent(storage, offset),
    }
    add_headers(reading, said(tags.PID_SUBJECT), headers)
    _body(storage, reading, codepage)
    for attached in storage.iter_attachment_storages():
        _attachment(attached, reading, codepage)


def _body(storage: Storage, reading: Reading, codepage: str) -> None:
    plain = _string(storage, tags.PID_BODY, codepage)
    markup = _stream(storage, tags.PID_HTML, _BINARY)
    if plain.strip():
        add_text(reading, plain, is_html=False)
    elif markup is not None:
        add_text(reading, decode(markup, html=True).text, is_html=True)
    elif words := _string(storage, tags.PID_BODY_HTML, codepage):
        add_text(reading, words, is_html=True)
    elif _stream(storage, tags.PID_RTF_COMPRESSED, _BINARY) is not None:
        reading.warn("The message's text is there as Rich Text only, which was not read.")


def _attachment(storage: Storage, reading: Reading, codepage: str) -> None:
    names = (tags.PID_ATTACH_LONG_FILENAME, tags.PID_ATTACH_FILENAME, tags.PID_DISPLAY_NAME)
    name = next((found for tag in names if (found := _string(storage, tag, codepage))), "attachment")
    for inner in storage.storages:
        if inner.name == f"__substg1.0_{tags.PID_ATTACH_DATA_BINARY:04X}{_OBJECT}":
            # Its bytes were counted with the file that it came in.
            enclose(name, 0, reading, lambda inside, inner=inner: _message(inner, inside, _EMBEDDED))  # type: ignore[misc]
            return
    data = _stream(storage, tags.PID_ATTACH_DATA_BINARY, _BINARY)
    if data is None:
        reading.unread["linked attachment"] += 1
    else:
        read_enclosed(data, name, reading)


def _stream(storage: Storage, tag: int, kind: int) -> bytes | None:
    try:
        return storage.property_stream_bytes(tag, kind)
    except KeyError:
        return None


def _string(storage: Storage, tag: int, codepage: str) -> str:
    """A text property, in whichever form it is kept; empty when there is none."""
    wide = _stream(storage, tag, _UNICODE)
    if wide is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\x00")
    narrow = _stream(storage, tag, _BYTES)
    if narrow is None:
        return ""
    try:
        return narrow.decode(codepage) if codepage else decode(narrow).text
    except (UnicodeDecodeError, LookupError):
        return decode(narrow).text


def _codepage(storage: Storage, offset: int) -> str:
    """Python's codec for the texts that are not Unicode; empty when it is not said."""
    said = _property(storage, offset, tags.PID_MESSAGE_CODEPAGE)
    if not isinstance(said, int):
        return ""
    try:
        return _CODEPAGES.get(said) or codec_of(encodings.encoding_from_codepage(said))
    except (KeyError, ValueError):
        return ""


def _sent(storage: Storage, offset: int) -> str:
    said = _property(storage, offset, tags.PID_CLIENT_SUBMIT_TIME)
    return f"{said:%Y-%m-%d %H:%M} UTC" if hasattr(said, "strftime") else ""


def _property(storage: Storage, offset: int, tag: int) -> Any:
    """A number or a time, which stand in the table of properties; None when it cannot be had."""
    try:
        for each in Properties(storage, properties_header_offset=offset):
            if each.pid == tag:
                return each.value
    except (KeyError, ValueError, OverflowError):
        return None
    return None
