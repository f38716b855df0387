"""A spreadsheet's numbers as a person sees them: `45413` with `d mmm yyyy` is `1 May 2024`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from .date_formats import DATE_LETTERS, date_shown

BUILT_IN: dict[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    **dict.fromkeys((5, 6), '"$"#,##0'), **dict.fromkeys((7, 8), '"$"#,##0.00'),
    9: "0%", 10: "0.00%", 11: "0.00E+00", 14: "d/m/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "d/m/yyyy h:mm",
    37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    41: "#,##0;-#,##0", 42: '"$"#,##0;-"$"#,##0', 43: "#,##0.00;-#,##0.00", 44: '"$"#,##0.00;-"$"#,##0.00',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 36, 50, 57), "yyyy/m/d"),
    **dict.fromkeys((28, 29, 51, 54, 58), 'yyyy"年"m"月"d"日"'),
    30: "m/d/yy", 31: 'yyyy"年"m"月"d"日"', 32: 'hh"時"mm"分"', 33: 'hh"時"mm"分"ss"秒"',
    **dict.fromkeys((34, 52, 55), '上午/下午hh"時"mm"分"'),
    **dict.fromkeys((35, 53, 56), '上午/下午hh"時"mm"分"ss"秒"'),
}  # fmt: skip
"""By `numFmtId`; those that depend on the machine as a Hong Kong machine shows them."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|[_*](?P<skipped>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<half>AM/PM|A/P|上午/下午)|(?P<general>General)|(?P<power>[eE][+-])"
    r"|(?P<letters>y+|m+|d+|h+|s+|a{3,4}|e+|g+|b+)|(?P<digit>[0#?])|(?P<other>.)",
    re.I | re.S,
)
_CONDITION = re.compile(r"([<>=]{1,2})(-?\d+(?:\.\d+)?)$")
_LONGEST_CODE = 500
_DIGITS = 15
"""As many as a spreadsheet keeps."""
_LARGEST = 20
"""Of a number that a format writes out, the power of ten; a larger one is shown in powers."""
_WIDE = Context(prec=_LONGEST_CODE + 2 * _LARGEST)


class Token(NamedTuple):
    """A piece of a format code."""

    kind: str
    """`text`, `digit`, `point`, `comma`, `percent`, `power`, `general`, `at`,
    `half`, `letters`, `elapsed`."""
    text: str


@dataclass(slots=True)
class Section:
    """What a format code says of one kind of number: those above zero, those below, ..."""

    tokens: list[Token] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    locale: str = ""
    """Of a date, what its brackets say: `$-404`, `DBNum1`."""

    @property
    def dated(self) -> bool:
        """Whether it shows a date or a time."""
        return any(token.kind in ("letters", "elapsed") for token in self.tokens)

    def shows(self, kind: str) -> bool:
        """Whether it has a token of that kind."""
        return any(token.kind == kind for token in self.tokens)


