"""The memory in a translation: what is confirmed is taken, what is near is shown, figures are never guessed."""

from __future__ import annotations

from dataclasses import replace

from bauhinia.language import Term
from bauhinia.models import FakeModel, pseudo_reply
from bauhinia.pilot.confirming import confirmed, title_segment
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.pilot.translate import title_of
from bauhinia.translation.termbases import Termbases

from .conftest import OpenOffice, Work
from .test_keeping_layout import letter

SOURCE = "The department received 1 502 complaints in 2025.\n\nPlease return the form by post.\n"
OTHER = SOURCE.replace("1 502", "1 503")


async def test_a_confirmed_translation_is_taken_whole_the_next_time(
    open_with: OpenOffice, work: Work
) -> None:
    model = FakeModel(pseudo_reply)
    office = await open_with(model)
    card = await office.shelf.add(letter(), "letter.docx")
    order = TranslateOrder(document=card.id, to="zh-HK")
    assert (await office.estimate(order)).share == 0
    first = await work(office, order)
    asked = len(model.requests)
    await work(office, order)
    assert len(model.requests) > asked, "nothing is learnt before an officer confirms it"
    document = await office.shelf.document(card.id)
    await office.memory.learn(
        [
            *confirmed(first, office.officer, card.name),
            title_segment(first, office.officer, title_of(document)),
        ]
    )
    asked = len(model.requests)
    again = await work(office, order)
    assert len(model.requests) == asked
    assert {passage.columns.get("memory") for passage in again.passages()} <= {"100", "101"}
    assert [passage.tagged for passage in again.passages()] == [p.tagged for p in first.passages()]
    assert (await office.estimate(order)).share == 1
    fresh = await work(office, replace_memory(order))
    assert not any("memory" in passage.columns for passage in fresh.passages())


def replace_memory(order: TranslateOrder) -> TranslateOrder:
    """The same order without the memory."""
    return order.model_copy(update={"memory": False})


async def test_a_paragraph_with_another_figure_is_no_exact_match(open_with: OpenOffice, work: Work) -> None:
    model = FakeModel(pseudo_reply)
    office = await open_with(model)
    card = await office.shelf.add(SOURCE.encode(), "note.txt")
    draft = await work(office, TranslateOrder(document=card.id, to="zh-HK"))
    (section,) = draft.sections
    told = replace(section.passages[0], text="該部門在2025年收到1 502宗投訴。")
    draft = replace(draft, sections=(replace(section, passages=(told, *section.passages[1:])),))
    await office.memory.learn(confirmed(draft, office.officer, card.name))
    asked = len(model.requests)
    other = await office.shelf.add(OTHER.encode(), "other.txt")
    near, same = (await work(office, TranslateOrder(document=other.id, to="zh-HK"))).passages()
    assert "memory" not in near.columns and same.columns["memory"] in ("100", "101")
    (finding,) = [finding for finding in near.findings if finding.check == "memory"]
    assert int(finding.values["score"]) < 100 and finding.severity == "note"
    request = next(
        r
        for r in model.requests[asked:]
        if "1,503" in r.messages[-1].content or "1 503" in r.messages[-1].content
    )
    assert any("1 502宗投訴" in message.content for message in request.messages)


async def test_a_departments_own_term_holds_in_its_translations(open_with: OpenOffice, work: Work) -> None:
    model = FakeModel(pseudo_reply)
    office = await open_with(model)
    term = Term("zorb", "zorb trial", "滾球試驗")
    await Termbases(office.database).put(office.officer.department, term)
    card = await office.shelf.add(b"The zorb trial begins in the autumn.", "note.txt")
    await work(office, TranslateOrder(document=card.id, to="zh-HK"))
    assert any("滾球試驗" in request.messages[-1].content for request in model.requests)
