"""LibreOffice, where it is installed: makes files that we can read of old ones, and PDFs that tell pages.

It runs in a private folder with a profile of its own that forbids macros and links, within limits of memory,
time and written bytes, one conversion at a time; the folder is always removed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from ..errors import BrokenDocument, DocumentTooLarge, UnsupportedFormat
from .formats import READERS

if TYPE_CHECKING:
    from ..settings import Limits

log = logging.getLogger(__name__)
_IN = {
    "doc": "MS Word 97",
    "rtf": "Rich Text Format",
    "docx": "MS Word 2007 XML",
    "odt": "writer8",
    "ppt": "MS PowerPoint 97",
    "xls": "MS Excel 97",
}
"""The filter that must open each format: what a file claims to be inside is not asked."""
_OUT = {"docx": "MS Word 2007 XML", "odp": "impress8", "ods": "calc8", "pdf": "writer_pdf_Export"}
_PACKAGES = {"ppt": "libreoffice-impress-nogui", "xls": "libreoffice-calc-nogui"}
_PROGRAMS = ("soffice", "libreoffice")
_COMMON = "/org.openoffice.Office.Common"
_INTERNET = "/org.openoffice.Inet/Settings"
_SETTINGS = (
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel", "3"),
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution", "true"),
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    (f"{_COMMON}/Misc", "FirstRun", "false"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    # Whatever still asks for the network is sent to a port where nothing listens.
    (_INTERNET, "ooInetProxyType", "2"),
    (_INTERNET, "ooInetHTTPProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPProxyPort", "9"),
    (_INTERNET, "ooInetHTTPSProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetHTTPSProxyPort", "9"),
    (_INTERNET, "ooInetFTPProxyName", "127.0.0.1"),
    (_INTERNET, "ooInetFTPProxyPort", "9"),
    (_INTERNET, "ooInetNoProxy", ""),
)
_FIELD_CODE = re.compile(rb"(?:\\\*\s*)?\\fldinst(?![a-z])")
"""In Rich Text a field's code can name a file of this machine, and the settings do not keep it from being
opened. A destination of an unknown name is passed over; the field's result, which people see, stays.
"""
_CONFINED = 'ulimit -c 0; ulimit -t "$1"; ulimit -v "$2"; ulimit -f "$3"; shift 3; exec "$@"'
_OVERHEAD_BYTES = 1_000_000_000
"""Address space that the program's libraries and fonts take before it opens a file."""
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


def program() -> str | None:
    """Where LibreOffice is; None when it is not installed."""
    return next((found for name in _PROGRAMS if (found := shutil.which(name))), None)


async def convert(data: bytes, form: str, to: str, limits: Limits) -> bytes:
    """A file of one format (`doc`, `docx`, ...) made into another (`docx`, `ods`, `odp`, `pdf`).

    Raises UnsupportedFormat when LibreOffice is not installed, BrokenDocument when it cannot open the file,
    DocumentTooLarge over the time limit. Cancelling ends it; nothing is left on the disk.
    """
    found = program()
    if found is None:
        raise _missing(form)
    async with _turn():
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="bauhinia-office-"))
        try:
            await asyncio.to_thread(_prepare, folder, data, form)
            await _run(_command(found, folder, form, to, limits), folder, limits)
            return await asyncio.to_thread(_result, folder, form, to)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _turn() -> asyncio.Semaphore:
    return _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1))


def _prepare(folder: Path, data: bytes, form: str) -> None:
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f"{items}</oor:items>",
        encoding="utf-8",
    )
    if form == "rtf":
        data = _FIELD_CODE.sub(rb"\\*\\fldnone", data)
    (folder / f"in.{form}").write_bytes(data)
    (folder / "out").mkdir()


def _command(found: str, folder: Path, form: str, to: str, limits: Limits) -> list[str]:
    most = limits.memory_bytes + _OVERHEAD_BYTES
    bounds = [str(int(limits.seconds) + 1), str(most // 1024), str(limits.unpacked_bytes // 512)]
    return [
        "/bin/sh", "-c", _CONFINED, "sh", *bounds,
        found, "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"--infilter={_IN[form]}", "--convert-to", f"{to}:{_OUT[to]}",
        "--outdir", str(folder / "out"), str(folder / f"in.{form}"),
    ]  # fmt: skip


async def _run(command: Sequence[str], folder: Path, limits: Limits) -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.seconds):
            code = await process.wait()
    except TimeoutError:
        raise DocumentTooLarge(
            f"LibreOffice took longer than {limits.seconds:g} seconds with the file, which is the limit.",
            hint="Save it as .docx or .pdf in the program that made it, then upload that.",
        ) from None
    finally:
        # The program starts others: all of the group go, also when it has ended itself.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.wait())
    if code:
        log.warning("LibreOffice ended with code %s", code)


def _environment(folder: Path) -> dict[str, str]:
    """Neither a secret of the server's environment nor its home folder reaches the program."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }


def _result(folder: Path, form: str, to: str) -> bytes:
    made = folder / "out" / f"in.{to}"
    if not made.is_file() or not made.stat().st_size:
        raise BrokenDocument(
            "LibreOffice could not open the file: it is damaged, or protected with a password.",
            hint="Open it in the program that made it, save it as .docx or .pdf without a password, then "
            f"upload that. If it opens elsewhere, ask whether {_package(form)} is installed on the server.",
        )
    return made.read_bytes()


def _package(form: str) -> str:
    """Debian's package that opens the format."""
    return _PACKAGES.get(form, "libreoffice-writer-nogui")


def _missing(form: str) -> UnsupportedFormat:
    title = READERS[form].title
    return UnsupportedFormat(
        f"{title[0].upper()}{title[1:]} is read through LibreOffice, which is not installed on this server.",
        hint="Save it as .docx or .pdf in the program that made it, or ask for "
        f"`sudo apt-get install --yes {_package(form)}`.",
    )
