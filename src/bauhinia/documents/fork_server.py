"""The process that reading processes are forked from: `python -P -m bauhinia.documents.fork_server SOCKET`.

To start Python and load the readers takes longer than to read most files, so it is done once. This process
opens no file of anybody's and starts no thread. Every file has a fork of its own, which `child.main` confines
before it reads a byte; what one file does to its fork, no other sees.

SOCKET is a descriptor. For each file comes a message on it: the name of a module whose `WORKS` are wanted,
and three descriptors: the input and the output that `child.main` describes, and one on which is told, a line
each, the fork's process id and, once it has ended, how (as `subprocess.Popen.returncode` says it). The
process and its forks end when nobody holds the socket's other end.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from selectors import EVENT_READ, DefaultSelector

from .child import main

_MOST_NAME = 200
"""Bytes of a module's name."""
_MOST_DESCRIPTORS = 4_096
_SOON = 1.0
"""Seconds. Nothing is loaded sooner, nor before the second file: what reads one has gone by then."""
_LOADED = (
    ".docx", ".layout", ".pdf", ".xlsx", ".pptx", ".odf", ".text", ".markdown", ".table_text", ".html",
    ".unlocking", ".mail", ".archive", ".subtitles",
)  # fmt: skip
"""Readers that are loaded before anybody asks for them. What starts threads (the recogniser of scans) is not:
a fork has none of its parent's threads."""


class ForkServer:
    """Forks, and tells how each fork ended."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._ends: dict[int, int] = {}
        """By the fork's process id the descriptor on which its end is told."""

    def run(self) -> None:
        """Serve until nobody is left who could ask."""
        woken, wake = socket.socketpair()
        wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        readers = _Readers()
        with DefaultSelector() as waiting:
            waiting.register(self._control, EVENT_READ)
            waiting.register(woken, EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in waiting.select(readers.patience)}
                if not ready:
                    readers.load_one()
                if woken in ready:
                    woken.recv(4_096)
                    self._bury()
                if self._control in ready:
                    if not self._fork():
                        return
                    readers.wanted()

    def _fork(self) -> bool:
        """Fork for one message; False at the end of all messages."""
        name, descriptors, _, _ = socket.recv_fds(self._control, _MOST_NAME, 3)
        if not name:
            for pid in self._ends:
                os.kill(pid, signal.SIGKILL)
            return False
        order, answer, told = descriptors
        pid = os.fork()
        if pid == 0:
            _work(name.decode(), order, answer)
        os.close(order)
        os.close(answer)
        self._ends[pid] = told
        _tell(told, pid)
        return True

    def _bury(self) -> None:
        """Tell of the forks that have ended. A process id is nobody else's until then."""
        for pid, told in list(self._ends.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                _tell(told, os.waitstatus_to_exitcode(status))
                os.close(told)
                del self._ends[pid]


def _work(name: str, order: int, answer: int) -> None:
    """The life of a fork."""
    failed = 1
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(order, 0)
        os.dup2(answer, 1)
        os.closerange(3, _MOST_DESCRIPTORS)
        main(import_module(name).WORKS)
        failed = 0
    finally:
        # Not by an exception: what the fork was copied from has a loop to go on with.
        os._exit(failed)


class _Readers:
    """The readers, loaded one by one while there is nothing else to do."""

    def __init__(self) -> None:
        self._left = list(_LOADED)
        self._files = 0
        self.patience: float | None = _SOON
        """Seconds to wait for something else to do; None once all are here."""

    def wanted(self) -> None:
        """Note that a file came."""
        self._files += 1
        if self._files > 1 and self._left:
            self.patience = 0

    def load_one(self) -> None:
        """Load the next, if there is one."""
        if self._left:
            self.patience = 0
            with suppress(ImportError):  # told by the fork that needs it
                import_module(self._left.pop(0), __package__)
        else:
            self.patience = None
            # What is here stays: a fork that looks for garbage in it would copy every page.
            gc.collect()
            gc.freeze()


def _tell(told: int, number: int) -> None:
    with suppress(BrokenPipeError):  # whoever asked has gone
        os.write(told, b"%d\n" % number)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    ForkServer(socket.socket(fileno=int(sys.argv[1]))).run()
