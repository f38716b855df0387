"""Files of a question: read, held for their owner for a while, and answered from sentence by sentence."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from bauhinia.chat.attachments import HELD_SECONDS, MOST, Attachments, passages_of
from bauhinia.errors import BrokenDocument, NotFound
from bauhinia.people import Officer

ONE, OTHER = (Officer(id=name, department="public", name="Guest") for name in ("a", "b"))
NOTICE = b"# Pool notice\n\nThe pool opens at 6:30 am.\n\nThe fee is $17 for adults.\n\nDogs stay outside.\n"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_file_is_held_for_its_owner_alone_and_for_a_while() -> None:
    clock = Clock()
    held = Attachments(clock)
    made = await held.add(NOTICE, "notice.md", by=ONE)
    assert [each.name for each in held.get([made.id], by=ONE)] == ["notice.md"]
    with pytest.raises(NotFound):
        held.get([made.id], by=OTHER)
    clock.now = HELD_SECONDS + 1
    with pytest.raises(NotFound, match="no longer held"):
        held.get([made.id], by=ONE)


async def test_a_person_holds_few_and_the_oldest_goes() -> None:
    held = Attachments(Clock())
    made = [await held.add(NOTICE, f"{n}.md", by=ONE) for n in range(MOST + 1)]
    with pytest.raises(NotFound):
        held.get([made[0].id], by=ONE)
    assert len(held.get([each.id for each in made[1:]], by=ONE)) == MOST


async def test_what_cannot_be_read_is_one_sentence_and_is_not_held() -> None:
    held = Attachments(Clock())
    with pytest.raises(BrokenDocument):
        await held.add(b"PK\x03\x04 nothing", "broken.docx", by=ONE)


async def test_a_photograph_is_read(tmp_path) -> None:
    picture = Image.new("RGB", (1000, 260), "white")
    font = ImageFont.load_default(size=64)
    ImageDraw.Draw(picture).text((40, 80), "The pool opens at 6:30 am", fill="black", font=font)
    data = io.BytesIO()
    picture.save(data, "PNG")
    made = await Attachments(Clock()).add(data.getvalue(), "photo.png", by=ONE)
    assert "pool opens" in made.document.text.lower()


async def test_a_long_file_is_cut_down_to_what_the_question_is_about() -> None:
    filler = "\n\n".join(f"Paragraph {n} tells of roads and drains in every district." for n in range(200))
    made = await Attachments(Clock()).add(NOTICE + filler.encode(), "long.md", by=ONE)
    (found,) = passages_of([made.document], "What is the fee for adults?").values()
    assert "The fee is $17 for adults." in found.document.text and len(found.document.text) < 3_000
