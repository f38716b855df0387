"""How each line of an official text is set, the same in Word, OpenDocument and PDF.

After the order of an official letter in 《政府公文寫作手冊》 as public descriptions give it (references
first, subject centred and underlined, signature at the lower right, copies last), and the Government's press
releases (a rule of asterisks under the title, the ending parted from the text).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .output import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a line stands on the page. Lengths: points before and after, millimetres of indent."""

    align: Literal["left", "centre", "right", "justify"] = "left"
    bold: bool = False
    underline: bool = False
    before: float = 0
    after: float = 8
    indent: float = 0
    with_next: bool = False
    """Never the last line of a page."""


TEXT_WIDTH = 160
"""Millimetres between the margins of an A4 page."""
COLUMN_WIDTH = 46
"""Millimetres of a column beside the text: enough for the words of a gap."""
SETTINGS: dict[Place, Setting] = {
    "": Setting(),
    "marking": Setting(align="right", bold=True, after=2),
    "reference": Setting(after=0),
    "pair": Setting(after=2),
    "date": Setting(after=14),
    "address": Setting(after=14),
    "salutation": Setting(before=10, after=10),
    "subject": Setting(align="centre", bold=True, underline=True, before=4, after=12, with_next=True),
    "rule": Setting(align="centre", after=12, with_next=True),
    "body": Setting(align="justify", after=10),
    "closing": Setting(before=14, after=4, indent=85, with_next=True),
    "signature": Setting(before=34, after=14, indent=85),
    "ending": Setting(before=16, after=0),
    "copies": Setting(before=10, after=0),
}
