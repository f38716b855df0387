"""Who has to act: a post or body that is named and bound; in every doubt nobody."""

from __future__ import annotations

import pytest

from bauhinia.pilot.acting import party_of

NAMED_IN = (
    "The Chairman requested the Food and Environmental Hygiene Department (FEHD) to submit a plan. The Drainage "
    "Services Department must clear 72 gullies. The Secretary of the Committee took notes. The Director of Health "
    "and Mr Chan were present. 食物環境衞生署（食環署）匯報。渠務署會清理排水口。康文署和秘書列席。"
    "當局須提交計劃。工作計劃全部須於七月提交。街道各處須加強清洗。社會應在工程期間配合。新部署須於七月實施。"
)


@pytest.mark.parametrize(
    ("item", "party"),
    [
        ("FEHD must submit a rodent control plan by 31 July.", "FEHD"),
        (
            "The Food and Environmental Hygiene Department (FEHD) should submit it.",
            "Food and Environmental Hygiene Department",
        ),
        ("By 15 August, the Drainage Services Department was to clear it.", "Drainage Services Department"),
        ("DSD was required to clear the gullies.", "DSD"),
        ("The Chairman requested FEHD to submit a plan.", "FEHD"),
        ("It was agreed that DSD should apply for funding.", "DSD"),
        ("FEHD and DSD should jointly inspect the site.", "FEHD and DSD"),
        ("FEHD must submit a plan, and DSD must clear the gullies.", "FEHD; DSD"),
        ("The Secretary should circulate the paper.", "Secretary"),
        ("The Director of Health was asked to report.", "Director of Health"),
        ("LCSD undertook to study the suggestions.", "LCSD"),
        ("主席請食環署在七月三十一日或之前提交計劃。", "食環署"),
        ("食物環境衞生署（食環署）須於七月三十一日前提交計劃。", "食物環境衞生署"),
        ("在七月三十一日前食環署須提交計劃。", "食環署"),
        ("食環署及渠務署須聯合巡查。", "食環署及渠務署"),
        ("委員會要求康文署研究增設飲水機。", "康文署"),
        ("渠務署負責清理排水口。", "渠務署"),
        ("秘書須於會後分發文件。", "秘書"),
    ],
)
def test_who_is_named_and_bound_has_to_act(item: str, party: str) -> None:
    assert party_of(item, NAMED_IN) == party


@pytest.mark.parametrize(
    "item",
    [
        "The Highways Department must notify nearby shops.",  # nobody named it
        "The contractor and FEHD should inspect the site.",  # one of two is no body
        "FEHD must submit a plan, and the Highways Department must dig.",
        "The Committee supported the works by 13 votes.",  # binds nobody
        "FEHD conducted 63 operations.",
        "DSD should be consulted on the design.",  # the passive
        "The Secretary was requested to be present.",
        "DSD should have cleared the gullies.",  # the past
        "If FEHD must act, members should be told.",  # a condition
        "Members asked whether DSD should pay.",
        "It was not agreed that DSD should pay.",  # a denial
        "The report of FEHD should cover six months.",  # the report, not the body
        "Mr Chan must submit a plan.",  # a person
        "The Department should clear the gullies.",  # which?
        "It should cover six months.",
        "路政署須通知附近商戶。",
        "承建商及渠務署須聯合巡查。",
        "委員會通過支持有關工程。",
        "食環署須獲告知。",
        "如食環署須提交計劃，委員會會備悉。",
        "食環署無須提交計劃。",
        "委員會不要求渠務署提交報告。",
        "申請康文署提供場地。",
        "食環署的計劃須於七月提交。",
        "該署須提交計劃。",
        "當局須提交計劃。",  # which?
        "工作計劃全部須於七月提交。",  # ends like a body, and is none
        "街道各處須加強清洗。",
        "社會應在工程期間配合。",
        "新部署須於七月實施。",
        "",
    ],
)
def test_in_doubt_nobody_has_to_act(item: str) -> None:
    assert party_of(item, NAMED_IN) == ""


def test_a_long_item_is_read_in_no_time() -> None:
    item = "Food and " * 2_000 + "，食環署" * 2_000
    assert party_of(item, NAMED_IN) == ""
