"""A model's script and its translations: nothing invented is spoken, and what is not faithful is asked for anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bauhinia.chat.video import storyboard_for
from bauhinia.chat.video.making import translated
from bauhinia.chat.video.scriptwriter import script_writer, tidied, translator
from bauhinia.errors import InputError
from bauhinia.gateway import Gateway
from bauhinia.models import FakeModel
from bauhinia.people import Officer

OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
SCRIPT = """# Read with us

## Why we read
1. **Stories** bring people together.
The library lent 31,000 books last year. Every page opens a window.
## What to bring
- Bring a book that you love.
Bring a friend as well.
## Come along
Everybody is welcome.
There is a chair for you.
It can
"""


def test_a_script_is_tidied_and_invented_figures_go() -> None:
    told: dict[str, str] = {}
    lines = tidied(SCRIPT, "a reading day", longest=100, left_out=told.__setitem__).splitlines()
    assert told["It can"] == "it was cut off with the answer"
    assert told["The library lent 31,000 books last year."] == "nobody asked about 31,000"
    assert lines[:4] == [
        "# Read with us",
        "## Why we read",
        "Stories bring people together.",
        "Every page opens a window.",
    ]
    assert "It can" not in lines
    assert "31,000" not in "\n".join(lines)
    assert "31,000" in tidied(SCRIPT, "the library lent 31,000 books", longest=100)
    assert "Every page opens a window." not in tidied(SCRIPT, "a reading day", longest=25).splitlines()


async def test_a_film_is_written_and_translated_through_the_door(
    open_gateway: Callable[[FakeModel], Gateway],
) -> None:
    told = iter(["太短", SCRIPT])
    model = FakeModel(lambda request: next(told) if "films" in request.messages[0].content else "一起閱讀。")
    door = open_gateway(model)
    await door.start()
    board = await storyboard_for(
        "Invite neighbours to a reading day", "en", script_writer(door, officer=OFFICER), second="zh-Hant"
    )
    assert [scene.heading.first for scene in board.scenes[:2]] == ["Read with us", "Why we read"]
    board = await translated(board, translator(door, officer=OFFICER))
    assert all(line.second == "一起閱讀。" for line in board.lines)


async def test_a_translation_with_english_left_in_it_is_asked_for_anew(
    open_gateway: Callable[[FakeModel], Gateway],
) -> None:
    door = open_gateway(
        FakeModel(["一起閱讀是 fostering社區。", "一起閱讀凝聚社區。", *["大家 reading 凝聚社區。"] * 3])
    )
    await door.start()
    translate = translator(door, officer=OFFICER)
    assert await translate(["Reading builds a community."], "zh-Hant") == ["一起閱讀凝聚社區。"]
    assert await translate(["Reading builds a community."], "zh-Hant") == ["大家 reading 凝聚社區。"]


async def test_a_translation_with_another_figure_is_refused(
    open_gateway: Callable[[FakeModel], Gateway],
) -> None:
    door = open_gateway(FakeModel(["有 40 本書。"] * 3))
    await door.start()
    with pytest.raises(InputError, match="faithfully"):
        await translator(door, officer=OFFICER)(["There are 14 books."], "zh-Hant")
