"""PDF: lines joined into paragraphs, pages, headings, lists, tables, columns, running lines."""

from __future__ import annotations

import pytest
import typst
from file_makers import At, Stroke, lines, pdf, read_here, shape

from bauhinia.documents import Cell
from bauhinia.errors import EmptyDocument


def test_chinese_lines_join_without_spaces_and_english_with_one() -> None:
    chinese = lines(
        ["政府會在本年內就有關建議諮詢公眾及持份者，並於下", "年初向立法會提交", "一份報告。"],
        size=12,
        step=20,
    )
    english = lines(
        [
            "The Government will consult the public on the pro-",
            "posals within this year and re-enter the",
            "market.",
        ],
        y=300,
        size=12,
        step=20,
    )
    # Full lines end at the same edge; the last is short.
    chinese[1] = At(60, 120, "年初向立法會發展事務委員會提交由顧問公司撰寫之", 12)
    english[1] = At(60, 320, "posals within this year, and re-enter the market", 12)
    document = read_here(pdf([[*chinese, *english]]), "a.pdf")
    assert [text for _, text in shape(document)] == [
        "政府會在本年內就有關建議諮詢公眾及持份者，並於下年初向立法會發展事務委員會提交由顧問公司撰寫之一份報告。",
        "The Government will consult the public on the proposals within this year, and re-enter the market market.",
    ]


def test_a_hyphen_that_belongs_to_the_word_stays() -> None:
    texts = [
        "A long-term plan is needed. It says that every long-",
        "term plan needs a review, and that the demonstra-",
        "tion of results is public.",
    ]
    document = read_here(pdf([lines(texts)]), "a.pdf")
    assert shape(document)[0][1] == (
        "A long-term plan is needed. It says that every long-term plan needs a review, "
        "and that the demonstration of results is public."
    )


def test_paragraphs_part_at_gaps_indents_and_short_lines() -> None:
    full = "This line of the text is as long as its column is"
    items = [
        *lines([full, "and it ends."]),
        *lines([full, "and this is a second one, after a short line."], y=128),
        *lines([full, full], y=180),
        At(80, 208, full[:45]),
        At(60, 222, full),
    ]
    texts = [text for _, text in shape(read_here(pdf([items]), "a.pdf"))]
    assert texts == [
        f"{full} and it ends.",
        f"{full} and this is a second one, after a short line.",
        f"{full} {full}",
        f"{full[:45]} {full}",
    ]


def test_every_block_has_its_page_and_a_paragraph_may_run_over() -> None:
    full = "The committee took note of the paper and agreed to"
    pages = [
        [*lines([full, full]), *lines([full, full], y=700)],
        [*lines(["consider it again.", ""], y=60), *lines(["Another paragraph."], y=120)],
        lines(["The end."]),
    ]
    document = read_here(pdf(pages), "a.pdf")
    assert document.pages == 3
    assert [(block.page, block.text) for block in document.blocks] == [
        (1, f"{full} {full}"),
        (1, f"{full} {full} consider it again."),
        (2, "Another paragraph."),
        (3, "The end."),
    ]


def test_running_lines_and_page_numbers_are_set_apart() -> None:
    pages = [
        [
            At(60, 40, "LC Paper No. CB(1)23/2024"),
            *lines([f"Body of page {n}."], y=150),
            At(290, 770, f"- {n} -"),
        ]
        for n in range(1, 6)
    ]
    document = read_here(pdf(pages), "a.pdf")
    assert shape(document) == [
        ("header", "LC Paper No. CB(1)23/2024"), ("paragraph", "Body of page 1."), ("footer", "- 1 -"),
        *[("paragraph", f"Body of page {n}.") for n in range(2, 6)],
    ]  # fmt: skip


def test_headings_by_size_and_by_weight() -> None:
    body = [
        "Ordinary text fills this line and the next one.",
        "It is what most of the page is set in, after all.",
    ]
    page = [
        At(60, 60, "Annual Report", 22),
        At(60, 100, "1. Introduction", 14, bold=True), *lines(body, y=130),
        At(60, 190, "Purpose", 10, bold=True), *lines(body, y=215),
        At(60, 270, "2. 結論", 14, bold=True), *lines(body, y=300),
    ]  # fmt: skip
    document = read_here(pdf([page]), "a.pdf")
    headings = [(block.text, block.level) for block in document.blocks if block.kind == "heading"]
    assert shape(document)[0] == ("title", "Annual Report")
    assert headings == [("1. Introduction", 1), ("Purpose", 2), ("2. 結論", 1)]
    assert document.title == "Annual Report"


