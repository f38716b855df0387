"""Every benchmark can at least begin: what it imports is declared for those who run `make bench`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
MODULES = sorted(path.stem for path in BENCH.glob("*.py") if not path.stem.startswith(("__main__", "peer_")))


@pytest.mark.parametrize("module", MODULES)
def test_a_benchmark_can_be_imported(module: str) -> None:
    """Seen: `make bench` failed at a package that no extra declared."""
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, cwd=BENCH, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
