"""Translated files as LibreOffice shows them: all words there, and none on another, cut off or out of its shape."""

from __future__ import annotations

import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import rendering
from docx import Document as WordDocument
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.oxml import parse_xml
from docx.shared import Pt as WordPoints
from openpyxl import Workbook
from openpyxl.styles import Alignment
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.util import Pt
from rendered_pages import Char, Line
from rendering import Outcome, compared, converted, fit_notes, judged, rendered
from round_trip import PSEUDO, opened, translated
from source_packages import files_of

from bauhinia.documents.layout import slide_fit, slide_text, word_fit

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
SAMPLES = Path(__file__).parents[3] / "samples"
WORDS = "The department keeps a record of every application and of each decision made under the scheme."
CHOSEN = {
    "python-pptx": (
        "dml-effect.pptx", "ph-populated-placeholders.pptx", "shp-common-props.pptx", "tbl-cell.pptx",
        "test.pptx", "txt-text-frame.pptx",
    ),
    "python-docx": ("blk-containing-table.docx", "having-images.docx", "tbl-cell-access.docx"),
    "odfpy": ("cols.odp", "simpletable.odt", "simplestyles.odt", "definitionlists.odt"),
    "xlsx2csv": ("junk-small.xlsx", "namespace.xlsx", "sheets.xlsx"),
}  # fmt: skip
"""Files with boxes, tables, groups, lists and columns. `bench/roundtrip.py` takes all."""


def slides() -> bytes:
    """Four slides: two shapes full of words, one over the other; a box of one line; a title and a list; a
    table over a note."""
    deck = Presentation()
    blank, listed = deck.slide_layouts[6], deck.slide_layouts[1]
    page = deck.slides.add_slide(blank)
    for top in (60, 170):
        box = page.shapes.add_shape(1, Pt(60), Pt(top), Pt(300), Pt(106))
        box.fill.background()
        box.text_frame.text = f"{WORDS} Box at {top}."
        box.text_frame.auto_size = MSO_AUTO_SIZE.NONE
        for run in box.text_frame.paragraphs[0].runs:
            run.font.size, run.font.name, run.font.color.rgb = Pt(20), "Arial", RGBColor(0, 0, 0)
    page = deck.slides.add_slide(listed)
    page.shapes.title.text = "The scheme for records of applications"
    page.placeholders[1].text = "\n".join([WORDS] * 2)
    page = deck.slides.add_slide(blank)
    frame = page.shapes.add_table(4, 2, Pt(60), Pt(60), Pt(400), Pt(200))
    for at, cell in enumerate(frame.table.iter_cells()):
        cell.text = f"Number {at} of the applications received"
    note = page.shapes.add_textbox(Pt(60), Pt(280), Pt(400), Pt(30))
    note.text_frame.text = "Source of the figures"
    return saved(deck)


def fixed_places() -> bytes:
    """A Word file with a table whose rows have an exact height."""
    document = WordDocument()
    table = document.add_table(3, 2)
    table.autofit = False
    for row in table.rows:
        row.height, row.height_rule = WordPoints(30), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell in row.cells:
            cell.text = "Applications are kept for seven years"
            cell.paragraphs[0].paragraph_format.space_after = WordPoints(0)
    return saved(document)


