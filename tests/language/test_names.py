"""Names in both languages, and when two are of the same thing."""

from __future__ import annotations

import pytest

from bauhinia.language import names, same_name


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The Secretary for Health said that SWD would meet Mr Chan Tai-man of the Kowloon Tong Residents "
            "Association in May 2026.",
            ["Secretary for Health", "SWD", "Chan Tai-man", "Kowloon Tong Residents Association"],
        ),
        ("Members noted that the Government would report on Monday.", []),
        ("However, Octopus cards may be used. Applicants may apply.", ["Octopus"]),
        ("Sha Tin residents; Kowloon buses", ["Sha Tin", "Kowloon"]),
        ("The project is run by the Harbour Trust, not by Bright Star Limited.", ["Harbour Trust", "Bright Star Limited"]),
        ("Annex A: Follow-up Actions and Next Steps by FEHD", ["FEHD"]),
        ("It cost HK$5 million under Cap. 486 at 9 AM.", []),
        ("醫務衞生局局長表示，衞生署會諮詢陳大文先生。", ["醫務衞生局局長", "衞生署", "陳大文"]),
        ("根據《海濱約章》，政府會成立跨部門小組。", ["海濱約章", "跨部門小組"]),
        ("由離島居民協會和道路安全議會負責", ["離島居民協會", "道路安全議會"]),
        ("有關計劃由該署及各部門推行，市民可向本局查詢。", []),
        ("申請可於灣仔及觀塘遞交。", ["灣仔", "觀塘"]),
    ],
)  # fmt: skip
def test_names(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("衞生署", "Department of Health"),
        ("SWD", "社會福利署"),
        ("Sha Tin", "沙田"),
        ("FEHD", "Food and Environmental Hygiene Department"),
        ("食環署", "食物環境衞生署"),
        ("Mr Chan Tai-man", "Chan Tai-man"),
        ("Chan", "Chan Tai-man"),
        ("the Harbour Trust", "harbour trust"),
        ("KTRA", "Kowloon Tong Residents Association"),
        ("海委會", "海濱事務委員會"),
        ("《海濱約章》", "海濱約章"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("衞生署", "Buildings Department"),
        ("衞生署", "審計署"),
        ("Chan", "Chang Tai-man"),
        ("FSD", "Food and Environmental Hygiene Department"),
        ("灣仔", "沙田"),
        ("Harbour Trust", "Harbour Fund"),
        ("A", "Apple"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert not same_name(one, other)
