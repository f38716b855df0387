"""The notes of a meeting, found by rules alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ...language import Variety, to_simplified
from .actions import Action, find_actions
from .decisions import Decision, find_decisions
from .people import People
from .transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A sentence of a summary, with the lines that bear it out."""

    text: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What a meeting comes to."""

    transcript: Transcript
    held: date | None
    """The day from which others are counted; None where nobody gave it."""
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]
    summary: tuple[Stated, ...] = ()
    """What a model worded, if one was asked."""

    @property
    def people(self) -> People:
        """Who spoke, and who chaired."""
        return People(self.transcript.speakers)


def find_notes(transcript: Transcript, held: date | None = None) -> Notes:
    """Decisions and actions, each with its lines. `held`: the day of the meeting where the transcript gives
    none; without either, days such as “next Friday” are left in their words."""
    day = held or transcript.held
    people = People(transcript.speakers)
    actions = find_actions(transcript, people, day)
    if transcript.language is Variety.SIMPLIFIED:
        actions = [_simplified(each, transcript) for each in actions]
    return Notes(
        transcript=transcript,
        held=day,
        decisions=tuple(find_decisions(transcript, people)),
        actions=tuple(actions),
    )


def _simplified(action: Action, transcript: Transcript) -> Action:
    """Owner and date in the script that was spoken in: rules see Traditional characters."""
    owner = action.owner if action.owner in transcript.speakers else to_simplified(action.owner)
    return replace(action, owner=owner, due=action.due._replace(words=to_simplified(action.due.words)))
