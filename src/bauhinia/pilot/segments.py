"""A translation's segments as officers edit them: made from a draft, checked, changed, laid over it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from ..documents.layout import Edit, edited, line, plain, reworded
from ..errors import InputError
from ..language import Termbase, Variety
from ..translation.checks import Context, check_consistency, check_segment
from .draft import Draft, Passage
from .tagged import escaped, target_of

Status = Literal["draft", "confirmed"]
Only = Literal["all", "unconfirmed", "findings", "edited"]
ALONE = "\ufffc"
"""Stands for a thing in the line, so that no search runs across one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedSegment:
    """One place of a translation. Source, target and original are tagged text."""

    place: int
    """From 0, in reading order."""
    passage: str
    source: str
    target: str
    original: str
    """The model's translation."""
    status: Status
    findings: list[dict[str, Any]]
    """`translation.checks.Fault`s as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which segments an officer looks at."""

    only: Only = "all"
    find: str = ""
    """Words of source or target; empty for any."""
    case: bool = False
    """Whether capitals count."""


def first_segments(draft: Draft) -> list[EditedSegment]:
    """The segments of a draft: one a passage that translates something."""
    passages = [passage for passage in draft.passages() if passage.kind != "row" and passage.source_text]
    return [_first(place, passage) for place, passage in enumerate(passages)]


def _first(place: int, passage: Passage) -> EditedSegment:
    written = passage.text if passage.original is None else passage.original
    return EditedSegment(
        place=place,
        passage=passage.id,
        source=passage.tagged_source or escaped(passage.source_text),
        target=target_of(passage),
        original=passage.tagged if passage.unit else escaped(written),
        status="draft",
        findings=[],
    )


def checked(segment: EditedSegment, to: Variety, termbase: Termbase) -> EditedSegment:
    """The segment with what a reviser's checks find in it now."""
    context = Context(termbase=termbase, tagged=(segment.source, segment.target))
    found = check_segment(plain(segment.source), plain(segment.target), to, context)
    return replace(segment, findings=[asdict(fault) for fault in found])


def consistent(segments: Sequence[EditedSegment]) -> list[EditedSegment]:
    """The segments with what the consistency check finds among them, and nothing it found before."""
    pairs = [(plain(segment.source), plain(segment.target)) for segment in segments]
    findings = [
        [fault for fault in segment.findings if fault["check"] != "consistency"] for segment in segments
    ]
    for number, fault in check_consistency(pairs):
        findings[number].append(asdict(fault))
    return [replace(segment, findings=found) for segment, found in zip(segments, findings, strict=True)]


def mended(segment: EditedSegment, number: int) -> EditedSegment:
    """The segment with the suggestion of its finding of that number put in. Raises InputError."""
    fault = segment.findings[number] if number < len(segment.findings) else None
    if fault is None or not fault["suggestion"]:
        raise InputError("This finding has no suggestion that could be put in.", hint="Write the words.")
    if fault["check"] == "tags":
        return replace(segment, target=fault["suggestion"], status="draft")
    edit = Edit(fault["start"], fault["end"], fault["suggestion"])
    return replace(segment, target=edited(segment.target, [edit], alone=""), status="draft")


def replaced(segment: EditedSegment, find: str, words: str, case: bool) -> tuple[EditedSegment, int]:
    """The segment with `words` for every `find` in its target's words, and how many. No tag is touched, and
    a change takes the confirmation back."""
    pattern = re.compile(re.escape(find), 0 if case else re.IGNORECASE)
    places = [match.span() for match in pattern.finditer(line(segment.target, ALONE))]
    if not places:
        return segment, 0
    target = edited(segment.target, [Edit(start, end, words) for start, end in places], ALONE)
    return replace(segment, target=target, status="draft"), len(places)


def rewritten(segment: EditedSegment, text: str) -> EditedSegment:
    """The segment with the words that were written on the task's page."""
    return replace(segment, target=reworded(segment.target, text), status="draft")


def laid_over(draft: Draft, segments: Sequence[EditedSegment]) -> Draft:
    """The draft with the segments' targets; without segments the draft itself."""
    by_passage = {segment.passage: segment for segment in segments}
    sections = [
        replace(section, passages=tuple(_laid(each, by_passage.get(each.id)) for each in section.passages))
        for section in draft.sections
    ]
    return replace(draft, sections=tuple(sections)) if segments else draft


def _laid(passage: Passage, segment: EditedSegment | None) -> Passage:
    if segment is None:
        return passage
    text = line(segment.target)
    original = passage.text if passage.original is None else passage.original
    kept = None if text == original else original
    return replace(passage, text=text, original=kept, tagged=segment.target if passage.unit else "")
