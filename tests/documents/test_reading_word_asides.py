"""What a Word file holds beside its text, and what its drawings say: comments, revisions, charts, formulas."""

from __future__ import annotations

import time

import pytest
from file_makers import (
    M,
    R,
    beside,
    chart,
    diagram,
    docx,
    graphic,
    marked,
    p,
    read_here,
    run,
    shape,
)
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bauhinia.documents.collecting import divide_marks
from bauhinia.documents.formula import formula
from bauhinia.documents.normal import split_breaks

COMMENT = '<w:r><w:commentReference w:id="{}"/></w:r>'


def drawing(inner: str, described: str = "") -> str:
    return f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{described}"/>{inner}</wp:inline></w:drawing></w:r>'


def test_comments_stand_after_what_they_are_about_and_the_rest_last() -> None:
    comments = "".join(
        f'<w:comment w:id="{n}" w:author="A">{p(text)}{p("More.") if n == 2 else ""}</w:comment>'
        for n, text in enumerate(["Check the year.", "Nobody's.", "Which fee?"])
    )
    table = f"<w:tbl><w:tr><w:tc>{p('Fee', inner=COMMENT.format(2))}</w:tc></w:tr></w:tbl>"
    body = p("In 2019.", inner=COMMENT.format(0)) + table + p("End.")
    document = read_here(docx(body, parts={"comments": comments}), "a.docx")
    assert [text for _, text in shape(document)] == ["In 2019.", "Fee", "End."]
    assert beside(document) == [
        ("comment", "Check the year.", "In 2019."),
        ("comment", "Which fee?", "Fee"),
        ("comment", "More.", "Fee"),
        ("comment", "Nobody's.", "End."),
    ]
    assert {each.kind for each in document.asides} == {"comment"}


def test_what_was_deleted_together_is_one_aside_and_also_when_it_was_hidden() -> None:
    gone = "".join(f"<w:del>{run(text, tag='delText')}</w:del>" for text in ("old ", "fee"))
    hidden = "<w:rPr><w:vanish/></w:rPr>"
    body = p(
        "A",
        inner=f"{gone}{run('B')}<w:del>{run('x', hidden, tag='delText')}</w:del>{run('secret', hidden)}{run(' key', hidden)}",
    )
    document = read_here(docx(body), "a.docx")
    assert [text for _, text in shape(document)] == ["AB"]
    assert [each[:2] for each in beside(document)] == [
        ("deleted", "old fee"), ("deleted", "x"), ("hidden", "secret key"),
    ]  # fmt: skip


def test_hidden_styles_and_rows_and_notes_in_hidden_text_are_hidden() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    note = f'<w:footnote w:id="2">{p("In the note.")}</w:footnote>'
    row = "<w:tr>{}<w:tc>{}</w:tc></w:tr>"
    body = (
        p("Styled.", properties='<w:pStyle w:val="H"/>')
        + p("Shown.", inner='<w:r><w:rPr><w:vanish/></w:rPr><w:footnoteReference w:id="2"/></w:r>')
        + f"<w:tbl>{row.format('', p('Seen'))}{row.format('<w:trPr><w:hidden/></w:trPr>', p('Unseen'))}</w:tbl>"
    )
    document = read_here(docx(body, parts={"styles": styles, "footnotes": note}), "a.docx")
    assert [text for _, text in shape(document)] == ["Shown.", "Seen"]
    assert beside(document) == [
        ("hidden", "Styled.", ""), ("hidden", "In the note.", "Shown."), ("hidden", "Unseen", "Seen"),
    ]  # fmt: skip


def test_endnotes_are_read_where_they_are_referred_to() -> None:
    notes = f'<w:endnote w:id="1">{p("Cap. 1.")}</w:endnote>'
    body = p("As said", inner='<w:r><w:endnoteReference w:id="1"/></w:r>') + p("Next.")
    document = read_here(docx(body, parts={"endnotes": notes}), "a.docx")
    assert shape(document) == [("paragraph", "As said"), ("footnote", "Cap. 1."), ("paragraph", "Next.")]


def test_marks_keep_their_characters_when_numbers_spaces_and_line_ends_change() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    inserted = f"<w:ins>{run('new  words')}</w:ins>"
    lines = (
        f"{run('Room 1')}<w:r><w:br/></w:r><w:ins>{run('2 Road')}<w:r><w:br/></w:r>{run('Hong Kong')}</w:ins>"
    )
    carried = p("Ends", properties="<w:rPr><w:del/></w:rPr>", inner=f"<w:ins>{run(' in')}</w:ins>")
    body = (
        p("The ", properties=listed, inner=inserted) + p(inner=lines) + carried + p(" here.", inner=inserted)
    )
    document = read_here(docx(body, parts={"numbering": numbering}), "a.docx")
    assert [text for _, text in shape(document)] == [
        "1. The new words", "Room 1", "2 Road", "Hong Kong", "Ends in here.new words",
    ]  # fmt: skip
    assert [text for _, text in marked(document)] == ["new words", "2 Road", "Hong Kong", "in", "new words"]


