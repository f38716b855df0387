"""Files inside a file (an archive's entries, an e-mail's attachments), read where they stand.

They are read in the same process and within the limits of the whole: how deep files may nest, how many there
are, their bytes, and the blocks and characters of all together. What one file lacks is a warning; what
breaks a limit of the whole refuses the whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from ..errors import BauhiniaError, DocumentTooLarge, EmptyDocument, UnsupportedFormat
from .collecting import Reading
from .damage import damage_told
from .formats import READERS
from .normal import tidy
from .sniff import sniff

DEPTH_MOST = 10
"""Files inside files inside files: no office file goes half as deep."""
FILES_MOST = 10_000
CONVERTED_MOST = 10
"""Files in old formats that are converted for one upload: each takes about a second."""
_WARNINGS_MOST = 50
_NAME_MOST = 120
_DRIVE = re.compile(r"^[A-Za-z]:")


def read_enclosed(data: bytes, name: str, reading: Reading) -> None:
    """Read a file that stands in the one being read, under a heading with its name.

    A file that cannot be read is named in a warning. Raises DocumentTooLarge over a limit of the whole.
    """

    def fill(inside: Reading) -> None:
        name = sniff(data, inside.part.rpartition("/")[2])
        if through := READERS[name].through:
            READERS[through].reader()(_converted(data, name, inside), inside)
        else:
            READERS[name].reader()(data, inside)

    enclose(name, len(data), reading, fill)


def _converted(data: bytes, form: str, reading: Reading) -> bytes:
    """What LibreOffice made of a file in an old format, if that was done before this process began.

    Raises UnsupportedFormat if not, and notes that it is wanted.
    """
    opened, key = reading.opened, hashlib.sha256(data).hexdigest()
    if key in opened.converted:
        return opened.converted[key]
    held = sum(len(each) for _, each in opened.wanted.values())
    if len(opened.wanted) < CONVERTED_MOST and held + len(data) <= reading.bounds.file_bytes:
        opened.wanted[key] = (form, data)
    title = READERS[form].title
    raise UnsupportedFormat(
        f"{title[0].upper()}{title[1:]} inside another file needs LibreOffice to be read."
    )


def enclose(name: str, size: int, reading: Reading, fill: Callable[[Reading], None]) -> None:
    """Let `fill` read what has this name and these bytes, as `read_enclosed` says."""
    name = safe_name(name)
    shown = name.rpartition("/")[2]
    inside = reading.inside(_unlike(f"{reading.part}/{name}" if reading.part else name, reading))
    _check(size, inside)
    try:
        with damage_told(reading.bounds):
            fill(inside)
        if inside.scanned and not inside.blocks:
            raise UnsupportedFormat("It is a picture or a scan; uploaded by itself it is read.")
        if not inside.blocks and not inside.asides:
            raise EmptyDocument("The file has no text in it.")
    except BauhiniaError as error:
        if error is reading.opened.over:
            raise
        _warn(reading, f"“{shown}” was not read: {error.message}")
        return
    if inside.scanned:
        inside.warn("Pages that are pictures were not read; uploaded by itself they are.")
    for warning in inside.all_warnings():
        _warn(reading, f"In “{shown}”: {warning}")
    reading.absorb(inside, shown)


def safe_name(name: str) -> str:
    """A name with no way out of its folder: no root, drive, `..` or control character. Nothing is ever
    written under it; it is shown, and tells the format."""
    steps = (_DRIVE.sub("", tidy(step)) for step in name.replace("\\", "/").split("/"))
    kept = [_shortened(step) for step in steps if step.strip(". ")]
    return "/".join(kept) or "file"


def _shortened(step: str) -> str:
    """A long name keeps its end, which says the format."""
    return step if len(step) <= _NAME_MOST else f"{step[: _NAME_MOST - 12]}…{step[-11:]}"


def _unlike(path: str, reading: Reading) -> str:
    """`path`, told apart from another file's of the same name."""
    stem, dot, suffix = path.rpartition(".")
    same = reading.opened.paths[path]
    reading.opened.paths[path] += 1
    if not same:
        return path
    return f"{stem} ({same + 1}).{suffix}" if dot and "/" not in suffix else f"{path} ({same + 1})"


def _check(size: int, inside: Reading) -> None:
    opened, bounds = inside.opened, inside.bounds
    opened.files += 1
    opened.size += size
    said = ""
    if inside.depth > DEPTH_MOST:
        said = f"The file holds files inside files more than {DEPTH_MOST} deep, the limit."
    elif opened.files > FILES_MOST:
        said = f"The file holds more than {FILES_MOST:,} files, the limit."
    elif opened.size > bounds.unpacked_bytes:
        said = f"The files inside it are more than {bounds.unpacked_bytes:,} bytes together, the limit."
    if said:
        opened.over = DocumentTooLarge(said, hint="Take out the files that you need and upload those.")
        raise opened.over


def _warn(reading: Reading, sentence: str) -> None:
    if len(reading.warnings) < _WARNINGS_MOST:
        reading.warn(sentence)
    else:
        reading.warn("What else was not read in the files inside it is not listed.")
