"""What a file says of a comparison: a row a change, or the changes and both texts side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..documents import Document, OutputBlock
from ..documents.comparison import BREAK, Comparison, Texts
from ..errors import InputError
from ..language import Variety
from .draft import Citation, Draft, Passage

HEADINGS = {
    "en": {
        "change": "Kind",
        "where": "Under",
        "sentence": "Change",
        "old": "Earlier version",
        "new": "Later version",
        "old_page": "Page",
        "new_page": "Page",
        "beside": "Side by side",
        "figure": "figure changed",
        "figure_added": "figure added",
        "figure_removed": "figure taken out",
        "obligation": "obligation",
        "negation": "denial",
        "added": "added",
        "removed": "taken out",
        "moved": "moved",
        "sentence_added": "sentence added",
        "sentence_removed": "sentence taken out",
    },
    "zh": {
        "change": "類別",
        "where": "標題",
        "sentence": "改動",
        "old": "較早版本",
        "new": "較新版本",
        "old_page": "頁",
        "new_page": "頁",
        "beside": "對照",
        "figure": "數字改動",
        "figure_added": "加入數字",
        "figure_removed": "刪去數字",
        "obligation": "責任",
        "negation": "否定",
        "added": "新增",
        "removed": "刪去",
        "moved": "移位",
        "sentence_added": "新增句子",
        "sentence_removed": "刪去句子",
    },
}
COLUMNS = ("change", "where", "sentence", "old", "old_page", "new", "new_page")


def both(documents: Mapping[str, Document]) -> tuple[Document, Document]:
    """The earlier and the later version.

    Raises InputError when one of them is not there any more, since the file is made of their texts.
    """
    if len(documents) != 2:
        raise InputError(
            "One of the two documents has been removed, so the comparison cannot be saved.",
            hint="Add it again and compare once more.",
        )
    old, new = documents.values()
    return old, new


def comparison_blocks(draft: Draft, old: Document, new: Document) -> Iterator[OutputBlock]:
    """The changes of substance, then both texts in two columns."""
    assert draft.comparison is not None
    yield from _told(draft)
    yield from _side_by_side(draft.comparison, old, new, draft.variety)


def _words(language: Variety) -> dict[str, str]:
    return HEADINGS["zh" if language.is_chinese else "en"]


def change_rows(draft: Draft, keys: Sequence[str]) -> Iterator[list[str]]:
    """A row a change of substance, under a row of headings. `keys`: ids of the two documents."""
    words = _words(draft.variety)
    yield [words[column] for column in COLUMNS]
    where = ""
    for passage in draft.sections[0].passages:
        if passage.kind == "heading":
            where = passage.text
        elif passage.kind == "bullet":
            sides = [[one for one in passage.citations if one.document == key] for key in keys]
            kind = words.get(passage.columns.get("change", ""), "")
            yield [
                kind,
                where,
                passage.text,
                *(cell for side in sides for cell in (_quotes(side), _pages(side))),
            ]


def _quotes(citations: list[Citation]) -> str:
    return "\n".join(citation.quote for citation in citations)


def _pages(citations: list[Citation]) -> str:
    pages = dict.fromkeys(str(one.anchor.page) for one in citations if one.anchor.page is not None)
    return ", ".join(pages)


def _told(draft: Draft) -> Iterator[OutputBlock]:
    """The changes of substance."""
    section = draft.sections[0]
    yield OutputBlock(kind="title", text=draft.title)
    for passage in section.passages:
        yield _block(passage, Variety(section.language))


def _block(passage: Passage, language: Variety) -> OutputBlock:
    if passage.kind == "heading":
        return OutputBlock(kind="heading", text=passage.text, level=max(1, passage.level))
    kind = passage.kind if passage.kind == "bullet" else "paragraph"
    return OutputBlock(
        kind="bullet" if kind == "bullet" else "paragraph", text=passage.text, language=language
    )


def _side_by_side(
    comparison: Comparison, old: Document, new: Document, language: Variety
) -> Iterator[OutputBlock]:
    """Both texts in two columns: all of them across languages, else those that differ."""
    words = _words(language)
    texts = Texts.of(old, new)
    rows = [
        ["\n".join(texts.old[one] for one in pair.old), texts.after(pair).replace(BREAK, "\n")]
        for pair in comparison.pairs
        if comparison.across or pair.kind != "same"
    ]
    if rows:
        yield OutputBlock(kind="heading", text=words["beside"], level=1)
        yield OutputBlock(kind="table", text="", rows=[[words["old"], words["new"]], *rows])
