"""Official names that the model got wrong are put right where there is one way to read it, and only there."""

from __future__ import annotations

import pytest

from bauhinia.language import Termbase, Variety
from bauhinia.pilot.official_names import put_right


@pytest.mark.parametrize(
    ("source", "target", "right"),
    [
        (
            "The Drainage Services Department will lay a drain.",
            "港務署將會鋪設渠道。",
            "渠務署將會鋪設渠道。",
        ),
        (
            "Any person who contravenes section 4 of the Noise Control Ordinance (Cap. 400) commits an offence.",
            "任何人違反第400章的第4條，即屬犯罪。",
            "任何人違反《噪音管制條例》（第400章）第4條，即屬犯罪。",
        ),
        ("The committee met in May.", "委員會在5月開會。", "委員會在5月開會。"),
        (
            "The Planning Department consulted the Lands Department.",
            "環境保護署諮詢了房屋署。",
            "環境保護署諮詢了房屋署。",
        ),
        (
            "The Leisure and Cultural Services Department runs the pool.",
            "文化及康樂署管理泳池。",
            "文化及康樂署管理泳池。",
        ),
    ],
)
def test_names_are_put_right_only_where_there_is_one_way_to_read_it(
    source: str, target: str, right: str
) -> None:
    assert put_right(source, target, Variety.TRADITIONAL, Termbase.load()) == right


def test_a_right_translation_is_left_alone() -> None:
    source = "渠務署會根據《噪音管制條例》（第400章）行事。"
    target = "The Drainage Services Department will act under the Noise Control Ordinance (Cap. 400)."
    assert put_right(source, target, Variety.ENGLISH, Termbase.load()) == target
