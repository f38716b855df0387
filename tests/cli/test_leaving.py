"""A command that has done its work ends with its own status, whatever a library does while Python is taken down."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROCESS = """
import atexit, os, sys, types
from bauhinia.cli.leaving import orderly_end

class Aborting:  # as a thread of a library that comes back to an interpreter that is going
    def __del__(self):
        os.abort()

def work(end):
    sys.modules["kept"] = module = types.ModuleType("kept")
    module.library = Aborting()
    atexit.register(print, "cleaned up")
    print("done")
    if end is not None:
        sys.exit(end)

loaded, end = eval(sys.argv[1])
if loaded:
    sys.modules["obstore"] = types.ModuleType("obstore")
with orderly_end():
    work(end)
"""


def _ended(loaded: bool, end: object) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", PROCESS, repr((loaded, end))], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("end", "status"), [(None, 0), (0, 0), (3, 3), ("a sentence", 1)])
def test_the_status_is_the_commands_own(end: object, status: int) -> None:
    code, said, error = _ended(True, end)
    assert (code, said) == (status, "done\ncleaned up\n")
    assert error == ("a sentence\n" if isinstance(end, str) else "")


def test_without_it_the_library_would_abort_the_process() -> None:
    assert _ended(False, None)[0] == -signal.SIGABRT
