"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .found import LONGEST_MATCH, Guess

_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_'+%-."
_LONGEST_LOCAL = 64
"""RFC 5321, 4.5.3.1.1."""
_DOMAIN = re.compile(
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)


def email_guesses(plain: str) -> Iterator[Guess]:
    """Addresses, by their `@`: what stands before it is read backwards, so that nothing is read twice."""
    at, done = plain.find("@"), 0
    while at >= 0:
        window = plain[max(done, at - _LONGEST_LOCAL) : at]
        start = _start(window)
        match = _DOMAIN.match(plain, at)
        if match and start < len(window) and match.end() - at < LONGEST_MATCH - _LONGEST_LOCAL:
            done = match.end()
            yield Guess("email", at - len(window) + start, done, 0.95, "form")
        at = plain.find("@", max(at + 1, done))


def _start(window: str) -> int:
    """Where the part before the `@` begins in a window that ends with it; the window's end for none."""
    begin = len(window.rstrip(_LOCAL))
    local = window[begin:]
    if not local or local.endswith(".") or ".." in local:
        return len(window)
    return begin + len(local) - len(local.lstrip(".'"))
