"""A Word file translated unit by unit and written back: tags through the model, findings, edits, the label."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from bauhinia.documents import read_document
from bauhinia.documents.layout import faults
from bauhinia.errors import InputError
from bauhinia.models import FakeModel, pseudo_reply
from bauhinia.models.backend import ChatRequest
from bauhinia.pilot import Draft
from bauhinia.pilot.office import Office
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.pilot.tagged import saved, tagged_segments
from bauhinia.pilot.translate import segments
from bauhinia.settings import Limits

from .conftest import OpenOffice, Work

SAMPLES = Path(__file__).parents[2] / "samples"


def letter() -> bytes:
    """A file with a bold word, a note in the header and a plain paragraph."""
    document = docx.Document()
    first = document.add_paragraph("Please return the ")
    first.add_run("application form").bold = True
    first.add_run(" to our office before the end of the month.")
    document.add_paragraph("The committee will consider each application.")
    document.sections[0].header.paragraphs[0].text = "Public notice"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def _translated(office: Office, work: Work, data: bytes, **more: object) -> tuple[Draft, str]:
    card = await office.shelf.add(data, "letter.docx")
    draft = await work(office, TranslateOrder(document=card.id, to="zh-HK", **more))  # type: ignore[arg-type]
    return draft, card.id


async def test_a_word_file_comes_back_in_the_other_language(open_with: OpenOffice, work: Work) -> None:
    office = await open_with(FakeModel(pseudo_reply))
    draft, document = await _translated(office, work, letter())
    assert draft.layout == "docx"
    assert [bool(passage.unit) for passage in draft.passages()] == [True] * len(draft.passages())
    assert not [
        finding for passage in draft.passages() for finding in passage.findings if finding.check == "tags"
    ]
    name, data = await office.original_format(draft, {"document": document})
    assert name == "letter.zh-HK.docx"
    written = docx.Document(io.BytesIO(data))
    bold = [run.text for run in written.paragraphs[0].runs if run.bold]
    assert len(bold) == 1 and not bold[0].isascii()
    assert not written.sections[0].header.paragraphs[0].text.isascii()
    assert written.paragraphs[-1].text == draft.label
    assert written.core_properties.keywords == "AI-generated"


@pytest.mark.parametrize("keeps", [True, False])
async def test_lost_tags_are_asked_for_once_and_then_said(
    open_with: OpenOffice, work: Work, keeps: bool
) -> None:
    def reply(request: ChatRequest) -> str:
        said = request.messages[-1].content
        answer = pseudo_reply(request).splitlines()[0]
        lost = "<1>" in said and not (keeps and "譯文須準確寫出：<1>…</1>" in said)
        return answer.replace("<1>", "").replace("</1>", "") if lost else answer

    office = await open_with(FakeModel(reply))
    draft, _ = await _translated(office, work, letter())
    first = draft.passages()[0]
    found = [finding for finding in first.findings if finding.check == "tags"]
    assert ("<1>" in first.tagged) is keeps
    assert [finding.message for finding in found] == ([] if keeps else ["Formatting of 2 words was dropped."])


async def test_an_officers_words_stand_in_the_file_with_the_formatting(
    open_with: OpenOffice, work: Work
) -> None:
    office = await open_with(FakeModel(pseudo_reply))
    draft, document = await _translated(office, work, letter())
    (section,) = draft.sections
    first = section.passages[0]
    start, _, rest = first.tagged.partition("<1>")
    bold, _, end = rest.partition("</1>")
    edited = replace(first, text=f"{start}申請表格{end}好。")
    changed = replace(draft, sections=(replace(section, passages=(edited, *section.passages[1:])),))
    _, data = await office.original_format(changed, {"document": document})
    paragraph = docx.Document(io.BytesIO(data)).paragraphs[0]
    assert paragraph.text == edited.text
    assert any(run.bold and run.text in edited.text for run in paragraph.runs) or bold


async def test_stories_can_be_left_out_and_layout_too(open_with: OpenOffice, work: Work) -> None:
    office = await open_with(FakeModel(pseudo_reply))
    body, document = await _translated(office, work, letter(), stories=["body"])
    assert len(body.passages()) == 2
    _, data = await office.original_format(body, {"document": document})
    assert docx.Document(io.BytesIO(data)).sections[0].header.paragraphs[0].text == "Public notice"
    text, _ = await _translated(office, work, letter(), layout=False)
    assert (text.layout, {passage.unit for passage in text.passages()}) == ("", {""})
    with pytest.raises(InputError):
        await office.original_format(text, {"document": document})


async def test_a_sample_keeps_its_headings_and_tables_on_the_page_and_in_the_file(
    open_with: OpenOffice, work: Work
) -> None:
    office = await open_with(FakeModel(pseudo_reply))
    data = (SAMPLES / "tender-notice-en.docx").read_bytes()
    draft, document = await _translated(office, work, data)
    before = await read_document(data, "a.docx", Limits())
    _, written = await office.original_format(draft, {"document": document})
    after = await read_document(written, "b.docx", Limits())
    kinds, again = (
        [(block.kind, block.level, block.cell) for block in read.blocks if block.text != draft.label]
        for read in (before, after)
    )
    assert again == kinds
    shown = {passage.kind for passage in draft.passages()}
    assert {"heading", "table_cell", "paragraph"} <= shown
    for passage in draft.passages():
        assert not faults(passage.tagged, passage.tagged)


def test_long_units_are_not_cut_inside_tags() -> None:
    sentence = "The department keeps records of everything that it does in the course of a year. "
    text = f"{sentence * 9}<1>{sentence * 9}</1>{sentence}<2/>{sentence * 9}"
    parts = tagged_segments(text, segments)
    assert len(parts) > 2
    assert "".join(part.restored(part.text) for part in parts) == text
    for part in parts:
        assert not faults(part.text, part.text)


def test_what_formatting_was_dropped_is_counted_in_words() -> None:
    mended = saved(
        "See <1>Annex A of it</1> <2/>now", "見附件甲", faults("See <1>Annex A of it</1> <2/>now", "見附件甲")
    )
    assert (mended.dropped, mended.moved) == (4, 1)
    assert mended.text.count("<2/>") == 1
