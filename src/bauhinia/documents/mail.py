"""E-mails (.eml): headers, the text, and what is attached, read too."""

from __future__ import annotations

from collections.abc import Mapping
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser

from ..errors import BrokenDocument
from . import html, text
from .collecting import Reading
from .decoding import codec_of, decode
from .enclosed import enclose, read_enclosed

_SHOWN = ("From", "To", "Cc", "Date")
_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
_SEALED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"})
_SUFFIXES = {"text/plain": ".txt", "text/html": ".html", "application/pdf": ".pdf"}


def read(data: bytes, reading: Reading) -> None:
    """Put an e-mail's headers, text and attachments into `reading`.

    Raises BrokenDocument, DocumentTooLarge.
    """
    try:
        message = BytesParser(policy=policy.default).parsebytes(data)
        if not message.keys():
            raise BrokenDocument(
                "The file is not an e-mail: it has no headers.",
                hint="Save the message again in the mail program as .eml, or upload its text as .txt.",
            )
        _message(message, reading)
    except (AttributeError, TypeError) as error:
        # The standard library's parser of headers raises these on some malformed ones.
        raise BrokenDocument(
            "The e-mail is damaged: its headers make no sense.",
            hint="Save the message again in the mail program, then upload the new file.",
        ) from error


def add_headers(reading: Reading, subject: str, headers: Mapping[str, str]) -> None:
    """The subject as the title, then each header as it is called in mail programs."""
    reading.title = " ".join(subject.split())
    reading.add("title", subject)
    for name, value in headers.items():
        if value.strip():
            reading.add("paragraph", f"{name}: {value}")


def add_text(reading: Reading, words: str, *, is_html: bool) -> None:
    """The message's own text."""
    title, metadata = reading.title, dict(reading.metadata)
    (html if is_html else text).read(words.encode("utf-8", "replace"), reading)
    # What these readers say of a file is not so of a message.
    reading.title, reading.metadata = title, metadata


def _message(message: Message, reading: Reading) -> None:
    add_headers(reading, _header(message, "Subject"), {name: _header(message, name) for name in _SHOWN})
    _part(message, reading, 0, bodies=True)


def _header(message: Message, name: str) -> str:
    """A header's text; raw bytes, which the rules forbid, are read as what they most likely are."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if any("\udc80" <= character <= "\udcff" for character in str(raw)):
        return decode(str(raw).encode("utf-8", "surrogateescape")).text
    try:
        return str(message[name] or "")
    except (ValueError, LookupError, AttributeError, TypeError):
        return str(raw)


def _part(part: Message, reading: Reading, depth: int, *, bodies: bool) -> None:
    """A part and those in it; without `bodies` only what is attached: the text was had in another version."""
    reading.bounds.check_nesting(depth)
    kind = part.get_content_type()
    if kind in _SEALED:
        reading.warn("The message is encrypted: its text was not read.")
    elif kind == "message/rfc822" and part.is_multipart():
        for inner in _parts(part):
            _forwarded(inner, reading)
    elif part.get_content_maintype() == "message":
        reading.unread["delivery report"] += 1
    elif part.is_multipart():
        parts = _parts(part)
        best = _best(parts) if kind == "multipart/alternative" else None
        for each in parts:
            _part(each, reading, depth + 1, bodies=bodies and best in (None, each))
    elif kind in ("text/plain", "text/html") and not _is_attached(part):
        if bodies:
            add_text(reading, _words(part), is_html=kind == "text/html")
    elif bodies or _is_attached(part):
        _attachment(part, kind, reading)


def _forwarded(message: Message, reading: Reading) -> None:
    name = " ".join(_header(message, "Subject").replace("/", " ").split()) or "message"
    # Its bytes were counted with the file that it came in.
    enclose(f"{name}.eml", 0, reading, lambda inside: _message(message, inside))


def _parts(part: Message) -> list[Message]:
    held = part.get_payload()
    return [each for each in held if isinstance(each, Message)] if isinstance(held, list) else []


def _best(parts: list[Message]) -> Message | None:
    """Of versions of one text, the plain one if it says anything, else the richest: the last."""
    plain = [each for each in parts if each.get_content_type() == "text/plain" and not _is_attached(each)]
    wordy = [each for each in plain if _words(each).strip()]
    rich = [each for each in parts if each.get_content_type() != "text/calendar"]
    return next(iter([*wordy, *reversed(rich)]), None)


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _bytes(part: Message) -> bytes:
    held = part.get_payload(decode=True)
    return held if isinstance(held, bytes) else b""


def _words(part: Message) -> str:
    """The text of a part in the encoding that it declares, unless that is wrong."""
    data = _bytes(part)
    encoding = codec_of(part.get_content_charset() or "")
    try:
        return data.decode(encoding) if encoding else decode(data).text
    except (UnicodeDecodeError, LookupError):
        return decode(data).text


def _attachment(part: Message, kind: str, reading: Reading) -> None:
    """A file that came with the message. Its name and bytes say what it is; the declared type may lie."""
    name = part.get_filename() or ""
    if kind in _SIGNATURES:
        return
    if kind.startswith("image/") and part["Content-ID"] and part.get_content_disposition() != "attachment":
        reading.unread["picture"] += 1
        return
    data = _bytes(part)
    if isinstance(part, EmailMessage) and not data and not name:
        return
    read_enclosed(data, name or f"attachment{_SUFFIXES.get(kind, '')}", reading)
