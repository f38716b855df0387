"""Carry out one order: find a place to work, shelve the files, watch the task, print the draft."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import BauhiniaError, Cancelled, InputError, PasswordNeeded
from ..jobs import Ended
from ..pilot import Draft
from ..pilot.codec import from_json
from ..pilot.orders import AnyOrder, AskOrder, needs_model
from .environment import get_settings
from .output import Output
from .passwords import Passwords
from .places import Place, open_place
from .rendering import draft_lines, harmless
from .watching import Watcher, watching

MakeOrder = Callable[[list[str]], AnyOrder]
"""Makes the order from the ids that the files were given on the shelf."""
Files = Sequence[tuple[str, bytes]]
"""Names and contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A task that was carried out."""

    task: dict[str, Any]
    """The record of `GET /api/tasks/{id}`."""
    draft: Draft
    names: Mapping[str, str]
    """File names by document id."""


def carry_out(
    paths: Sequence[Path],
    make_order: MakeOrder,
    output: Output,
    *,
    password_stdin: bool = False,
    classification: str = "",
) -> None:
    """Do it all and print the result. Raises BauhiniaError; Ctrl-C stops the model's work first."""
    files = [(path.name, bytes_of(path)) for path in paths]
    passwords = Passwords(from_stdin=password_stdin)
    _show(asyncio.run(_in_some_place(files, make_order, output, passwords, classification)), output)


def ask_library(question: str, collection: str, output: Output) -> None:
    """Ask the library and print the answer, as `carry_out` does."""
    _show(asyncio.run(_asked(question, collection, output)), output)


def _show(done: Done, output: Output) -> None:
    if output.as_json:
        record = {**done.task, "documents": dict(done.names)}
        print(json.dumps(record, ensure_ascii=False, indent=2, default=str))
    elif output.out is None:
        print("\n".join(harmless(line) for line in draft_lines(done.draft, done.names)))


def bytes_of(path: Path) -> bytes:
    """What a file holds. Raises InputError where there is none."""
    if not path.is_file():
        raise InputError(f"There is no file {path}.", hint="Check the name, or give the whole path.")
    return path.read_bytes()


async def _in_some_place(
    files: Files, make_order: MakeOrder, output: Output, passwords: Passwords, classification: str
) -> Done:
    settings = get_settings()
    with watching(quiet=output.as_json) as watcher:
        async with open_place(settings) as place:
            watcher.says(place.where)
            done = await do_task(place, files, make_order, watcher, passwords, classification)
            if output.out is not None:
                output.write(await place.export(done.task["id"], output.format))
            return done


async def _asked(question: str, collection: str, output: Output) -> Done:
    from .knowledge import collection_of

    with watching(quiet=output.as_json) as watcher:
        async with open_place(get_settings()) as place:
            watcher.says(place.where)
            chosen = await collection_of(place, collection) if collection else ""
            order = AskOrder(question=question, collection=chosen)
            done = await do_task(place, [], lambda _: order, watcher)
            cited = {each.document for passage in done.draft.passages() for each in passage.citations}
            names = {key: await place.kept_name(key) for key in sorted(cited)}
            if output.out is not None:
                output.write(await place.export(done.task["id"], output.format))
            return replace(done, names=names)


async def do_task(
    place: Place,
    files: Files,
    make_order: MakeOrder,
    watcher: Watcher,
    passwords: Passwords | None = None,
    classification: str = "",
) -> Done:
    """Shelve the files, carry out the order on them and give the draft. Cancelling it stops the task."""
    names = {}
    for name, contents in files:
        watcher.says(f"Reading {name}")
        document, reading = await _added(
            place, name, contents, watcher, passwords or Passwords(), classification
        )
        names[document] = name
        if reading:
            await see_through(place, reading, watcher)
    order = make_order(list(names))
    if needs_model(order):
        watcher.says(await place.forecast(order))
        watcher.says("Loading the model")
        await place.ready()
    task_id = await place.start(order)
    await see_through(place, task_id, watcher)
    task = await place.task(task_id)
    draft = replace(from_json(Draft, task["draft"]), seconds=task["seconds"])
    return Done(task=task, draft=draft, names=names)


async def _added(
    place: Place, name: str, contents: bytes, watcher: Watcher, passwords: Passwords, classification: str
) -> tuple[str, str]:
    """As `Place.add` gives it, with the file's password where it has one."""
    password, tried = "", 0
    while True:
        try:
            return await place.add(name, contents, password, classification)
        except PasswordNeeded as error:
            with watcher.pausing():
                password, tried = passwords.after(error, harmless(name), tried), tried + 1


async def see_through(place: Place, task_id: str, watcher: Watcher) -> None:
    """Watch a task to its end; cancelling stops it."""
    try:
        await _watch(place, task_id, watcher)
    except asyncio.CancelledError:
        watcher.says("Stopping")
        await place.cancel(task_id)
        raise


async def _watch(place: Place, task_id: str, watcher: Watcher) -> None:
    """Show the events to the end. Raises Cancelled, or BauhiniaError with the reason that the task gave."""
    async with aclosing(place.events(task_id)) as events:
        async for event in events:
            watcher.sees(event)
            if isinstance(event, Ended):
                break
        else:
            raise BauhiniaError(
                "The task's events broke off.", hint="Look at it on the page, or run it again."
            )
    if event.status == "cancelled":
        raise Cancelled("The task was stopped.", hint=event.hint)
    if event.status != "done":
        raise BauhiniaError(event.message or f"The task ended as {event.status}.", hint=event.hint)
