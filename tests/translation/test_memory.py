"""The memory: exact, in context, near; figures and tags put over; learnt at once; history kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from bauhinia.language import Variety
from bauhinia.store import Database
from bauhinia.translation.adapting import adapt
from bauhinia.translation.matching import chunks, grams, shape
from bauhinia.translation.memory import Memory, Segment

from .walls import of_department

EN, HANT = Variety.ENGLISH, Variety.TRADITIONAL
SOURCE = "The department received 1 502 complaints about noise in 2025."
TARGET = "該部門在2025年收到1 502宗噪音投訴。"


def segment(source: str = SOURCE, target: str = TARGET, to: Variety = HANT, **more: object) -> Segment:
    return Segment(source=source, target=target, to=to, **more)  # type: ignore[arg-type]


@pytest.fixture
def memory(database: Database) -> Memory:
    return Memory(database)


async def test_what_is_confirmed_is_found_at_once(memory: Memory) -> None:
    assert await memory.look_up(SOURCE, HANT) == []
    learnt = await memory.learn([segment(confirmed_by="Chief Executive Officer")])
    assert (learnt.added, learnt.changed) == (1, 0)
    (match,) = await memory.look_up(SOURCE, HANT)
    assert (match.score, match.target, match.confirmed_by) == (100, TARGET, "Chief Executive Officer")


async def test_in_context_needs_both_neighbours(memory: Memory) -> None:
    await memory.learn([segment(before="One.", after="Three.")])
    assert (await memory.look_up(SOURCE, HANT, before="One.", after="Three."))[0].score == 101
    assert (await memory.look_up(SOURCE, HANT, before="One.", after="Four."))[0].score == 100
    assert (await memory.look_up(SOURCE, HANT))[0].score == 100


async def test_the_translation_of_the_same_context_comes_first(memory: Memory) -> None:
    await memory.learn(
        [segment("Yes", "是", before="A", after="B"), segment("Yes", "有", before="C", after="D")]
    )
    assert [match.target for match in await memory.look_up("Yes", HANT, before="A", after="B")] == [
        "是",
        "有",
    ]


async def test_a_changed_translation_replaces_and_the_old_one_is_history(memory: Memory) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    await memory.learn([segment(at=at, confirmed_by="Clerk")])
    assert (await memory.learn([segment(at=at, confirmed_by="Clerk")])).unchanged == 1
    assert (await memory.learn([segment(target="另一譯文。")])).changed == 1
    (match,) = await memory.look_up(SOURCE, HANT)
    assert match.target == "另一譯文。"
    (earlier,) = await memory.history(match.unit)
    assert (earlier.target, earlier.confirmed_by, earlier.at) == (TARGET, "Clerk", at)


async def test_other_figures_are_put_over_for_a_small_penalty(memory: Memory) -> None:
    await memory.learn([segment()])
    (match,) = await memory.look_up("The department received 987 complaints about noise in 2026.", HANT)
    assert (match.score, match.target, match.figures) == (99, "該部門在2026年收到987宗噪音投訴。", 2)


async def test_other_tags_are_put_over(memory: Memory) -> None:
    await memory.learn([segment("See <1>the annex</1>.", "見<1>附件</1>。")])
    (match,) = await memory.look_up("<1/>See the annex.", HANT)
    assert (match.score, match.target) == (99, "<1/>見附件。")


async def test_near_english_is_scored_by_words_and_chinese_by_characters(memory: Memory) -> None:
    await memory.learn([segment(), segment("市民可以郵寄或電郵方式交回表格。", "Members may return it.", EN)])
    (english,) = await memory.look_up("The department received 1 502 complaints about dust in 2025.", HANT)
    assert english.score == 88  # one word of nine
    (chinese,) = await memory.look_up("市民可以郵寄或電話方式交回表格。", EN)
    assert chinese.score == 93  # one character of fifteen
    assert await memory.look_up("An altogether different sentence about the weather today.", HANT) == []


async def test_a_department_finds_its_own_and_the_shared_but_no_others(memory: Memory) -> None:
    async with of_department("B"):
        await memory.learn([segment("B's.", "乙。", department="B")])
    await memory.learn([segment("Shared.", "共用。")])
    async with of_department("A"):
        await memory.learn([segment(department="A")])
        assert await memory.look_up(SOURCE, HANT, department="A")
        assert await memory.look_up("Shared.", HANT, department="A")
        assert await memory.look_up("B's.", HANT, department="A") == []
        assert await memory.look_up(SOURCE, EN, department="A") == []


async def test_no_department_finds_anothers_by_naming_it(memory: Memory) -> None:
    async with of_department("B"):
        await memory.learn([segment(department="B")])
        near = SOURCE.replace("dust", "noise")
        assert await memory.look_up(near, HANT, department="B")
    async with of_department("A"):
        for source in (SOURCE, near):
            assert await memory.look_up(source, HANT, department="B") == []
        assert await memory.export(HANT, department="B") == []


async def test_forgotten_is_gone(memory: Memory) -> None:
    await memory.learn([segment()])
    (match,) = await memory.look_up(SOURCE, HANT)
    assert await memory.forget(match.unit) is True
    assert await memory.forget(match.unit) is False
    assert await memory.look_up(SOURCE, HANT) == []


async def test_the_best_of_many_is_found(memory: Memory) -> None:
    words = ["noise", "dust", "light", "water", "air", "odour", "smoke", "litter"]
    await memory.learn(
        segment(f"The {one} unit handled complaints of {other} in {third} areas.", f"{one}{other}{third}")
        for one in words for other in words for third in words
    )  # fmt: skip
    found = await memory.look_up("The noise unit handled complaints of odour in dusty areas.", HANT, most=8)
    assert {match.target for match in found} == {f"noiseodour{word}" for word in words}


def test_a_figure_that_cannot_be_told_apart_is_not_put_over() -> None:
    fitted = adapt("From 3 to 4 of them", "From 3 to 3 of them", "由3至3個", HANT)
    assert (fitted.figures, fitted.target) == (0, "由3至3個") and fitted.unmet


def test_shapes_leave_out_figures_tags_marks_and_case() -> None:
    assert shape("The <1>Cost</1> is HK$36 million!") == shape("the cost is $5")
    assert shape("於二○二五年六月十二日批准") == shape("於2026年5月1日批准")
    assert shape("noise") != shape("dust")


@settings(max_examples=200, deadline=None)
@given(
    st.text("abcdefg", min_size=4, max_size=20),
    st.text("abcdefg", min_size=4, max_size=20),
    st.integers(1, 5),
)
def test_a_shape_within_the_edits_holds_a_chunk(one: str, other: str, count: int) -> None:
    count = min(count, len(one) // 2)
    if Levenshtein.distance(one, other) < count:
        held = set(grams(other))
        assert any(held.issuperset(chunk) for chunk in chunks(one, count, {}))
