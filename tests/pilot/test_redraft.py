"""Redrafting: the new wording stands the checks, or the old one stays and the officer is told."""

from __future__ import annotations

import io
import zipfile

import pytest

from bauhinia.documents import read_document
from bauhinia.language import Variety
from bauhinia.models import FakeModel
from bauhinia.pilot.export import export
from bauhinia.pilot.orders import RedraftOrder
from bauhinia.pilot.redraft import check_redraft
from bauhinia.settings import Limits

from .conftest import OpenOffice, Work

OLD = (
    "It should be noted that the Highways Department will, in due course, repair 42 footbridges in Kowloon by "
    "31 March 2027 at a cost of HK$36 million."
)
SHORT = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027 for HK$36 million."
TEXT = f"# Repair of footbridges\n\n{OLD}\n\nTel. 2345 6789\n"


async def test_a_sound_wording_is_taken_and_the_old_one_is_kept_beside_it(
    open_with: OpenOffice, work: Work
) -> None:
    office = await open_with(FakeModel(lambda _: SHORT))
    card = await office.shelf.add(TEXT.encode(), "repair.md")
    draft = await work(office, RedraftOrder(document=card.id, manner="shorter"))
    (heading, paragraph, label) = draft.passages()
    assert (heading.text, label.text) == ("Repair of footbridges", "Tel. 2345 6789")
    assert (paragraph.text, paragraph.source_text) == (SHORT, OLD)
    assert not paragraph.findings


async def test_a_lost_figure_is_asked_for_again_and_else_the_old_wording_stays(
    open_with: OpenOffice, work: Work
) -> None:
    asked: list[str] = []

    def stubborn(request: object) -> str:
        asked.append(request.messages[-1].content)  # type: ignore[attr-defined]
        return "The Highways Department will repair footbridges in Kowloon."

    office = await open_with(FakeModel(stubborn))
    card = await office.shelf.add(TEXT.encode(), "repair.md")
    draft = await work(office, RedraftOrder(document=card.id, manner="plain"))
    paragraph = draft.passages()[1]
    assert paragraph.text == OLD
    assert [finding.check for finding in paragraph.findings] == ["kept"]
    assert len(asked) == 2
    assert "HK$36 million" in asked[1] and "42" in asked[1]


@pytest.mark.parametrize(
    ("new", "manner", "check"),
    [
        (SHORT, "shorter", None),
        (OLD, "shorter", "omission"),
        (SHORT.replace("42", "24"), "plain", "numbers"),
        (SHORT.replace("Highways", "Drainage Services"), "plain", "numbers"),
        (SHORT + " The cost may reach HK$40 million.", "plain", "added"),
        (SHORT.replace("will repair", "won't only repair"), "formal", "no_contractions"),
        (SHORT.replace("will repair", "must repair"), "plain", "obligations"),
        ("路政署會在2027年3月31日前維修九龍42條行人天橋，費用為3,600萬元。", "plain", "language"),
        (OLD * 3, "public", "omission"),
    ],
)
def test_each_fault_is_named(new: str, manner: str, check: str | None) -> None:
    found = [finding.check for finding in check_redraft(OLD, new, manner, Variety.ENGLISH)]  # type: ignore[arg-type]
    assert (check in found) if check else not found


@pytest.mark.parametrize("label", ["12. ", "(a) ", "2.1 "])
async def test_a_paragraph_keeps_its_number(open_with: OpenOffice, work: Work, label: str) -> None:
    """Seen with the 1.5B model: it leaves the number out, and people cite paragraphs by it."""
    office = await open_with(FakeModel(lambda _: SHORT))
    card = await office.shelf.add((label + OLD).encode(), "repair.txt")
    draft = await work(office, RedraftOrder(document=card.id, manner="shorter"))
    assert draft.passages()[0].text == label + SHORT


async def test_a_chinese_document_stays_chinese(open_with: OpenOffice, work: Work) -> None:
    old = "謹此通知各位同事，由2026年5月1日起，凡屬本署轄下之辦事處，其辦公時間將會有所更改，改為上午9時至下午6時。"
    new = "由2026年5月1日起，本署辦事處的辦公時間改為上午9時至下午6時。"
    office = await open_with(FakeModel(lambda _: new))
    card = await office.shelf.add(old.encode(), "hours.txt")
    draft = await work(office, RedraftOrder(document=card.id, manner="plain"))
    assert [passage.text for passage in draft.passages()] == [new]
    assert draft.sections[0].language == "zh-Hant-HK"


async def test_word_has_each_change_tracked(open_with: OpenOffice, work: Work) -> None:
    office = await open_with(FakeModel(lambda _: SHORT))
    card = await office.shelf.add(TEXT.encode(), "repair.md")
    draft = await work(office, RedraftOrder(document=card.id, manner="shorter"))
    data = export(draft, "docx", {})
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert "<w:del " in xml and "<w:ins " in xml
    accepted = await read_document(data, "redraft.docx", Limits())
    assert SHORT in accepted.text
    assert any("It should be noted that" in aside.text for aside in accepted.asides)
