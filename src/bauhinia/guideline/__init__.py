"""The guideline as working parts: duties, the register of AI uses, assessments, records, cases, reports."""

from .register import Register, latest_review
from .tiers import TIERS, TierId, Tiers, tiers
from .uses import Approval, Proposal, Standing, Use, is_an_id, shipped

__all__ = [
    "TIERS",
    "Approval",
    "Proposal",
    "Register",
    "Standing",
    "TierId",
    "Tiers",
    "Use",
    "is_an_id",
    "latest_review",
    "shipped",
    "tiers",
]
