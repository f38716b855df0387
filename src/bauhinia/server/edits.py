"""An officer's changes to a finished draft. The model's own words are kept beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import InputError, NotFound
from ..jobs import Task
from ..pilot.codec import from_json
from ..pilot.draft import Draft, Passage

if TYPE_CHECKING:
    from ..pilot.office import Office

LONGEST = 100_000
"""Characters of one passage."""


def draft_of(task: Task) -> Draft:
    """The task's draft. Raises InputError while there is none."""
    if task.draft is None:
        raise InputError("This task has no draft yet.", hint="Wait until it is done, or resume it.")
    return from_json(Draft, task.draft)


async def current_draft(office: Office, task: Task) -> Draft:
    """The task's draft with what was written in the editor. Raises InputError while there is none."""
    return await office.segments.over(task.id, draft_of(task))


def edited(draft: Draft, section: int, passage: str, text: str) -> tuple[Draft, Passage]:
    """The draft with that passage's text replaced, and the passage. Its findings stay: they say what the
    checks saw. Raises NotFound, InputError."""
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
    new = replace(old, text=text, original=None if text == original else original)
    passages[index] = new
    sections = list(draft.sections)
    sections[section] = replace(sections[section], passages=tuple(passages))
    return replace(draft, sections=tuple(sections)), new
