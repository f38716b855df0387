"""Characters that nobody sees: controls, directions turned round, tags, and marks of no width.

A reader is shown one text and a program reads another. What script or emoji need (a joiner between letters
that join) is left; what hides words or turns them round goes.
"""

from __future__ import annotations

import re

_TAGS = "\U000e0000-\U000e007f"
"""Copies of ASCII that no font draws (Unicode 3.1's language tags): a whole sentence fits into nothing."""
_SELECTORS = "\U000e0100-\U000e01ef"
"""Variation selectors, of which a row can spell bytes. One after a character chooses its form, and stays."""
_NO_TEXT = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
_TURNING = "\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c"
_WIDTHLESS = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
)
_UNSEEN = re.compile(
    f"[{_NO_TEXT}{_TURNING}{_TAGS}]+|[{_WIDTHLESS}]{{2,}}|[\u200b\u2060-\u2064\ufeff\u3164\uffa0\u115f\u1160]"
    f"|(?:(?<=[\ufe00-\ufe0f{_SELECTORS}])|^)[\ufe00-\ufe0f{_SELECTORS}]+",
    re.MULTILINE,
)
_TAG = re.compile(f"[{_TAGS}]{{3,}}")
_STRAY = re.compile(f"[{_NO_TEXT}\u202a-\u202e\u2066-\u2069{_TAGS}]")


def seen(text: str) -> str:
    """The text without what nobody sees."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


def without_controls(text: str) -> str:
    """The text without characters that are no text, that turn its direction, and without tags; each goes by
    itself, so that a text may be cleaned piece by piece."""
    return text if text.isprintable() else _STRAY.sub("", text)


def unseen(text: str) -> list[str]:
    """Each stretch of it that nobody sees, in order."""
    return [match[0] for match in _UNSEEN.finditer(text)]


def spelt(text: str) -> str:
    """What tag characters in it spell, a line a stretch; empty where there are none."""
    return "\n".join("".join(chr(ord(tag) - 0xE0000) for tag in match[0]) for match in _TAG.finditer(text))
