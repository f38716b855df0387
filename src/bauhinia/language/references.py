"""References: to law, to papers, to files and to parts of a text.

Values name what is referred to and then its number, the same in both languages: `cap:486`, `art:12(3)`
(section, regulation, article, rule, 條), `para:5`, `sch:1`, `annex:A`, `paper:CB(2)123/2026`,
`file:HAD/1-55/2`, `tel:28102222`.
"""

from __future__ import annotations

import re

from .numbers import HAN, canonical, compiled, read_number
from .variety import Variety

_PLAIN = r"[0-9]{1,12}[A-Z]{0,3}(?:\.[0-9]{1,12})*(?:\([0-9A-Za-z]{1,4}\))*"
_NUM = rf"(?P<n>{_PLAIN})"
_HAN_NUM = rf"(?P<n>{_PLAIN}|[{HAN}]{{1,5}}[A-Z]?)"
_ENGLISH_PARTS = {
    "art": "sections?|regulations?|articles?|rules?|clauses?|sect?\\.|reg\\.|art\\.|ss?\\.",
    "para": "paragraphs?|paras?\\.?",
    "sch": "schedules?",
    "part": "parts?",
    "chapter": "chapters?",
    "item": "items?",
    "q": "questions?",
    "table": "tables?",
    "page": "pages?",
}
_CHINESE_PARTS = {
    "art": "[條条]",
    "para": "段",
    "part": "部",
    "item": "[項项]",
    "q": "(?:條問)?題",
    "page": "[頁页]",
}
_HAN_ITEM = "[一二三四五六七八九十]{1,3}"
_EXPRESSIONS: tuple[tuple[str, str], ...] = (
    (
        "paper",
        r"\b(?P<n>(?:CB|LS|LC|EC|FCR|PWSC|FC)\s?\(\s?[0-9]{1,2}\s?\)\s?[0-9]{1,12}/[0-9]{2,4}(?:-[0-9]{2})?"
        r"(?:\([0-9]{2}\))?)",
    ),
    ("paper", r"\b(?P<n>(?:FCR|PWSC|EC|FC|LS)\s?\(?[0-9]{4}-[0-9]{2}\)?\s?[0-9]*)"),
    ("lcq", r"\bLCQ(?P<n>[0-9]{1,2})\b|立法會(?P<n2>[0-9]{1,2}|[一二三四五六七八九十廿]{1,4})題"),
    # HAD/1-55/2; L/M (12) in HAD 4-35/1 is read from its last part
    (
        "file",
        r"\b(?=[^\s，。]*[0-9])(?P<n>[A-Z]{2,}(?:[ &][A-Z]{1,4})?(?:/[A-Z0-9()&.-]*[A-Z0-9)])+"
        r"(?: ?Pt\.? ?[0-9IVX]+)?)(?![a-z])",
    ),
    (
        "file",
        r"\b(?P<n>[A-Z]{2,6}(?: [A-Z]{1,4})? ?\([A-Z0-9]{1,4}\) ?(?:in )?[A-Z]*[0-9A-Z]*(?:/[A-Z0-9()-]+)+)",
    ),
    ("file", r"\b(?P<n>[A-Z]{2,5}[0-9]{4,}(?:[A-Z0-9-]*)|[A-Z]{1,5}-(?:20)?[0-9]{2,}-[0-9]{1,12})\b"),
    (
        "cap",
        r"\b(?:[Cc]ap\.?|[Cc]hapter|CAP\.?)\s?(?P<n>[0-9]{1,4}[A-Z]{0,3})\b"
        r"|第\s?(?P<n2>[0-9]{1,4}[A-Z]{0,3})\s?章",
    ),
    ("art", rf"第\s?{_HAN_NUM}\s?[條条]第\s?(?P<sub>\([0-9A-Za-z]+\))\s?款"),
    ("sub", r"\bsubsections?\s(?P<n>\([0-9A-Za-z]+\))|第\s?(?P<n2>\([0-9A-Za-z]+\))\s?款"),
    (
        "annex",
        r"\b(?:[Aa]nnex(?:es)?|[Aa]ppendi(?:x|ces)|ANNEX)\s(?P<n>[0-9]{1,2}|[A-Z]\b|[IVX]+\b)"
        rf"|附[件錄录]\s?(?P<n2>[0-9]{{1,2}}|[A-Z](?![a-z])|{_HAN_ITEM})",
    ),
    ("sch", rf"\b[Ss]chedules?\s(?P<n>[0-9]{{1,2}}[A-Z]?)|附表\s?(?P<n2>[0-9]{{1,2}}[A-Z]?|{_HAN_ITEM})"),
    (
        "form",
        r"\b[Ff]orm\s(?P<n>[A-Z]{0,4}\s?[0-9]{1,4}[A-Z]?)\b"
        r"|表格\s?(?P<n2>[A-Z]{0,4}\s?[0-9]{1,4}[A-Z]?)(?![0-9])",
    ),
    ("table", r"(?<![代發])表\s?(?P<n>[0-9]{1,2})(?![0-9])"),
    *((part, rf"\b(?i:{words})\s?{_NUM}") for part, words in _ENGLISH_PARTS.items()),
    *((part, rf"第\s?{_HAN_NUM}\s?(?:{words})(?!件|目)") for part, words in _CHINESE_PARTS.items()),
    ("tel", r"(?<![0-9])(?P<n>[2-9][0-9]{3}[ -][0-9]{4})(?![0-9])"),
)
_PATTERNS = tuple((kind, compiled(expression)) for kind, expression in _EXPRESSIONS)


def find_references(text: str) -> list[tuple[int, int, str]]:
    """Every reference: start, end and value. An earlier pattern takes its place before a later one."""
    found: list[tuple[int, int, str]] = []
    taken = bytearray(len(text))
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
            number = _number(match)
            value = number.replace("-", "") if kind == "tel" else number
            found.append((match.start(), match.end(), f"{kind}:{value}"))
    return sorted(found)


def _number(match: re.Match[str]) -> str:
    part = match.groupdict()
    written = part.get("n") or part.get("n2") or ""
    written = re.sub(r"\s", "", written)
    if written and written[0] in HAN:
        letter = written[-1] if written[-1].isascii() else ""
        written = canonical(read_number(written.rstrip(letter) if letter else written)) + letter
    return (written + (part.get("sub") or "")).upper()


def write_reference(value: str, variety: Variety) -> str | None:
    """A reference as `variety` writes it; None where its kind has several names (section, article)."""
    kind, _, number = value.partition(":")
    chinese, english = _WRITTEN.get(kind, ("", ""))
    if not chinese:
        return number if kind in ("file", "paper") else None
    return (chinese if variety.is_chinese else english).format(number)


_WRITTEN = {
    "cap": ("第{}章", "Cap. {}"),
    "para": ("第{}段", "paragraph {}"),
    "sch": ("附表{}", "Schedule {}"),
    "annex": ("附件{}", "Annex {}"),
    "part": ("第{}部", "Part {}"),
}
