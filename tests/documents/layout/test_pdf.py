"""PDF written back: the words are the translation's, everything else is where it was."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from pdf_makers import (
    SAMPLES,
    accented,
    chinese,
    covered,
    drawn,
    escaped,
    made,
    overlaps,
    pages,
    rewritten,
    text_of,
    units_of,
)

from bauhinia import documents
from bauhinia.documents.layout import plain
from bauhinia.documents.layout.typography import typeset
from bauhinia.errors import BrokenDocument, EncryptedDocument
from bauhinia.language import Variety
from bauhinia.settings import Limits

_SENTENCE = (
    "The department keeps a register of every application that it receives in the course of the year. "
)
_MIXED = f"""
#set document(title: "A paper on parks")
#set page("a4", margin: 2cm, footer: context [Parks Office #h(1fr) Page #counter(page).display()])
#set text(font: "Liberation Serif", size: 11pt)
#set par(justify: true)
#show heading: set text(font: "Liberation Sans", fill: rgb("#1a5fb4"))
= Opening hours of parks
{_SENTENCE * 4}

Please write to #link("https://example.org/parks")[the office of parks] before the *closing date* in
the notice, and see _Annex A_ for the form.

#table(columns: (1fr, 2fr, 1fr), [Park], [Opening hours], [Places], [Victoria], [From six in the morning], [120],
  [Kowloon], [All day and night], [80])

#rect(fill: rgb("#ffe9b3"), inset: 8pt, width: 60%)[Parks close early when a typhoon signal is hoisted.]

- Dogs are welcome on a lead.
- Bicycles are not allowed.

