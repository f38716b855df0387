"""What a library's answer rests on: how many documents and sources, and what is to be known of these.

Told under the answer, beside its citations (D-2.3.4-01, D-3.1-07, D-3.1-16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ..knowledge import Sheet, Sheets
from ..knowledge.sheets import Flag, today
from .draft import Draft, Finding

_SAID: Mapping[Flag, str] = {
    "unstated": "Nobody has stated yet where these documents come from: {name}",
    "stale": "May be out of date; it was to be fetched anew by {since}: {name}",
    "unaudited": "The documents have not been checked since they should have been, {since}: {name}",
    "broken": "A document was found altered when they were last checked: {name}",
    "grade_c": "The source is of the lowest trust grade; check what it says: {name}",
}
_UNSTATED = "–"


async def with_what_it_rests_on(draft: Draft, sheets: Sheets) -> Draft:
    """The draft with findings on the collections that it cites; as it was where it cites none."""
    cited = dict.fromkeys(citation.document for passage in draft.passages() for citation in passage.citations)
    if not cited:
        return draft
    found = await sheets.of_documents(list(cited))
    return replace(draft, findings=(*draft.findings, *resting(found, today())))


def resting(cited: Mapping[str, Sheet | None], day: date) -> list[Finding]:
    """Findings on the sheets of the documents that are cited, by document."""
    if not cited:
        return []
    sources = {sheet.source for sheet in cited.values() if sheet is not None}
    findings = [_spread(len(cited), max(len(sources), 1))]
    collections = {sheet.collection if sheet else "": sheet for sheet in cited.values()}
    for sheet in collections.values():
        flags = sheet.flags(day) if sheet is not None else ("unstated",)
        findings += [_flagged(flag, sheet) for flag in flags]
    return findings


def _spread(documents: int, sources: int) -> Finding:
    if documents == 1:
        message = "This answer rests on one document alone."
        return Finding(check="one_source", severity="note", message=message, values={"documents": "1"})
    if sources == 1:
        message = f"This answer rests on {documents} documents of one source."
        return Finding(
            check="one_source", severity="note", message=message, values={"number": str(documents)}
        )
    return Finding(
        check="spread",
        severity="note",
        message=f"This answer rests on {documents} documents of {sources} sources.",
        values={"number": str(documents), "sources": str(sources)},
    )


def _flagged(flag: Flag, sheet: Sheet | None) -> Finding:
    since = {"stale": sheet and sheet.refresh_by, "unaudited": sheet and sheet.audit_due}.get(flag)
    values = {"name": sheet.name if sheet else _UNSTATED, "since": since.isoformat() if since else ""}
    return Finding(
        check=f"source_{flag}", severity="warning", message=_SAID[flag].format(**values), values=values
    )
