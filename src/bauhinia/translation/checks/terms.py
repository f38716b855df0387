"""Terms that a translation does not give as the termbase has them."""

# all checks have the same signature, whatever they use
from __future__ import annotations

from ...language import TermIssue, Variety
from .fault import Context, Fault


def check_terms(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Terms of the source that the target lacks, and forbidden forms, each with its place and cure."""
    return [_fault(issue, to) for issue in context.termbase.check(source, target, to)]


def _fault(issue: TermIssue, to: Variety) -> Fault:
    return Fault(
        check="terms",
        kind="wrong" if issue.found else "missing",
        message=f"“{issue.term.en}” is “{issue.term.zh}” in the termbase.",
        found=issue.found,
        wanted=issue.term.zh if to.is_chinese else issue.term.en,
        start=issue.start,
        end=issue.start + len(issue.found),
        suggestion=issue.better,
    )
