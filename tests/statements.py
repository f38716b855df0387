"""What invented collections state of themselves."""

from __future__ import annotations

from bauhinia.knowledge import Statement

OURS = Statement(
    source="The department's circulars",
    basis="own_work",
    reference="File HyD 1/2026",
    post="Senior Records Officer",
    grade="A",
)
"""A sheet that nothing is wrong with."""
