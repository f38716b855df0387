"""Files that their makers locked with `PASSWORD`, made with the libraries; the old ones by LibreOffice 7.4."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import pikepdf
from msoffcrypto import OfficeFile

SAMPLES = Path(__file__).parents[2] / "samples"
_LOCKED = Path(__file__).parent / "locked"
PASSWORD = "觀塘-Lib-2027"
WORDS = "Kwun Tong"
"""Stand in each of the files."""


def locked_word(name: str = "circular-en.docx", password: str = PASSWORD) -> bytes:
    """A sample in Word's own encryption (ECMA-376 agile, AES-256)."""
    out = io.BytesIO()
    OfficeFile(io.BytesIO((SAMPLES / name).read_bytes())).encrypt(password, out)
    return out.getvalue()


def locked_pdf(name: str = "press-release-tc.pdf", password: str = PASSWORD) -> bytes:
    """A sample that asks for a password before it shows anything."""
    out = io.BytesIO()
    with pikepdf.open(SAMPLES / name) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="another", user=password, R=6))
    return out.getvalue()


def locked_old(suffix: str) -> bytes:
    """A `.doc`, `.xls` or `.odt` that LibreOffice wrote with the password."""
    return next(_LOCKED.glob(f"*.{suffix}")).read_bytes()


def locked_zip(text: bytes = b"The library in Kwun Tong opens.", password: str = PASSWORD) -> bytes:
    """An archive of one text in the old encryption of zip files, which zipfile reads and does not write."""
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as package:
        package.writestr(zipfile.ZipInfo("notice.txt"), text)
    data = bytearray(plain.getvalue())
    directory = data.index(b"PK\x01\x02")
    head = 30 + len("notice.txt")
    keys = _Keys(password.encode())
    secret = bytes(map(keys.lock, bytes(11) + zlib.crc32(text).to_bytes(4, "little")[3:] + text))
    for flags, size in ((6, 18), (directory + 8, directory + 20)):
        data[flags] |= 1
        data[size : size + 4] = len(secret).to_bytes(4, "little")
    end = data.index(b"PK\x05\x06") + 16
    data[end : end + 4] = (directory + 12).to_bytes(4, "little")
    return bytes(data[:head] + secret + data[directory:])


class _Keys:
    """The three keys of the old encryption, as PKWARE's note on the format has them."""

    def __init__(self, password: bytes) -> None:
        self._table = [self._row(byte) for byte in range(256)]
        self._keys = [0x12345678, 0x23456789, 0x34567890]
        for byte in password:
            self._take(byte)

    def lock(self, byte: int) -> int:
        key = self._keys[2] | 2
        secret = byte ^ (key * (key ^ 1) >> 8 & 0xFF)
        self._take(byte)
        return secret

    def _take(self, byte: int) -> None:
        self._keys[0] = self._crc(self._keys[0], byte)
        self._keys[1] = (self._keys[1] + (self._keys[0] & 0xFF)) * 134775813 + 1 & 0xFFFFFFFF
        self._keys[2] = self._crc(self._keys[2], self._keys[1] >> 24)

    def _crc(self, key: int, byte: int) -> int:
        return key >> 8 ^ self._table[(key ^ byte) & 0xFF]

    @staticmethod
    def _row(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ 0xEDB88320 if value & 1 else value >> 1
        return value
