"""A real draft sent to a translator in every format and taken back, over HTTP and in both directions."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aiohttp
import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from bauhinia.language import Variety
from bauhinia.models import FakeModel, pseudo_reply
from bauhinia.pilot import returning
from bauhinia.pilot.segments import EditedSegment
from bauhinia.settings import Limits
from bauhinia.translation.bilingual import FORMATS, read_returned
from bauhinia.translation.exchanged import Bilingual, Row

from .conftest import OpenSite, Site

WORDS = {
    "zh-HK": ("The department will repair ", "all", " footbridges; see ", "the plan", "."),
    "en": ("本署會修葺", "所有", "行人天橋；詳見", "計劃", "。"),
}
TO = {"zh-HK": Variety.TRADITIONAL, "en": Variety.ENGLISH}


def paper(to: str) -> bytes:
    """A paragraph with a bold word, a footnote's mark and a link, between two plain ones."""
    first, bold, second, linked, end = WORDS[to]
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("Notice to all" if to == "zh-HK" else "各位注意")
    paragraph = document.add_paragraph(first)
    paragraph.add_run(bold).bold = True
    link = document.part.relate_to(
        "https://www.example.gov/plan",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        is_external=True,
    )
    spaces = nsdecls("w", "r")
    for xml in (
        f'<w:r {spaces}><w:t xml:space="preserve">{second}</w:t></w:r>',
        f'<w:hyperlink {spaces} r:id="{link}"><w:r><w:t>{linked}</w:t></w:r></w:hyperlink>',
        f'<w:r {spaces}><w:footnoteReference w:id="2"/></w:r>',
        f"<w:r {spaces}><w:t>{end}</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(xml))
    document.add_paragraph("It costs R&D money." if to == "zh-HK" else "費用已列明。")
    document.save(out)
    return out.getvalue()


async def opened(open_site: OpenSite, to: str = "zh-HK") -> tuple[Site, str]:
    site = await open_site(FakeModel(pseudo_reply))
    status, card = await site.upload(paper(to), "plan.docx")
    assert status == 201, card
    return site, f"/api/tasks/{await site.finished('translate', document=card['id'], to=to)}"


async def exported(site: Site, at: str, form: str) -> bytes:
    async with site.client.get(f"{site.url}{at}/export?format={form}") as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["content-type"] == FORMATS[form].media_type
        assert FORMATS[form].ending in answer.headers["content-disposition"]
        return await answer.read()


async def imported(site: Site, at: str, data: bytes) -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(data), filename="back.docx")
    return await site.json("POST", f"{at}/import", data=form)


async def segments(site: Site, at: str) -> list[dict[str, Any]]:
    _, body = await site.json("GET", f"{at}/segments")
    return list(body["segments"])


def edited(form: str, to: str, rows: list[Row], change: Callable[[Row], Row]) -> bytes:
    """The file as a translator's program would send it back."""
    return FORMATS[form].write(Bilingual(title="t", to=TO[to], rows=tuple(map(change, rows))))


@pytest.mark.parametrize("to", ["zh-HK", "en"])
@pytest.mark.parametrize("form", FORMATS)
async def test_every_format_goes_out_and_comes_back(open_site: OpenSite, form: str, to: str) -> None:
    site, at = await opened(open_site, to)
    rows = await read_returned(await exported(site, at, form), "a", TO[to], Limits())
    assert [row.number for row in rows] == ["1", "2", "3"]
    assert all(tag in rows[1].source for tag in ("<1>", "</1>", "<2>", "</2>", "<3/>"))
    untouched = await imported(site, at, await exported(site, at, form))
    assert untouched == (200, {"changed": 0, "confirmed": 0, "unchanged": 3, "skipped": []})

    def worked(row: Row) -> Row:
        return replace(
            row, target=f"{row.target} R&amp;D 2", status="confirmed" if row.number == "2" else "draft"
        )

    status, told = await imported(site, at, edited(form, to, rows, worked))
    assert (status, told) == (200, {"changed": 3, "confirmed": 1, "unchanged": 0, "skipped": []})
    now = await segments(site, at)
    assert [each["target"] for each in now] == [f"{row.target} R&amp;D 2" for row in rows]
    assert [each["status"] for each in now] == ["draft", "confirmed", "draft"]
    again = await read_returned(await exported(site, at, form), "a", TO[to], Limits())
    assert [(row.target, row.status) for row in again] == [(row["target"], row["status"]) for row in now]


