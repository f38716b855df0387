"""Discriminatory wording is found in both languages and scripts; what only looks like it is left alone."""

from __future__ import annotations

import pytest

from bauhinia.errors import InputError
from bauhinia.guideline.checklists import checklists
from bauhinia.guideline.fair_wording import unfair_wording


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("Drivers wanted: Males Only.", "sex"),
        ("We look for men under 40; females only at the counter.", "sex"),
        ("招聘文員，限女性，待遇從優。", "sex"),
        ("招聘文员，限女性。", "sex"),
        ("Toilets for the handicapped are on the first floor.", "disability"),
        ("設施供殘廢人士使用。", "disability"),
        ("The post suits an officer without family commitments.", "family_status"),
        ("無家庭負擔者優先。", "family_status"),
        ("Chinese only need apply.", "race"),
        ("鬼佬遊客眾多。", "race"),
    ],
)
def test_what_may_discriminate_is_found_with_its_ground(text: str, ground: str) -> None:
    [hit] = unfair_wording(text)
    assert hit.ground == ground and hit.instead["en"] and "第" in hit.law["zh-HK"]


@pytest.mark.parametrize(
    "text",
    [
        "The Highways Department will repair 42 footbridges.",
        "The policeman's union",
        "Persons with disabilities may use the lift.",
        "防治蝗蟲災害",
        "Females made up 52% of the population; male deaths fell.",
        "殘疾人士可使用升降機。",
    ],
)
def test_what_does_not_is_left_alone(text: str) -> None:
    assert unfair_wording(text) == []


def test_each_wording_is_told_once() -> None:
    assert len(unfair_wording("Males only. MALES ONLY. Males only.")) == 1


def test_a_checklist_has_to_be_done_for_its_use() -> None:
    lists = checklists()
    internal = [item.id for item in lists.of("summarise") if not item.public]
    assert lists.check("summarise", "internal", internal) == internal
    assert {"facts", "figures", "personal", "law"} <= set(internal)
    with pytest.raises(InputError, match="harm"):
        lists.check("summarise", "public", internal)
    for missing in internal:
        with pytest.raises(InputError, match=missing):
            lists.check("summarise", "internal", [item for item in internal if item != missing])


def test_each_task_has_its_own_points() -> None:
    lists = checklists()
    assert "translation" in {item.id for item in lists.of("translate")}
    assert "translation" not in {item.id for item in lists.of("summarise")}
    assert lists.signed("SEO(Records)1", "en").startswith("I, SEO(Records)1,")
