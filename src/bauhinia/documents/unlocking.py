"""A protected file opened with its password; this runs in the reading process alone.

Opened are PDF (pikepdf), Word, Excel and PowerPoint of any age (msoffcrypto), and zip archives in the old way
of encryption (zipfile). The password is in no error: what a library says is not passed on.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import BrokenDocument, EncryptedDocument, WrongPassword
from .collecting import Bounds
from .damage import password_needed
from .package import Package
from .sniff import kind_of

_OLD_OFFICE = ("doc", "xls", "ppt")
_EXCEL_OWN = "VelvetSweatshop"
"""With this one Excel locks workbooks that anybody may open."""
_ENCODINGS = ("utf-8", "big5hkscs", "gb18030")
"""In which programs give a zip's password."""


def unlocked(data: bytes, password: str, bounds: Bounds) -> bytes:
    """The file without its protection; one that has none comes back as it is.

    Raises WrongPassword, EncryptedDocument where no password helps, DocumentTooLarge.
    """
    kind = kind_of(data)
    if kind == "pdf":
        return _pdf(data, password)
    if kind in ("encrypted", *_OLD_OFFICE):
        return _office(data, password)
    return _zip(data, password, bounds) if data.startswith(b"PK") else data


def refuse_locked(data: bytes) -> None:
    """Raises PasswordNeeded for an old Office file that LibreOffice would need a password for."""
    file = _office_file(data)
    if file is not None and _is_encrypted(file) and not _opens(file, _EXCEL_OWN):
        raise password_needed("The file")


def _pdf(data: bytes, password: str) -> bytes:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)):
            return data
    except pikepdf.PasswordError:
        pass
    except pikepdf.PdfError:
        return data
    try:
        with pikepdf.open(io.BytesIO(data), password=password) as pdf:
            out = io.BytesIO()
            pdf.save(out)
            return out.getvalue()
    except pikepdf.PasswordError:
        raise _wrong() from None
    except pikepdf.PdfError:
        raise _damaged() from None


def _office(data: bytes, password: str) -> bytes:
    file = _office_file(data)
    if file is None or not _is_encrypted(file):
        return data
    if not _opens(file, password):
        raise _wrong()
    out = io.BytesIO()
    try:
        with _temporary_files_in_memory():
            file.decrypt(out)
    except MemoryError:
        raise
    except Exception:
        raise _damaged() from None
    return out.getvalue()


@contextmanager
def _temporary_files_in_memory() -> Iterator[None]:
    """msoffcrypto puts what it opened of an old file on the disk, which this process may not write to."""
    on_disk = tempfile.TemporaryFile
    tempfile.TemporaryFile = io.BytesIO  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.TemporaryFile = on_disk


def _office_file(data: bytes) -> Any:
    """msoffcrypto's view of the file; None where it has none. Raises EncryptedDocument."""
    from msoffcrypto import OfficeFile
    from msoffcrypto.exceptions import DecryptionError

    try:
        return OfficeFile(io.BytesIO(data))
    except DecryptionError:
        raise _unknown_way() from None
    except MemoryError:
        raise
    except Exception:  # It reads untrusted bytes without checks of its own.
        if kind_of(data) == "encrypted":
            raise _unknown_way() from None
        return None


def _is_encrypted(file: Any) -> bool:
    """False where that cannot be told: LibreOffice then says what is wrong with the file."""
    try:
        return bool(file.is_encrypted())
    except MemoryError:
        raise
    except Exception:
        return False


def _opens(file: Any, password: str) -> bool:
    """Whether the password is the file's. Raises EncryptedDocument."""
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    checked = {"verify_password": True} if file.format == "ooxml" else {}
    try:
        file.load_key(password=password, **checked)
    except (InvalidKeyError, UnicodeError):
        return False
    except DecryptionError:
        raise _unknown_way() from None
    except MemoryError:
        raise
    except Exception:
        raise _damaged() from None
    return True


def _zip(data: bytes, password: str, bounds: Bounds) -> bytes:
    try:
        Package(data, bounds)
    except EncryptedDocument as error:
        if type(error) is EncryptedDocument:
            raise
    else:
        return data
    for encoding in _ENCODINGS:
        try:
            return _rewritten(Package(data, bounds, password.encode(encoding)))
        except (BrokenDocument, UnicodeEncodeError, RuntimeError, zlib.error):
            continue  # A wrong password may also look like damage: one byte in 256 fits by chance.
    raise _wrong()


def _rewritten(package: Package) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for entry in package.entries:
            kept = zipfile.ZipInfo(entry.filename, entry.date_time)
            kept.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(kept, package.read(entry))
    return out.getvalue()


def _wrong() -> WrongPassword:
    return WrongPassword(
        "The password does not open the file.",
        hint="Check capitals and the input method, then type it again.",
    )


def _damaged() -> BrokenDocument:
    return BrokenDocument(
        "The protected file is damaged: it cannot be opened even with its password.",
        hint="Open it in the program that made it, save it without a password, then upload that.",
    )


def _unknown_way() -> EncryptedDocument:
    return EncryptedDocument(
        "The file is protected in a way that cannot be opened here, such as by rights management.",
        hint="Open it in the program that made it, save it without protection, then upload that.",
    )