BOX = (
    "<w:r xmlns:w='{w}' xmlns:wp='{wp}' xmlns:a='{a}' xmlns:wps='{wps}'><w:drawing>"
    "<wp:inline distT='0' distB='0' distL='0' distR='0'><wp:extent cx='2540000' cy='558800'/>"
    "<wp:docPr id='7' name='Box'/><a:graphic><a:graphicData uri='{wps}'><wps:wsp><wps:cNvSpPr txBox='1'/>"
    "<wps:spPr><a:xfrm><a:off x='0' y='0'/><a:ext cx='2540000' cy='558800'/></a:xfrm><a:prstGeom prst='rect'>"
    "<a:avLst/></a:prstGeom><a:ln w='9525'><a:solidFill><a:srgbClr val='000000'/></a:solidFill></a:ln></wps:spPr>"
    "<wps:txbx><w:txbxContent>{words}</w:txbxContent></wps:txbx><wps:bodyPr wrap='square' "
    "lIns='91440' tIns='45720' rIns='91440' bIns='45720'><a:noAutofit/></wps:bodyPr></wps:wsp></a:graphicData>"
    "</a:graphic></wp:inline></w:drawing></w:r>"
)
VML_BOX = (
    "<w:r xmlns:w='{w}' xmlns:v='urn:schemas-microsoft-com:vml'><w:pict><v:shape id='s9' type='#_x0000_t202' "
    "style='width:200pt;height:44pt' strokecolor='black'><v:textbox><w:txbxContent>{words}</w:txbxContent>"
    "</v:textbox></v:shape></w:pict></w:r>"
)
FRAME = (
    "<w:p xmlns:w='{w}'><w:pPr><w:framePr w:w='4000' w:h='600' w:hRule='exact' w:wrap='around' w:vAnchor='text' "
    "w:hAnchor='text' w:y='200'/><w:spacing w:before='0' w:after='0'/></w:pPr>{run}</w:p>"
)
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}


def boxed(kind: str) -> bytes:
    """A Word file with a box or frame that does not grow, full of words, between two paragraphs."""
    run = (
        "<w:r><w:rPr><w:rFonts w:ascii='Arial' w:hAnsi='Arial' w:eastAsia='Arial'/><w:sz w:val='24'/></w:rPr>"
        "<w:t>Applications are kept for seven years by the department</w:t></w:r>"
    )
    words = f"<w:p><w:pPr><w:spacing w:before='0' w:after='0'/></w:pPr>{run}</w:p>"
    document = WordDocument()
    document.add_paragraph("Above")
    if kind == "frame":
        document.element.body.insert(1, parse_xml(FRAME.format(run=run, **NAMES)))
    else:
        made = (BOX if kind == "drawing" else VML_BOX).format(words=words, **NAMES)
        document.add_paragraph()._p.append(parse_xml(made))
    document.add_paragraph("Below")
    return saved(document)


def narrow_columns() -> bytes:
    """A workbook whose words fill their columns, with a neighbour in each row."""
    book = Workbook()
    sheet = book.active
    sheet.column_dimensions["A"].width = 24
    sheet.append(["Received in the month", 1])
    sheet.append(["Approved in the month", 2])
    sheet.append(["Refused", 3])
    sheet.row_dimensions[2].height = 15
    sheet["A3"].alignment = Alignment(wrap_text=True)
    return saved(book)


def saved(file: object) -> bytes:
    out = io.BytesIO()
    file.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def wrong(outcomes: Mapping[str, Outcome]) -> dict[str, list[str]]:
    return {
        name: [f"{fault.kind} on {fault.page}: {fault.words}" for fault in outcome.faults]
        for name, outcome in outcomes.items()
        if outcome.faults
    }