def test_the_space_that_programs_set_between_scripts_is_not_text() -> None:
    page = [
        At(60, 100, "截至三月共"),
        At(112.5, 100, "142 680"),
        At(150, 100, "輛，約"),
        At(182.5, 100, "15%。"),
    ]
    assert shape(read_here(pdf([page]), "a.pdf")) == [("paragraph", "截至三月共142 680輛，約15%。")]
    spaced = [At(60, 100, "截至三月共 142 680 輛。")]
    assert shape(read_here(pdf([spaced]), "a.pdf")) == [("paragraph", "截至三月共 142 680 輛。")]


def test_a_number_inside_a_sentence_begins_no_paragraph() -> None:
    texts = [
        "(3) whether it will (i) increase the number of chargers, and",
        "(ii) impose a charge on the vehicles that stay in the spaces;",
        "(4) whether it will report on the progress that it has made.",
    ]
    assert [text[:3] for _, text in shape(read_here(pdf([lines(texts)]), "a.pdf"))] == ["(3)", "(4)"]


def test_entries_of_a_table_of_contents_stay_apart() -> None:
    entries = ["Foreword . . . . . . . . . . . . . . . 1", "Street trees ......................... 10"]
    assert [text for _, text in shape(read_here(pdf([lines(entries)]), "a.pdf"))] == [
        "Foreword … 1", "Street trees … 10",
    ]  # fmt: skip


def test_the_title_of_the_metadata_is_used_unless_it_is_a_file_name() -> None:
    page = [At(60, 60, "Shown", 20), *lines(["Text that is long enough to be the body of it."])]
    assert read_here(pdf([page], title="公共衞生條例"), "a.pdf").title == "公共衞生條例"
    assert read_here(pdf([page], title="Microsoft Word - final_v3.doc"), "a.pdf").title == "Shown"


def test_lists() -> None:
    page = [
        *lines(["The duties are:"]),
        At(60, 120, "•"), At(80, 120, "to read every document that is sent to the"), At(80, 134, "office;"),
        At(60, 150, "•"), At(80, 150, "to answer."),
        At(80, 166, "(a) in time;"),
        At(60, 190, "12."), At(96, 190, "The paper was noted."),
        At(60, 210, "三、"), At(96, 210, "其他事項"),
    ]  # fmt: skip
    document = read_here(pdf([page]), "a.pdf")
    assert [(block.kind, block.text, block.level) for block in document.blocks] == [
        ("paragraph", "The duties are:", 0),
        ("list_item", "to read every document that is sent to the office;", 0),
        ("list_item", "to answer.", 0),
        ("list_item", "(a) in time;", 1),
        ("list_item", "12. The paper was noted.", 0),
        ("list_item", "三、 其他事項", 0),
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"left column line {n} runs on to here" for n in range(8)]
    left[-1] = "left column line 7 ends at this place."
    right = [f"right column line {n} runs on to it" for n in range(8)]
    page: list[At | Stroke] = [At(60, 60, "A heading over both of the columns of this page of ours", 10)]
    for n in range(8):  # drawn across, as some programs do
        page += [At(60, 100 + 14 * n, left[n]), At(320, 100 + 14 * n, right[n])]
    texts = [text for _, text in shape(read_here(pdf([page]), "a.pdf"))]
    assert texts[1:] == [" ".join(left), " ".join(right)]


def test_a_short_piece_in_two_columns_between_other_lines() -> None:
    left = [
        "政府一直十分關注有關問題，並會在諮",
        "詢相關持份者後，考慮是否需要修訂現",
        "行法例，以及在適當時候向立法會提交",
        "建議。當局亦會留意市場的發展，並按",
    ]
    right = [
        "照實際情況檢視措施的成效。此外當局",
        "會與業界保持緊密聯繫，確保有關安排",
        "得以順利落實，並減少對市民生活的影",
        "響。",
    ]
    page: list[At | Stroke] = [At(60, 60, "背景"), At(60, 90, "短句。")]
    for n in range(4):
        page += [At(60, 130 + 14 * n, left[n]), At(320, 130 + 14 * n, right[n])]
    page.append(At(60, 230, "之後一段。"))
    texts = [text for _, text in shape(read_here(pdf([page]), "a.pdf"))]
    assert texts[2:] == ["".join(left + right), "之後一段。"]


