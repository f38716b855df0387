"""The signed label in files of text, found again and taken out: what is left is the text that was signed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from lxml import etree

from ..documents.collecting import Bounds
from ..documents.damage import damage_told
from ..documents.package import parse_xml
from .carrier import NAME, TOKEN, Taken

_WIDTH = 76
_FOLDED = 73
"""Octets of a folded line of a calendar, without its space and its end."""
_LINES = r"(?:[ \t]*[A-Za-z0-9._-]{1,200}[ \t]*(?:\r\n|\n|\r|\Z))+"
_TXT = re.compile(rf"(?:(?:\r\n|\n|\r)[ \t]*)?(?:\r\n|\n|\r|\A){NAME}:[ \t]*(?:\r\n|\n|\r){_LINES}")
_MAIL = re.compile(rf"^X-{NAME}:[ \t]*(?:\r\n|\n)(?:[ \t]+[A-Za-z0-9._-]+[ \t]*(?:\r\n|\n))+", re.M | re.I)
_FRONT = re.compile(rf'^{NAME.lower()}:[ \t]*"?({TOKEN.pattern})"?[ \t]*(?:\r\n|\n)', re.M)
_COMMENT = re.compile(rf"(?:\r\n|\n)?<!-- {NAME.lower()}: ({TOKEN.pattern}) -->(?:\r\n|\n)?")
_META = re.compile(rf"<meta\b[^>]*name=[\"']?{NAME.lower()}[\"']?[^>]*>", re.I)
_HEAD = re.compile(r"<head\b[^>]*>", re.I)
_NOTE_VTT = re.compile(rf"(?:\r\n|\n)NOTE {NAME}: ({TOKEN.pattern})(?:\r\n|\n)")
_VTT_HEADER = re.compile(r"\A(?:\ufeff)?WEBVTT[^\r\n]*(?:\r\n|\n|\r|\Z)(?:[^\r\n]+(?:\r\n|\n|\r|\Z))*")
_CSV = re.compile(rf'^"?{NAME}"?,"?({TOKEN.pattern})"?,*[ \t]*(?:\r\n|\n|\r|\Z)', re.M)
_ICS = re.compile(
    rf"^X-{NAME}:[ \t]*[A-Za-z0-9._-]*(?:(?:\r\n|\n)[ \t][A-Za-z0-9._-]+)*[ \t]*(?:\r\n|\n)", re.M | re.I
)
_ICS_HEAD = re.compile(r"BEGIN:VCALENDAR[ \t]*(?:\r\n|\n)", re.I)
_FRONT_MATTER = re.compile(r"\A---\n(?:[^\n]*\n)*?---\n")
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def _text(data: bytes) -> tuple[str, Callable[[str], bytes]]:
    """The file as characters that can be put back byte for byte, and how: a token is ASCII, so UTF-8 and the
    old encodings need not be known."""
    wide = (encoding for mark, encoding in _MARKS.items() if data.startswith(mark) and len(data) % 2 == 0)
    encoding = next(wide, "latin-1")
    errors = "strict" if encoding == "latin-1" else "surrogatepass"
    return data.decode(encoding, errors), lambda text: text.encode(encoding, errors)


def _taken(data: bytes, pattern: re.Pattern[str]) -> Taken:
    text, encode = _text(data)
    found = [match[0] for match in pattern.finditer(text)]
    if not found:
        return Taken([], data)
    joined = ("".join(each.split()) for each in found)
    return Taken(
        [token[0] for each in joined if (token := TOKEN.search(each))], encode(pattern.sub("", text))
    )


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _wrapped(token: str, newline: str) -> str:
    return newline.join(f" {token[at : at + _WIDTH]}" for at in range(0, len(token), _WIDTH))


class PlainText:
    """A block of lines at the file's end, after the visible label."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        newline = _newline(text)
        return encode(f"{text}{newline}{newline}{NAME}:{newline}{_wrapped(token, newline)}{newline}")

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return _taken(data, _TXT)


class Mail:
    """A header of its own."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        newline = _newline(text[:4096])
        return encode(f"X-{NAME}:{newline}{_wrapped(token, newline)}{newline}{text}")

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return _taken(data, _MAIL)


class Markdown:
    """A line of our own front matter; of somebody else's file a comment at its end."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        front = _FRONT_MATTER.match(text)
        if front is not None and "\nai-label:" in front[0]:
            at = front.end() - len("---\n")
            return encode(f'{text[:at]}{NAME.lower()}: "{token}"\n{text[at:]}')
        newline = _newline(text)
        return encode(f"{text}{newline}<!-- {NAME.lower()}: {token} -->{newline}")

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        comments = _taken(data, _COMMENT)
        front = _taken(comments.data, _FRONT)
        return Taken([*front.tokens, *comments.tokens], front.data)


class Html:
    """A `meta` of the head; a page without one gets it in front."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        head = _HEAD.search(text)
        at = head.end() if head else (1 if text.startswith("\ufeff") else 0)
        return encode(f'{text[:at]}<meta name="{NAME.lower()}" content="{token}">{text[at:]}')

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return _taken(data, _META)


class WebVtt:
    """A comment after the header."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        header = _VTT_HEADER.match(text.removeprefix("ï»¿"))
        at = (header.end() if header else 0) + (3 if text.startswith("ï»¿") else 0)
        return encode(f"{text[:at]}\nNOTE {NAME}: {token}\n{text[at:]}")

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return _taken(data, _NOTE_VTT)


class Csv:
    """A row at the end."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        return encode(f"{text}{NAME},{token}\r\n")

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return _taken(data, _CSV)


class Calendar:
    """A property of the calendar, before its events; its lines are folded as RFC 5545 has it."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        text, encode = _text(data)
        head = _ICS_HEAD.search(text)
        if head is None:
            return data
        newline = _newline(text)
        folded = f"{newline} ".join(token[at : at + _FOLDED] for at in range(0, len(token), _FOLDED))
        return encode(f"{text[: head.end()]}X-{NAME.upper()}:{newline} {folded}{newline}{text[head.end() :]}")

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return _taken(data, _ICS)


class Srt:
    """Subtitles of this kind can hold nothing that is not shown: the visible label's reference leads to the
    record that is kept here."""

    def put(self, data: bytes, _token: str, _bounds: Bounds) -> bytes:
        return data

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        return Taken([], data)


class Xliff:
    """A note of the file."""

    def put(self, data: bytes, token: str, bounds: Bounds) -> bytes:
        with damage_told(bounds):
            root = parse_xml(data, bounds, whole=True)
            space = str(root.tag).rpartition("}")[0] + "}"
            file = root.find(f"{space}file")
            if file is None:
                return data
            name = "header" if root.get("version") == "1.2" else "notes"
            holder = file.find(f"{space}{name}")
            if holder is None:
                holder = etree.Element(f"{space}{name}")
                file.insert(0, holder)
            etree.SubElement(holder, f"{space}note").text = f"{NAME}: {token}"
            return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)

    def take(self, data: bytes, bounds: Bounds) -> Taken:
        root = parse_xml(data, bounds, whole=True)
        tokens = []
        for note in list(root.iter("{*}note")):
            said = note.text or ""
            if said.startswith(f"{NAME}:") and (token := TOKEN.search(said)):
                tokens.append(token[0])
                note.text = ""
        return Taken(tokens, etree.tostring(root.getroottree(), encoding="UTF-8") if tokens else data)
