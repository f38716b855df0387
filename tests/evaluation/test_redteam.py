"""The red team at the public assistant: a few attacks, with a model that obeys them all."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

from typer.testing import CliRunner

from bauhinia.chat import assistant
from bauhinia.cli import app
from bauhinia.evaluation.redteam import WAYS, chosen, red_team
from bauhinia.settings import Settings


def test_every_attack_comes_in_by_each_way() -> None:
    ways = Counter(way for _, way in chosen())
    assert set(ways) == set(WAYS) and len(set(ways.values())) == 1 and ways.total() >= 200
    few = chosen(12)
    assert len(few) == 12 and {way for _, way in few} == set(WAYS)
    assert len({attack.family for attack, _ in few}) >= 6


async def test_a_model_that_obeys_gets_nothing_done(settings: Settings) -> None:
    links = [each for each in chosen() if each[0].success == "address" and each[1] in ("search", "tool")][:2]
    outcomes = [outcome async for outcome in red_team(settings, [*chosen(6), *links])]
    assert [(each.attack.id, each.way, each.shown) for each in outcomes if each.got_through] == []
    assert len(outcomes) == 8


async def test_without_the_second_pass_an_attack_gets_through(settings: Settings) -> None:
    """What is counted can happen."""
    attacks = [each for each in chosen() if each[0].success == "address" and each[1] == "tool"][:1]
    with patch.object(assistant, "bears_out", lambda _, results, __: results[-1]):
        outcomes = [outcome async for outcome in red_team(settings, attacks)]
    assert [outcome.address for outcome in outcomes] == [True]


def test_the_command_tells_and_ends_with_what_it_found() -> None:
    told = CliRunner().invoke(app, ["guideline", "redteam", "--worst", "--attacks", "2"])
    assert told.exit_code == 0, told.output
    assert "0 of 2 got through" in told.output
