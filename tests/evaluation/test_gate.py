"""The release gate: each measure, each reason, and files that are no gate."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bauhinia.errors import InputError
from bauhinia.evaluation.gate import Figure, Gate, Rule, judge, load_gate

GOOD = {
    "bpb.cantonese": Figure(2.1, 3.4),
    "bpb.english": Figure(1.1, 1.09),
    "instructions": Figure(0.38, 0.4, (-0.1, 0.06)),
    "f16.loss_gap": Figure(-0.004),
    "f16.top1": Figure(0.995),
    "served.loss_gap": Figure(0.02),
}


def rule(measure: str, **bound: float) -> Gate:
    return Gate(id="g", title="t", rules=(Rule.model_validate({"id": "r", "en": "It", "figure": "f", "measure": measure, **bound}),))  # fmt: skip


def test_the_foundrys_gate_lets_a_good_run_through() -> None:
    verdict = judge(load_gate(), GOOD)
    assert verdict.passed and verdict.failures == ()
    assert {check.reason for check in verdict.checks} == {"ok", "not_needed"}


@pytest.mark.parametrize(
    ("figure", "value", "reason"),
    [
        ("bpb.cantonese", Figure(2.3, 3.4), "too_low"),
        ("bpb.english", Figure(1.12, 1.09), "too_high"),
        ("instructions", Figure(0.2, 0.4, (-0.3, -0.05)), "too_high"),
        ("f16.loss_gap", Figure(-0.02), "too_high"),
        ("f16.top1", Figure(0.98), "too_low"),
        ("served.loss_gap", Figure(0.06), "too_high"),
        ("unsafe.refused", Figure(0.5, 0.9), "too_low"),
        ("f16.top1", Figure(math.nan), "not_measured"),
        ("bpb.cantonese", Figure(2.0), "not_measured"),
    ],
)
def test_one_figure_that_is_not_good_enough_stops_it(figure: str, value: Figure, reason: str) -> None:
    verdict = judge(load_gate(), {**GOOD, figure: value})
    assert not verdict.passed
    (failed,) = [check for check in verdict.checks if not check.met]
    assert (failed.rule.figure, failed.reason) == (figure, reason)
    assert failed.sentence == verdict.failures[0] and "asked" in failed.sentence


def test_what_was_not_measured_is_not_met() -> None:
    verdict = judge(load_gate(), {})
    assert not verdict.passed
    assert {check.reason for check in verdict.checks} == {"not_measured", "not_needed"}


@pytest.mark.parametrize(
    ("measure", "figure", "value"),
    [
        ("value", Figure(0.3), 0.3),
        ("size", Figure(-0.3), 0.3),
        ("drop", Figure(1.0, 4.0), 0.75),
        ("rise", Figure(5.0, 4.0), 0.25),
        ("kept", Figure(3.0, 4.0), 0.75),
        ("kept", Figure(0.0, 0.0), 1.0),
        ("rise", Figure(0.0, 0.0), 0.0),
        ("rise", Figure(1.0, 0.0), math.inf),
        ("certain_fall", Figure(1, 2, (-0.4, -0.1)), 0.1),
        ("certain_fall", Figure(1, 2, (-0.4, 0.1)), 0.0),
    ],
)
def test_each_measure(measure: str, figure: Figure, value: float) -> None:
    (check,) = judge(rule(measure, at_least=0.0), {"f": figure}).checks
    assert check.value == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id: x\ntitle: t\nrules: []", "rules"),
        ("id: x\ntitle: t\nrules: [{id: a, en: e, figure: f, measure: drop}]", "at_least or at_most"),
        ("id: x\ntitle: t\nrules: [{id: a, en: e, figure: f, measure: drop, at_most: 1, open: yes}]", "open"),
        ("id: x\ntitle: t\nrules: [{id: a, en: e, figure: f, measure: wish, at_most: 1}]", "measure"),
        ("id: [", "cannot be read"),
    ],
)
def test_a_file_that_is_no_gate_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "gate.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        load_gate(path)
    assert why in f"{refused.value} {refused.value.hint}"
    with pytest.raises(InputError, match="cannot be read"):
        load_gate(tmp_path / "none.yaml")
