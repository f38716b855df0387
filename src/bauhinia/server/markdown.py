"""Model text as HTML that can do nothing: rendered as Markdown, then cleaned.

Raw HTML is shown as text. Images are dropped and their description kept. A link becomes its words followed
by its address in brackets, and only `http` and `https` addresses stay links, so that an officer sees where
a link goes before following it, and nothing is fetched by looking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "a"),
}
_GAP = re.compile(r"\[(?:to be confirmed|待確認|待确认)\s*[:：][^\]<]*\]")
"""Facts that nobody gave, which the officer has to fill in; shown so that they are not missed."""
ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}}


class _Renderer(RendererHTML):
    """Images as their description; links with their address in sight; headings below the page's own."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        children = tokens[idx].children
        return escape(self.renderInlineAsText(children, options, env)) if children else ""

    def link_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        href = _address(tokens[idx])
        return f'<a class="outside" href="{escape(href)}">' if _leads_out(href) else ""

    def link_close(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        opening = max(i for i in range(idx) if tokens[i].type == "link_open")
        href = _address(tokens[opening])
        words = "".join(token.content for token in tokens[opening:idx])
        shown = "" if href == words else f" ({escape(href)})"
        return f"{shown}</a>" if _leads_out(href) else shown

    def heading_open(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return f"<h{_heading_level(tokens[idx])}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, *_: object) -> str:
        return f"</h{_heading_level(tokens[idx])}>"


def _address(link: Token) -> str:
    return str(link.attrGet("href") or "")


def _leads_out(href: str) -> bool:
    """Whether an address may stay a link: a model's relative address would lead into this site."""
    return href.lower().startswith(("http://", "https://"))


def _heading_level(token: Token) -> int:
    return min(6, int(token.tag[1:]) + 2)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(
        ["table", "strikethrough"]
    )


def render(text: str) -> str:
    """Safe HTML of a model's Markdown."""
    return _clean(_parser().render(text))


def render_inline(text: str) -> str:
    """Safe HTML of one paragraph or cell, without a block around it."""
    return _clean(_parser().renderInline(text))


def _clean(html: str) -> str:
    safe = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https"},
        link_rel="noreferrer noopener",
    )
    return _GAP.sub(r'<mark class="gap">\g<0></mark>', safe)
