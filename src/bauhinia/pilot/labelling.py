"""What the label of a draft says: its model, its task, whose it is, and how much of it officers changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from ..gateway import LOWEST, classifications
from ..jobs import Task
from ..provenance import Origin, Record, edited_sentence, new_id
from .codec import from_json, to_json
from .draft import Draft, Passage

if TYPE_CHECKING:
    from ..people import Officer


def record_of(task: Task, draft: Draft, officer: Officer) -> Record:
    """The record of a file that is being made of the draft, under a trace id of its own."""
    return Record(
        id=new_id(),
        use=f"pilot.{task.kind}",
        origin=origin_of(draft),
        department=officer.department,
        issued_at=datetime.now().astimezone().isoformat(timespec="seconds"),
        language=draft.variety.value,
        edited=round(edited_share(draft.passages()), 4),
        marking=_marking(draft, task.classification),
        task=task.id,
    )


def origin_of(draft: Draft) -> Origin | None:
    """Where the draft comes from; a draft of an earlier version knows its model alone."""
    if draft.origin is not None:
        return draft.origin
    return Origin(model=draft.model) if draft.label else None


def edited_share(passages: Iterable[Passage]) -> float:
    """Characters that officers inserted, deleted or replaced, of all characters, 0 to 1.

    Each changed passage counts by its edit distance from the model's words, against the longer of the two.
    """
    changed = total = 0
    for passage in passages:
        original = passage.text if passage.original is None else passage.original
        total += max(len(original), len(passage.text))
        if original != passage.text:
            changed += Levenshtein.distance(original, passage.text)
    return changed / total if total else 0.0


def with_share_told(task: Task) -> Task:
    """The task with a label that says how much of the draft was edited, where something was."""
    if task.draft is None or not task.draft.get("label") or not _is_edited(task.draft):
        return task
    draft = from_json(Draft, task.draft)
    share = edited_share(draft.passages())
    return replace(task, draft=to_json(replace(draft, label=_told(draft, share)))) if share else task


def _is_edited(draft: dict[str, object]) -> bool:
    """Without making records of it: this is asked of every draft that is read."""
    sections = draft["sections"]
    assert isinstance(sections, list)
    return any(passage.get("original") is not None for one in sections for passage in one["passages"])


def _told(draft: Draft, share: float) -> str:
    origin = origin_of(draft)
    assert origin is not None
    return edited_sentence(origin.model, share, draft.variety)


def _marking(draft: Draft, classification: str) -> str:
    """The classification that every file says before its label; the lowest is not marked."""
    if classification == LOWEST:
        return ""
    chinese = draft.variety.is_chinese
    return classifications().level(classification).name("zh-Hant-HK" if chinese else "en").upper()
