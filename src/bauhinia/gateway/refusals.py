"""What a refusing decision raises."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import (
    BauhiniaError,
    ModelBusy,
    ModelUnavailable,
    NotFound,
    OverQuota,
    Refused,
    StoreError,
    TooLong,
)
from ..people.quotas import Period, seconds_left
from .exchange import Decision


def _refused(hint: str) -> Callable[[Decision], BauhiniaError]:
    return lambda decision: Refused(decision.detail, stage=decision.stage, hint=decision.hint or hint)


def _over_quota(period: Period) -> Callable[[Decision], BauhiniaError]:
    hint = "Go on when the next one begins, or ask your department's administrator for more."
    return lambda decision: OverQuota(
        decision.detail, stage=decision.stage, hint=hint, retry_after=seconds_left(period)
    )


_REGISTER = (
    "unknown_use", "use_of_others", "use_retired", "use_unacceptable", "use_unassessed", "use_overdue",
)  # fmt: skip
"""What the register says comes with its own hint."""
_ERRORS: dict[str, Callable[[Decision], BauhiniaError]] = {
    "unknown_officer": _refused("Sign in."),
    **{reason: _refused("") for reason in (*_REGISTER, "awaiting_approval", "withheld")},
    "classification": _refused(
        "Use a model on this machine or a text that may go there. Two administrators can open a boundary "
        "for a time, on the page /boundary."
    ),
    "blocked_personal": _refused(
        "Take it out of the text, or use a model that the rules let it go to. The page /privacy shows the "
        "rules and who sets them."
    ),
    "stopped": _refused("Do this work without AI until it goes on; the page /switch says what is stopped."),
    "opted_out": _refused("Your choices are on the page /consents."),
    "switch_lost": lambda decision: StoreError(decision.detail, hint="Try again in a few seconds."),
    "quota_day": _over_quota("day"),
    "quota_month": _over_quota("month"),
    "busy": lambda decision: ModelBusy(decision.detail, hint="Try again in a moment."),
    "tool_not_allowed": _refused("Ask for tools that the list names; BAUHINIA_TOOLS is that list."),
    "tool_changed": _refused("Whoever runs this server must read it and approve it again: `bauhinia tools`."),
    "tool_unavailable": lambda decision: ModelUnavailable(decision.detail, hint="Try again later."),
    "unknown_model": lambda decision: NotFound(decision.detail, hint="Leave the model out for the default."),
    "too_long": lambda decision: TooLong(
        f"The request is too long for the model: {decision.detail}",
        hint="Shorten the text, ask for a shorter answer, or use a model with a longer context.",
    ),
    "not_ready": lambda decision: ModelUnavailable(decision.detail, hint="Try again in a minute."),
}


def error_for(decision: Decision) -> BauhiniaError:
    """The error that tells the user of this refusal."""
    assert not decision.allowed
    if decision.reason.startswith("unsafe_"):
        return Refused(decision.detail, stage=decision.stage, hint="")
    return _ERRORS[decision.reason](decision)
