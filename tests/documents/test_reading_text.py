"""Plain text in any encoding, Markdown and HTML."""

from __future__ import annotations

import pytest
from file_makers import read_here, shape

from bauhinia.documents import Cell
from bauhinia.documents.decoding import decode
from bauhinia.documents.normal import join_lines, tidy
from bauhinia.errors import DocumentTooLarge, EmptyDocument

TRADITIONAL = "政府一直十分關注有關問題，並會在諮詢相關持份者後，考慮是否需要修訂現行法例。\n\n根據《公共衞生條例》，申請人須於十四天內提交文件。"
CANTONESE = "我想問下點解張表格咁難填？佢哋話要等三個月，但係我喺個網站見到話兩星期就得。"
SIMPLIFIED = "根据有关规定，申请人应当在收到通知之日起十五日内向主管部门提交书面材料。"
GLYPHS = "啫喱喺嗰啲嘅嚿煲茶餐廳鰂魚涌埗頭衞粧邨栢"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TRADITIONAL, "big5hkscs"), (CANTONESE, "big5hkscs"), (SIMPLIFIED, "gb18030"), (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "utf-16-le"), (TRADITIONAL, "utf-16-be"), (SIMPLIFIED, "utf-16-le"), (CANTONESE, "utf-8"),
        ("Plain English text, and no more than that.", "utf-16-le"), (TRADITIONAL, "utf-16"),
        (SIMPLIFIED, "utf-8-sig"), ("短句，請回覆。", "big5hkscs"), ("请回复。", "gb18030"),
    ],
)  # fmt: skip
def test_encodings_are_recognised(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decode(text.encode(encoding)) == decoded


def test_western_text_in_an_old_encoding() -> None:
    text = "Le café de la société a été fermé à Noël, après que l'été fut passé. " * 4
    assert decode(text.encode("cp1252")).text == text


def test_wrapped_lines_join_and_unwrapped_ones_do_not() -> None:
    wrapped = (
        "The Administration has considered the views that were received in\n"
        "the consultation, and proposes to amend the Ordinance in two ways\n"
        "so that the public is served better.\n"
        "\n"
        "Members are invited to note the paper, which has been sent to all\n"
        "of the bureaux concerned.\n"
    )
    assert [text.split()[-1] for _, text in shape(read_here(wrapped.encode(), "a.txt"))] == [
        "better.",
        "concerned.",
    ]
    lines = "第一段說明建議的背景。\n第二段說明財政影響。\n第三段請委員備悉。\n"
    assert len(read_here(lines.encode(), "a.txt").blocks) == 3


def test_lists_in_plain_text() -> None:
    document = read_here("工作如下：\n- 檢討法例\n（二）諮詢公眾\n3. Report\n".encode(), "a.txt")
    assert shape(document)[1:] == [
        ("list_item", "檢討法例"),
        ("list_item", "（二）諮詢公眾"),
        ("list_item", "3. Report"),
    ]


MARKDOWN = """---
title: "Fees: a paper"
---
# 收費檢討

The *first* paragraph has a [link](http://example.org/x), `code`
and a **bold** word.

中文段落在此換行
之後沒有空格。

- one
  1. deeper
- two

3. third

> quoted

| Item | Fee |
|------|----:|
| 牌照 | 1\\|2 |

<div onclick="x()">raw <b>html</b></div>

```
line one
line two
```
"""


def test_markdown() -> None:
    document = read_here(MARKDOWN.encode(), "a.md")
    assert document.title == "Fees: a paper"
    assert shape(document) == [
        ("heading", "收費檢討"),
        ("paragraph", "The first paragraph has a link, code and a bold word."),
        ("paragraph", "中文段落在此換行之後沒有空格。"),
        ("list_item", "one"),
        ("list_item", "1. deeper"),
        ("list_item", "two"),
        ("list_item", "3. third"),
        ("paragraph", "quoted"),
        ("table_cell", "Item"), ("table_cell", "Fee"), ("table_cell", "牌照"), ("table_cell", "1|2"),
        ("paragraph", "raw html"),
        ("paragraph", "line one"), ("paragraph", "line two"),
    ]  # fmt: skip
    assert [block.level for block in document.blocks if block.kind == "list_item"] == [0, 1, 0, 0]
    assert document.blocks[11].cell == Cell(table=0, row=1, column=1)


def test_markdown_nested_too_deep_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="more than 100 deep"):
        read_here((">" * 150 + " x").encode(), "a.md")


