"""The shipped layout of a template as a Word file with fields, which a department can make its own."""

from __future__ import annotations

from collections.abc import Iterator

from ..documents import OutputBlock, OutputKind, OutputMeta, write_docx
from ..documents.output import Beside
from ..language import Variety
from ..settings import Settings
from .papers import letterhead_of
from .templates import Language, Line, Template

_PARAGRAPH = "{% if paragraph.number %}{{ paragraph.number }}\t{% endif %}{{ paragraph.text }}"


def blank_paper(template: Template, language: Language, settings: Settings) -> bytes:
    """The Word file. It can be filled by `papers.fill` as it is."""
    variety = Variety.TRADITIONAL if language == "zh-HK" else Variety.ENGLISH
    blocks: list[OutputBlock] = []
    for index, line in enumerate(template.lines):
        blocks += _lines(line, template.name_of(index), language)
    head = letterhead_of(settings, template, variety)
    meta = OutputMeta(
        title=template.title[language], language=variety, department=settings.department, letterhead=head
    )
    return write_docx(blocks, meta)


def _lines(line: Line, name: str, language: Language) -> list[OutputBlock]:
    """A field for a fixed line; a loop over its paragraphs for a part that the model writes."""
    if line.write is not None:
        return list(_loop(line, name, language))
    if line.words is None or language not in line.words:
        return []
    kind: OutputKind = "heading" if line.kind == "heading" else "paragraph"
    return [OutputBlock(kind=kind, text=f"{{{{ {name} }}}}", level=1, place=line.place)]


def _loop(line: Line, name: str, language: Language) -> Iterator[OutputBlock]:
    """A paragraph between the two ends of a loop; rows of a table where a column stands beside it."""
    of = "p" if line.action is None else "tr"
    for text, action in (
        (f"{{%{of} for paragraph in {name} %}}", ""),
        (_PARAGRAPH, "{{ paragraph.action }}"),
        (f"{{%{of} endfor %}}", ""),
    ):
        beside = Beside(line.action[language], action) if line.action else None
        yield OutputBlock(kind="paragraph", text=text, place=line.place, beside=beside)
