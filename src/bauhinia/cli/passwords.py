"""Passwords of protected files: read from standard input or asked for, never an argument that others see."""

from __future__ import annotations

import getpass
import signal
import sys
from typing import Annotated

import typer

from ..errors import PasswordNeeded, WrongPassword

PasswordOption = Annotated[
    bool,
    typer.Option(
        "--password-stdin", help="Read the password of protected files from a line of standard input."
    ),
]
TRIES = 3


class Passwords:
    """Where the passwords of one command come from."""

    def __init__(self, *, from_stdin: bool = False) -> None:
        self._given = sys.stdin.readline().rstrip("\r\n") if from_stdin else ""

    def after(self, error: PasswordNeeded, name: str, tried: int) -> str:
        """The password to try next for the file, after so many tries.

        Raises the error itself when there is no other, with a hint on how to give one.
        """
        if self._given and not tried:
            return self._given
        if self._given or tried == TRIES:
            raise error
        if not sys.stdin.isatty():
            raise type(error)(error.message, hint="Give its password with --password-stdin.")
        wrong = f"{error.message}\n" if isinstance(error, WrongPassword) else ""
        return _asked(f"{wrong}Password of {name}: ")


def _asked(prompt: str) -> str:
    """What is typed, unseen. Ctrl-C stops the command at once, not after the line is typed."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return getpass.getpass(prompt, stream=sys.stderr)
    finally:
        signal.signal(signal.SIGINT, before)
