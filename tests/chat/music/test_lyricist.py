"""A model's lines in a song: kept where they can be sung, told how many, and never at the song's cost."""

from __future__ import annotations

from collections.abc import Callable

from bauhinia.chat.music import from_bank, read_request
from bauhinia.chat.music.checks import check_score
from bauhinia.chat.music.composing import compose
from bauhinia.chat.music.lyricist import lyrics_by_model, singable
from bauhinia.chat.music.making import composed
from bauhinia.gateway import Gateway
from bauhinia.models import FakeModel
from bauhinia.people import Officer

OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
REQUEST = "一首輕快的運動會歌曲，粵語歌詞"
ANSWER = """1. 朝陽照在運動場，
好開心
2. 朝陽照在運動場
陳大文跑過終點線
我們在 2025 年奔跑
歡呼聲裏笑開懷。
"""


def test_lines_are_kept_once_and_without_names_or_figures() -> None:
    brief = read_request(REQUEST)
    assert singable(ANSWER, brief, ()) == ["朝陽照在運動場", "好開心", "歡呼聲裏笑開懷"]
    told: dict[str, str] = {}
    assert singable(ANSWER, brief, ("歡呼聲裏笑開懷",), told.__setitem__) == ["朝陽照在運動場", "好開心"]
    assert told["歡呼聲裏笑開懷"] == told["朝陽照在運動場"] == "the song has it already"
    assert told["陳大文跑過終點線"] == "nobody asked about 陳大文" and "2025" in told["我們在 2025 年奔跑"]


async def test_a_models_lines_take_the_place_of_lines_as_long(
    open_gateway: Callable[[FakeModel], Gateway],
) -> None:
    brief = read_request(REQUEST)
    door = open_gateway(FakeModel([ANSWER], model="poet"))
    await door.start()
    told: dict[str, str] = {}
    lyrics = await lyrics_by_model(door, brief, officer=OFFICER, left_out=told.__setitem__)
    bank = from_bank(brief)
    assert "no line of the tune" in told["好開心"]
    assert lyrics.verse_1 == ("朝陽照在運動場", "歡呼聲裏笑開懷", *bank.verse_1[2:])
    assert (lyrics.chorus, lyrics.verse_2) == (bank.chorus, bank.verse_2)
    assert lyrics.written_by == "poet: 2 of 12 lines; phrase bank: the others"
    assert all(check.passed for check in check_score(composed(brief, lyrics), brief))


async def test_where_nothing_can_be_sung_the_bank_sings_and_says_so(
    open_gateway: Callable[[FakeModel], Gateway],
) -> None:
    brief = read_request(REQUEST)
    door = open_gateway(FakeModel(["對不起。"], model="poet"))
    await door.start()
    lyrics = await lyrics_by_model(door, brief, officer=OFFICER)
    assert lyrics.verse_1 == from_bank(brief).verse_1
    assert lyrics.written_by == "phrase bank (none of the lines of poet could be sung)"


def test_a_tune_that_is_heard_in_another_key_is_composed_anew() -> None:
    brief = read_request("A cheerful song in English for a library's reading day, in G major")
    lyrics = from_bank(brief)
    assert not all(check.passed for check in check_score(compose(brief, lyrics), brief)), (
        "it is no example now"
    )
    assert all(check.passed for check in check_score(composed(brief, lyrics), brief))
