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

def step() -> None:
    torch.ones(64, 2**20).mul(2)

for _ in range(4):
    step()
before = faults()
for _ in range(5):
    step()
print(faults() - before)
"""


def _faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="`mallopt` is the GNU C library's")
def test_a_step_meets_no_new_pages() -> None:
    kept, given_back = _faults("keep"), _faults("plain")
    assert kept < 1_000 < given_back, (kept, given_back)
