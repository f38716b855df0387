"""Conversion between the scripts, in Hong Kong's forms, whole and in a stream."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bauhinia.language
from bauhinia.language import StreamConverter, simplified_characters, to_simplified, to_traditional
from bauhinia.language.character_sets import load

TABLE = Path(bauhinia.language.__file__).parent / "data" / "hong_kong_forms.csv"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("我们将会处理您的个人信息，三天后回复。", "我們將會處理您的個人資料，三天後回覆。"),
        ("个人资料（私隐）条例", "個人資料（私隱）條例"),
        ("隐私专员", "私隱專員"),
        ("软件和网络", "軟件和網絡"),
        ("出租车司机须持有驾驶证", "的士司機須持有駕駛執照"),
        ("公交车和自行车", "巴士和單車"),
        ("这里有群众在说明税务", "這裏有群眾在說明稅務"),
        ("卫生署公布周年报告", "衞生署公布周年報告"),
        ("批准后尽快复核", "批准後盡快覆核"),
        ("茶几、皇后大道中、公里、面粉、表面", "茶几、皇后大道中、公里、麵粉、表面"),
        ("观塘线和机场快线", "觀塘綫和機場快綫"),
        ("余先生和范女士于三月到东涌", "余先生和范女士於三月到東涌"),
        ("观看电视频道，短视频和视频会议", "觀看電視頻道，短視頻和視像會議"),
        ("服务质量和空气质量", "服務質素和空氣質素"),
        ("公务员叙用委员会", "公務員敍用委員會"),
        ("我们會在今天內处理", "我們會在今天內處理"),
        ("請提供出租車位編號", "請提供出租車位編號"),
        ("唔該晒，佢哋系边度？", "唔該晒，佢哋系邊度？"),
    ],
)
def test_to_hong_kong_traditional(written: str, wanted: str) -> None:
    assert to_traditional(written) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "皇后大道中余先生的茶几，距離天后站兩公里。",
        "唔該晒，佢嚇咗一吓。",
        "為著名作家舉行的顯著重要活動",
        "統計畫面及電視頻道",
        "范局長與沈先生於北角雲景道會面，談及關係係數。",
        "弱勢社羣、觀塘綫、牀位、說明及稅務",
        "The Department of Health (衞生署)",
        "手頭拮据的市民",
    ],
)
def test_traditional_text_stays(text: str) -> None:
    assert to_traditional(text) == text


def test_taiwan_forms_become_hong_kong_forms() -> None:
    assert to_traditional("隨著衛生署在這裡着手改善軟體") == "隨着衞生署在這裏着手改善軟件"
    assert to_traditional("天文臺與臺北經濟文化辦事處") == "天文台與臺北經濟文化辦事處"


def test_wording_stays_inside_quotations_and_titles() -> None:
    assert to_traditional("根据《个人信息保护法》，个人信息") == "根據《個人信息保護法》，個人資料"
    assert to_traditional("他说「出租车」，即出租车") == "他說「出租車」，即的士"


def test_an_unclosed_quotation_ends_with_its_line() -> None:
    assert to_traditional("他说「出租车\n出租车") == "他說「出租車\n的士"


def test_message_is_not_information() -> None:
    assert to_traditional("向社会发出清晰信息，提供信息") == "向社會發出清晰信息，提供資訊"


def test_to_simplified() -> None:
    assert to_simplified("這裏的羣眾隨着衞生署說明") == "这里的群众随着卫生署说明"
    assert to_simplified("plain") == "plain"


def test_every_simplified_character_is_converted() -> None:
    left = [char for char in load().simplified_only if simplified_characters(to_traditional(char))]
    assert left == []


def test_table_is_sound() -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["from"] for row in rows}) == len(rows)
    assert all(row["justification"] for row in rows)
    for row in rows:
        assert row["scope"] in ("any", "simplified")
        assert simplified_characters(row["to"]) == []
        assert (row["from"] == row["to"]) == (row["kind"] == "keep")
        assert to_traditional(row["to"]) == row["to"]


CHINESE = st.text(
    alphabet="后里面只台干系范于余几发会这們國說信息隱私視頻出租車裡著名為「」《》，。\n a1軟件网络电",
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(CHINESE)
def test_twice_is_the_same_as_once(text: str) -> None:
    once = to_traditional(text)
    assert to_traditional(once) == once
    assert simplified_characters(once) == []


@settings(max_examples=300, deadline=None)
@given(CHINESE, st.lists(st.integers(0, 40), max_size=8))
def test_a_stream_gives_the_same_however_it_is_cut(text: str, cuts: list[int]) -> None:
    converter = StreamConverter()
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    streamed = "".join(converter.feed(text[start:end]) for start, end in pairwise(places))
    assert streamed + converter.flush() == to_traditional(text)


def test_a_stream_holds_back_no_more_than_a_run() -> None:
    converter = StreamConverter()
    given_back = converter.feed("发展" * 200)
    assert len(given_back) >= 400 - 64
    assert converter.feed("，") == "發展" * ((400 - len(given_back)) // 2) + "，"
