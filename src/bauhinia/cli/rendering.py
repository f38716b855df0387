"""A draft as lines of plain text: what it says, what it cites, what to check, and what it cost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..pilot import Citation, Draft, Finding, Passage, Section

QUOTE_CHARACTERS = 160
"""Longest quote in the list of sources."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARK = {"error": "✗", "warning": "!", "note": "·"}


def harmless(text: str) -> str:
    """Text without the characters that steer a terminal or turn its reading direction.

    A document or a model may hold escape sequences; none of them reaches the screen.
    """
    return _CONTROL.sub("", text)


def draft_lines(draft: Draft, names: Mapping[str, str]) -> Iterator[str]:
    """The whole draft. `names` gives each cited document's file name by its id."""
    numbers = _numbered(draft)
    if draft.title:
        yield from (draft.title, "")
    for section in draft.sections:
        yield from _section_lines(section, numbers, draft)
    yield from _source_lines(numbers, names)
    yield from _finding_lines(draft)
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


Numbers = dict[tuple[str, str, int, int], tuple[int, Citation]]
"""A number, from 1 in the order of first mention, for each cited place."""


def _place(citation: Citation) -> tuple[str, str, int, int]:
    return citation.document, citation.anchor.block, citation.anchor.start, citation.anchor.end


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
    rows = [passage for passage in section.passages if passage.kind == "row"]
    columns = list(dict.fromkeys(column for passage in rows for column in passage.columns))
    if rows:
        yield " | ".join([*columns, "source"])
    for passage, following in _with_next(section.passages):
        yield _passage_line(passage, columns, numbers)
        yield from (f"    {_finding_line(finding)}" for finding in passage.findings)
        if not _tight(passage, following):
            yield ""


def _with_next(passages: Sequence[Passage]) -> Iterator[tuple[Passage, Passage | None]]:
    return zip(passages, [*passages[1:], None], strict=True)


def _tight(passage: Passage, following: Passage | None) -> bool:
    """Whether two passages stand without an empty line between them."""
    return (
        following is not None
        and passage.kind in ("bullet", "row", "table_cell")
        and following.kind == passage.kind
    )


def _passage_line(passage: Passage, columns: Sequence[str], numbers: Numbers) -> str:
    marks = "".join(f" [{numbers[_place(citation)][0]}]" for citation in passage.citations)
    if passage.kind == "row":
        return " | ".join([*(passage.columns.get(column, "") for column in columns), marks.strip()])
    lead = {"heading": "#" * max(1, passage.level) + " ", "bullet": "- "}.get(passage.kind, "")
    return f"{lead}{passage.text}{marks}"


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
