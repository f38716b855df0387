"""The normal form of text: NFC, single spaces, nothing invisible; and how the lines of a paragraph join."""

from __future__ import annotations

import re
import unicodedata

_SPACE = re.compile(r"[\s\u200b\u2028\u2029]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\u180e\u115f\u1160\u3164\uffa0\U000e0000-\U000e007f]"
)
_FIRST_WIDE = "\u2e80"
_WIDE = re.compile(
    "[\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u31a0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003ffff]"
)
NUMBER_LABEL = re.compile(
    r"(?:[(（]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[)）]|\d{1,3}[.、．]|\d{1,2}(?:\.\d{1,2}){1,3}\.?|[a-z]\.|[ivx]{2,5}\."
    r"|[(（][一二三四五六七八九十百甲乙丙丁戊己庚辛壬癸]{1,4}[)）]|[一二三四五六七八九十百]{1,4}[、．.])(?=\s|$|[\u3400-\u9fff（「])"
)
"""A paragraph's or a list item's number at the start of its text: `12.`, `(a)`, `（三）`, `四、`, `2.1`."""
BULLET = re.compile(r"[•◦▪▫‣⁃●○■□◆◇➢➤►✓·∙\uf0b7\uf0a7\uf0d8\uf076]\s*|[-–—*]\s+")
_LONG_LINE = 25
"""A Chinese line of this many characters without an end is taken to run on."""
SENTENCE_END = re.compile(r"[.!?。！？；;…:：][\"'”’」』)）\]]*$")


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def without_illegal(text: str) -> str:
    """`text` without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)


_UNWANTED = re.compile("[\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")


_LINE_ENDS = re.compile("[^\\S\n]*[\n\r\x85\u2028\u2029]\\s*")


def inert(text: str) -> str:
    """The words of one paragraph as a file can hold them: without controls, and without overrides of
    direction, which make a page show other words than it says. A blank line, which would begin another
    paragraph or cue, becomes a line end."""
    return _LINE_ENDS.sub("\n", _UNWANTED.sub("", without_illegal(text)))


def tidy(text: str) -> str:
    """`text` in NFC with each run of white space made one space; controls, soft hyphens, direction marks and
    other invisible characters are taken out. No word is changed."""
    if text.isascii():
        return " ".join(_INVISIBLE.sub("", text).split())
    return _SPACE.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def is_wide(character: str) -> bool:
    """Whether it belongs to East Asian writing, whose words are not separated by spaces."""
    return character >= _FIRST_WIDE and _WIDE.match(character) is not None


def join_lines(first: str, second: str) -> str:
    """Two lines of one paragraph made one: no space between East Asian characters, one space otherwise."""
    first, second = first.rstrip(), second.lstrip()
    if not first or not second or (is_wide(first[-1]) and is_wide(second[0])):
        return first + second
    return f"{first} {second}"


def split_breaks(text: str) -> list[str]:
    """`text` parted at the line ends (`\\n`) that its author put there: lines of an address, of a signature.

    A line end inside a sentence, put there for looks, is only a space.
    """
    pieces: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        last = pieces[-1] if pieces else ""
        if (
            last
            and not SENTENCE_END.search(last)
            and (line[0].islower() or last[-1] in ",，、" or (is_wide(last[-1]) and len(last) >= _LONG_LINE))
        ):
            pieces[-1] = join_lines(last, line)
        else:
            pieces.append(line)
    return pieces


def unwrap(text: str) -> str:
    """`text` with its line ends joined as `join_lines` does."""
    lines = text.splitlines()
    joined = ""
    for line in lines:
        joined = join_lines(joined, line)
    return joined
