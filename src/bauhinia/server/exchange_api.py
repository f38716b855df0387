"""What a translation gives to the memory and takes from it, over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from ..errors import InputError, NotFound
from ..jobs import Task
from ..pilot.confirming import confirmed, title_segment
from ..pilot.draft import Draft
from ..pilot.orders import TranslateOrder
from ..pilot.translate import title_of
from .edits import current_draft, mark_confirmed
from .state import editing_of, office_of

if TYPE_CHECKING:
    from ..pilot.office import Office

exchange_router = APIRouter()


@exchange_router.post(
    "/api/translate/estimate", summary="How much of a document the memory holds, before work starts"
)
async def estimate(request: Request, order: TranslateOrder) -> dict[str, Any]:
    found = await office_of(request).estimate(order)
    classes = {name: asdict(count) for name, count in found.classes.items()}
    return {"share": found.share, "sentence": found.sentence, "classes": classes}


@exchange_router.post(
    "/api/tasks/{task}/passages/{passage}/confirm",
    summary="Confirm a passage as it stands; the memory learns it at once",
)
async def confirm_passage(request: Request, task: str, passage: str) -> dict[str, Any]:
    async with editing_of(request):
        return await _confirm_one(office_of(request), task, passage)


async def _confirm_one(office: Office, task: str, passage: str) -> dict[str, Any]:
    row = await office.tasks.get(task)
    draft = await translation_of(office, row)
    if passage not in {each.id for each in draft.passages()}:
        raise NotFound("The draft has no such passage.", hint="Reload the page.")
    name = (await office.shelf.card(row.order["document"])).name
    segments = list(confirmed(draft, office.officer, name, {passage}))
    if not segments:
        raise InputError("There are no words to confirm here.", hint="Write the translation first.")
    learnt = await office.memory.learn(segments)
    await mark_confirmed(office, row, {passage})
    return asdict(learnt)


@exchange_router.post(
    "/api/tasks/{task}/confirm", summary="Confirm the whole of a translation as it stands, and its title"
)
async def confirm_translation(request: Request, task: str) -> dict[str, Any]:
    office = office_of(request)
    row = await office.tasks.get(task)
    draft = await translation_of(office, row)
    document = await office.shelf.document(row.order["document"])
    segments = [
        title_segment(draft, office.officer, title_of(document)),
        *confirmed(draft, office.officer, document.name),
    ]
    async with editing_of(request):
        learnt = await office.memory.learn(segments)
        await mark_confirmed(office, row)
    return asdict(learnt)


async def translation_of(office: Office, task: Task) -> Draft:
    """The draft of a translation as its officers left it.

    Raises InputError for any other task, or while there is none.
    """
    if task.kind != "translate":
        raise InputError(
            "This task is no translation.", hint="Only a translation can be confirmed or exchanged."
        )
    return await current_draft(office, task)
