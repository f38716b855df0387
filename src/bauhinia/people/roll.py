"""A roll: many officers in one CSV file, read line by line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from ..errors import InputError
from .directory import check_text

COLUMNS = ("account", "name", "department", "grade", "post", "roles")
NEEDED = ("account", "name", "department")
MOST = 20_000
"""Officers in one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a roll."""

    line: int
    account: str
    name: str
    department: str
    grade: str = ""
    post: str = ""
    roles: frozenset[str] = frozenset()
    problem: str = ""
    """A stable word for what is wrong with the line itself."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a line, or what is wrong with it."""

    line: int
    account: str
    problem: str = ""
    """Empty where nothing is wrong; else a stable word."""
    secret: str = ""
    """Of the one-time link, where the officer was added."""


def read_roll(data: bytes) -> list[Entry]:
    """The entries of a CSV file in UTF-8 whose first line names the columns; roles are separated by spaces.

    Raises InputError for a file that is no roll. What is wrong with one line is said of that line.
    """
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig")), strict=True)
        names = [name.strip().casefold() for name in reader.fieldnames or ()]
        if missing := [name for name in NEEDED if name not in names]:
            raise InputError(f"The file has no column {missing[0]}.", hint=f"Columns: {', '.join(COLUMNS)}.")
        reader.fieldnames = names
        entries = [_entry(reader.line_num, row) for row in reader if any(row.values())]
    except (UnicodeDecodeError, csv.Error):
        raise InputError(
            "This is not a CSV file in UTF-8.", hint="In Excel, save it as “CSV UTF-8 (comma delimited)”."
        ) from None
    if not 0 < len(entries) <= MOST:
        raise InputError(f"A file has 1 to {MOST} officers.", hint="Split it, or add lines to it.")
    return entries


def _entry(line: int, row: dict[str, str | None]) -> Entry:
    texts = {name: (row.get(name) or "").strip() for name in COLUMNS}
    roles = frozenset(texts.pop("roles").split())
    return Entry(line=line, **texts, roles=roles, problem=_problem(texts))


def _problem(texts: dict[str, str]) -> str:
    if not texts["account"] or " " in texts["account"]:
        return "no_account"
    if not texts["name"]:
        return "no_name"
    try:
        check_text(*texts.values())
    except InputError:
        return "text"
    return ""