def test_chinese_cells_side_by_side_stay_two_cells() -> None:
    rules = [Stroke(60, y, 180, y) for y in (100, 120)] + [Stroke(x, 100, x, 120) for x in (60, 120, 180)]
    page = [*rules, At(88, 114, "二四年"), At(121, 114, "二五年")]
    cells = [text for kind, text in shape(read_here(pdf([page]), "a.pdf")) if kind == "table_cell"]
    assert cells == ["二四年", "二五年"]


def test_ruled_tables_with_merged_cells() -> None:
    xs, ys = [60, 200, 300, 400], [100, 120, 140, 160]
    rules = [Stroke(xs[0], y, xs[-1], y) for y in ys]
    rules += [Stroke(x, ys[0] if x != 300 else ys[1], x, ys[-1]) for x in xs]
    texts = [
        At(65, 114, "Item"), At(205, 114, "Amount in each year"),
        At(65, 134, "Rent"), At(205, 134, "1,200"), At(305, 134, "1,300"),
        At(65, 154, "電費"), At(205, 154, "80"), At(305, 154, "90"),
    ]  # fmt: skip
    page = [At(60, 80, "Before the table."), *rules, *texts, At(60, 190, "After the table.")]
    document = read_here(pdf([page]), "a.pdf")
    assert shape(document)[0][1] == "Before the table."
    assert shape(document)[-1][1] == "After the table."
    cells = [(block.text, block.cell) for block in document.blocks if block.kind == "table_cell"]
    assert cells == [
        ("Item", Cell(table=0, row=0, column=0)),
        ("Amount in each year", Cell(table=0, row=0, column=1)),
        ("Rent", Cell(table=0, row=1, column=0)),
        ("1,200", Cell(table=0, row=1, column=1)),
        ("1,300", Cell(table=0, row=1, column=2)),
        ("電費", Cell(table=0, row=2, column=0)),
        ("80", Cell(table=0, row=2, column=1)),
        ("90", Cell(table=0, row=2, column=2)),
    ]


def test_a_table_that_goes_on_over_the_page_is_one_table() -> None:
    def grid(rows: list[tuple[str, str]], top: float) -> list[At | Stroke]:
        ys = [top + 20 * n for n in range(len(rows) + 1)]
        rules = [Stroke(60, y, 400, y) for y in ys] + [Stroke(x, ys[0], x, ys[-1]) for x in (60, 200, 400)]
        cells = [
            At(x, y + 14, text)
            for row, y in zip(rows, ys, strict=False)
            for x, text in zip((65, 205), row, strict=True)
        ]
        return [*rules, *cells]

    first = [At(60, 80, "The figures are:"), *grid([("No.", "Fee"), ("1", "ten")], 700), At(300, 780, "1")]
    second = [*grid([("No.", "Fee"), ("2", "twenty")], 60), At(60, 140, "The end."), At(300, 780, "2")]
    document = read_here(pdf([first, second]), "a.pdf")
    cells = [(block.text, block.cell, block.page) for block in document.blocks if block.kind == "table_cell"]
    assert cells[2:] == [
        ("1", Cell(table=0, row=1, column=0), 1), ("ten", Cell(table=0, row=1, column=1), 1),
        ("2", Cell(table=0, row=2, column=0), 2), ("twenty", Cell(table=0, row=2, column=1), 2),
    ]  # fmt: skip


def test_a_line_end_between_scripts_follows_the_document() -> None:
    glued = lines(["在這三個年度之內分別接獲了412宗和386宗，以及", "297宗的報告。"], size=12, step=20)
    assert "以及297宗" in read_here(pdf([glued]), "a.pdf").blocks[0].text
    apart = lines(["在這三個年度內分別接獲 412 宗和 386 宗，以及", "297 宗的報告。"], size=12, step=20)
    assert "以及 297 宗" in read_here(pdf([apart]), "a.pdf").blocks[0].text


