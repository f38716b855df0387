"""What stands in no source is found; what stands there, in whichever script, is not."""

from __future__ import annotations

import pytest

from bauhinia.chat.exact import asks_exactly
from bauhinia.chat.grounding import addresses, invented, strange_words
from bauhinia.chat.reading.tongue import asked_in
from bauhinia.chat.wordings import LANGUAGES, _wordings
from bauhinia.language import Variety

SOURCE = (
    "The Transport Department opens the new footbridge in Sha Tin on 3 March 2026 at a cost of HK$12 million."
)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The footbridge opens on 3 March 2026.", False),
        ("The footbridge opens on 4 March 2026.", True),
        ("It costs HK$12 million.", False),
        ("It costs HK$15 million.", True),
        ("The Highways Department opens it.", True),
        ("Mr Chan Tai-man will open it.", True),
        ("陳大文先生將主持開幕禮。", True),
        ("It is a footbridge.", False),
    ],
)
def test_names_numbers_and_dates(sentence: str, found: bool) -> None:
    assert bool(invented(sentence, [SOURCE])) is found


def test_scripts_are_one() -> None:
    assert not invented("运输署在沙田开放天桥。", ["運輸署在沙田開放天橋。"])


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Will it rain today?", "now"),
        ("而家幾度？", "now"),
        ("How much is a passport?", "amounts"),
        ("Who is the Secretary for Moon Affairs?", "people"),
        ("邊個係運輸署署長？", "people"),
        ("Is it legal to feed pigeons?", "law"),
        ("點去山頂？", "places"),
        ("How do I write a polite letter?", ""),
        ("點樣煲靚湯？", ""),
    ],
)
def test_what_needs_a_source(question: str, why: str) -> None:
    assert asks_exactly(question) == why


def test_every_wording_is_there_in_every_language() -> None:
    for key, wordings in _wordings().items():
        assert set(wordings) == {language.value for language in LANGUAGES}, key


def test_a_question_is_answered_in_its_language() -> None:
    assert asked_in("Hello, what is this?") is Variety.ENGLISH
    assert asked_in("呢個係咩嚟㗎？") is Variety.CANTONESE
    assert asked_in("这个系统怎么用？") is Variety.SIMPLIFIED
    assert asked_in("這個系統怎麼用？") is Variety.TRADITIONAL
    assert asked_in("你好", Variety.SIMPLIFIED) is Variety.SIMPLIFIED


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("See https://evil.example/c?d=1 for more.", True),
        ("See www.td.gov.hk for more.", False),
        ("Write to help@td.gov.hk.", True),
        ("It opens at 7.30pm, e.g. on Mondays.", False),
    ],
)
def test_an_address_that_no_source_holds(sentence: str, found: bool) -> None:
    assert bool(invented(sentence, ["See www.td.gov.hk, open 7.30pm on Mondays."])) is found


def test_addresses_are_told_whole() -> None:
    text = "Go to https://www.gov.hk/en/a?b=1, or 請看www.td.gov.hk。Write to a.b@hko.gov.hk."
    assert addresses(text) == ["https://www.gov.hk/en/a?b=1", "www.td.gov.hk", "a.b@hko.gov.hk"]
    assert addresses("At 3.5 km, v1.2. No address.Here") == ["address.Here"]


@pytest.mark.parametrize(
    ("sentence", "strange"),
    [
        ("SODARASE。圖書館星期一開放。", ["SODARASE"]),
        ("圖書館的Wi-Fi密碼可向職員查詢。", []),
        ("港鐵屯馬綫由TUEN開出。", ["TUEN"]),
        ("The library opens on Monday. SODARASE", ["SODARASE"]),
        ("The LIBRARY opens on Monday.", []),
        ("The Library opens on Monday, really.", []),
    ],
)
def test_words_that_no_source_holds(sentence: str, strange: list[str]) -> None:
    assert strange_words(sentence, ["The library opens on Monday. 圖書館星期一開放。"]) == strange
