"""The visible label's sentence where players and viewers show it: tags of sound, texts of pictures and film.

Each is put where the format keeps remarks, and nothing else of the file changes: RIFF INFO (WAV), ID3v2.4
(MP3), an `iTXt` chunk (PNG), a comment segment (JPEG), an XMP box at the end (MP4).
"""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Callable
from xml.sax.saxutils import escape

from ..errors import BrokenDocument

_XMP_BOX = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac").bytes
_PNG_HEADER = 33
"""Signature and the first chunk, which must come first."""


def tagged(data: bytes, media_type: str, sentence: str) -> bytes:
    """The file with the sentence in it. Raises BrokenDocument where the file is not what it is said to be."""
    try:
        return _WRITERS[media_type](data, sentence)
    except (struct.error, IndexError) as error:
        raise _broken() from error


def _wav(data: bytes, sentence: str) -> bytes:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _broken()
    said = sentence.encode() + b"\0"
    said += b"\0" * (len(said) % 2)
    info = b"INFO" + b"ICMT" + struct.pack("<I", len(said)) + said
    body = data[8:] + b"\0" * (len(data) % 2) + b"LIST" + struct.pack("<I", len(info)) + info
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _mp3(data: bytes, sentence: str) -> bytes:
    """A tag before the sound; frames that are there stay before ours, in the version that they are in."""
    version, held, sound = 4, b"", data
    if data[:3] == b"ID3":
        version, size = data[3], _from_synchsafe(data[6:10])
        held, sound = data[10 : 10 + size].rstrip(b"\0"), data[10 + size :]
        if version not in (3, 4) or data[5]:
            raise _broken("The MP3 has a tag of a version that is not written here.")
    if sound[:1] != b"\xff" or sound[1] < 0xE0:
        raise _broken()
    frame = _comment(sentence, version)
    return b"ID3" + bytes((version, 0, 0)) + _synchsafe(len(held) + len(frame)) + held + frame + sound


def _comment(sentence: str, version: int) -> bytes:
    """UTF-8 and sizes of seven bits a byte came with version 4."""
    if version == 4:
        text = b"\x03und" + b"AI-Label\0" + sentence.encode()
        return b"COMM" + _synchsafe(len(text)) + b"\0\0" + text
    text = b"\x01und" + "AI-Label\0".encode("utf-16") + sentence.encode("utf-16")
    return b"COMM" + struct.pack(">I", len(text)) + b"\0\0" + text


def _synchsafe(size: int) -> bytes:
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _from_synchsafe(data: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=True))


def _png(data: bytes, sentence: str) -> bytes:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise _broken()
    body = b"iTXt" + b"Description\0\0\0\0\0" + sentence.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_PNG_HEADER] + chunk + data[_PNG_HEADER:]


def _jpeg(data: bytes, sentence: str) -> bytes:
    """After the first segment, which names the kind of file."""
    if data[:3] != b"\xff\xd8\xff":
        raise _broken()
    at = 2
    if data[3] in (0xE0, 0xE1):
        at += 2 + struct.unpack(">H", data[4:6])[0]
    said = sentence.encode()
    return data[:at] + b"\xff\xfe" + struct.pack(">H", len(said) + 2) + said + data[at:]


def _mp4(data: bytes, sentence: str) -> bytes:
    if data[4:8] != b"ftyp":
        raise _broken()
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><rdf:Alt>'
        f'<rdf:li xml:lang="x-default">{escape(sentence)}</rdf:li>'
        "</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()
    return data + struct.pack(">I", len(packet) + 24) + b"uuid" + _XMP_BOX + packet


def _broken(what: str = "The file is not what it is said to be.") -> BrokenDocument:
    return BrokenDocument(what, hint="Give it as WAV, MP3, PNG, JPEG or MP4, as its maker wrote it.")


_WRITERS: dict[str, Callable[[bytes, str], bytes]] = {
    "audio/wav": _wav,
    "audio/mpeg": _mp3,
    "image/png": _png,
    "image/jpeg": _jpeg,
    "video/mp4": _mp4,
}
MEDIA_TYPES = frozenset(_WRITERS)
"""Media that can be signed."""
