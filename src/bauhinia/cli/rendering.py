"""A draft as lines of plain text: what it says, what it cites, what to check, and what it cost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from ..pilot import Citation, Draft, Finding, Passage, Section
from ..pilot.obligations import COLUMNS

QUOTE_CHARACTERS = 160
"""Longest quote in the list of sources."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
TIGHT = ("bullet", "row", "table_cell")
"""Kinds of passage that stand without an empty line between them."""
_MARK = {"error": "✗", "warning": "!", "note": "·"}


def harmless(text: str) -> str:
    """Text without the characters that steer a terminal or turn its reading direction.

    A document or a model may hold escape sequences; none of them reaches the screen.
    """
    return _CONTROL.sub("", text)


def draft_lines(draft: Draft, names: Mapping[str, str]) -> Iterator[str]:
    """The whole draft. `names` gives each cited document's file name by its id."""
    numbers = _numbered(draft)
    first = next(iter(draft.passages()), None)
    if draft.title and (first is None or first.kind != "heading" or first.text != draft.title):
        yield from (draft.title, "")
    for section in draft.sections:
        yield from _section_lines(section, numbers, draft)
    yield from _source_lines(numbers, names)
    yield from _finding_lines(draft)
    if draft.model:
        yield draft.label
        yield cost_line(draft)


def cost_line(draft: Draft) -> str:
    """Time and usage in one line."""
    usage = draft.usage
    line = f"{draft.model}: {draft.seconds:.1f} s, {usage.prompt_tokens} tokens read"
    if usage.cached_tokens:
        line += f" ({usage.cached_tokens} of them kept from before)"
    return f"{line}, {usage.completion_tokens} written, {rate(draft):.1f} written a second"


def rate(draft: Draft) -> float:
    """Tokens written a second, over the whole task."""
    return draft.usage.completion_tokens / draft.seconds if draft.seconds else 0.0


Numbers = dict[tuple[str, str], tuple[int, Citation]]
"""A number, from 1 in the order of first mention, for each cited block: as the exported files have them."""


def _place(citation: Citation) -> tuple[str, str]:
    return citation.document, citation.anchor.block


def _numbered(draft: Draft) -> Numbers:
    numbers: Numbers = {}
    for passage in draft.passages():
        for citation in passage.citations:
            numbers.setdefault(_place(citation), (len(numbers) + 1, citation))
    return numbers


def _section_lines(section: Section, numbers: Numbers, draft: Draft) -> Iterator[str]:
    if len(draft.sections) > 1:
        yield from (f"({section.language})", "")
    if section.title and section.title != draft.title:
        yield from (section.title, "")
    seen = {column for passage in section.passages if passage.kind == "row" for column in passage.columns}
    columns = [column for column in COLUMNS if column in seen]
    if columns:
        yield " | ".join([*columns, "source"])
    groups = _groups(section.passages)
    for group, following in zip_longest(groups, groups[1:]):
        yield _group_line(group, columns, numbers, section)
        yield from (f"    {_finding_line(finding)}" for passage in group for finding in passage.findings)
        if following is None or group[0].kind not in TIGHT or following[0].kind != group[0].kind:
            yield ""


def _groups(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Passages that stand on one line: prose that runs on, and the cells of one table row."""
    groups: list[list[Passage]] = []
    for passage in passages:
        if groups and (passage.run_on or _same_row(groups[-1][-1], passage)):
            groups[-1].append(passage)
        else:
            groups.append([passage])
    return groups


def _same_row(left: Passage, right: Passage) -> bool:
    return left.kind == right.kind == "table_cell" and all(
        left.columns.get(part) == right.columns.get(part) for part in ("table", "row")
    )


def _group_line(group: Sequence[Passage], columns: Sequence[str], numbers: Numbers, section: Section) -> str:
    first = group[0]
    if first.kind == "row":
        cells = [first.columns.get(column, "") for column in columns]
        return " | ".join([*cells, _marks(first, numbers).strip()])
    texts = [_in_column(passage) + _marks(passage, numbers) for passage in group]
    if first.kind == "table_cell":
        return " | ".join(texts)
    lead = {"heading": "#" * max(1, first.level) + " ", "bullet": "- "}.get(first.kind, "")
    return lead + ("" if section.language.startswith(("zh", "yue")) else " ").join(texts)


def _in_column(passage: Passage) -> str:
    """The passage's words, under its column's heading where it stands beside another."""
    heading = passage.columns.get("beside")
    return f"[{heading}: {passage.text}]" if heading else passage.text


def _marks(passage: Passage, numbers: Numbers) -> str:
    found = dict.fromkeys(numbers[_place(citation)][0] for citation in passage.citations)
    return "".join(f" [{number}]" for number in found)


def _source_lines(numbers: Numbers, names: Mapping[str, str]) -> Iterator[str]:
    if not numbers:
        return
    yield "Sources"
    for number, citation in numbers.values():
        page = f", page {citation.anchor.page}" if citation.anchor.page else ""
        quote = " ".join(citation.quote.split())
        if len(quote) > QUOTE_CHARACTERS:
            quote = quote[: QUOTE_CHARACTERS - 1] + "…"
        yield f"[{number}] {names.get(citation.document, citation.document)}{page}: “{quote}”"
    yield ""


def _finding_lines(draft: Draft) -> Iterator[str]:
    inside = sum(len(passage.findings) for passage in draft.passages())
    if not inside and not draft.findings:
        yield from ("Every check passed.", "")
        return
    yield "To check before use"
    yield from (_finding_line(finding) for finding in draft.findings)
    if inside:
        yield (
            f"{inside} more beside the passages above."
            if draft.findings
            else f"{inside}, beside the passages above."
        )
    yield ""


def _finding_line(finding: Finding) -> str:
    return f"{_MARK[finding.severity]} {finding.check}: {finding.message}"
