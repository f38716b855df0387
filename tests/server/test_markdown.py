"""Model text becomes HTML that can do nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from bauhinia.server.markdown import ATTRIBUTES, TAGS, render, render_inline

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=https://evil.example/x.png onerror=alert(1)>",
    "<svg onload=alert(1)><use href='https://evil.example/x#y'></svg>",
    "![alt](https://evil.example/x.png)",
    "![alt][ref]\n\n[ref]: https://evil.example/ref.png",
    "[go](javascript:alert(1))",
    "[go](data:text/html,<script>alert(1)</script>)",
    "[go](vbscript:x)",
    "[go](/api/tasks)",
    "[](<img src=https://evil.example/x.png onerror=alert(1)>)",
    '[a](<https://evil.example/"onmouseover=alert(1)>)',
    "<style>@import 'https://evil.example/x.css'</style>",
    "<iframe src=//evil.example></iframe>",
    "<a href=https://evil.example ping=https://evil.example/p>x</a>",
    "<link rel=prefetch href=https://evil.example>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><input></form>",
    "```html\n<script>alert(1)</script>\n```",
]


def elements(markup: str) -> list[html.HtmlElement]:
    return list(html.fragment_fromstring(markup, create_parent="div").iter())[1:]


def check_harmless(markup: str) -> None:
    for element in elements(markup):
        assert element.tag in TAGS | {"mark"}, markup
        allowed = ATTRIBUTES.get(element.tag, set()) | {"rel", "class"}
        assert set(element.attrib) <= allowed, markup
        if element.tag == "a":
            href = element.get("href") or "https://"
            assert href.startswith(("http://", "https://")), markup
            assert element.get("rel") == "noreferrer noopener"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_loads_or_runs_survives(text: str) -> None:
    for markup in (render(text), render_inline(text)):
        check_harmless(markup)
        assert "<img" not in markup and "<script" not in markup and "<svg" not in markup


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, "\n", "[", "](", ")", "<", ">", "`", "![", "x", '"', "&"])))
def test_no_mixture_of_hostile_pieces_survives(pieces: list[str]) -> None:
    check_harmless(render("".join(pieces)))
    check_harmless(render_inline("".join(pieces)))


def test_a_link_shows_where_it_goes() -> None:
    markup = render_inline("see [the notice](https://www.example.gov/n?a=1&b=2)")
    (link,) = elements(markup)
    assert link.text_content() == "the notice (https://www.example.gov/n?a=1&b=2)"
    assert link.get("href") == "https://www.example.gov/n?a=1&b=2"


def test_a_link_whose_words_lie_shows_its_real_address() -> None:
    (link,) = elements(render_inline("[https://bank.example](https://evil.example/)"))
    assert link.text_content() == "https://bank.example (https://evil.example/)"


def test_a_bare_address_is_shown_once() -> None:
    (link,) = elements(render_inline("<https://www.example.gov/>"))
    assert link.text_content() == "https://www.example.gov/"


def test_an_image_leaves_its_description() -> None:
    assert render_inline("before ![a chart of waste](https://evil.example/c.png) after") == (
        "before a chart of waste after"
    )


def test_ordinary_markdown_is_kept() -> None:
    markup = render("# Title\n\n**Bold** and *soft*\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    for piece in ("<h3>Title</h3>", "<strong>Bold</strong>", "<li>one</li>", "<td>1</td>"):
        assert piece in markup


@pytest.mark.parametrize("gap", ["[to be confirmed: the date]", "[待確認：日期]"])
def test_gaps_are_marked(gap: str) -> None:
    assert render_inline(f"Due on {gap}.") == f'Due on <mark class="gap">{gap}</mark>.'
