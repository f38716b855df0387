"""What is in the repository is fit for anybody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Written in two pieces, so that this file does not hold what it looks for.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "proxy.golang" + ".org"]
MACHINE = re.compile(
    "|".join([r"/wo" + r"rk/(?:main|shared)", r"/ro" + r"ot/", r"/ho" + r"me/[a-z]", "/tm" + "p/w/"])
)
HEAVY = 5_000_000
"""Bytes; nothing that we draw or write is so large, and weights are larger."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found.append((path, data.decode("utf-8", "replace")))
    return found


def test_no_path_of_a_machine_and_no_host_of_a_registry() -> None:
    found = []
    for path, text in texts():
        for number, line in enumerate(text.splitlines(), 1):
            if MACHINE.search(line) or any(host in line for host in REGISTRIES):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


def test_nothing_heavy_is_tracked() -> None:
    assert [path for path in tracked() if path.stat().st_size > HEAVY] == []


@pytest.mark.parametrize("name", ["setup", "lint", "test", "debian-packages"])
def test_scripts_can_be_run(name: str) -> None:
    script = ROOT / "scripts" / name
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
