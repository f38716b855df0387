"""What an MCP client may have done: the pilot's tasks, from the orders that pages and programs send too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import anyio
from pydantic import BaseModel, ConfigDict, Field

from ..errors import BauhiniaError
from ..jobs import Ended, Progress, Task
from ..pilot.claims import with_badges
from ..pilot.codec import draft_of, to_json
from ..pilot.draft import TaskKind
from ..pilot.orders import ORDERS, AnyOrder
from ..pilot.release import Standing
from ..pilot.release_checks import language_of_draft

if TYPE_CHECKING:
    from ..pilot.office import Office

Tell = Callable[[str], Awaitable[None]]
"""Tells the client where the work stands."""
_ABOUT: dict[TaskKind, str] = {
    "summarise": "Summarise documents of the shelf; every statement cites its place in them.",
    "translate": "Translate a document between English and Traditional Chinese, with checks and findings.",
    "draft": "Draft a letter, memo, press release, speech or minutes from instructions and documents.",
    "analyse": "Answer a question from documents, or list what they oblige, with citations.",
    "ask": "Answer a question from the department's library, with citations.",
    "compare": "Say what changed between two versions, or differs between a document and its translation.",
    "redraft": "Write a document anew: shorter, plainer, more formal, or for other readers.",
}


class Asked(BaseModel):
    """Base of what tools are given: unknown members refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListDocuments(Asked):
    """Nothing is needed to list them."""


class SearchLibrary(Asked):
    """A question to the library."""

    question: str = Field(min_length=1, max_length=2_000)
    collection: str | None = None
    """One collection alone; all that the officer may read when left out."""
    limit: int = Field(default=5, ge=1, le=20)


@dataclass(frozen=True, slots=True)
class Done:
    """What a tool gives back: JSON, and the same for reading."""

    structured: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class McpTool:
    """A tool as a client sees it, and what it does."""

    name: str
    description: str
    takes: type[BaseModel]
    work: Callable[[Office, Any, Tell], Awaitable[Done]]
    reads_only: bool = True


def tools() -> dict[str, McpTool]:
    """Every tool by its name."""
    made = [_of_task(kind) for kind in ORDERS]
    made.append(
        McpTool(
            name="list_documents",
            description="The documents on the officer's shelf, with the ids that the other tools take.",
            takes=ListDocuments,
            work=_list_documents,
        )
    )
    made.append(
        McpTool(
            name="search_library",
            description="Passages of the department's library that answer a question, with their places.",
            takes=SearchLibrary,
            work=_search,
        )
    )
    return {tool.name: tool for tool in made}


def _of_task(kind: TaskKind) -> McpTool:
    async def work(office: Office, order: AnyOrder, tell: Tell) -> Done:
        return _done(await _carried_out(office, order, tell))

    return McpTool(name=kind, description=_ABOUT[kind], takes=ORDERS[kind], work=work, reads_only=False)


async def _carried_out(office: Office, order: AnyOrder, tell: Tell) -> Task:
    """The finished task. It is stopped when the client leaves first. Raises BauhiniaError."""
    task = await office.start(order)
    ended: Ended | None = None
    try:
        async with aclosing(office.events(task)) as events:
            async for _, event in events:
                if isinstance(event, Progress):
                    await tell(_said(event))
                elif isinstance(event, Ended):
                    ended = event
    finally:
        if ended is None:
            # The client left: everything awaited here would be cancelled too.
            with anyio.CancelScope(shield=True):
                await office.tasks.cancel(task)
    if ended is None or ended.status != "done":
        message = ended.message if ended is not None else ""
        raise BauhiniaError(message or "The task was stopped.", hint=ended.hint if ended is not None else "")
    return await office.task(task)


def _said(progress: Progress) -> str:
    part = f" {progress.section} of {progress.of}" if progress.of else ""
    return f"{progress.phase}{part}"


def _done(task: Task) -> Done:
    """A draft with its citations, and its words under the AI label, which says that nobody has checked it."""
    made = draft_of(task)
    draft = to_json(with_badges(made))
    label = f"{Standing(state='draft').sentence(language_of_draft(made))} · {made.label}"
    structured = {
        "task": task.id,
        "title": draft["title"],
        "label": label,
        "model": draft["model"],
        "sections": [_section(section) for section in draft["sections"]],
        "findings": draft["findings"],
    }
    lines = [
        passage["text"] or "; ".join(passage["columns"].values())
        for section in draft["sections"]
        for passage in section["passages"]
    ]
    return Done(structured, "\n\n".join([draft["title"], *lines, label]))


def _section(section: dict[str, Any]) -> dict[str, Any]:
    kept: tuple[Literal["id", "kind", "text", "columns", "citations", "findings"], ...] = (
        "id", "kind", "text", "columns", "citations", "findings",
    )  # fmt: skip
    passages = [{name: passage[name] for name in kept} for passage in section["passages"]]
    return {"language": section["language"], "title": section["title"], "passages": passages}


async def _list_documents(office: Office, asked: ListDocuments, tell: Tell) -> Done:
    del asked, tell
    cards = await office.shelf.cards()
    rows = [
        {"id": card.id, "name": card.name, "title": card.title, "language": card.variety, "pages": card.pages}
        for card in cards
    ]
    return Done({"documents": rows}, "\n".join(f"{card.id}  {card.name}" for card in cards))


async def _search(office: Office, asked: SearchLibrary, tell: Tell) -> Done:
    del tell
    found = await office.search.find(asked.question, collection=asked.collection, limit=asked.limit)
    rows = [{"score": hit.score, "passage": asdict(hit.passage)} for hit in found.hits]
    unranked = {} if found.not_reranked is None else {"not_reranked": found.not_reranked.code}
    return Done({"hits": rows, **unranked}, "\n\n".join(str(hit.passage.text) for hit in found.hits))
