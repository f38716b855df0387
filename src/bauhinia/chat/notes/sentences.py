"""The sentences of a transcript as rules see them: folded, with what opens and closes them known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .people import fold
from .transcript import DOUBTFUL, Line

_ENDS = re.compile(r"(?<=[。！？!?；;])\s*|(?<=[a-z\d)]\.)\s+(?=[A-Z\d“\"'])|(?<=[a-z]\.)\s+(?=I\b)")
_ORDINALS = {
    word: place
    for place, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 1
    )
}
_ORDINAL = re.compile(
    rf"\b({'|'.join(_ORDINALS)})(?= of (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|next month"
    r"|this month))"
)
_HAN = re.compile(r"[㐀-鿿]")
_FILLER = re.compile(
    r"(?:(?:ok(?:ay)?|right|well|so|then|good|great|thanks?(?: you)?|yes|yeah|sure|fine|also|and"
    r"|one more thing"
    r"|好(?:的|啦|呀|啊|喇)?|嗯|行|咁|那|唔該晒?|另外|得|知道|明白|沒問題|冇問題|多謝|謝謝|太好[了喇]"
    r"|辛苦[了晒]?|真係|係|是|無問題|還有|仲有|ok)\s*[,，、:：.。]\s*)+",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"(?:action(?: items?| points?)?|todo|follow[- ]?up|decision|decided|agreed|resolved|記低|跟進|行動"
    r"|決定|決議|議決)\s*[:：]\s*",
    re.IGNORECASE,
)
_ACCEPTS = re.compile(
    r"(?:yes|yeah|sure|ok(?:ay)?|fine|noted|will do|of course|no problem|certainly|absolutely|got it"
    r"|understood|agreed"
    r"|happy to|right|好(?:的|呀|啊|啦|喇|嘞)?|中|得|冇(?:問題|異議)|沒有?(?:問題|異議|意見)|收到|明白"
    r"|知道|行|可以|嗯|了解|清楚|照辦|遵辦|知悉|保證|一言為定|好主意|無問題|遵命|冇所謂|交給我|交俾我"
    r"|放心|一定|爭取|試下|盡量|儘量|我[嚟來去會試]|okok|yep|yup"
    r"|on (?:it|my list)|yes please|consider it done|duly noted|roger|sure thing|i(?:['’]ll| will| can)"
    r"|we(?:['’]ll| will| shall)|by all means|gladly)"
    r"(?:[呀啊啦喇嘅的了㗎吧嘞咧]|，|,|\.|。|!|！|\s|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a line."""

    line: Line
    text: str
    """As it was said."""
    folded: str
    """Chinese in Traditional characters."""
    place: int
    """Which of its line's sentences, from 0."""

    @property
    def chinese(self) -> bool:
        """Whether the rules for Chinese read it."""
        return bool(_HAN.search(self.folded))

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return bool(re.search(r"[?？]\s*$|[嗎嘛]\s*[。.]?$|得唔得|好唔好|係咪|是否贊成", self.folded))

    @property
    def plain(self) -> str:
        """Folded, in lower case, without what opens it."""
        plain = opened(self.folded).lower().replace("廿", "二十").replace("卅", "三十")
        return _ORDINAL.sub(lambda found: f"{_ORDINALS[found[1]]}th", plain)


def sentences(line: Line) -> Iterator[Sentence]:
    """The sentences of a line, in order."""
    words = line.words.removeprefix(DOUBTFUL).strip()
    place = 0
    for piece in _ENDS.split(words):
        if piece.strip():
            yield Sentence(line, piece.strip(), fold(piece.strip()), place)
            place += 1


def opened(text: str) -> str:
    """A sentence without the words that only open it, and without a mark such as `ACTION:`."""
    for lead in (_FILLER, _MARK):
        if found := lead.match(text):
            text = text[found.end() :]
    return text.strip()


def item_of(text: str) -> str:
    """A sentence as an item of notes: what only opens it left out, its first letter a capital."""
    text = opened(text).rstrip("，,、 ")
    return text[:1].upper() + text[1:]


def accepts(line: Line) -> bool:
    """Whether a line begins by saying yes."""
    return bool(_ACCEPTS.match(fold(line.words.removeprefix(DOUBTFUL).strip())))
