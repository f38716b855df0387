"""A draft as a file: DOCX, PDF, OpenDocument, Markdown or CSV. The AI label goes with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple, cast

from ..documents import (
    Block,
    BlockKind,
    Document,
    OutputBlock,
    OutputMeta,
    write_csv,
    write_docx,
    write_markdown,
)
from ..documents.comparison import compare_documents
from ..documents.output import Beside, Letterhead, Place, write_odt, write_pdf
from ..documents.redline import write_redline
from ..errors import InputError
from ..language import Variety
from .comparison_export import both, change_rows, comparison_blocks
from .draft import Citation, Draft, Passage, Section
from .obligations import COLUMNS

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


class ExportedFile(NamedTuple):
    """A file that leaves the office."""

    name: str
    data: bytes
    media_type: str


HEADINGS = {
    "en": {
        "kind": "Kind",
        "party": "Party",
        "action": "What",
        "when": "When",
        "amount": "Amount",
        "source": "Source",
        "text": "Text",
        "findings": "To check",
        "sources": "Sources",
        "obligation": "Obligation",
        "date": "Date",
        "page": "p.",
    },
    "zh": {
        "kind": "類別",
        "party": "負責方",
        "action": "事項",
        "when": "日期",
        "amount": "款額",
        "source": "出處",
        "text": "內容",
        "findings": "待核對",
        "sources": "資料來源",
        "obligation": "責任",
        "date": "日期",
        "page": "頁",
    },
}


def export(
    draft: Draft,
    form: str,
    documents: Mapping[str, Document],
    officer_department: str = "",
    letterhead: Letterhead | None = None,
) -> bytes:
    """The draft in one of `MEDIA_TYPES`. Raises InputError for any other form, MissingPart without fonts."""
    if form not in MEDIA_TYPES:
        raise InputError(f"A draft cannot be saved as “{form}”.", hint=f"Choose {', '.join(MEDIA_TYPES)}.")
    meta = meta_of(draft, officer_department, letterhead)
    if draft.comparison is not None:
        return _export_comparison(draft, form, documents, meta)
    if form == "csv":
        return _csv(rows(draft, documents), draft.label)
    if form == "docx" and draft.kind == "redraft":
        return _export_redraft(draft, meta)
    return _written(blocks_of(draft, documents), form, meta)


def _export_redraft(draft: Draft, meta: OutputMeta) -> bytes:
    """Word with each new wording as a tracked change of the old one."""
    old, new = (_document_of(draft, old=old) for old in (True, False))
    return write_redline(old, new, compare_documents(old, new), meta)


def _document_of(draft: Draft, *, old: bool) -> Document:
    """The text before or after the redraft, with the kinds of its paragraphs."""
    kinds: dict[str, BlockKind] = {"heading": "heading", "bullet": "list_item"}
    blocks = [
        Block(
            id=f"b{number}",
            kind=kinds.get(passage.kind, "paragraph"),
            text=passage.source_text if old else passage.text,
            level=passage.level,
        )
        for number, passage in enumerate(draft.passages())
    ]
    return Document(name=draft.title, format="docx", blocks=tuple(blocks), title=draft.title)


def _export_comparison(draft: Draft, form: str, documents: Mapping[str, Document], meta: OutputMeta) -> bytes:
    """Two versions: tracked changes where there is something to track, else the changes and both texts."""
    assert draft.comparison is not None
    old, new = both(documents)
    if form == "csv":
        return _csv(list(change_rows(draft, list(documents))), draft.label)
    if form == "docx" and not draft.comparison.across:
        return write_redline(old, new, draft.comparison, meta)
    return _written(list(comparison_blocks(draft, old, new)), form, meta)


def _csv(table: list[list[str]], label: str) -> bytes:
    """The table, and the label as a row of its own after it."""
    return write_csv([*table, [label]] if label else table).encode("utf-8")


def _written(blocks: Sequence[OutputBlock], form: str, meta: OutputMeta) -> bytes:
    match form:
        case "docx":
            return write_docx(blocks, meta)
        case "pdf":
            return write_pdf(blocks, meta)
        case "odt":
            return write_odt(blocks, meta)
        case _:
            return write_markdown(blocks, meta).encode("utf-8")


def meta_of(draft: Draft, department: str = "", letterhead: Letterhead | None = None) -> OutputMeta:
    """What the file says of itself."""
    return OutputMeta(
        title=draft.title,
        language=draft.variety,
        label=draft.label,
        department=department,
        letterhead=letterhead,
    )


def rows(draft: Draft, documents: Mapping[str, Document]) -> list[list[str]]:
    """The draft as a table: an analysis by its columns, anything else a row a passage with its sources."""
    table = []
    for section in draft.sections:
        words = _words(section)
        as_table = any(passage.kind == "row" for passage in section.passages)
        columns = list(COLUMNS) if as_table else ["text"]
        heading = [found for passage in section.passages if (found := passage.columns.get("beside"))][:1]
        table.append([*(words[column] for column in columns), *heading, words["source"], words["findings"]])
        for passage, beside in _with_what_follows(section.passages):
            table.append(
                [
                    *_cells(passage, columns, words),
                    *(beside for _ in heading),
                    "; ".join(_place(citation, documents, words) for citation in passage.citations),
                    "; ".join(finding.message for finding in passage.findings),
                ]
            )
    return table


def _with_what_follows(passages: Sequence[Passage]) -> Iterator[tuple[Passage, str]]:
    """Each passage of the text with what stands in a column beside it, which is the passage after it."""
    for passage, after in zip_longest(passages, passages[1:]):
        if "beside" not in passage.columns:
            yield passage, after.text if after is not None and "beside" in after.columns else ""


def _cells(passage: Passage, columns: Sequence[str], words: Mapping[str, str]) -> list[str]:
    if passage.kind != "row":
        return [passage.text]
    kind = passage.columns.get("kind", "")
    return [words.get(kind, kind), *(passage.columns.get(column, "") for column in columns[1:])]


def _words(section: Section) -> dict[str, str]:
    return HEADINGS["zh" if Variety(section.language).is_chinese else "en"]


def _place(citation: Citation, documents: Mapping[str, Document], words: Mapping[str, str]) -> str:
    """Where a citation points, in words: the file's name and the page."""
    document = documents.get(citation.document)
    name = document.name if document else citation.document
    return f"{name}, {words['page']} {citation.anchor.page}" if citation.anchor.page else name


