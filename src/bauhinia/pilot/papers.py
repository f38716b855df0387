"""A department's own paper: a Word file with fields in double braces, filled with a draft.

The names that a layout may use are in `names_of`. Fixed lines and fields are text (`{{ subject }}`); a part
that the model wrote is a list of paragraphs, each with `number`, `text` and `action`, who has to act (`{%p
for paragraph in answer %}`); `body` holds the paragraphs of all parts in order. Written with docxtpl, in a
sandbox, with every value escaped.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from ..documents.normal import without_illegal
from ..documents.output import Letterhead
from ..documents.word_output import stamp
from ..errors import InputError
from ..language import Variety
from ..settings import Settings
from .draft import Draft, Passage
from .export import meta_of
from .templates import Language, Template

COMMON = ("department", "address", "telephone", "label", "body")
"""Names that every layout may use."""


def names_of(template: Template) -> frozenset[str]:
    """Every name that a Word layout of this template may use."""
    lines = (template.name_of(index) for index in range(len(template.lines)))
    return frozenset([*COMMON, *(field.name for field in template.fields), *lines])


def fill(paper: bytes, template: Template, draft: Draft, department: str, head: Letterhead | None) -> bytes:
    """The layout with the draft's words in it, its findings as comments, the AI label at its end.

    Raises InputError when the layout asks for a name that the template does not have.
    """
    from docxtpl import DocxTemplate

    layout = DocxTemplate(io.BytesIO(paper))
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        layout.render(context_of(template, draft, head), environment, autoescape=True)
    except TemplateError as error:
        raise InputError(
            f"The Word layout of “{template.name}” cannot be filled in: {error.message or error}.",
            hint="Run `bauhinia templates lint` to see what to change in it.",
        ) from error
    _comment(layout.docx, draft.passages())
    stamp(layout.docx, meta_of(draft, department))
    out = io.BytesIO()
    layout.save(out)
    return out.getvalue()


def context_of(template: Template, draft: Draft, head: Letterhead | None = None) -> dict[str, Any]:
    """What each name of a layout stands for, with the officer's edits."""
    lines = {
        name: list(run) for name, run in groupby(draft.passages(), key=lambda p: p.columns.get("line", ""))
    }
    language: Language = "zh-HK" if draft.variety.is_chinese else "en"
    parts = {template.name_of(index) for index, _ in template.parts}
    context: dict[str, Any] = dict.fromkeys(names_of(template), "")
    context |= {name: _paragraphs(run, language) for name, run in lines.items() if name in parts}
    fixed = {name: run[0].text for name, run in lines.items() if name and name not in parts}
    context |= _values(template, fixed, language) | fixed
    context["body"] = [
        each for name, run in lines.items() if name in parts for each in _paragraphs(run, language)
    ]
    context["label"] = draft.label
    if head is not None:
        context |= {"department": head.name, "address": head.address, "telephone": head.telephone}
    return context


def _paragraphs(passages: Sequence[Passage], language: Language) -> list[dict[str, str]]:
    """The part's paragraphs: sentences that run on are one."""
    found: list[dict[str, str]] = []
    space = "" if language == "zh-HK" else " "
    for passage in passages:
        if "beside" in passage.columns and found:
            found[-1]["action"] = passage.text
        elif passage.run_on and found:
            found[-1]["text"] += space + passage.text
        else:
            found.append({"number": passage.columns.get("number", ""), "text": passage.text, "action": ""})
    return found


def _values(template: Template, fixed: Mapping[str, str], language: Language) -> dict[str, str]:
    """The fields' values, read back from the lines that hold them, so that an officer's edit counts."""
    values: dict[str, str] = {}
    for index, line in enumerate(template.lines):
        words = (line.words or {}).get(language)
        text = fixed.get(template.name_of(index))
        if words is None or text is None:
            continue
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(words))
        if match := re.fullmatch(pattern, text, re.DOTALL):
            values |= {name: value for name, value in match.groupdict().items() if name not in values}
    return values


def _comment(document: Any, passages: Sequence[Passage]) -> None:
    """Each finding as a comment on the paragraph that holds its passage."""
    for passage in passages:
        if not passage.findings:
            continue
        place = next(
            (p for p in _all_paragraphs(document) if passage.text and passage.text in p.text and p.runs), None
        )
        if place is not None:
            for finding in passage.findings:
                text = without_illegal(finding.message)
                document.add_comment(place.runs, text=text, author="Bauhinia", initials="B")


def _all_paragraphs(document: Any) -> Iterator[Any]:
    """The document's paragraphs, then those of its tables."""
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def letterhead_of(settings: Settings, template: Template | None, variety: Variety) -> Letterhead | None:
    """The department's head, for a kind of text that goes out on its paper. Raises InputError."""
    if template is None or not template.letterhead:
        return None
    chinese = variety.is_chinese
    return Letterhead(
        name=(settings.department_zh if chinese else "") or settings.department,
        address=(settings.address_zh if chinese else "") or settings.address,
        telephone=settings.telephone,
        crest=_crest(settings.crest),
    )


def _crest(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The crest {path.name} cannot be read.", hint="Set BAUHINIA_CREST to a PNG or JPEG file."
        ) from error
    if not data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        raise InputError(f"The crest {path.name} is no PNG or JPEG.", hint="Save it as PNG and set it again.")
    return data
