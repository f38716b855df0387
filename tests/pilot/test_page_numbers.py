"""A Word document on the shelf gets its page numbers afterwards, and a citation shows them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bauhinia.models import FakeModel
from bauhinia.pilot.office import Office

from .conftest import OpenOffice

SAMPLE = Path(__file__).parents[2] / "samples" / "circular-tc.docx"


async def pages(office: Office, key: str) -> int | None:
    for _ in range(600):
        if found := (await office.shelf.card(key)).pages:
            return found
        await asyncio.sleep(0.1)
    return None


async def test_the_card_comes_first_and_the_pages_afterwards(open_with: OpenOffice) -> None:
    office = await open_with(FakeModel())
    card = await office.add(SAMPLE.read_bytes(), SAMPLE.name)
    assert card.pages is None
    before = await office.shelf.document(card.id)
    assert await pages(office, card.id) == 2
    after = await office.shelf.document(card.id)
    assert [block.text for block in after.blocks] == [block.text for block in before.blocks]
    assert [block.page for block in after.blocks if block.kind not in ("header", "footer")][::24] == [1, 2]


async def test_other_documents_are_left_as_they_are(open_with: OpenOffice) -> None:
    office = await open_with(FakeModel())
    card = await office.shelf.add(b"Some words.", "a.txt")
    await office.shelf.number_pages(card.id)
    assert (await office.shelf.card(card.id)).pages is None
