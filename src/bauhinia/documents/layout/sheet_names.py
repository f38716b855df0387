"""Names of sheets in another language, and every reference that quotes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MOST = 31
"""Characters that Excel allows."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_IN_FORMULA = re.compile(
    r'"(?:[^"]|"")*"|(?P<quoted>\'(?:[^\']|\'\')+\')!|(?<![\]\w.\'])(?P<bare>[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!'
)
_ODF_NAME = re.compile(
    r"(?P<quoted>'(?:[^']|'')*')(?=\.)|(?<![\w.'#])(?P<bare>[^\W\d]\w*|\d+\w*)(?=\.\$?[A-Z])"
)
_ODF_WORDS = re.compile(r'"(?:[^"]|"")*"|\[[^\]]*\]')


def clean_names(wanted: Sequence[str]) -> list[str]:
    """The names made fit: no forbidden character, at most 31 characters, none twice, none empty."""
    found: list[str] = []
    taken: set[str] = set()
    for number, name in enumerate(wanted, 1):
        base = _FORBIDDEN.sub(" ", name).strip(" '")[:MOST].strip(" '") or f"Sheet{number}"
        if base.casefold() == "history":
            base += "_"
        new, again = base, 2
        while new.casefold() in taken:
            mark = f" {again}"
            new, again = base[: MOST - len(mark)].rstrip() + mark, again + 1
        taken.add(new.casefold())
        found.append(new)
    return found


def renamed(formula: str, names: Mapping[str, str]) -> str:
    """An Excel formula or reference with new names of sheets. Names are compared without case, as Excel
    does; text in double quotes and sheets of other workbooks stay."""
    known = {old.casefold(): new for old, new in names.items()}

    def new(match: re.Match[str]) -> str:
        quoted, bare = match["quoted"], match["bare"]
        if not (quoted or bare):
            return match[0]
        old = quoted[1:-1].replace("''", "'") if quoted else bare
        parts = old.split(":")
        if not any(part.casefold() in known for part in parts):
            return match[0]
        said = ":".join(known.get(part.casefold(), part) for part in parts)
        return f"{_quoted(said)}!"

    return _IN_FORMULA.sub(new, formula)


def renamed_odf(address: str, names: Mapping[str, str]) -> str:
    """An address or list of addresses of an OpenDocument sheet (`$'Sheet 1'.$A$1:.$B$2`)."""

    def new(match: re.Match[str]) -> str:
        old = match["quoted"][1:-1].replace("''", "'") if match["quoted"] else match["bare"]
        return _quoted(names[old]) if old in names else match[0]

    return _ODF_NAME.sub(new, address)


def renamed_odf_formula(formula: str, names: Mapping[str, str]) -> str:
    """An OpenDocument formula: references stand in brackets, text in double quotes."""
    return _ODF_WORDS.sub(
        lambda match: renamed_odf(match[0], names) if match[0].startswith("[") else match[0], formula
    )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
