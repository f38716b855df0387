"""The task that reads a scan: a page a step, so that stopping and going on reads no page twice."""

from __future__ import annotations

import time
from typing import Any

from ..documents import ScannedPage, read_page, with_pages
from ..errors import DocumentError
from ..jobs import Progress, Report, Steps
from ..settings import Limits
from .codec import to_json
from .shelf import Shelf

KIND = "read"
"""Of the task, beside `draft.TaskKind`: its order is `{"document": id}` and it has no draft."""


async def read_scan(key: str, shelf: Shelf, limits: Limits, report: Report, steps: Steps) -> None:
    """Read the pages that a document waits for, then put the whole document in the place of the waiting one.

    A page that cannot be read is told in the document's warnings. Raises NotFound.
    """
    document, data = await shelf.document(key), await shelf.file(key)
    pages: dict[int, ScannedPage] = {}
    began = time.monotonic()
    of = len(document.scanned)
    for done, number in enumerate(document.scanned):
        left = (time.monotonic() - began) / done * (of - done) if done else None
        report(Progress(phase="scan", section=done + 1, of=of, seconds_left=left))

        async def work(number: int = number) -> dict[str, Any]:
            return to_json(await _page(data, document.name, number, limits))

        pages[number] = ScannedPage.of(await steps.run(f"page/{number}", work))
    await shelf.replace(key, with_pages(document, pages))


async def _page(data: bytes, name: str, number: int, limits: Limits) -> ScannedPage:
    try:
        return await read_page(data, name, number, limits)
    except DocumentError as error:
        return ScannedPage(blocks=(), warnings=(f"Page {number} was not read. {error.message}",))