async def test_what_is_taken_over_is_checked_learnt_and_exported(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    rows = await read_returned(await exported(site, at, "xliff"), "a", TO["zh-HK"], Limits())
    target = "本署會修葺<1>所有</1>42條行人天橋；詳見<2>計劃</2><3/>。"
    data = edited(
        "bilingual-docx", "zh-HK", rows, lambda row: replace(row, target=target, status="confirmed")
    )
    status, told = await imported(site, at, data)
    assert status == 200 and (told["changed"], told["confirmed"]) == (1, 1)
    assert [(each["number"], each["reason"]) for each in told["skipped"]] == [("1", "tags"), ("3", "tags")]
    one, two, _ = await segments(site, at)
    assert "numbers" in {fault["check"] for fault in two["findings"]} and one["target"] != target
    _, found = await site.json("GET", f"{at}/segments/1/help")
    assert (found["matches"][0]["score"], found["matches"][0]["target"]) == (101, target)
    async with site.client.get(f"{site.url}{at}/export?format=same") as answer:
        paragraph = docx.Document(io.BytesIO(await answer.read())).paragraphs[1]
    assert [run.text for run in paragraph.runs if run.bold] == ["所有"]
    assert paragraph.hyperlinks[0].text == "計劃"


async def test_nothing_is_overwritten_that_an_officer_wrote_while_the_file_was_read(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, at = await opened(open_site)
    rows = await read_returned(await exported(site, at, "xliff"), "a", TO["zh-HK"], Limits())
    data = edited(
        "xliff", "zh-HK", rows, lambda row: replace(row, target=f"{row.target}新", status="confirmed")
    )
    await segments(site, at)
    stale = await site.office.segments.of(at.rpartition("/")[2])

    async def too_early(*_: object) -> list[EditedSegment]:
        return stale

    monkeypatch.setattr(returning, "opened", too_early)
    await site.json("PUT", f"{at}/segments/0", json={"target": "各位請注意"})
    _, told = await imported(site, at, data)
    assert (told["changed"], told["confirmed"]) == (2, 2)
    assert [(each["number"], each["reason"]) for each in told["skipped"]] == [("1", "meanwhile")]
    one = (await segments(site, at))[0]
    assert (one["target"], one["status"]) == ("各位請注意", "draft")


async def test_a_table_that_a_translator_worked_in(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    book = openpyxl.load_workbook(io.BytesIO(await exported(site, at, "bilingual-xlsx")))
    sheet = book.active
    sheet["C3"], sheet["B4"] = "沒有標記的譯文", "Another source."
    sheet.append([17, "x", "y"])
    out = io.BytesIO()
    book.save(out)
    status, told = await imported(site, at, out.getvalue())
    assert (status, told["changed"], told["unchanged"]) == (200, 0, 1)
    reasons = [(each["number"], each["reason"]) for each in told["skipped"]]
    assert reasons == [("2", "tags"), ("3", "source"), ("17", "unknown")]


async def test_files_and_tasks_that_do_not_fit_are_refused_and_nothing_changes(open_site: OpenSite) -> None:
    site, at = await opened(open_site)
    before = await segments(site, at)
    other = edited("xliff", "en", [Row(number="1", source="甲", target="a")], lambda row: row)
    hostile = b'<!DOCTYPE a [<!ENTITY b "c">]>' + other.partition(b"?>")[2]
    for data, code in ((other, 422), (b"%PDF-1.7", 415), (b"<html></html>", 415), (hostile, 415), (b"", 422)):
        status, said = await imported(site, at, data)
        assert (status, bool(said["error"]["hint"])) == (code, True), said
    summary = await site.finished()
    xliff = edited("xliff", "zh-HK", [], lambda row: row)
    status, said = await imported(site, f"/api/tasks/{summary}", xliff)
    assert status == 400 and "translation" in said["error"]["message"]
    async with site.client.get(f"{site.url}/api/tasks/{summary}/export?format=xliff") as answer:
        assert answer.status == 400
    assert await segments(site, at) == before


async def test_a_file_may_be_as_large_as_any_upload(open_site: OpenSite) -> None:
    """Bodies of other requests end at four million bytes."""
    site, at = await opened(open_site)
    rows = await read_returned(await exported(site, at, "xliff"), "a", TO["zh-HK"], Limits())
    notes = ("x" * 2_500_000,)
    data = edited("xliff", "zh-HK", rows, lambda row: replace(row, findings=notes))
    assert len(data) > 4_500_000
    status, told = await imported(site, at, data)
    assert (status, told["unchanged"]) == (200, 3)
