"""Scripts and documents as storyboards, and subtitles as files that other readers open."""

from __future__ import annotations

import pytest

from bauhinia.chat.video import Words, from_script, storyboard_for, translated
from bauhinia.chat.video.storyboard import MAX_SCENES, as_script, expected_seconds
from bauhinia.chat.video.subtitles import Cue, reading_seconds, srt
from bauhinia.documents.collecting import Bounds, Reading
from bauhinia.documents.subtitles import read
from bauhinia.errors import InputError
from bauhinia.settings import Limits

SCRIPT = """# 新圖書館開幕 || A New Library
新圖書館下月開放。 || The new library opens next month.
## 可以做甚麼 || What you can do
- 借書 || Borrow books
- 自修 || Study
## 藏書 || The collection
| 種類 | 數目 |
|---|---|
| 中文 || Chinese | 70,000 |
| 英文 || English | 40,000 |
中文書較多。 || Most are Chinese.
## 來看看 || Come and see
![走進書海 || Into the books](books)
每日開放。 || Open daily.
"""


def test_a_script_becomes_typed_scenes() -> None:
    board = from_script(SCRIPT, "yue", second="en")
    assert [scene.kind for scene in board.scenes] == ["title", "points", "chart", "picture", "closing"]
    title, points, chart, picture, closing = board.scenes
    assert title.heading == Words(first="新圖書館開幕", second="A New Library") == closing.heading
    assert [point.second for point in points.points] == ["Borrow books", "Study"]  # type: ignore[union-attr]
    assert [(bar.label.first, bar.value, bar.written) for bar in chart.bars] == [  # type: ignore[union-attr]
        ("中文", 70_000, "70,000"), ("英文", 40_000, "40,000")
    ]  # fmt: skip
    assert picture.picture == "books" and picture.heading.first == "走進書海"  # type: ignore[union-attr]
    assert [line.first for line in board.lines] == [
        "新圖書館下月開放。",
        "借書",
        "自修",
        "中文書較多。",
        "每日開放。",
    ]


def test_a_long_document_is_cut_to_what_fits_and_every_part_keeps_its_beginning() -> None:
    document = "# 年報\n" + "\n".join(
        f"## 第{part}部分\n"
        + "".join(f"這是第{part}部分的第{number}句說話，內容相當豐富。" for number in range(20))
        for part in range(4)
    )
    board = from_script(document, "yue")
    assert board.seconds_expected <= 90 and len(board.scenes) <= MAX_SCENES
    said = "".join(line.first for line in board.lines)
    assert all(f"第{part}部分的第0句" in said for part in range(4)) and "第19句" not in said


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("", "empty"),
        ("x" * 8_001, "too long"),
        ("# 標題", "says nothing"),
        ("# 標題\n" + "字" * 91 + "。", "has 92 characters"),
    ],
)
def test_what_makes_no_film_is_refused(script: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        from_script(script, "yue")
    assert refused.value.hint


async def test_the_second_language_is_translated_or_asked_for() -> None:
    board = from_script("# 標題\n今日開放。\n## 地點\n地點在中環。", "yue", second="en")
    with pytest.raises(InputError, match="not in its second language"):
        await translated(board, None)
    asked: list[str] = []

    async def translate(texts: object, language: str) -> list[str]:
        asked.extend(texts)  # type: ignore[arg-type]
        return [f"{language} {number}" for number, _ in enumerate(asked)]

    told = await translated(board, translate)
    assert asked == ["標題", "地點", "今日開放。", "地點在中環。"]
    assert [line.second for line in told.lines] == ["en 2", "en 3"] and told.title.second == "en 0"
    assert await translated(told, None) == told


async def test_a_request_is_written_by_a_model_and_read_like_any_script() -> None:
    async def write(request: str, language: str) -> str:
        return f"# {request}\nWe open today."

    board = await storyboard_for("A new library", "en", write)
    assert board.title.first == "A new library" and board.lines[0].first == "We open today."
    with pytest.raises(InputError, match="empty"):
        await storyboard_for(" ", "en", write)


def test_subtitles_are_read_by_our_own_reader() -> None:
    cues = (
        Cue(start=0.6, end=2.25, words=Words(first="你好。", second="Hello."), scene=0),
        Cue(start=3_661.5, end=3_662.0, words=Words(first="再見。"), scene=1),
    )
    reading = Reading(Bounds(**Limits().model_dump()))
    read(srt(cues).encode(), reading)
    assert [block.text for block in reading.blocks] == ["你好。", "再見。"]
    times = list(reading.metadata["cues"].values())
    assert times[0]["start"] == "00:00:00,600" and times[1]["end"] == "01:01:02,000"
    assert srt(cues, second=True).count("-->") == 1


def test_time_to_read_and_to_speak_grow_with_the_text() -> None:
    assert reading_seconds("字" * 18) == 2.0 and reading_seconds("a" * 22) == 1.0
    assert expected_seconds("字" * 34) == 10.0


def test_a_storyboard_is_said_as_a_script_that_gives_it_again() -> None:
    script = "# 一 || One\n起。 || It begins.\n## 二 || Two\n![樹 || A tree](tree)\n種樹。 || Plant one.\n## 三 || Three\n看。 || Look."
    board = from_script(script, "yue", second="en")
    assert from_script(as_script(board), "yue", second="en").lines == board.lines
    assert "![樹 || A tree](tree)" in as_script(board) and as_script(board).startswith("# 一 || One\n")


def test_a_point_that_is_cut_short_ends_with_a_whole_word() -> None:
    long = "Reading together with their old friends and family is a great way to stay connected."
    board = from_script(f"# A film\nWelcome.\n## Why\n{long}", "en")
    (scene,) = (each for each in board.scenes if each.kind == "points")
    assert scene.points[0].first == "Reading together with their old friends and family is a…"
