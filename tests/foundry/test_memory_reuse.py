"""Freed memory is used again: a process that takes and frees a large block time after time meets no new pages."""

from __future__ import annotations

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import torch
from bauhinia.foundry.memory_reuse import keep_freed_memory

if sys.argv[1] == "keep":
    assert keep_freed_memory()

def faults() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step() -> int:
    before = faults()
    torch.ones(16, 2**20).mul(2)
    return faults() - before

for _ in range(4):
    step()
print(sum(step() > 1_000 for _ in range(40)))
"""
"""Prints how many of 40 steps met new pages."""


def _steps_with_new_pages(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="`mallopt` is the GNU C library's")
def test_a_step_meets_no_new_pages() -> None:
    """A small block that lands in a large one's place may make the heap grow now and then; never each step."""
    kept, given_back = _steps_with_new_pages("keep"), _steps_with_new_pages("plain")
    assert kept <= 10, f"{kept} of 40 steps met new pages"
    assert given_back == 40, f"{given_back} of 40 steps met new pages without: the test sees nothing"
