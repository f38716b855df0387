"""Names as people write them."""

from __future__ import annotations

import pytest

from bauhinia.chat.tools.resolve import (
    Named,
    best_of,
    currencies,
    departments,
    folded,
    light_rail_stops,
    mtr_lines,
    mtr_stations,
    piers,
    rows,
    tide_stations,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("沙田圍", "STW"),
        ("沙田圍站", "STW"),
        ("沙田围站", "STW"),
        ("Sha Tin Wai", "STW"),
        ("shatin wai station", "STW"),
        ("Shatinwai", "STW"),
        ("Sha Tin Wei", "STW"),
        ("Tsimshatsui", "TST"),
        ("尖沙嘴", "TST"),
        ("TST", "TST"),
        ("ＴＳＴ", "TST"),
        ("旺角東", "MKK"),
        ("Mongkok", "MOK"),
        ("鰂魚湧", "QUB"),
        ("茘景", "LAK"),
        ("港大", "HKU"),
        ("Chi Hung", "CHH"),
        ("Admirality", "ADM"),
        ("迪士尼樂園", "DIS"),
        ("天后", "TIH"),
    ],
)
def test_stations(text: str, code: str) -> None:
    match = mtr_stations().find(text)
    assert match is not None and match.id == code


@pytest.mark.parametrize(
    "text", ["", "站", "Moon Base", "department", "X", "沙", "Kowloon Tong Kok", "彩虹邨巴士總站"]
)
def test_what_is_no_station(text: str) -> None:
    assert mtr_stations().find(text) is None


def test_longest_names_are_spotted() -> None:
    spots = mtr_stations().spot(folded("由沙田圍站去旺角東，唔係旺角"))
    assert [spot.id for spot in spots] == ["STW", "MKK", "MOK"]
    assert [spot.id for spot in mtr_stations().spot(folded("From East Tsim Sha Tsui to Centralised"))] == [
        "ETS"
    ]


def test_near_misses_are_told() -> None:
    assert "Sha Tin" in mtr_stations().near("Sha Ten")


@pytest.mark.parametrize(
    ("names", "text", "wanted"),
    [
        (mtr_lines(), "屯馬線", "TML"),
        (mtr_lines(), "東鐵", "EAL"),
        (light_rail_stops(), "兆康", "100"),
        (light_rail_stops(), "Siu Hong", "100"),
        (piers(), "南丫島", "Yung Shue Wan"),
        (tide_stations(), "維港", "QUB"),
        (departments(), "食環署", "FEHD"),
        (departments(), "入境处", "IMMD"),
        (currencies(), "美金", "USD"),
        (currencies(), "RMB", "CNY"),
        (currencies(), "日元", "JPY"),
    ],
)
def test_other_tables(names: object, text: str, wanted: str) -> None:
    match = names.find(text)  # type: ignore[attr-defined]
    assert match is not None and match.id == wanted


def test_a_stop_among_a_route_s_stops() -> None:
    stops = [
        Named(id="1", en="Choi Hung Station", zh="彩虹站"),
        Named(id="2", en="HKUST (North)", zh="科大（北）"),
        Named(id="3", en="Airport (Ground Transportation Centre)", zh="機場（地面運輸中心）"),
    ]
    for text, wanted in (
        ("彩虹", "1"),
        ("hkust north", "2"),
        ("HKUST", "2"),
        ("科大", "2"),
        ("機場", "3"),
        ("airport", "3"),
    ):
        match = best_of(text, stops)
        assert match is not None and match.id == wanted
    assert best_of("赤柱", stops) is None and best_of("x", stops) is None


@pytest.mark.parametrize(
    ("file", "id_column"),
    [
        ("mtr_stations.csv", "code"),
        ("light_rail_stops.csv", "id"),
        ("weather_stations.csv", "en"),
        ("districts.csv", "en"),
        ("tide_stations.csv", "code"),
        ("air_stations.csv", "en"),
        ("departments.csv", "code"),
        ("forms.csv", "number"),
        ("legislation.csv", "cap"),
        ("currencies.csv", "code"),
        ("lunar_years.csv", "year"),
    ],
)
def test_tables_are_whole(file: str, id_column: str) -> None:
    table = rows(file)
    ids = [row[id_column] for row in table]
    assert len(set(ids)) == len(ids)
    assert all(None not in row and None not in row.values() for row in table), file


def test_an_alias_means_one_thing() -> None:
    for names in (mtr_stations(), departments(), currencies(), tide_stations(), piers()):
        seen: dict[str, str] = {}
        for thing in names.things.values():
            for name in thing.names:
                assert seen.setdefault(folded(name), thing.id) == thing.id, name
