"""An officer's changes to a finished draft. The model's own words are kept beside them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import InputError, NotFound
from ..jobs import Task
from ..pilot.codec import draft_of
from ..pilot.draft import Draft, Passage
from ..pilot.revision import language_of, open_revision, terms_of
from ..pilot.translate import rechecked
from .revising import Revision, is_forbidden_term

if TYPE_CHECKING:
    from ..pilot.office import Office

Check = Callable[[Passage], Passage]
"""Gives a passage the findings of its words."""
LONGEST = 100_000
"""Characters of one passage."""


async def current_draft(office: Office, task: Task) -> Draft:
    """The task's draft with what was written in the editor. Raises InputError while there is none."""
    return draft_of(await office.as_left(task))


async def checking(office: Office, task: Task) -> Check:
    """What checks an edited passage: a translation is checked anew, elsewhere findings stay and say what the
    checks saw."""
    if task.kind != "translate":
        return lambda passage: passage
    to, terms = language_of(task), await terms_of(office)
    return lambda passage: rechecked(passage, to, terms)


async def mark_confirmed(office: Office, task: Task, passages: Collection[str] | None = None) -> None:
    """Note that an officer stands by these passages of a translation, or by all that have words."""
    await open_revision(office, task.id)
    rows = await office.segments.of(task.id)
    chosen = [row for row in rows if (passages is None or row.passage in passages) and row.target.strip()]
    await office.segments.save(task.id, [replace(row, status="confirmed") for row in chosen])


async def revision_of(office: Office, task: Task, draft: Draft) -> Revision | None:
    """What an officer can do to a translation on its page; None for every other draft."""
    if draft.kind != "translate" or task.status != "done":
        return None
    rows = await office.segments.of(task.id)
    waiting = {row.passage for row in rows if row.status != "confirmed"}
    termbase = None
    if any(is_forbidden_term(finding) for passage in draft.passages() for finding in passage.findings):
        termbase = await terms_of(office)
    return Revision(
        to=draft.variety, confirmed=frozenset({row.passage for row in rows} - waiting), termbase=termbase
    )


def edited(draft: Draft, section: int, passage: str, text: str, check: Check) -> tuple[Draft, Passage]:
    """The draft with that passage's text replaced and checked, and the passage.

    Raises NotFound, InputError.
    """
    if len(text) > LONGEST:
        raise InputError(f"A passage holds at most {LONGEST:,} characters.", hint="Split the text.")
    if not 0 <= section < len(draft.sections):
        raise NotFound("The draft has no such section.", hint="Reload the page.")
    passages = list(draft.sections[section].passages)
    index = next((i for i, old in enumerate(passages) if old.id == passage), None)
    if index is None:
        raise NotFound("The draft has no such passage.", hint="Reload the page.")
    old = passages[index]
    if old.kind == "row":
        raise InputError("A table's row cannot be edited here.", hint="Edit it in the exported file.")
    original = old.text if old.original is None else old.original
    new = check(replace(old, text=text, original=None if text == original else original))
    passages[index] = new
    sections = list(draft.sections)
    sections[section] = replace(sections[section], passages=tuple(passages))
    return replace(draft, sections=tuple(sections)), new
