"""Put official names right that the model got wrong though it was told: bodies and statutes of the termbase.

Done only where there is one way to read it: one body of the source is missing from the translation and the
translation names one body that the source does not; or a chapter number stands without its ordinance's title.
"""

from __future__ import annotations

import re

from ..language import Term, Termbase, Variety, names

_BODY_END = re.compile(r"(?:署|局|處|會|公署|委員會|Department|Bureau|Office|Commission|Authority|Council)$")


def put_right(source: str, target: str, to: Variety, termbase: Termbase) -> str:
    """The translation with its official names mended, where that can be told; else as it was."""
    missing = [issue.term for issue in termbase.check(source, target, to) if issue.kind == "missing"]
    for term in missing:
        if term.domain == "statute":
            target = _with_title(source, target, to, term)
    bodies = [term for term in missing if term.domain == "organisation"]
    if len(bodies) == 1:
        target = _with_body(source, target, to, bodies[0], termbase)
    return target


def _with_title(source: str, target: str, to: Variety, term: Term) -> str:
    """`第400章的` becomes `《噪音管制條例》（第400章）` where the source names title and chapter together."""
    title = "|".join(map(re.escape, (term.en, term.zh)))
    chapter = re.search(rf"(?:{title})》?\s*[(（]\s*(?:Cap\.|第)\s*(\d+[A-Z]?)", source, re.IGNORECASE)
    if chapter is None:
        return target
    number = chapter[1]
    if to.is_chinese:
        return re.sub(rf"第\s*{number}\s*章的?", f"《{term.zh}》（第{number}章）", target, count=1)
    return re.sub(rf"(?:the )?Cap\. ?{number}\b", f"the {term.en} (Cap. {number})", target, count=1)


def _with_body(source: str, target: str, to: Variety, term: Term, termbase: Termbase) -> str:
    """The one strange body of the translation gives way to the one that is missing from it."""
    known = {hit.term.id for hit in termbase.find(source, to.counterpart)}
    right = {hit.text for hit in termbase.find(target, to) if hit.term.id in known}
    strange = [name for name in names(target) if _BODY_END.search(name) and name not in right]
    if len(strange) != 1 or strange[0] in source:
        return target
    if re.search(rf"[及和與、]{re.escape(strange[0])}", target):
        return target  # the end of a longer name
    return target.replace(strange[0], term.zh if to.is_chinese else term.en)