def test_a_frame_round_text_is_not_a_table() -> None:
    frame = [
        Stroke(50, 80, 500, 80),
        Stroke(500, 80, 500, 140),
        Stroke(500, 140, 50, 140),
        Stroke(50, 140, 50, 80),
    ]
    document = read_here(pdf([[*frame, *lines(["Inside the frame."])]]), "a.pdf")
    assert shape(document) == [("paragraph", "Inside the frame.")]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_read_as_displayed(turn: int) -> None:
    full = "This line of the text is as long as its column is"
    upright = [(60, 100, full), (60, 114, "and it ends.")]
    items = []
    for x, y, text in upright:
        if turn == 90:
            items.append(At(y, 800 - x, text, angle=(0, 1)))
        elif turn == 180:
            items.append(At(600 - x, 800 - y, text, angle=(-1, 0)))
        else:
            items.append(At(600 - y, x, text, angle=(0, -1)))
    document = read_here(pdf([items], rotate=turn), "a.pdf")
    assert [text for _, text in shape(document)] == [f"{full} and it ends."]


def test_raised_digits_do_not_join_the_number_before_them() -> None:
    page = [
        At(60, 100, "In 2024"), At(95, 100, "1", 6, raised=4), At(100, 100, "the area was 5 m"),
        At(180, 100, "2", 6, raised=4), At(188, 100, "in all."),
        At(60, 700, "1", 5, raised=3), At(64, 700, "Audited figures.", 8),
    ]  # fmt: skip
    document = read_here(pdf([page]), "a.pdf")
    assert shape(document)[0] == ("paragraph", "In 2024¹ the area was 5 m² in all.")
    assert document.blocks[-1].kind == "footnote"


def test_radicals_and_ligatures_become_ordinary_characters() -> None:
    document = read_here(pdf([lines(["⾹港⼈⼝ of\ufb01ce"])]), "a.pdf")
    assert document.blocks[0].text == "香港人口 office"


def test_slanted_text_is_left_out_with_a_warning() -> None:
    page = [At(200, 400, "DRAFT", 60, angle=(0.707, 0.707)), *lines(["The text."])]
    document = read_here(pdf([page]), "a.pdf")
    assert shape(document) == [("paragraph", "The text.")]
    assert document.warnings == ("Slanted text, such as a watermark, was left out.",)


def test_a_scan_names_the_pages_that_wait_for_ocr() -> None:
    pytest.importorskip("rapidocr")
    found = read_here(pdf([[], []], picture=True), "scan.pdf")
    assert found.scanned
    assert not found.blocks
    with pytest.raises(EmptyDocument, match="no text"):
        read_here(pdf([[]]), "blank.pdf")


def test_what_typst_makes_is_read_back() -> None:
    source = """
    #set document(title: "Consultation on Fees")
    #set page(paper: "a4", numbering: "1 / 1", header: [Consultation Paper])
    #set par(justify: true)
    #set heading(numbering: "1.1")
    = Introduction
    #lorem(120)
    == Scope
    #lorem(60)#footnote[See the annex.]
    - first point
    - second point
    #table(columns: 2, [Fee], [Amount], [Licence], [HK\\$1,200])
    #pagebreak()
    = Next steps
    #lorem(40)
    #pagebreak()
    = Annex
    #lorem(40)
    """
    document = read_here(typst.compile(source.encode()), "paper.pdf")
    found = shape(document)
    assert document.title == "Consultation on Fees"
    assert [(b.text, b.level, b.page) for b in document.blocks if b.kind == "heading"] == [
        ("1 Introduction", 1, 1), ("1.1 Scope", 2, 1), ("2 Next steps", 1, 2), ("3 Annex", 1, 3),
    ]  # fmt: skip
    assert found[0] == ("header", "Consultation Paper")
    assert ("footer", "1 / 3") in found
    assert ("list_item", "first point") in found
    assert [text for kind, text in found if kind == "table_cell"] == ["Fee", "Amount", "Licence", "HK$1,200"]
    assert [kind for kind, text in found if "See the annex." in text] == ["footnote"]
    assert sum(kind == "paragraph" for kind, _ in found) == 4