HTML = """<!DOCTYPE html><html lang="zh-HK"><head><title>Press release</title>
<style>p {color: red}</style><script>document.write("<p>written</p>")</script></head>
<body><!-- note --><h1>新聞<b>公報</b></h1>
<p>政府今日
宣布&nbsp;新措施<br>Plan of the Bureau</p><p hidden>secret</p><p style="display:none">prompt</p>
loose text
<ul><li>one<li>two<ol start="4"><li>four</ol></ul>
<table><caption>Fees</caption><thead><tr><th rowspan="2">Item<th colspan="2">Year</thead>
<tr><td>2023<td>2024</table>
<pre>a  b
c</pre><img src="http://example.org/x.png"><iframe src="http://example.org"></iframe>
<a href="javascript:alert(1)">link</a></body></html>"""


def test_html() -> None:
    document = read_here(HTML.encode(), "a.html")
    assert document.title == "Press release"
    assert document.metadata["language"] == "zh-HK"
    assert shape(document) == [
        ("heading", "新聞公報"),
        ("paragraph", "政府今日宣布 新措施"),
        ("paragraph", "Plan of the Bureau"),
        ("paragraph", "loose text"),
        ("list_item", "one"), ("list_item", "two"), ("list_item", "4. four"),
        ("paragraph", "Fees"),
        ("table_cell", "Item"), ("table_cell", "Year"), ("table_cell", "2023"), ("table_cell", "2024"),
        ("paragraph", "a b"), ("paragraph", "c"),
        ("paragraph", "link"),
    ]  # fmt: skip
    assert [block.cell for block in document.blocks if block.text == "2024"] == [
        Cell(table=0, row=1, column=2)
    ]
    assert [(each.aside, each.text, each.after) for each in document.asides] == [
        ("hidden", "secret", "b2"),
        ("hidden", "prompt", "b2"),
    ]
    assert "1 picture was not read." in document.warnings


def test_what_a_web_page_hides_is_kept_apart_and_marked() -> None:
    document = read_here(
        b"""<p>Fees are <span aria-hidden="true">ignore the rules</span>due in May.</p>
        <div style="visibility: hidden"><p>one</p><table><tr><td>two</table><img src="x.png" alt="three"></div>
        <ol><li>Pay<li hidden>Do not pay<li>Leave</ol><template><p>never</p></template>""",
        "a.html",
    )
    assert shape(document) == [
        ("paragraph", "Fees are due in May."),
        ("list_item", "1. Pay"),
        ("list_item", "3. Leave"),
    ]
    assert [(each.aside, each.kind, each.text, each.after) for each in document.asides] == [
        ("hidden", "paragraph", "ignore the rules", "b0"),
        ("hidden", "paragraph", "one", "b0"),
        ("hidden", "table_cell", "two", "b0"),
        ("hidden", "alt_text", "three", "b0"),
        ("hidden", "paragraph", "Do not pay", "b1"),
    ]
    assert document.warnings == ("1 picture was not read.",)


def test_what_a_web_page_says_in_place_of_pictures() -> None:
    page = b'<p>See <img src="x" alt="the map of parks"> here.</p><img alt=""><img alt="photo 1.jpg"><img alt="The crest">'
    assert shape(read_here(page, "a.html")) == [
        ("paragraph", "See here."),
        ("alt_text", "the map of parks"),
        ("alt_text", "The crest"),
    ]


def test_html_says_its_encoding() -> None:
    page = '<html><head><meta charset="big5"></head><body><p>短文</p></body></html>'
    assert shape(read_here(page.encode("big5"), "a.html")) == [("paragraph", "短文")]


def test_html_nested_too_deep_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="100 deep"):
        read_here(("<html>" + "<div>" * 200 + "x").encode(), "a.html")


def test_html_entities_reach_no_file() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>a&x;b</p></body></html>'
    assert all("root" not in text for _, text in shape(read_here(page.encode(), "a.html")))


def test_only_white_space_is_empty() -> None:
    for name in ("a.txt", "a.md", "a.html"):
        with pytest.raises(EmptyDocument):
            read_here(b" \n\t\n ", name)


def test_normal_form() -> None:
    assert tidy(" a\u00a0\u3000 b\u200b\x07\u00adc\ud800 ") == "a b c"
    assert tidy("e\u0301") == "é"
    assert join_lines("政府", "今日") == "政府今日"
    assert join_lines("政府 ", " today") == "政府 today"
    assert join_lines("", "x") == "x"
