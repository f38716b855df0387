"""Fonts for the other script: a serif stays a serif, a sans a sans; what East Asian text is set in and what
Latin text is set in are named apart.

The Chinese names are those that every Office for Hong Kong has: 新細明體 (PMingLiU), 微軟正黑體 (Microsoft
JhengHei), 細明體 (MingLiU, whose Latin letters are all as wide) and 標楷體 (DFKai-SB).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from ...language import Variety

FontStyle = Literal["serif", "sans", "mono", "kai", "symbol"]
Script = Literal["latin", "traditional", "simplified", "japanese", "korean", "symbol"]


class Fonts(NamedTuple):
    """What text is set in, script by script."""

    latin: str
    east_asian: str


_SYMBOL = re.compile(r"wingdings|webdings|symbol|dingbats|marlett|emoji|math$|mt extra", re.I)
_SCRIPTS: tuple[tuple[Script, re.Pattern[str]], ...] = (
    (
        "traditional",
        re.compile(
            r"mingliu|細明|明體|jhenghei|正黑|\bdfkai|標楷|楷體|lisong|儷|huakang|華康|dfming|dfhei"
            r"|pingfang (?:tc|hk)"
            r"|heiti tc|songti tc|kaiti tc|biaukai|(?:noto|source han) .*(?:tc|hk|hant|twn|hong kong)\b"
            r"|(?:cwtex|ukai|uming).*tw|apple ?ligothic|apple ?lisung|思源.體(?: (?:tc|hk))?$",
            re.I,
        ),
    ),
    (
        "simplified",
        re.compile(
            r"simsun|simhei|nsimsun|宋体|黑体|楷体|仿宋|fangsong|kaiti|yahei|雅黑|dengxian|等线|stsong|stheiti|stkaiti"
            r"|stfangsong|stzhongsong|华文|pingfang sc|heiti sc|songti sc|youyuan|方正"
            r"|(?:noto|source han) .*(?:sc|cn|hans)\b"
            r"|simkai|simli|wenquanyi|文泉",
            re.I,
        ),
    ),
    (
        "japanese",
        re.compile(
            r"mincho|明朝|gothic.*(?:ms|yu)|(?:ms|yu|hg) ?p?gothic|ゴシック|meiryo|メイリオ|hiragino|ヒラギノ"
            r"|osaka|(?:noto|source han) .*(?:jp|cjk jp)\b|ｍｓ",
            re.I,
        ),
    ),
    (
        "korean",
        re.compile(r"batang|gulim|dotum|malgun|gungsuh|바탕|굴림|맑은|(?:noto|source han) .*kr\b", re.I),
    ),
)
_STYLES: tuple[tuple[FontStyle, re.Pattern[str]], ...] = (
    ("kai", re.compile(r"kai|楷", re.I)),
    (
        "mono",
        re.compile(r"courier|consol|mono(?!type)|menlo|monaco|cascadia|typewriter|terminal|fixed", re.I),
    ),
    ("sans", re.compile(r"sans|gothic(?! ?ext)|helvet|arial|hei(?:ti)?\b|黑|ゴシック", re.I)),
    (
        "serif",
        re.compile(
            r"times|serif|roman|georgia|cambria|garamond|antiqua|palatino|century|bookman|baskerville|didot|bodoni"
            r"|minion|caslon|constantia|charter|tinos|termes|\bcmr|latin modern|perpetua|rockwell|song|宋"
            r"|ming|明|sung|mincho|batang|바탕|fangsong|\bbook\b",
            re.I,
        ),
    ),
)
_TRADITIONAL: dict[FontStyle, str] = {
    "serif": "PMingLiU",
    "sans": "Microsoft JhengHei",
    "mono": "MingLiU",
    "kai": "DFKai-SB",
}
_SIMPLIFIED: dict[FontStyle, str] = {
    "serif": "SimSun",
    "sans": "Microsoft YaHei",
    "mono": "NSimSun",
    "kai": "KaiTi",
}
_LATIN: dict[FontStyle, str] = {
    "serif": "Times New Roman",
    "sans": "Arial",
    "mono": "Courier New",
    "kai": "Times New Roman",
}


def font_style(name: str) -> FontStyle:
    """What kind of letters a font has, by its name; one that says nothing of it counts as sans."""
    if _SYMBOL.search(name):
        return "symbol"
    return next((style for style, pattern in _STYLES if pattern.search(name)), "sans")


def font_script(name: str) -> Script:
    """The script that a font is made for, by its name; `latin` where the name says nothing."""
    if _SYMBOL.search(name):
        return "symbol"
    return next((script for script, pattern in _SCRIPTS if pattern.search(name)), "latin")


def fonts_for(latin: str, east_asian: str, to: Variety) -> Fonts:
    """The fonts of a run in the language `to`, from those that it names; an empty name is one not named.

    A font that is made for its script stays; the other is its partner of the same style. A run that names
    no font names none afterwards, and a font of symbols stays what it is.
    """
    if font_script(latin) == "symbol" or not (latin or east_asian):
        return Fonts(latin, east_asian)
    own_latin = latin if latin and font_script(latin) == "latin" else ""
    style = font_style(own_latin or east_asian or latin)
    return Fonts(own_latin or _LATIN[style], _east_asian(latin, east_asian, style, to))


def _east_asian(latin: str, east_asian: str, style: FontStyle, to: Variety) -> str:
    wanted: Script = "simplified" if to is Variety.SIMPLIFIED else "traditional"
    if not to.is_chinese:
        return east_asian or (latin if font_script(latin) != "latin" else "")
    for name in (east_asian, latin):
        if name and font_script(name) == wanted:
            return name
    return east_asian_font(style, to)


def east_asian_font(style: FontStyle, to: Variety) -> str:
    """The font of a style for Chinese text in `to`'s script. The style is not `symbol`."""
    return (_SIMPLIFIED if to is Variety.SIMPLIFIED else _TRADITIONAL)[style]


def latin_font(style: FontStyle) -> str:
    """The font of a style for Latin text. The style is not `symbol`."""
    return _LATIN[style]


def font_for(name: str, to: Variety) -> str:
    """The one font of a text that can name only one (a PDF, a plain style): for the script of `to`."""
    pair = fonts_for(name, "", to)
    return pair.east_asian if to.is_chinese and pair.east_asian else pair.latin
