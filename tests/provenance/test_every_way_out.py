"""Every way out of the office: each format of each kind of draft is labelled, visibly and signed, or not given."""

from __future__ import annotations

import io
import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pikepdf
import pytest

import bauhinia
from bauhinia.documents.collecting import Bounds
from bauhinia.documents.layout import LAYOUTS, Rewritten
from bauhinia.errors import BauhiniaError
from bauhinia.pilot.export import MEDIA_TYPES, ExportedFile
from bauhinia.pilot.issuing import issued
from bauhinia.pilot.office import Office
from bauhinia.pilot.orders import CompareOrder, RedraftOrder, SummariseOrder, TranslateOrder
from bauhinia.provenance.carrier import FORMS
from bauhinia.provenance.checking import Verdict
from bauhinia.provenance.child import look, put
from bauhinia.server.api import ExportFormat
from bauhinia.settings import Limits
from bauhinia.translation.bilingual import FORMATS

from .files_of import every_layout, letter


def bounds() -> Bounds:
    limits = Limits()
    return Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})


TOKEN_MADE = f"eyJ{'a' * 200}.{'-b_' * 200}.{'c' * 86}"
METADATA_ALONE = {"xlsx", "ods", "odp", "eml"}
"""Formats in which a translation that keeps its layout has the label in its properties alone."""


async def done(office: Office, order: Any) -> str:
    task = await office.tasks.wait(await office.start(order))
    assert task.status == "done", task.message
    return task.id


async def checked(office: Office, file: ExportedFile) -> Verdict:
    return await office.labels.check(file.data, file.name)


@pytest.fixture
async def translation(office: Office) -> str:
    card = await office.add(letter(), "letter.docx")
    return await done(office, TranslateOrder(document=card.id, to="zh-HK"))


async def test_every_form_of_a_translation_says_so_and_proves_it(office: Office, translation: str) -> None:
    for form in (*MEDIA_TYPES, *FORMATS, "same"):
        verdict = await checked(office, await issued(office, translation, form))
        assert (form, verdict.state, verdict.changed) == (form, "unaltered", 0.0)
        assert verdict.record is not None and verdict.record.origin is not None
        assert verdict.record.origin.model == "fake" and verdict.record.use == "pilot.translate"
        assert verdict.record.department == office.officer.department
        assert verdict.entry == "found"
        assert "由人工智能生成（fake）" in verdict.sentence


async def test_the_forms_of_the_api_are_all_tried_here() -> None:
    assert set(get_args(ExportFormat)) == {*MEDIA_TYPES, *FORMATS, "same", "beside"}


@pytest.mark.parametrize("name", sorted(every_layout()))
def test_every_format_that_keeps_its_layout_carries_both_labels(name: str) -> None:
    """In this process, which costs nothing; the same functions run in the child."""
    form, sentence = name.rpartition(".")[2], "由人工智能生成（fake），供甲部使用。[BH-ABCD-EFGH-JKLM]"
    marked = LAYOUTS[form].marked(Rewritten(data=every_layout()[name]()), sentence, bounds())
    assert not marked.notes
    before, _ = look(marked.data, {"name": name}, bounds())
    labelled = put(marked.data, {"name": name, "token": TOKEN_MADE}, bounds())[1]
    after, _ = look(labelled, {"name": name}, bounds())
    assert after["content"] == before["content"] and before["tokens"] == []
    assert after["tokens"] == ([] if form == "srt" else [TOKEN_MADE])
    again, _ = look(put(labelled, {"name": name, "token": TOKEN_MADE}, bounds())[1], {"name": name}, bounds())
    assert again["tokens"] == after["tokens"] and again["content"] == after["content"]
    if form not in METADATA_ALONE:
        assert after["references"] == ["ABCD-EFGH-JKLM"]


async def test_subtitles_that_can_hold_no_record_lead_to_the_one_that_is_kept(office: Office) -> None:
    card = await office.add(every_layout()["notice.srt"](), "notice.srt")
    task = await done(office, TranslateOrder(document=card.id, to="zh-HK"))
    file = await issued(office, task, "same")
    verdict = await checked(office, file)
    assert (verdict.state, verdict.by_reference, verdict.entry) == ("unaltered", True, "found")
    later = file.data.decode().replace("00:00:04,000", "00:00:05,000").replace("BH-", "BH- ")
    assert (await office.labels.check(later.encode(), file.name)).state == "unlabelled"


