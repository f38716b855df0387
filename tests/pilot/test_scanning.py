"""A scan on the shelf: at once there, read in the background, stopped and taken up."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bauhinia.errors import InputError
from bauhinia.jobs import Progress
from bauhinia.models import FakeModel
from bauhinia.pilot.orders import TranslateOrder

from .conftest import OpenOffice

typst = pytest.importorskip("typst")
pytest.importorskip("rapidocr")


def scan(*texts: str) -> bytes:
    """A TIFF with a page a text."""
    source = "#set page(width: 12cm, height: 3cm, margin: 1cm)\n"
    pages = [
        Image.open(io.BytesIO(typst.compile((source + text).encode(), format="png", ppi=120))).convert("RGB")
        for text in texts
    ]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


async def test_a_scan_is_on_the_shelf_at_once_and_whole_when_its_task_is_done(open_with: OpenOffice) -> None:
    office = await open_with(FakeModel())
    card = await office.add(scan("Repair of footbridges", "Lifts out of service"), "scan.tif")
    assert (card.scanned, card.characters, card.is_being_read) == (2, 0, True)
    with pytest.raises(InputError, match="not been read to its end"):
        await office.start(TranslateOrder(document=card.id, to="zh-HK"))
    assert (await office.tasks.wait(card.reading)).status == "done"
    whole = await office.shelf.card(card.id)
    assert whole.scanned == 0
    assert "footbridges" in (await office.shelf.document(card.id)).text


async def test_going_on_reads_no_page_twice(open_with: OpenOffice) -> None:
    office = await open_with(FakeModel())
    card = await office.add(scan("First page here", "Second page here", "Third page here"), "scan.tif")
    async for _, event in office.tasks.events(card.reading):
        if isinstance(event, Progress) and event.section == 2:
            break
    await office.tasks.cancel(card.reading)
    stopped = await office.shelf.card(card.id)
    assert (stopped.scanned, stopped.scanned_read, stopped.reading_status) == (3, 1, "cancelled")
    async with office.database.connection() as connection:
        # Were the first page read again, this mark would be lost.
        await connection.execute(
            "UPDATE steps SET result = jsonb_set(result, '{warnings}', '[\"kept\"]') WHERE task = %s",
            (card.reading,),
        )
    await office.tasks.resume(card.reading)
    assert (await office.tasks.wait(card.reading)).status == "done"
    whole = await office.shelf.document(card.id)
    assert "kept" in whole.warnings
    assert "Third" in whole.text


async def test_removing_a_scan_stops_its_reading(open_with: OpenOffice) -> None:
    office = await open_with(FakeModel())
    card = await office.add(scan("One", "Two"), "scan.tif")
    await office.remove(card.id)
    assert (await office.tasks.get(card.reading)).status == "cancelled"
