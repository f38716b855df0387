"""What is read of each format and written back: a probe makes a file that holds a marked element, looks for it,
and has the format's layout put other words there.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coverage_probes import MARKER, PROBES
from file_makers import read_here
from written_back import is_written_back

from bauhinia.documents import Anchor, Document

BEGIN = "<!-- coverage: begin -->"
END = "<!-- coverage: end -->"
PAGE = Path(__file__).parents[2] / "docs" / "documents.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is done with one element of one format."""

    read: str
    """`text`, or what the aside or block that holds it is: `hidden`, `comment`, `alt_text`; empty when lost."""
    anchored: bool
    """Whether an anchor of the block's id quotes exactly the marker."""
    written: bool
    """Whether the format's layout puts other words there and changes nothing else."""


def measure() -> dict[tuple[str, str], Coverage]:
    """Every probe of `PROBES`, made and read. Raises DocumentError when a file cannot be read at all."""
    return {key: _measured(key[0], make()) for key, make in PROBES.items()}


def _measured(form: str, data: bytes) -> Coverage:
    document = read_here(data, f"probe.{form}")
    block = next((each for each in (*document.blocks, *document.asides) if MARKER in each.text), None)
    return Coverage(
        read="" if block is None else (block.aside or "text"),
        anchored=block is not None and _anchored(document, block.id),
        written=is_written_back(data, form, MARKER),
    )


def _anchored(document: Document, block: str) -> bool:
    start = document.block(block).text.index(MARKER)
    return document.quote(Anchor(block=block, start=start, end=start + len(MARKER))) == MARKER


def table(measured: Mapping[tuple[str, str], Coverage]) -> str:
    """The coverage as a Markdown table: a row an element, a column a format."""
    forms = list(dict.fromkeys(form for form, _ in measured))
    elements = list(dict.fromkeys(element for _, element in measured))
    lines = [
        f"| element | {' | '.join(forms)} |",
        f"|---|{'---|' * len(forms)}",
        *(
            f"| {element} | {' | '.join(_cell(measured.get((form, element))) for form in forms)} |"
            for element in elements
        ),
    ]
    return "\n".join(lines)


def _cell(found: Coverage | None) -> str:
    if found is None:
        return ""
    aside = "" if found.read == "text" else " (aside)"
    done = [
        "read" + aside if found.read else "**not read**",
        *(["anchored"] if found.anchored else []),
        *(["written"] if found.written else []),
    ]
    return ", ".join(done)


def page_with(text: str, made: str) -> str:
    """The page `text` with the table `made` between its markers. Raises ValueError when it has none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has no {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def main() -> int:
    """Write the table; with `--check`, exit status 1 when the page does not say what the probes say."""
    text = PAGE.read_text(encoding="utf-8")
    new = page_with(text, table(measure()))
    if "--check" not in sys.argv:
        PAGE.write_text(new, encoding="utf-8")
    elif new != text:
        print(f"{PAGE.name} is not what the probes say: run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