def test_every_format_with_a_layout_is_tried_and_can_carry_a_label() -> None:
    tried = {name.rpartition(".")[2] for name in every_layout()}
    assert tried == set(LAYOUTS)
    assert set(LAYOUTS) <= FORMS and set(MEDIA_TYPES) <= FORMS


async def test_a_pdf_beside_its_original(office: Office) -> None:
    card = await office.add(every_layout()["notice.pdf"](), "notice.pdf")
    task = await done(office, TranslateOrder(document=card.id, to="zh-HK"))
    file = await issued(office, task, "beside")
    assert (await checked(office, file)).state == "unaltered"
    with pikepdf.open(io.BytesIO(file.data)) as pdf, pdf.open_metadata() as packet:
        assert str(packet["dc:identifier"]).startswith("AI-Provenance:eyJ")


async def test_a_redraft_in_english(office: Office) -> None:
    card = await office.add(letter(), "letter.docx")
    task = await done(office, RedraftOrder(document=card.id, manner="plain"))
    verdict = await checked(office, await issued(office, task, "docx"))
    assert verdict.state == "unaltered" and "Generated by AI (fake)" in verdict.sentence


async def test_a_table_without_a_row_is_labelled_too(office: Office) -> None:
    card = await office.add(letter(), "letter.docx")
    task = await done(office, SummariseOrder(documents=(card.id,)))
    assert (await checked(office, await issued(office, task, "csv"))).state == "unaltered"


async def test_a_comparison_without_a_model_says_that_none_took_part(office: Office) -> None:
    old = await office.add(b"The fee is $90.\n\nPay by May.", "old.txt")
    new = await office.add(b"The fee is $95.\n\nPay by May.", "new.txt")
    task = await done(office, CompareOrder(documents=(old.id, new.id), overview=False))
    for form in ("docx", "csv"):
        verdict = await checked(office, await issued(office, task, form))
        assert (form, verdict.state) == (form, "unaltered")
        assert verdict.record is not None and verdict.record.origin is None
        assert "Generated by AI" not in verdict.sentence and "由人工智能" not in verdict.sentence


async def test_a_file_that_cannot_be_labelled_is_not_given(
    office: Office, translation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.labels, "_limits", Limits(blocks=1))
    with pytest.raises(BauhiniaError):
        await issued(office, translation, "docx")


async def test_what_was_issued_is_kept_and_in_the_ledger(office: Office, translation: str) -> None:
    file = await issued(office, translation, "docx")
    verdict = await checked(office, file)
    (kept,) = await office.labels.kept.of(translation)
    assert verdict.record is not None and kept.id == verdict.record.id
    assert (kept.officer, kept.department, kept.form) == (
        office.officer.id,
        office.officer.department,
        "docx",
    )
    assert kept.sources and kept.roles == []
    async with office.database.maintenance() as connection:
        row = await (
            await connection.execute("SELECT body FROM ledger WHERE seq = %s", (kept.entry,))
        ).fetchone()
    assert row is not None and '"deed":"label.issue"' in row[0] and verdict.record.reference in row[0]


ONE_WAY = re.compile(
    r"\b(?:original_format|beside_original|write_redline|side_by_side)\b|export import .*\bexport\b"
)


def test_nothing_but_the_one_way_out_writes_drafts() -> None:
    """Pages, APIs and commands get files from `issued`, and from nothing that comes before the label."""
    source = Path(bauhinia.__file__).parent
    callers = [path for folder in ("server", "cli") for path in (source / folder).rglob("*.py")]
    assert len(callers) > 50
    assert [path.name for path in callers if ONE_WAY.search(path.read_text(encoding="utf-8"))] == []
    asking = {path.name for path in callers if re.search(r"\bissued\(", path.read_text(encoding="utf-8"))}
    assert asking == {"api.py", "places.py"}
