"""The last check before a draft is kept: every citation points at words that stand in its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..documents import Document
from .draft import Citation, Draft, Finding, Passage


def stands(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """Whether the cited place exists and holds just the words that are quoted from it."""
    document = documents.get(citation.document)
    if document is None:
        return False
    try:
        block = document.block(citation.anchor.block)
    except KeyError:
        return False
    within = 0 <= citation.anchor.start < citation.anchor.end <= len(block.text)
    return within and document.quote(citation.anchor) == citation.quote


def without_invented_citations(draft: Draft, documents: Mapping[str, Document]) -> Draft:
    """The draft, a citation that does not stand replaced by a finding at its passage."""
    sections = tuple(
        replace(section, passages=tuple(_checked(passage, documents) for passage in section.passages))
        for section in draft.sections
    )
    return replace(draft, sections=sections)


def _checked(passage: Passage, documents: Mapping[str, Document]) -> Passage:
    invented = [citation for citation in passage.citations if not stands(citation, documents)]
    if not invented:
        return passage
    findings = [
        Finding(
            check="citation",
            severity="error",
            message=f"Cites words that are not in the document: {citation.quote}",
            values={"quote": citation.quote},
        )
        for citation in invented
    ]
    kept = tuple(citation for citation in passage.citations if citation not in invented)
    return replace(passage, citations=kept, findings=(*passage.findings, *findings))
