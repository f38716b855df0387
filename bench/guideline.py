"""How many of the guideline's duties that software can enforce or record are met.

    python bench/guideline.py

Counted, not timed: a duty is met where it has code, and tests of which a whole run has seen every one pass.
"""

from __future__ import annotations

from bauhinia.guideline.coverage import coverage, faults
from report import record


def main() -> None:
    """Count, report."""
    wrong = list(faults())
    assert not wrong, wrong
    found = coverage()
    beside = {"duties met": found.met, "of": found.for_software, "in the edition": len(found.lines)}
    record("guideline.coverage", found.percent, "%", beside=beside, target=">= 90")


if __name__ == "__main__":
    main()