def test_translated_files_render_without_a_new_fault(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    files = {path.name: path.read_bytes() for path in SAMPLES.glob("[lt]*-en.docx")}
    files |= {"made.pptx": slides(), "made.docx": fixed_places(), "made.xlsx": narrow_columns()}
    for package, names in CHOSEN.items():
        for name, data in files_of(package, "", request).items():
            if name.rpartition("/")[2] in names:
                files[name.rpartition("/")[2]] = data
    assert len(files) >= 16
    assert wrong(compared(files, tmp_path)) == {}


def test_a_slide_that_was_not_fitted_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = slides()
    monkeypatch.setattr(slide_fit.Fitting, "finish", lambda *_: None)
    kinds = {fault.kind for fault in compared({"made.pptx": data}, tmp_path)["made.pptx"].faults}
    assert {"overlap", "outside"} <= kinds


def rounded() -> bytes:
    """A slide with a square of round corners, and as many words as there is room for."""
    deck = Presentation()
    box = deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_shape(5, Pt(72), Pt(72), Pt(72), Pt(72))
    box.text_frame.text = "Inherited Outline Format"
    box.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
    return saved(deck)


def test_words_stay_between_round_corners(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert compared({"round.pptx": rounded()}, tmp_path)["round.pptx"].faults == []
    monkeypatch.setattr(slide_text, "_inside", lambda _, wide, tall: (wide, tall))
    assert compared({"round.pptx": rounded()}, tmp_path)["round.pptx"].faults


def test_words_that_are_said_to_be_smaller_and_are_not_are_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = slides()
    monkeypatch.setattr(slide_fit, "_shrink", lambda *_: None)
    notes = opened(data, "pptx").write(translated(data, "pptx", *PSEUDO[0])[0], PSEUDO[0][1]).notes
    assert any("cent of their size to fit" in note.message for note in notes)
    assert {"overlap", "outside"} <= {
        fault.kind for fault in compared({"a.pptx": data}, tmp_path)["a.pptx"].faults
    }


def test_words_that_the_untouched_sheet_cuts_off_are_no_fault(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Applications that were received in the first month of the year", 1])
    outcome = compared({"cut.xlsx": saved(book)}, tmp_path)["cut.xlsx"]
    assert (outcome.compared, outcome.faults) == (True, [])


def test_a_file_that_does_not_open_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = rendering._run
    asked = []

    def falling(command: Sequence[str], *more: object) -> None:
        asked.append(sum(each.endswith(".docx") for each in command))
        if not any("1-before" in each for each in command):
            run(command, *more)

    monkeypatch.setattr(rendering, "_run", falling)
    outcomes = compared({"well.docx": boxed("frame"), "falls.docx": boxed("frame")}, tmp_path)
    assert {name: outcome.compared for name, outcome in outcomes.items()} == {
        "well.docx": True,
        "falls.docx": False,
    }
    assert asked == [6, *[1] * 6]


def test_grounds_of_paragraphs_that_follow_each_other_hold_a_line_over_their_edge() -> None:
    line = Line(50.0, chars=[Char("x", (10.0, 48.0, 20.0, 60.0), 0)])
    upper, lower = (0.0, 55.0, 100.0, 70.0), (0.0, 40.0, 100.0, 55.0)
    assert rendering._leaves_its_shape(line, [lower])
    assert not rendering._leaves_its_shape(line, [upper, lower])


@pytest.mark.parametrize("kind", ["drawing", "vml", "frame"])
def test_words_of_boxes_that_do_not_grow_are_all_seen(
    kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = f"{kind}.docx"
    fitted = compared({name: boxed(kind)}, tmp_path)[name]
    assert (fitted.compared, fitted.faults, fitted.reported) == (True, [], [])
    monkeypatch.setattr(word_fit.Fitting, "fit", lambda _: iter(()))
    assert compared({name: boxed(kind)}, tmp_path)[name].faults


def test_words_that_are_lost_or_cut_off_are_found(tmp_path: Path) -> None:
    data = narrow_columns()
    words, written = translated(data, "xlsx", *PSEUDO[0])
    pdfs = converted({"before.xlsx": data, "after.xlsx": written.data}, tmp_path)
    before, after = rendered(pdfs["before.xlsx"]), rendered(pdfs["after.xlsx"])
    units = opened(data, "xlsx").units
    assert judged(before, after, units, words, fit_notes(written.notes)).faults == []
    other = {key: f"{target} kestrel" for key, target in words.items()}
    assert {fault.kind for fault in judged(before, after, units, other, frozenset()).faults} == {"missing"}
    assert judged(before, rendered(None), units, words, frozenset()).faults[0].kind == "not opened"


def test_what_was_fitted_is_told(tmp_path: Path) -> None:
    for form, data in (("pptx", slides()), ("docx", fixed_places()), ("xlsx", narrow_columns())):
        notes = opened(data, form).write(translated(data, form, *PSEUDO[0])[0], PSEUDO[0][1]).notes
        assert "fit" in {note.check for note in notes}, form
