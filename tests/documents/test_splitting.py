"""Parts that fit a model: split on structure, nothing lost, no sentence cut unless the part says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bauhinia.documents import Block, BlockKind, Cell, Document, Part, split_sections
from bauhinia.language import split_sentences


def document(*items: tuple[BlockKind, str] | tuple[BlockKind, str, int], pages: bool = False) -> Document:
    blocks = tuple(
        Block(
            id=f"b{n}",
            kind=item[0],
            text=item[1],
            level=item[2] if len(item) > 2 else 0,
            page=n + 1 if pages else None,
        )
        for n, item in enumerate(items)
    )
    return Document(name="a.docx", format="docx", blocks=blocks)


def covered(made: Document, parts: list[Part]) -> dict[str, str]:
    """The text of each block put together from the parts' slices."""
    texts: dict[str, str] = {}
    for part in parts:
        for anchor in part.slices:
            assert anchor.start == len(texts.get(anchor.block, ""))
            texts[anchor.block] = texts.get(anchor.block, "") + made.quote(anchor)
    return texts


def test_a_document_that_fits_is_one_part_without_running_lines() -> None:
    made = document(("header", "Circular"), ("title", "T"), ("paragraph", "One. Two."), pages=True)
    (part,) = split_sections(made, len, 100)
    assert part.text == "T\nOne. Two."
    assert (part.first_page, part.last_page) == (2, 3)
    assert part.headings == ("T",)
    assert not part.cut


def test_headings_first_and_small_sections_together() -> None:
    made = document(
        ("heading", "A", 1), ("paragraph", "a" * 30), ("heading", "B", 1), ("paragraph", "b" * 30),
        ("heading", "C", 1), ("heading", "C1", 2), ("paragraph", "c" * 40), ("heading", "C2", 2), ("paragraph", "d" * 40),
    )  # fmt: skip
    parts = split_sections(made, len, 70)
    assert [part.text.replace("\n", "/") for part in parts] == [
        f"A/{'a' * 30}/B/{'b' * 30}", f"C/C1/{'c' * 40}", f"C2/{'d' * 40}",
    ]  # fmt: skip
    assert parts[2].headings == ("C", "C2")


def test_a_heading_is_never_left_at_the_end_of_a_part() -> None:
    made = document(("paragraph", "x" * 50), ("heading", "Next", 1), ("paragraph", "y" * 50))
    assert [part.text for part in split_sections(made, len, 60)] == ["x" * 50, "Next\n" + "y" * 50]


def test_long_paragraphs_are_split_between_sentences() -> None:
    text = "政府已經回應。委員會備悉有關文件。下次會議在七月舉行。"
    made = document(("paragraph", text))
    parts = split_sections(made, len, 18)
    assert [part.text for part in parts] == ["政府已經回應。委員會備悉有關文件。", "下次會議在七月舉行。"]
    assert not any(part.cut for part in parts)
    assert [anchor.start for part in parts for anchor in part.slices] == [0, 17]


def test_a_sentence_over_the_budget_is_cut_at_clauses_and_says_so() -> None:
    text = "First we look at the rent, then we look at the fees; and last at all the rest of it."
    parts = split_sections(document(("paragraph", text)), len, 40)
    assert all(part.cut for part in parts)
    assert next(part.text.strip() for part in parts) == "First we look at the rent,"
    assert "".join(part.text for part in parts) == text
    unbroken = split_sections(document(("paragraph", "字" * 100)), len, 30)
    assert all(part.cut and len(part.text) <= 30 for part in unbroken)


def test_rows_of_a_table_stay_on_a_line() -> None:
    cells = [(r, c) for r in range(3) for c in range(2)]
    blocks = tuple(
        Block(id=f"b{n}", kind="table_cell", text=f"cell {r} {c}", cell=Cell(table=0, row=r, column=c))
        for n, (r, c) in enumerate(cells)
    )
    made = Document(name="a", format="docx", blocks=blocks)
    parts = split_sections(made, len, 40)
    assert [part.text for part in parts] == [
        "cell 0 0 | cell 0 1\ncell 1 0 | cell 1 1",
        "cell 2 0 | cell 2 1",
    ]


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        split_sections(document(("paragraph", "x")), len, 0)


ITEMS = st.tuples(
    st.sampled_from(["heading", "paragraph", "list_item", "footnote", "title"]),
    st.lists(
        st.sampled_from(["政府回應。", "The end. ", "One, two; three. ", "字" * 30, "word " * 9]),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 3),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=12), st.integers(12, 200))
def test_nothing_is_lost_and_everything_fits(
    items: list[tuple[BlockKind, list[str], int]], budget: int
) -> None:
    made = document(*((kind, "".join(texts).strip(), level) for kind, texts, level in items))
    parts = split_sections(made, len, budget)
    assert all(len(part.text) <= budget for part in parts)
    assert covered(made, parts) == {block.id: block.text for block in made.blocks}
    for part in parts:
        if not part.cut:
            for anchor in part.slices:
                spans = split_sentences(made.block(anchor.block).text)
                assert anchor.start in {start for start, _ in spans}
                assert anchor.end in {end for _, end in spans}
