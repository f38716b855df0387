"""Written Chinese reworded as written Cantonese."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import bauhinia.language
from bauhinia.language import Variety, fits, simplified_characters, to_cantonese

TABLE = Path(bauhinia.language.__file__).parent / "data" / "cantonese_forms.csv"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("您可以在網上申請，不需要親身前來。", "你可以喺網上申請，唔需要親身嚟。"),
        ("申請人是十八歲或以上的居民。", "申請人係十八歲或以上嘅居民。"),
        ("現在沒有這個服務。", "而家冇呢個服務。"),
        ("為什麼不能退款？", "點解唔可以退款？"),
        ("如何申請？需要多少錢？", "點樣申請？需要幾多錢？"),
        ("我們已收到了表格，會交給他們。", "我哋已收到咗表格，會交畀佢哋。"),
        ("三天後可以看到結果。", "三日後可以睇到結果。"),
        ("今天的天氣很好。", "今日嘅天氣好好。"),
        ("請說出哪些文件是要找的。", "請講出邊啲文件係要搵嘅。"),
        ("那些文件在這裏。", "嗰啲文件喺呢度。"),
    ],
)
def test_reworded(written: str, spoken: str) -> None:
    assert to_cantonese(written) == spoken
    assert fits(spoken, Variety.CANTONESE).ok


@pytest.mark.parametrize(
    "kept",
    [
        "目的、的士、的確",
        "關係係數",
        "其他人士",
        "除了、為了、了解",
        "存在風險，旨在保障在職人士",
        "和平、和諧、總和",
        "不同、不過、不足",
        "小說、說明、據說",
        "給予、供給",
        "於是、是次項目、但凡",
        "退還、償還",
        "加拿大、尋找",
        "未來、來自、本來",
        "看守、查看",
        "《我們的計劃》及「不是這樣」",
        "https://www.gov.hk/的",
    ],
)
def test_words_that_only_look_written_stay(kept: str) -> None:
    assert to_cantonese(kept) == kept


def test_cantonese_stays_and_twice_is_once() -> None:
    for text in ("你可以喺網上申請，唔使親身嚟。", "佢哋而家唔喺度，聽日先返嚟。", "呢個係我哋嘅意見。"):
        assert to_cantonese(text) == text


def test_table_is_sound() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["from"] for row in rows}) == len(rows)
    for row in rows:
        assert (row["from"] == row["to"]) == (row["kind"] == "keep")
        assert simplified_characters(row["to"]) == []
        assert to_cantonese(row["to"]) == row["to"], row