def blocks_of(draft: Draft, documents: Mapping[str, Document]) -> list[OutputBlock]:
    """The draft's passages as things to write; an official text brings its own title."""
    own_title = any(passage.columns.get("place") == "subject" for passage in draft.passages())
    blocks = [] if own_title else [OutputBlock(kind="title", text=draft.title)]
    for section in draft.sections:
        blocks += _section_blocks(section, documents)
    return blocks


def _section_blocks(section: Section, documents: Mapping[str, Document]) -> list[OutputBlock]:
    """The passages, prose joined, tables whole, then the numbered sources."""
    language = Variety(section.language)
    words = _words(section)
    numbers: dict[tuple[str, str], int] = {}
    blocks: list[OutputBlock] = []
    if any(passage.kind == "row" for passage in section.passages):
        table = rows(_only(section), documents)
        blocks.append(OutputBlock(kind="table", text="", rows=table, language=language))
        return blocks
    for group in _groups(section.passages):
        if group[0].kind == "table_cell":
            blocks.append(OutputBlock(kind="table", text="", rows=_table(group), language=language))
            continue
        items, beside = with_beside(group)
        text = _joined(items, numbers, language)
        comments = tuple(finding.message for passage in group for finding in passage.findings)
        blocks.append(
            OutputBlock(
                kind="bullet" if group[0].kind == "bullet" else _plain_kind(group[0]),
                text=text,
                level=max(1, group[0].level) if group[0].kind == "heading" else group[0].level,
                language=language,
                comments=comments,
                place=cast(Place, group[0].columns.get("place", "")),
                number=group[0].columns.get("number", ""),
                beside=beside,
            )
        )
    return blocks + _source_list(section, numbers, documents, words, language)


def _groups(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Passages that stand together: prose that runs on, and the cells of one table."""
    groups: list[list[Passage]] = []
    for passage in passages:
        before = groups[-1][-1] if groups else None
        same_table = (
            before is not None
            and passage.kind == before.kind == "table_cell"
            and passage.columns.get("table") == before.columns.get("table")
        )
        if before is not None and (passage.run_on or same_table):
            groups[-1].append(passage)
        else:
            groups.append([passage])
    return groups


def with_beside(group: Sequence[Passage]) -> tuple[Sequence[Passage], Beside | None]:
    """The group's text, and what stands beside it: its last passage, where that names a column."""
    *text, last = group
    heading = last.columns.get("beside")
    return (text, Beside(heading, last.text)) if text and heading else (group, None)


def _joined(group: Sequence[Passage], numbers: dict[tuple[str, str], int], language: Variety) -> str:
    """The group's text with a number in square brackets after each cited statement."""
    pieces = []
    for passage in group:
        marks = ""
        for citation in passage.citations:
            number = numbers.setdefault((citation.document, citation.anchor.block), len(numbers) + 1)
            if f"[{number}]" not in marks:
                marks += f"[{number}]"
        pieces.append(f"{passage.text} {marks}".rstrip())
    return ("" if language.is_chinese else " ").join(pieces)


def _plain_kind(passage: Passage) -> Literal["heading", "paragraph"]:
    return "heading" if passage.kind == "heading" else "paragraph"


def _table(group: Sequence[Passage]) -> list[list[str]]:
    """Cells put back in their rows and columns; one may hold several paragraphs."""
    table: dict[int, dict[int, str]] = {}
    for passage in group:
        row, column = int(passage.columns["row"]), int(passage.columns["column"])
        cells = table.setdefault(row, {})
        cells[column] = "\n".join(filter(None, [cells.get(column, ""), passage.text]))
    width = max(column for row in table.values() for column in row) + 1
    return [[table[row].get(column, "") for column in range(width)] for row in sorted(table)]


def _only(section: Section) -> Draft:
    return Draft(kind="analyse", title="", sections=(section,))


def _source_list(
    section: Section,
    numbers: Mapping[tuple[str, str], int],
    documents: Mapping[str, Document],
    words: Mapping[str, str],
    language: Variety,
) -> list[OutputBlock]:
    """The cited places under their numbers, each with the words that stand there."""
    if not numbers:
        return []
    first = {
        (citation.document, citation.anchor.block): citation
        for passage in reversed(section.passages)
        for citation in reversed(passage.citations)
    }
    blocks = [OutputBlock(kind="heading", text=words["sources"], level=2, language=language)]
    for place, number in numbers.items():
        citation = first[place]
        text = f"[{number}] {_place(citation, documents, words)}: {citation.quote}"
        blocks.append(OutputBlock(kind="paragraph", text=text))
    return blocks
