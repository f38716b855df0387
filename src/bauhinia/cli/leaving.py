"""The end of a process in which a library keeps threads of its own.

obstore's threads (Tokio under PyO3) go on until the process ends, and one that comes back to an interpreter
that is being taken down aborts the process (PyO3/pyo3-async-runtimes, issue 40). Of some 240 commands whose
work was done, one ended with SIGABRT. So Python cleans up after itself as ever, and then the process ends at
once.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

THREADED = "obstore"
"""The library; where it was not loaded, nothing is done."""


@contextmanager
def orderly_end() -> Iterator[None]:
    """The process ends with its command's status; entered before anything asks to be called at the end."""
    status = 1

    def leave() -> None:
        if THREADED not in sys.modules:
            return
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            if not _flushed(stream):
                return
        os._exit(status)

    atexit.register(leave)  # the first that is registered is the last that is called
    try:
        yield
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise


def _flushed(stream: object) -> bool:
    """Whether it took what was written; where it did not, Python says so in its own way."""
    try:
        getattr(stream, "flush", lambda: None)()
    except (OSError, ValueError):
        return False
    return True