{_SENTENCE * 2}
"""


_PIXELS = 'image(bytes(range(128).map(n => 2 * n)), format: (encoding: "luma8", width: 16, height: 8), '
"""A picture of pixels, as Typst makes one."""


@pytest.fixture(scope="module")
def mixed() -> bytes:
    return made(f"{_MIXED}\n#{_PIXELS} width: 5cm)\n\nThe last line of the paper.")


async def test_no_targets_give_the_same_bytes(mixed: bytes) -> None:
    units = await units_of(mixed)
    assert (await rewritten(mixed, {})).data == mixed
    assert (await rewritten(mixed, {unit.id: unit.source for unit in units})).data == mixed


async def test_what_is_a_unit(mixed: bytes) -> None:
    units = await units_of(mixed)
    said = {plain(unit.source): unit for unit in units}
    assert said["A paper on parks"].story == "title"
    assert said["Page 1"].story == "footer"
    assert said["From six in the morning"].page == 1
    assert "120" not in said, "figures alone are not translated"
    assert said["Dogs are welcome on a lead."].source == "Dogs are welcome on a lead.", "without its bullet"
    link = next(unit.source for unit in units if "office of parks" in unit.source)
    assert "<1>closing date</1>" in link and "<2>Annex A</2>" in link


@pytest.mark.parametrize("change", [accented, chinese])
async def test_the_words_are_the_translations(mixed: bytes, change: object) -> None:
    units = await units_of(mixed)
    targets = {unit.id: change(unit.source) for unit in units}  # type: ignore[operator]
    to = Variety.TRADITIONAL if change is chinese else Variety.ENGLISH
    result = await rewritten(mixed, targets, to)
    text = "".join((await text_of(result.data)).split())
    for unit in units:
        assert "".join(plain(typeset(targets[unit.id], to)).split()) in text or unit.story == "title"
    for word in ("department", "application", "morning", "Bicycles", "closing"):
        assert word not in text
    assert "120" in text and "80" in text
    assert all(overlaps(page) == [] for page in pages(result.data))


async def test_rules_shading_and_pictures_stay_pixel_by_pixel(mixed: bytes) -> None:
    units = await units_of(mixed)
    result = await rewritten(mixed, {unit.id: accented(unit.source) for unit in units})
    before, after = drawn(mixed), drawn(result.data)
    outside = ~(covered(mixed, before.shape) | covered(result.data, after.shape))
    assert np.array_equal(before[outside], after[outside])
    assert outside.mean() > 0.5


async def test_links_metadata_and_language(mixed: bytes) -> None:
    units = await units_of(mixed)
    result = await rewritten(mixed, {unit.id: chinese(unit.source) for unit in units}, Variety.TRADITIONAL)
    with pikepdf.open(io.BytesIO(mixed)) as old, pikepdf.open(io.BytesIO(result.data)) as new:
        for one, other in zip(old.pages[0].Annots, new.pages[0].Annots, strict=True):
            assert list(one.Rect) == list(other.Rect) and one.A.URI == other.A.URI
        assert str(new.docinfo["/Title"]) == chinese("A paper on parks")
        assert str(new.Root.Lang) == "zh-HK"


async def test_fonts_are_embedded_and_only_in_part(mixed: bytes) -> None:
    units = await units_of(mixed)
    result = await rewritten(mixed, {unit.id: chinese(unit.source) for unit in units}, Variety.TRADITIONAL)
    assert len(result.data) < len(mixed) + 200_000
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        described = [
            each
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor"
        ]
        assert described and all({"/FontFile2", "/FontFile3"} & set(each.keys()) for each in described)


async def test_colour_weight_and_alignment_are_kept() -> None:
    data = made(
        '#set text(font: "Liberation Sans", size: 12pt)\n#align(center, text(fill: rgb("#c01c28"), weight: "bold")[A red title])\n\n'
        + _SENTENCE
        + "\n\n#align(right)[Signed by the director]"
    )
    units = {plain(unit.source): unit.id for unit in await units_of(data)}
    result = await rewritten(
        data, {units["A red title"]: "Ein viel längerer Titel", units["Signed by the director"]: "Gezeichnet"}
    )
    lines = {line.text: line for line in next(iter(pages(result.data))).lines}
    old = {line.text: line for line in next(iter(pages(data))).lines}
    title, signed = lines["Ein viel längerer Titel"], lines["Gezeichnet"]
    assert title.bold and not signed.bold
    assert title.x0 + title.x1 == pytest.approx(old["A red title"].x0 + old["A red title"].x1, abs=1.5)
    assert signed.x1 == pytest.approx(old["Signed by the director"].x1, abs=1.0)
    assert title.base == pytest.approx(old["A red title"].base, abs=0.5)
    ink = drawn(result.data)
    top, left = int(2 * (title.base - 6)), int(2 * title.x0)
    row = ink[top : top + 10, left : left + 200].reshape(-1, ink.shape[2])
    assert (abs(row[:, :3].astype(int) - np.array([0x28, 0x1C, 0xC0])).sum(axis=1) < 60).any(), (
        "BGR of the red"
    )


async def test_two_columns_stay_columns() -> None:
    body = "\n\n".join(_SENTENCE * 3 for _ in range(9))
    data = made(f'#set page("a4", columns: 2)\n#set text(size: 10pt)\n#set par(justify: true)\n{body}')
    units = await units_of(data)
    over = [unit for unit in units if len(unit.source) > 150]
    assert len(units) == len(over) == 9, "a paragraph over two columns is one unit"
    for change, to in ((accented, Variety.ENGLISH), (chinese, Variety.TRADITIONAL)):
        result = await rewritten(data, {unit.id: change(unit.source) for unit in units}, to)
        for page in pages(result.data):
            assert overlaps(page) == []
            assert not any(line.x0 < 290 < line.x1 for line in page.lines)


async def test_text_that_cannot_fit_is_smaller_and_said_so() -> None:
    data = made("#table(columns: (3cm, 3cm), rows: 0.7cm, [Name], [Place], [Address], [Remarks])")
    units = {plain(unit.source): unit.id for unit in await units_of(data)}
    result = await rewritten(
        data, {units["Address"]: "Where the applicant now lives", units["Place"]: _SENTENCE * 9}
    )
    checks = {note.unit: note.message for note in result.notes if note.check == "fit"}
    assert "original's size" in checks[units["Address"]]
    assert "the words stay" in checks[units["Place"]]
    text = await text_of(result.data)
    assert "Where the applicant" in text and "Place" in text and "register" not in text


async def test_what_is_drawn_with_a_changed_unit_is_painted_with_it() -> None:
    """One operator writes both cells: the one that is not translated is drawn again."""
    row = b"BT /F 12 Tf 50 700 Td [(First words here) -9000 (Second words)] TJ ( 42) Tj ET"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(500, 800))
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        page.Contents = pdf.make_stream(row)
        out = io.BytesIO()
        pdf.save(out)
    units = {plain(unit.source): unit.id for unit in await units_of(out.getvalue())}
    assert set(units) == {"First words here", "Second words 42"}
    text = await text_of((await rewritten(out.getvalue(), {units["First words here"]: "Changed"})).data)
    assert "Changed" in text and "Second words 42" in text and "First" not in text


async def test_a_form_that_two_pages_share_changes_only_where_it_is_asked() -> None:
    with pikepdf.open(io.BytesIO(made("Shared words of a letterhead"))) as source, pikepdf.new() as pdf:
        form = pdf.copy_foreign(source.pages[0].as_form_xobject())
        for _ in range(2):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm=form))
            page.Contents = pdf.make_stream(b"/Fm Do")
        out = io.BytesIO()
        pdf.save(out)
    units = await units_of(out.getvalue())
    result = await rewritten(out.getvalue(), {units[0].id: "New words"})
    assert [" ".join(line.text for line in page.lines) for page in pages(result.data)] == [
        "New words",
        "Shared words of a letterhead",
    ]


@pytest.mark.parametrize("quarter", [90, 180, 270])
async def test_turned_pages_are_painted_as_they_are_shown(quarter: int) -> None:
    with pikepdf.open(
        io.BytesIO(
            made(
                f"#set page(width: 300pt, height: 200pt)\n#rotate({-quarter}deg, reflow: true)[Words that are turned]"
            )
        )
    ) as pdf:
        pdf.pages[0].Rotate = quarter
        out = io.BytesIO()
        pdf.save(out)
    (unit,) = await units_of(out.getvalue())
    result = await rewritten(out.getvalue(), {unit.id: "Other words"})
    (before,), (after,) = (next(iter(pages(data))).lines for data in (out.getvalue(), result.data))
    assert after.text == "Other words"
    assert (after.x0, after.base) == pytest.approx((before.x0, before.base), abs=1.0)


def _scan(words: bytes) -> bytes:
    """A page that is a picture, with the words that OCR read in it, which nobody sees."""
    picture = made(f"#set page(margin: 0pt)\n#{_PIXELS} width: 100%, height: 100%)")
    with pikepdf.open(io.BytesIO(picture)) as pdf:
        page = pdf.pages[0]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources["/Font"] = pikepdf.Dictionary(F=font)
        page.contents_add(b"BT /F 12 Tf 3 Tr 50 700 Td (" + words + b") Tj ET")
        with pikepdf.open(io.BytesIO(made("A page of text"))) as other:
            pdf.pages.append(other.pages[0])
            out = io.BytesIO()
            pdf.save(out)
        return out.getvalue()


@pytest.mark.parametrize("words", [b"", b"Words read by a program"])
async def test_a_scanned_page_is_never_written_over(words: bytes) -> None:
    data = _scan(words)
    units = await units_of(data)
    assert [unit.source for unit in units] == ["A page of text"]
    result = await rewritten(data, {units[0].id: "Eine Seite Text"})
    assert [(note.check, note.message) for note in result.notes] == [
        ("unsupported", "Page 1 is a picture of text (a scan), which is not written over; it stays as it is.")
    ]
    assert np.array_equal(drawn(data), drawn(result.data))
    assert "Eine Seite Text" in await text_of(result.data)


async def test_bookmarks() -> None:
    data = made("= First chapter\n" + _SENTENCE + "\n== A section\n" + _SENTENCE)
    units = {unit.id: unit.source for unit in await units_of(data) if unit.story == "title"}
    assert list(units.values()) == ["First chapter", "A section"]
    result = await rewritten(data, {name: escaped(f"Neu <{source}>") for name, source in units.items()})
    document = pdfium.PdfDocument(result.data)
    assert [(each.level, each.get_title()) for each in document.get_toc()] == [
        (0, "Neu <First chapter>"),
        (1, "Neu <A section>"),
    ]
    document.close()


async def test_a_form_field_keeps_its_value() -> None:
    with pikepdf.open(io.BytesIO(made("Name of the applicant:"))) as pdf:
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="name", V="Chan Tai Man",
            Rect=[200, 700, 400, 720],
        )  # fmt: skip
        pdf.pages[0].Annots = pdf.make_indirect([pdf.make_indirect(field)])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[pdf.pages[0].Annots[0]])
        out = io.BytesIO()
        pdf.save(out)
    (unit,) = await units_of(out.getvalue())
    result = await rewritten(out.getvalue(), {unit.id: "申請人姓名："}, Variety.TRADITIONAL)
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].V) == "Chan Tai Man"
    assert "申請人姓名：" in await text_of(result.data)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.pdf")))
async def test_samples(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    units = await units_of(data)
    assert len(units) > 5
    for change, to in ((accented, Variety.ENGLISH), (chinese, Variety.TRADITIONAL)):
        result = await rewritten(data, {unit.id: change(unit.source) for unit in units}, to)
        for before, after in zip(pages(data), pages(result.data), strict=True):
            assert len(overlaps(after)) <= len(overlaps(before))


async def test_the_ai_label_is_in_the_properties(mixed: bytes) -> None:
    unit = (await units_of(mixed))[-1]
    targets = {unit.id: "Changed"}
    result = await documents.rewrite(mixed, "a.pdf", targets, Variety.ENGLISH, Limits(), label="Made by AI")
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        assert str(pdf.docinfo["/AI-Label"]) == "Made by AI"
    assert not [note for note in result.notes if note.check == "label"]


async def test_side_by_side(mixed: bytes) -> None:
    units = await units_of(mixed)
    result = await rewritten(mixed, {unit.id: chinese(unit.source) for unit in units}, Variety.TRADITIONAL)
    sheet = await documents.side_by_side(mixed, result.data, "a.pdf", Limits())
    document = pdfium.PdfDocument(sheet)
    wide, high = document[0].get_size()
    document.close()
    assert (wide, high) == pytest.approx((2 * 595.28, 841.89), abs=0.1)
    lines = next(iter(pages(sheet))).lines
    left = " ".join(line.text for line in lines if line.x1 < 596)
    right = " ".join(line.text for line in lines if line.x0 > 595)
    assert "department" in left and "department" not in right


async def test_refusals() -> None:
    with pikepdf.open(io.BytesIO(made("Secret"))) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(user="a", owner="b"))
    with pytest.raises(EncryptedDocument):
        await units_of(out.getvalue())
    with pytest.raises(BrokenDocument):
        await units_of(b"%PDF-1.7\nnothing")
    with pytest.raises(BrokenDocument):
        await documents.side_by_side(made("One"), made("One#pagebreak()Two"), "a.pdf", Limits())
