"""Word documents taken apart and put together: what becomes a tag, what is hoisted, what is never touched."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import docx as docx_library
import pytest
from file_makers import bounds, docx, p, read_here

from bauhinia.documents.layout import LAYOUTS, LayoutFormat, Rewritten, Unit, plain
from bauhinia.documents.layout.typography import typeset
from bauhinia.language import Variety
from bauhinia.models import pseudo

CHINESE, ENGLISH = Variety.TRADITIONAL, Variety.ENGLISH


def run(text: str, properties: str = "", inner: str = "") -> str:
    words = f'<w:t xml:space="preserve">{text}</w:t>' if text else ""
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{words}{inner}</w:r>"


def char(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def complex_field(code: str, result: str) -> str:
    return (
        char("begin")
        + f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        + char("separate")
        + result
        + char("end")
    )


def para(*inner: str) -> str:
    return p(inner="".join(inner))


def units(data: bytes) -> list[Unit]:
    return list(LAYOUTS["docx"].open(data, bounds()).units)


def sources(data: bytes) -> list[str]:
    return [unit.source for unit in units(data)]


def rewritten(data: bytes, targets: Mapping[str, str], to: Variety = CHINESE) -> bytes:
    return LAYOUTS["docx"].open(data, bounds()).write(targets, to).data


def part(data: bytes, name: str = "word/document.xml") -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


BOLD, ITALIC = "<w:b/>", "<w:i/>"


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (run("One ") + run("format", "<w:lang w:val='en-US'/><w:noProof/>") + run("."), "One format."),
        (run("A ") + run("bold", BOLD) + run(" word of many"), "A <1>bold</1> word of many"),
        # Programs that make Word from PDF set each word a little differently (Okapi #484).
        (run("Letter", "<w:spacing w:val='-3'/>") + run("ing", "<w:spacing w:val='4'/>"), "Lettering"),
        (run("S P A C E D", "<w:spacing w:val='60'/>") + run(" and not, which is most"), "<1>S P A C E D</1> and not, which is most"),
        # Several texts and tabs in one run (Okapi #458).
        ("<w:r><w:t>Tel.</w:t><w:tab/><w:t>Fax</w:t><w:br/><w:t>Mail</w:t></w:r>", "Tel.<1/>Fax<2/>Mail"),
        (run("see ", BOLD) + "<w:r><w:rPr><w:b/></w:rPr><w:tab/></w:r>" + run("here", BOLD) + run(" and all the rest"), "<1>see <2/>here</1> and all the rest"),
        # A field at the start of a paragraph (Okapi #1322), and in it.
        (complex_field("SEQ Table", run("1")) + run(" Staff"), "Staff"),
        (run("Table ") + complex_field("SEQ Table", run("1")) + run(": Staff"), "Table <1/>: Staff"),
        (run("As in ") + complex_field("REF x", complex_field("SEQ a", run("2"))) + run(" above"), "As in <1/> above"),
        (run("See ") + complex_field('HYPERLINK "http://a.hk"', run("our page")) + run(" now"), "See <1>our page</1> now"),
        # Never merged across a link (ALDashboard #233).
        (run("Go ") + f"<w:hyperlink>{run('to our', '<w:u w:val=' + chr(39) + 'single' + chr(39) + '/>')}</w:hyperlink>" + run("page"), "Go <1>to our</1>page"),
        (f"<w:hyperlink>{run('All of it')}</w:hyperlink>", "All of it"),
        (run("Kept ") + "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>" + f"<w:ins>{run('new')}</w:ins>" + run(" text"), "Kept <1/><2>new</2> text"),
        ("<w:bookmarkStart w:id='1' w:name='a'/>" + run("Heading") + "<w:bookmarkEnd w:id='1'/>", "Heading"),
        (run("Note") + "<w:r><w:footnoteReference w:id='2'/></w:r>" + run(" goes on"), "Note<1/> goes on"),
        (run("Name: ") + f"<w:sdt><w:sdtContent>{run('Chan')}</w:sdtContent></w:sdt>" + run(" today"), "Name: <1>Chan</1> today"),
        (run("Pick ") + f"<w:sdt><w:sdtPr><w:dropDownList/></w:sdtPr><w:sdtContent>{run('Yes')}</w:sdtContent></w:sdt>" + run(" please"), "Pick <1/> please"),
        (run("Co") + "<w:r><w:noBreakHyphen/></w:r>" + run("operate"), "Co\u2011operate"),
        (run("Sign") + run("     ", "<w:u w:val='single'/>") + run("here"), "Sign<1>     </1>here"),
        (run("x") + "<m:oMath><m:r><m:t>y</m:t></m:r></m:oMath>" + run(" units"), "x<1/> units"),
        (run("R&amp;D &lt;5&gt;"), "R&amp;D &lt;5&gt;"),
    ],
)  # fmt: skip
def test_a_paragraph_is_one_unit_with_tags_for_what_is_in_it(content: str, source: str) -> None:
    data = docx(para(content))
    assert sources(data) == [source]
    (unit,) = units(data)
    target = pseudo(source, "accented")
    again = rewritten(data, {unit.id: target}, ENGLISH)
    assert sources(again) == [typeset(target, ENGLISH)]


@pytest.mark.parametrize("text", ["1 234", "—", ""])
def test_what_has_no_letter_is_no_unit(text: str) -> None:
    assert units(docx(p(text))) == []


def test_a_table_of_contents_keeps_its_codes_and_page_numbers() -> None:
    entry = f'<w:hyperlink w:anchor="_T1">{run("Background")}<w:r><w:tab/></w:r>{complex_field("PAGEREF _T1", run("7"))}</w:hyperlink>'
    first = char("begin") + '<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>' + char("separate") + entry
    data = docx(para(first) + para(entry) + para(char("end")) + p("After it"))
    assert sources(data) == ["Background", "Background", "After it"]
    again = part(rewritten(data, {unit.id: "背景" for unit in units(data)[:2]}))
    assert again.count("PAGEREF _T1") == 2 and again.count("TOC \\o") == 1
    assert again.count(">7<") == 2 and again.count("背景") == 2
    assert again.count("fldChar ") == part(data).count("fldChar ")


def test_text_of_a_code_that_goes_over_paragraphs_is_not_translated() -> None:
    code = char("begin") + '<w:r><w:instrText> IF a "</w:instrText></w:r>' + run("not this")
    data = docx(para(code) + para(run("nor this")) + para(char("separate"), run("but this"), char("end")))
    assert sources(data) == ["but this"]


def test_every_story_is_found() -> None:
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline>"
        "<wp:docPr id='1' name='Box' descr='A green box'/><wps:txbx><w:txbxContent>"
        f"{p('In the box')}</w:txbxContent></wps:txbx></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape alt='A green box'><v:textbox><w:txbxContent>{p('In the box')}"
        "</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    table = f"<w:tbl><w:tblPr><w:tblCaption w:val='Staff by grade'/></w:tblPr><w:tr><w:tc>{p('Cell')}</w:tc></w:tr></w:tbl>"
    data = docx(
        para(run("Body"), box, run("secret", "<w:vanish/>")) + table,
        parts={
            "header1": p("Head"),
            "footer1": p("Foot"),
            "footnotes": f"<w:footnote w:type='separator'>{p('none')}</w:footnote><w:footnote w:id='2'>{p('Note')}</w:footnote>",
            "endnotes": f"<w:endnote w:id='2'>{p('End')}</w:endnote>",
            "comments": f"<w:comment w:id='0'>{p('Remark')}</w:comment>",
            "numbering": "<w:abstractNum><w:lvl><w:lvlText w:val='Part %1'/></w:lvl></w:abstractNum>",
        },
    )
    found = {(unit.story, unit.source) for unit in units(data)}
    assert found == {
        ("body", "Body"),
        ("text_box", "In the box"),
        ("hidden", "secret"),
        ("body", "Cell"),
        ("alt_text", "A green box"),
        ("alt_text", "Staff by grade"),
        ("header", "Head"),
        ("footer", "Foot"),
        ("footnote", "Note"),
        ("endnote", "End"),
        ("comment", "Remark"),
        ("body", "Part <1/>"),
    }
    targets = {unit.id: pseudo(unit.source, "accented") for unit in units(data)}
    again = rewritten(data, targets, ENGLISH)
    assert {unit.source for unit in units(again)} == {typeset(target, ENGLISH) for target in targets.values()}
    box_text = typeset(pseudo("In the box", "accented"), ENGLISH)
    assert part(again).count(box_text) == 2, "the box is also told to older programs"
    assert part(again).count("descr=") == part(again).count("alt=") == 1
    assert "%1" in part(again, "word/numbering.xml")


def test_other_paragraphs_and_parts_stay_as_they_were() -> None:
    data = docx(p("First") + para(run("Second ", BOLD)), parts={"header1": p("Head")})
    again = rewritten(data, {units(data)[0].id: "第一"})
    assert part(again, "word/header1.xml") == part(data, "word/header1.xml")
    second = part(data)[part(data).index("</w:p>") :]
    assert part(again).endswith(second)
    assert part(rewritten(data, {})) == part(data)


def test_fonts_and_languages_follow_the_script() -> None:
    own = "<w:rFonts w:ascii='Arial' w:hAnsi='Arial'/><w:lang w:val='en-US'/>"
    again = part(rewritten(docx(para(run("Text", own))), {"word/document.xml#0": "文字"}))
    assert 'w:eastAsia="Microsoft JhengHei"' in again and 'w:ascii="Arial"' in again
    assert 'w:eastAsia="zh-HK"' in again
    own = "<w:rFonts w:ascii='新細明體' w:hAnsi='新細明體' w:eastAsia='新細明體' w:hint='eastAsia'/>"
    again = part(rewritten(docx(para(run("文字", own))), {"word/document.xml#0": "Text"}, ENGLISH))
    assert 'w:ascii="Times New Roman"' in again and "hint" not in again and 'w:val="en-GB"' in again


def test_chinese_is_not_slanted_and_latin_in_it_is() -> None:
    again = part(rewritten(docx(para(run("Text", ITALIC))), {"word/document.xml#0": "見Annex一"}))
    runs = again.split("<w:r>")[1:]
    assert ["<w:i/>" in each for each in runs] == [False, True, False]
    assert "DFKai-SB" in runs[0]


def test_styles_name_a_font_for_the_script_that_comes() -> None:
    styles = "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii='Times New Roman' w:eastAsia='MS Mincho'/><w:lang w:val='en-US' w:eastAsia='ja-JP'/></w:rPr></w:rPrDefault></w:docDefaults>"
    data = docx(p("Text"), parts={"styles": styles})
    again = part(rewritten(data, {"word/document.xml#0": "文字"}), "word/styles.xml")
    assert 'w:eastAsia="PMingLiU"' in again and 'w:eastAsia="zh-HK"' in again


def test_a_target_whose_tags_are_wrong_keeps_its_words_and_is_noted() -> None:
    data = docx(para(run("A ") + run("bold", BOLD) + "<w:r><w:tab/></w:r>" + run("word of many")))
    written = LAYOUTS["docx"].open(data, bounds()).write({"word/document.xml#0": "一個<1>粗字"}, CHINESE)
    assert [note.check for note in written.notes] == ["tags"]
    assert read_here(written.data, "a.docx").blocks[0].text.replace(" ", "") == "一個粗字"
    assert part(written.data).count("<w:tab/>") == 1


def test_ampersands_and_controls_do_not_break_the_file() -> None:
    again = rewritten(docx(p("Text")), {"word/document.xml#0": "R&amp;D &lt;b&gt; \x0b"}, ENGLISH)
    assert read_here(again, "a.docx").blocks[0].text == "R&D <b>"


def test_a_chart_is_translated_as_it_is_shown_and_that_is_told() -> None:
    chart = (
        '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:title><a:p><a:r><a:rPr lang="en-US"/>'
        "<a:t>Cases </a:t></a:r><a:r><a:rPr b='1'/><a:t>by year</a:t></a:r></a:p></c:title><c:tx><c:strRef><c:f>Sheet1!B1</c:f>"
        "<c:strCache><c:pt><c:v>Open</c:v></c:pt></c:strCache></c:strRef></c:tx></c:chartSpace>"
    )
    data = _with_chart(docx(p("Text")), chart)
    found = units(data)
    assert [(unit.story, unit.source) for unit in found[1:]] == [
        ("chart", "<1>Cases </1>by year"),
        ("chart", "Open"),
    ]
    written = (
        LAYOUTS["docx"]
        .open(data, bounds())
        .write({found[1].id: "<1>個案</1>按年", found[2].id: "未完"}, CHINESE)
    )
    again = part(written.data, "word/charts/chart1.xml")
    assert "<c:v>未完</c:v>" in again and "Sheet1!B1" in again and 'lang="zh-HK"' in again
    assert any("workbook" in note.message for note in written.notes)


def _with_chart(data: bytes, chart: str) -> bytes:
    out = io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chart"
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name).decode()
            if name == "word/_rels/document.xml.rels":
                content = content.replace(
                    "</Relationships>",
                    f'<Relationship Id="rIdc" Type="{kind}" Target="charts/chart1.xml"/></Relationships>',
                )
            after.writestr(name, content)
        after.writestr("word/charts/chart1.xml", chart)
    return out.getvalue()


def test_the_words_of_the_file_are_those_of_the_targets() -> None:
    data = docx(para(run("A "), run("bold", BOLD), run(" word")))
    again = read_here(rewritten(data, {"word/document.xml#0": "一個<1>粗體</1>字"}), "a.docx")
    assert [block.text for block in again.blocks] == ["一個粗體字"] == [plain("一個<1>粗體</1>字")]


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[3] / "samples").glob("*-en.docx"))[:2])
def test_the_label_stands_in_the_properties_and_once_at_the_end(path: Path) -> None:
    label = "Translated by AI; checked by nobody yet."
    layout = LAYOUTS["docx"]
    once = layout.marked(Rewritten(data=path.read_bytes()), label, bounds())
    twice = layout.marked(once, label, bounds())
    assert part(twice.data, "docProps/custom.xml").count(label) == 1
    assert "AI-generated" in part(twice.data, "docProps/core.xml")
    read = read_here(twice.data, "a.docx")
    assert [block.text for block in read.blocks].count(label) == 1
    assert docx_library.Document(io.BytesIO(twice.data)).paragraphs[-1].text == label


def test_a_format_without_a_place_for_the_label_says_so() -> None:
    said = LayoutFormat("unit").marked(Rewritten(data=b"x"), "label", bounds())
    assert said.data == b"x" and [note.check for note in said.notes] == ["label"]