@given(st.text("ab，。 \n　", max_size=40), st.data())
def test_divided_marks_hold_the_same_characters(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    lines = split_breaks(text)
    divided = divide_marks(text, lines, [("inserted", start, end)])
    found = "".join(line[a:b] for line, spans in zip(lines, divided, strict=True) for _, a, b in spans)
    assert "".join(found.split()) == "".join(text[start:end].split())


def test_charts_diagrams_and_alternative_text() -> None:
    body = p(
        "Look.",
        inner=drawing(graphic("chart", "c1"), "Fees by year")
        + drawing(graphic("diagram", "d1"), "photo.png"),
    )
    data = docx(
        body,
        links={"c1": ("chart", "charts/chart1.xml"), "d1": ("diagramData", "diagrams/data1.xml")},
        more={
            "word/charts/chart1.xml": chart("Fees", "HK$", "Licences", "2024", "2025").encode(),
            "word/diagrams/data1.xml": diagram("Apply", "Pay").encode(),
        },
    )
    document = read_here(data, "a.docx")
    assert shape(document) == [
        ("paragraph", "Look."), ("alt_text", "Fees by year"), ("chart", "Fees"), ("chart", "Licences"),
        ("chart", "2024"), ("chart", "2025"), ("chart", "HK$"), ("paragraph", "Apply"), ("paragraph", "Pay"),
    ]  # fmt: skip
    assert document.warnings == ()


def test_a_chart_in_a_header_is_found_by_the_headers_own_relations() -> None:
    section = '<w:sectPr><w:headerReference r:id="header1.xml"/></w:sectPr>'
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="c1" Type="{R}/chart" Target="charts/chart1.xml"/></Relationships>'
    )
    data = docx(
        p("Body.") + section,
        parts={"header1": p("Head", inner=drawing(graphic("chart", "c1")))},
        more={
            "word/_rels/header1.xml.rels": relations.encode(),
            "word/charts/chart1.xml": chart("Fees", "", "").encode(),
        },
    )
    assert shape(read_here(data, "a.docx"))[1:] == [("header", "Head"), ("chart", "Fees")]


def test_asides_of_a_repeated_header_stand_after_a_block_that_exists() -> None:
    section = "".join(f'<w:headerReference r:id="header{n}.xml"/>' for n in (1, 2))
    hidden = p("Circular 3", inner=run("secret", "<w:rPr><w:vanish/></w:rPr>"))
    data = docx(
        p("Body.") + f"<w:sectPr>{section}</w:sectPr>",
        parts={"header1": p("Circular 3"), "header2": p("Circular 3") + hidden},
    )
    assert beside(read_here(data, "a.docx")) == [("hidden", "secret", "Circular 3")]


def test_formulas_are_text_with_a_mark_or_a_placeholder() -> None:
    power = f"<m:oMath><m:sSup><m:e>{math('x')}</m:e><m:sup>{math('10')}</m:sup></m:sSup></m:oMath>"
    old = '<w:r><w:object><o:OLEObject ProgID="Equation.3"/></w:object></w:r>'
    body = p("So ", inner=power + run(" and ") + old) + "<m:oMathPara><m:oMath/></m:oMathPara>"
    document = read_here(docx(body), "a.docx")
    assert [text for _, text in shape(document)] == ["So x^10 and [equation]", "[equation]"]
    assert marked(document) == [("equation", "x^10"), ("equation", "[equation]"), ("equation", "[equation]")]
    assert document.warnings == ()


def math(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ("<m:f><m:num>{a}</m:num><m:den>{b}</m:den></m:f>", "(a+1)/2"),
        ("<m:rad><m:deg/><m:e>{a}</m:e></m:rad>", "√(a+1)"),
        ("<m:sSubSup><m:e>{b}</m:e><m:sub>{a}</m:sub><m:sup>{b}</m:sup></m:sSubSup>", "2_(a+1)^2"),
        ("<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{b}</m:sub><m:sup/><m:e>{a}</m:e></m:nary>", "∑_2 a+1"),
        ("<m:d><m:e>{a}</m:e><m:e>{b}</m:e></m:d>", "(a+1|2)"),
        ("<m:m><m:mr><m:e>{b}</m:e><m:e>{a}</m:e></m:mr><m:mr><m:e>{b}</m:e></m:mr></m:m>", "2, a+1; 2"),
    ],
)  # fmt: skip
def test_formulas_on_one_line_keep_what_their_figures_mean(xml: str, said: str) -> None:
    filled = xml.format(a=math("a+1"), b=math("2"))
    assert formula(etree.fromstring(f'<m:oMath xmlns:m="{M}">{filled}</m:oMath>')) == said


def test_a_long_file_full_of_changes_is_read_without_waste() -> None:
    runs = "".join(
        f"<w:ins>{run(f'word{n} ')}</w:ins><w:del>{run('x', tag='delText')}</w:del>{run('y ')}"
        for n in range(10)
    )
    data = docx("".join(p(f"Paragraph {n}. ", inner=runs) for n in range(3_100)))
    start = time.process_time()
    document = read_here(data, "a.docx")
    assert len(document.blocks) == 3_100 and len(document.asides) == 31_000
    assert time.process_time() - start < 10
