"""Two versions side by side: nothing lost, moves and splits seen, identical documents without a change."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import count, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.documents import Block, Cell, Document
from bauhinia.documents.comparison import (
    Comparison,
    Edit,
    Pair,
    Texts,
    compare_documents,
    differences,
    stretches,
    tokens,
)
from bauhinia.documents.comparison.matching import heaviest_chain

WORDS = [
    "the",
    "council",
    "will",
    "publish",
    "a",
    "report",
    "on",
    "parks",
    "before",
    "June",
    "and",
    "may",
    "charge",
    "fees",
    "for",
    "1,200",
    "stalls",
]
LETTERS = "部門須在五月三日或之前提交12份報告 AB."


def paragraphs(texts: Sequence[str], name: str = "a.docx") -> Document:
    blocks = tuple(Block(id=f"b{n}", kind="paragraph", text=text) for n, text in enumerate(texts))
    return Document(name=name, format="docx", blocks=blocks)


def table(rows: Sequence[Sequence[str]], before: str = "Table") -> Document:
    number = count()
    blocks = [Block(id=f"b{next(number)}", kind="paragraph", text=before)]
    blocks += [
        Block(id=f"b{next(number)}", kind="table_cell", text=text, cell=Cell(table=0, row=r, column=c))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return Document(name="a.docx", format="docx", blocks=tuple(blocks))


def applied(old: str, new: str, edits: Sequence[Edit]) -> str:
    """The old text with the edits made."""
    for edit in reversed(edits):
        old = old[: edit.old_start] + new[edit.new_start : edit.new_end] + old[edit.old_end :]
    return old


def kinds(comparison: Comparison) -> list[str]:
    return [pair.kind for pair in comparison.pairs if pair.kind != "same"]


def holds_all(old: Document, new: Document) -> Comparison:
    """The comparison, once it was seen to hold every block of both in order, and edits that fit."""
    found = compare_documents(old, new)
    assert [one for pair in found.pairs for one in pair.old] == [block.id for block in old.blocks]
    assert [one for pair in found.pairs for one in pair.new] == [block.id for block in new.blocks]
    texts = Texts.of(old, new)
    for index, pair in enumerate(found.pairs):
        if pair.kind in ("same", "changed", "moved_to"):
            before, after = texts.before(found.pairs, pair), texts.after(pair)
            assert applied(before, after, pair.edits) == after
        if pair.partner is not None:
            assert found.pairs[pair.partner].partner == index
    return found


text = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.text(alphabet=LETTERS, max_size=20)
)


@given(text, text)
def test_edits_applied_to_the_old_text_give_the_new_one(old: str, new: str) -> None:
    edits = differences(old, new)
    assert applied(old, new, edits) == new
    assert "".join(piece.text for piece in stretches(old, new, edits) if piece.kind != "insert") == old
    assert "".join(piece.text for piece in stretches(old, new, edits) if piece.kind != "delete") == new


@given(text)
def test_tokens_give_the_text_back_and_a_text_does_not_differ_from_itself(one: str) -> None:
    assert "".join(tokens(one)) == one
    assert differences(one, one) == ()


@given(st.lists(text, max_size=12), st.lists(text, max_size=12))
def test_every_block_of_both_is_there_in_order(old: list[str], new: list[str]) -> None:
    holds_all(paragraphs(old), paragraphs(new))


grid = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(text, min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(grid, grid)
def test_every_cell_of_both_is_there_in_order(old: list[list[str]], new: list[list[str]]) -> None:
    holds_all(table(old), table(new))


@given(st.lists(text, max_size=15))
def test_identical_documents_have_no_change(texts: list[str]) -> None:
    assert kinds(compare_documents(paragraphs(texts), paragraphs(texts, "b.pdf"))) == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), unique=True, max_size=12))
def test_the_heaviest_chain_is_the_longest_where_all_weigh_the_same(places: list[tuple[int, int]]) -> None:
    chain = [places[n] for n in heaviest_chain(places, [1.0] * len(places))]
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(chain))
    longest: dict[tuple[int, int], int] = {}
    for place in sorted(places):
        before = [n for other, n in longest.items() if other[0] < place[0] and other[1] < place[1]]
        longest[place] = 1 + max(before, default=0)
    assert len(chain) == max(longest.values(), default=0)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("提交四份報告。", "提交五份報告。", [("四", "五")]),
        ("截止日期為五月三日。", "截止日期為五月十日。", [("三", "十")]),
        ("撥款12,500元。", "撥款12,800元。", [("12,500", "12,800")]),
        ("二○二六年生效", "二○二七年生效", [("二○二六", "二○二七")]),
        ("He must reply by 3 May.", "He should reply by 10 May.", [("must", "should"), ("3", "10")]),
        ("a cost of $1.5 million", "a cost of $1.8 million", [("1.5", "1.8")]),
        ("員工不得轉讓", "員工得轉讓", [("不", "")]),
    ],
)
def test_what_changed_is_isolated(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    found = [
        (old[edit.old_start : edit.old_end], new[edit.new_start : edit.new_end])
        for edit in differences(old, new)
    ]
    assert found == expected


LONG = [
    "The Department will publish the results of the survey in the first quarter of next year.",
    "Applicants must hold a valid licence issued by the Commissioner before they open a stall.",
    "Refuse must be collected from every market at least twice a day, including on public holidays.",
    "The committee recommended that the fee for a licence be frozen for two further years.",
    "Complaints about noise should be sent to the District Office within seven working days.",
]


def test_a_paragraph_that_moved_is_one_move() -> None:
    found = holds_all(paragraphs(LONG), paragraphs([*LONG[1:], LONG[0]]))
    assert sorted(kinds(found)) == ["moved_from", "moved_to"]


def test_a_paragraph_that_moved_and_changed_is_a_move_with_its_edits() -> None:
    found = holds_all(
        paragraphs(LONG), paragraphs([*LONG[1:], LONG[0].replace("first quarter", "third quarter")])
    )
    (to,) = [pair for pair in found.pairs if pair.kind == "moved_to"]
    assert len(to.edits) == 1


def test_a_split_and_a_merged_paragraph_are_one_pair_each() -> None:
    split = holds_all(paragraphs([f"{LONG[0]} {LONG[1]}", LONG[2]]), paragraphs(LONG[:3]))
    assert [(pair.kind, len(pair.old), len(pair.new)) for pair in split.pairs] == [
        ("changed", 1, 2),
        ("same", 1, 1),
    ]
    merged = holds_all(paragraphs(LONG[:3]), paragraphs([LONG[0], f"{LONG[1]} {LONG[2]}"]))
    assert [(len(pair.old), len(pair.new)) for pair in merged.pairs] == [(1, 1), (2, 1)]


def test_new_numbers_of_paragraphs_are_no_change_of_their_words() -> None:
    numbered = [f"{n}. {text}" for n, text in enumerate(LONG, 1)]
    without = [f"{n}. {text}" for n, text in enumerate([LONG[0], *LONG[2:]], 1)]
    found = holds_all(paragraphs(numbered), paragraphs(without))
    assert kinds(found) == ["deleted", "changed", "changed", "changed"]
    assert all(pair.renumbered for pair in found.pairs if pair.kind == "changed")


TABLE = [
    ["Year", "Medium", "Quick"],
    ["2023", "1 210", "84"],
    ["2024", "1 465", "126"],
    ["2025", "1 702", "198"],
]


def _cells(found: Comparison, kind: str, old: Document, new: Document) -> list[str]:
    texts = Texts.of(old, new)
    return [texts.before(found.pairs, pair) or texts.after(pair) for pair in found.pairs if pair.kind == kind]


def test_a_row_that_was_inserted_and_a_cell_that_changed() -> None:
    old, new = table(TABLE), table([*TABLE[:2], ["2023½", "1 300", "99"], TABLE[2], ["2025", "1 702", "233"]])
    found = holds_all(old, new)
    assert _cells(found, "inserted", old, new) == ["2023½", "1 300", "99"]
    assert _cells(found, "changed", old, new) == ["198"]


def test_a_row_whose_first_cell_changed_is_the_same_row() -> None:
    old, new = table(TABLE), table([*TABLE[:2], ["2024-25", *TABLE[2][1:]], TABLE[3]])
    found = holds_all(old, new)
    assert kinds(found) == ["changed"]
    assert _cells(found, "changed", old, new) == ["2024"]


def test_a_time_is_no_number_of_a_paragraph() -> None:
    old, new = paragraphs(["2.30 pm to 5 pm"]), paragraphs(["2.40 pm to 5 pm"])
    assert not holds_all(old, new).pairs[0].renumbered


def test_a_column_that_was_deleted() -> None:
    old, new = table(TABLE), table([[row[0], row[2]] for row in TABLE])
    found = holds_all(old, new)
    assert _cells(found, "deleted", old, new) == ["Medium", "1 210", "1 465", "1 702"]
    assert "changed" not in kinds(found)


def test_an_edited_long_document_gives_back_what_was_edited() -> None:
    chance = random.Random(7)
    old = [
        f"Paragraph {n} says that " + " ".join(chance.choices(WORDS, k=30)) + f" in ward {n}."
        for n in range(400)
    ]
    new = [line.replace("in ward", "within ward") if n % 50 == 0 else line for n, line in enumerate(old)]
    del new[101:104]
    new.insert(300, "An entirely different sentence about harbour ferries, lighthouses, buoys and tides.")
    found = holds_all(paragraphs(old), paragraphs(new))
    assert sorted(kinds(found)) == ["changed"] * 8 + ["deleted"] * 3 + ["inserted"]


def test_a_pair_says_which_blocks_it_holds() -> None:
    found = compare_documents(paragraphs(LONG[:1]), paragraphs(LONG[:1]))
    assert found.pairs == (Pair(kind="same", old=("b0",), new=("b0",)),)
    assert found.changes == 0
