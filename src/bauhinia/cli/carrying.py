"""Carry out one order: open the office, shelve the files, watch the task, print the draft."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..documents import Document
from ..errors import BauhiniaError, Cancelled, InputError
from ..jobs import Ended, Task
from ..pilot import Draft
from ..pilot.codec import from_json
from ..pilot.orders import AnyOrder
from .environment import get_settings
from .output import Output
from .rendering import draft_lines, harmless
from .watching import Watcher, watching

if TYPE_CHECKING:
    from ..pilot.office import Office

MakeOrder = Callable[[list[str]], AnyOrder]
"""Makes the order from the ids that the files were given on the shelf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task that was carried out."""

    task: Task
    draft: Draft
    documents: Mapping[str, Document]
    """What was on the shelf, by id."""

    @property
    def names(self) -> dict[str, str]:
        """File names by document id."""
        return {key: document.name for key, document in self.documents.items()}


def carry_out(files: Sequence[Path], make_order: MakeOrder, output: Output) -> None:
    """Do it all and print the result. Raises BauhiniaError; Ctrl-C stops the model's work first."""
    output.check()
    data = [(path.name, _bytes_of(path)) for path in files]
    done = asyncio.run(_in_an_office(data, make_order, quiet=output.as_json))
    if output.out is not None:
        output.write(done.draft, done.documents)
    if output.as_json:
        print(json.dumps(task_json(done), ensure_ascii=False, indent=2))
    elif output.out is None:
        print("\n".join(harmless(line) for line in draft_lines(done.draft, done.names)))


def task_json(done: Done) -> dict[str, Any]:
    """The same record as `GET /api/tasks/{id}`, and the names of the documents."""
    task = done.task
    return {
        "id": task.id,
        "kind": task.kind,
        "status": task.status,
        "order": task.order,
        "seconds": task.seconds,
        "documents": done.names,
        "draft": task.draft,
    }


def _bytes_of(path: Path) -> bytes:
    if not path.is_file():
        raise InputError(f"There is no file {path}.", hint="Check the name, or give the whole path.")
    return path.read_bytes()


async def _in_an_office(data: Sequence[tuple[str, bytes]], make_order: MakeOrder, *, quiet: bool) -> Done:
    from ..pilot.office import open_office

    settings = get_settings()
    with watching(quiet=quiet) as watcher:
        watcher.says("Opening the office")
        async with open_office(settings) as office:
            return await do_task(office, data, make_order, watcher)


async def do_task(
    office: Office, data: Sequence[tuple[str, bytes]], make_order: MakeOrder, watcher: Watcher
) -> Done:
    """Shelve the files, carry out the order on them and give the draft. Cancelling it stops the task."""
    keys = []
    for name, contents in data:
        watcher.says(f"Reading {name}")
        keys.append((await office.shelf.add(contents, name)).id)
    watcher.says("Loading the model")
    await asyncio.shield(office.model)
    task_id = await office.start(make_order(keys))
    try:
        async for _, event in office.tasks.events(task_id):
            watcher.sees(event)
            if isinstance(event, Ended):
                _check_ended(event)
    except asyncio.CancelledError:
        watcher.says("Stopping")
        await office.tasks.cancel(task_id)
        raise
    task = await office.tasks.get(task_id)
    assert task.draft is not None, "a task that is done has a draft"
    draft = replace(from_json(Draft, task.draft), seconds=task.seconds)
    return Done(task=task, draft=draft, documents=await office.shelf.documents(keys))


def _check_ended(event: Ended) -> None:
    if event.status == "done":
        return
    if event.status == "cancelled":
        raise Cancelled("The task was stopped.", hint=event.hint)
    raise BauhiniaError(event.message or f"The task ended as {event.status}.", hint=event.hint)
