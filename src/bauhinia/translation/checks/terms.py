"""Terms that a translation does not give as the termbase has them."""

# all checks have the same signature, whatever they use
from __future__ import annotations

from ...language import TermIssue, Variety
from .fault import Context, Fault


def check_terms(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Terms of the source that the target lacks, and forbidden forms, each with its place and cure."""
    faults = []
    place = 0
    for issue in context.termbase.check(source, target, to):
        start = target.find(issue.found, place) if issue.found else -1
        place = start + len(issue.found) if start >= 0 else place
        faults.append(_fault(issue, to, start))
    return faults


def _fault(issue: TermIssue, to: Variety, start: int) -> Fault:
    right = issue.term.zh if to.is_chinese else issue.term.en
    return Fault(
        check="terms",
        kind="wrong" if issue.found else "missing",
        message=f"“{issue.term.en}” is “{issue.term.zh}” in the termbase.",
        found=issue.found,
        wanted=right,
        start=max(start, 0),
        end=max(start, 0) + len(issue.found) if issue.found else 0,
        suggestion=right if issue.found else "",
    )
