"""Which statements of a draft stand on a passage of a source, and which a person has to verify (D-3.1-26)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..language import Variety
from .analyse import NOT_FOUND
from .ask import NOT_FOUND as NOT_IN_LIBRARY
from .draft import Draft, Passage, Section

Support = Literal["supported", "reworded", "unverified"]
"""`reworded`: an officer changed its words after they were matched with their source."""
CITING = frozenset({"summarise", "analyse", "ask", "draft"})
"""Tasks that state something of their sources. The others show the original beside every passage."""
UNVERIFIED = {"en": "(not verified)", "zh-HK": "〔未核實〕", "zh-Hans": "〔未核实〕"}
"""What stands behind such a statement in a file."""
_WRITTEN = re.compile(r"l\d+s\d+")
"""Ids of what the model wrote in a text by a template; the other lines are the template's own words."""
_SAYS_NOTHING = frozenset({*NOT_FOUND.values(), *NOT_IN_LIBRARY.values()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A statement of a draft, and what it stands on."""

    section: int
    passage: Passage
    support: Support


def claims(draft: Draft) -> tuple[Claim, ...]:
    """Every statement of the draft, in its order; none for a task that does not cite."""
    if draft.kind not in CITING:
        return ()
    return tuple(
        Claim(section=number, passage=passage, support=_support(passage))
        for number, section in enumerate(draft.sections)
        for passage in section.passages
        if _states(draft, passage)
    )


def unverified(draft: Draft) -> tuple[Claim, ...]:
    """The statements without a supporting passage."""
    return tuple(claim for claim in claims(draft) if claim.support == "unverified")


def is_without_sources(draft: Draft) -> bool:
    """Whether nothing in it stands on a source, as of a letter written from instructions alone: that is said
    once of the whole and not of each sentence."""
    found = claims(draft)
    return draft.kind == "draft" and bool(found) and all(claim.support == "unverified" for claim in found)


def badges(draft: Draft) -> dict[tuple[int, str], Support]:
    """The statements to be badged on the page, by section and passage."""
    if is_without_sources(draft):
        return {}
    return {
        (claim.section, claim.passage.id): claim.support
        for claim in claims(draft)
        if claim.support != "supported"
    }


def with_badges(draft: Draft) -> Draft:
    """The draft as a file shows it before a person has verified it: each such statement says so."""
    marked = badges(draft)
    if "unverified" not in marked.values():
        return draft
    sections = tuple(_badged(number, section, marked) for number, section in enumerate(draft.sections))
    return replace(draft, sections=sections)


def _badged(number: int, section: Section, marked: Mapping[tuple[int, str], Support]) -> Section:
    variety = Variety(section.language)
    mark = UNVERIFIED[
        "en" if not variety.is_chinese else "zh-Hans" if variety is Variety.SIMPLIFIED else "zh-HK"
    ]
    passages = tuple(
        _with_mark(passage, mark) if marked.get((number, passage.id)) == "unverified" else passage
        for passage in section.passages
    )
    return replace(section, passages=passages)


def _with_mark(passage: Passage, mark: str) -> Passage:
    if passage.kind != "row":
        return replace(passage, text=f"{passage.text} {mark}")
    column = next(reversed(passage.columns))
    return replace(passage, columns={**passage.columns, column: f"{passage.columns[column]} {mark}"})


def _states(draft: Draft, passage: Passage) -> bool:
    if passage.kind == "heading" or passage.text.strip() in _SAYS_NOTHING:
        return False
    if draft.kind == "draft" and not _WRITTEN.fullmatch(passage.id):
        return False
    return bool(passage.text.strip() or passage.columns if passage.kind == "row" else passage.text.strip())


def _support(passage: Passage) -> Support:
    if not passage.citations or any(finding.check == "citation" for finding in passage.findings):
        return "unverified"
    return "reworded" if passage.original not in (None, passage.text) else "supported"