def shown(value: str, code: str, *, from_1904: bool = False) -> str:
    """The number `value`, as the file stores it, in the format `code`; what is no number stays as it is."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > 400:
        return value
    section, signed = _section(_sections(code[:_LONGEST_CODE]), number)
    if section.shows("general") or section.shows("at") or not code:
        return _around(section, general(number))
    if section.dated:
        return date_shown(section.tokens, section.locale, number, from_1904=from_1904) or general(number)
    if not section.shows("digit"):
        return _words(section.tokens)
    if any(token.text == "/" for token in section.tokens):
        return general(number)
    if number.adjusted() > _LARGEST and not section.shows("power"):
        return general(number)
    text = _number(section.tokens, abs(number))
    return f"-{text}" if signed and number < 0 and re.search("[1-9]", text) else text


def general(number: Decimal) -> str:
    """A number without a format: whole numbers in full, others to the digits that a cell shows."""
    if number == number.to_integral_value() and abs(number) < Decimal(10) ** _DIGITS:
        return f"{int(number)}"
    if 1e-9 < abs(number) < 1e11:
        digits = max(0, 9 - max(0, number.adjusted()))
        text = f"{number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa, _, power = f"{number:.5E}".partition("E")
    return f"{mantissa.rstrip('0').rstrip('.')}E{int(power):+03d}"


def hides_text(code: str) -> bool:
    """Whether a format shows nothing in place of text: `;;;`."""
    sections = _sections(code[:_LONGEST_CODE])
    return len(sections) > 3 and not sections[3].tokens


@lru_cache(maxsize=500)
def _sections(code: str) -> tuple[Section, ...]:
    sections = [Section()]
    for match in _TOKEN.finditer(code):
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "other" and text == ";":
            sections.append(Section())
        elif kind == "bracket":
            _bracket(sections[-1], text)
        elif kind != "skipped":
            sections[-1].tokens.append(_token(kind, text))
    return tuple(sections)


def _token(kind: str, text: str) -> Token:
    if kind in ("quoted", "escaped"):
        return Token("text", text)
    if kind == "other":
        return Token({".": "point", ",": "comma", "%": "percent", "@": "at"}.get(text, "text"), text)
    return Token(kind, text.lower() if kind == "letters" else text)


def _bracket(section: Section, text: str) -> None:
    if condition := _CONDITION.match(text):
        section.condition = (condition[1], Decimal(condition[2]))
    elif text.startswith("$"):
        section.locale += text
        section.tokens.append(Token("text", text[1:].partition("-")[0]))
    elif text and set(text.lower()) <= DATE_LETTERS and len(set(text.lower())) == 1:
        section.tokens.append(Token("elapsed", text.lower()))
    elif text.lower().startswith("dbnum"):
        section.locale += text


def _section(sections: Sequence[Section], number: Decimal) -> tuple[Section, bool]:
    """The section that shows `number`, and whether it leaves the minus sign to us."""
    numeric = [each for each in sections[:3] if not each.shows("at") or len(sections) == 1]
    if not numeric:
        return sections[0], True
    conditions = [each for each in numeric if each.condition]
    if conditions:
        chosen = next(
            (each for each in numeric if not each.condition or _holds(each.condition, number)), None
        )
        return chosen or numeric[-1], True
    if number < 0 and len(numeric) > 1:
        return numeric[1], False
    if number == 0 and len(numeric) > 2:
        return numeric[2], True
    return numeric[0], True


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, bound = condition
    return {
        "<": number < bound, "<=": number <= bound, ">": number > bound, ">=": number >= bound,
        "=": number == bound, "<>": number != bound,
    }.get(sign, False)  # fmt: skip


def _around(section: Section, number: str) -> str:
    """The section's words with `number` where it stands; last when nothing says where."""
    text = "".join(
        number if token.kind in ("general", "at") else token.text if token.kind == "text" else ""
        for token in section.tokens
    )
    return text or number


def _number(tokens: Sequence[Token], number: Decimal) -> str:
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    first, last = places[0], places[-1]
    point = next((index for index, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    number = number.scaleb(2 * sum(token.kind == "percent" for token in tokens))
    commas = {*_scaling(tokens[:point]), *_scaling(tokens)}
    number = number.scaleb(-3 * len(commas))
    after = [token.text for token in tokens[point:] if token.kind == "digit"]
    if power := next((index for index, token in enumerate(tokens) if token.kind == "power"), 0):
        decimals = sum(tokens[index].kind == "digit" for index in range(min(point, power), power))
        return _scientific(number, decimals, len(places) - sum(index < power for index in places))
    before = [token.text for token in tokens[:point] if token.kind == "digit"]
    number = number.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP, _WIDE)
    whole, _, part = f"{number:f}".partition(".")
    whole = "" if whole == "0" else whole
    whole = whole.rjust(sum(mark != "#" for mark in before), "0")
    grouped = any(token.kind == "comma" for token in tokens[first:last])
    part = _optional(part, after)
    head = _words(tokens[:first])
    tail = _words(tokens[last + 1 :])
    inner = [token.text for token in tokens[first : min(point, last)] if token.kind == "text"]
    if inner and not grouped:
        shown_whole = _spread(tokens[first : min(point, last + 1)], whole)
    else:
        shown_whole = f"{int(whole or 0):,}" if grouped and whole else whole
    return f"{head}{shown_whole}{f'.{part}' if part else ''}{tail}"


def _scaling(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the commas that follow the last digit: each divides by a thousand."""
    last = max((index for index, token in enumerate(tokens) if token.kind == "digit"), default=len(tokens))
    for index in range(last + 1, len(tokens)):
        if tokens[index].kind != "comma":
            return
        yield index


def _optional(part: str, marks: Sequence[str]) -> str:
    """Decimals without the zeros that `#` does not ask for."""
    while part and part[-1] == "0" and marks[len(part) - 1] == "#":
        part = part[:-1]
    return part


def _words(tokens: Sequence[Token]) -> str:
    return "".join(token.text for token in tokens if token.kind in ("text", "percent"))


def _spread(tokens: Sequence[Token], digits: str) -> str:
    """Digits set from the right into places with words between them: `2345 6789`."""
    out: list[str] = []
    left = list(digits)
    for token in reversed(tokens):
        if token.kind == "digit":
            out.append(left.pop() if left else "")
        elif token.kind == "text" and left:
            out.append(token.text)
    return "".join(left) + "".join(reversed(out))


def _scientific(number: Decimal, decimals: int, least: int) -> str:
    mantissa, _, power = f"{number:.{decimals}E}".partition("E")
    sign = "-" if power.startswith("-") else "+"
    return f"{mantissa}E{sign}{power.lstrip('+-').rjust(least, '0')}"
