"""The comparison: every row by both arms, kept as it is done, taken up again, scored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from bauhinia.evaluation import (
    Flag,
    Outcome,
    PlainModel,
    Reply,
    Share,
    Statement,
    compare,
    load_questions,
    load_summaries,
    load_translations,
    read_checkpoint,
    score,
)
from bauhinia.evaluation.comparison import Outcomes, evenly
from bauhinia.evaluation.product import bullet_points
from bauhinia.evaluation.sets import SourceText
from bauhinia.evaluation.showcase import showcase
from bauhinia.models import ChatRequest, FakeModel

REFERENCES = {row.source: row.reference for d in ("en_zh", "zh_en") for row in load_translations(d)}
FACTS = {row.text: row.facts for row in load_summaries()}
QUESTIONS = {row.question: row for row in load_questions()}
NOT_THERE = {"en": "This is not in the document.", "zh-Hans": "文件中没有这项资料。"}


class Perfect:
    """Gives the reference translation, the first keys, and the listed facts."""

    def __init__(self) -> None:
        self.calls = 0

    async def translate_segment(self, text: str, to: Literal["en", "zh-HK"]) -> Reply:
        self.calls += 1
        return Reply(text=REFERENCES[text])

    async def answer(self, document: SourceText, question: str) -> Reply:
        self.calls += 1
        row = QUESTIONS[question]
        text = " ".join(group[0] for group in row.keys)
        return Reply(text=text or NOT_THERE.get(row.language, "文件中沒有這項資料。"))

    async def summarise(self, document: str, language: Literal["en", "zh-HK"]) -> Sequence[Statement]:
        self.calls += 1
        return [Statement(text=fact.text) for fact in FACTS[document]]


class Careless:
    """Repeats the source, answers in the wrong language, and makes things up."""

    async def translate_segment(self, text: str, to: Literal["en", "zh-HK"]) -> Reply:
        return Reply(text="政府将于2099年推行计划。" if to == "zh-HK" else "It will happen in 2099.")

    async def answer(self, document: SourceText, question: str) -> Reply:
        return Reply(text="Bonjour, je ne sais pas.")

    async def summarise(self, document: str, language: Literal["en", "zh-HK"]) -> Sequence[Statement]:
        return [Statement(text="It costs $999 trillion.", flagged=False), Statement(text="87", flagged=True)]


def _quiet(_: str) -> None:
    pass


async def test_a_perfect_arm_and_a_careless_one(tmp_path: Path) -> None:
    outcomes = await compare(
        {"plain": Careless(), "product": Perfect()}, tmp_path / "run.jsonl", report=_quiet
    )
    assert len(outcomes) == 2 * (64 + 62 + 60 + 10)
    good, bad = score(outcomes, "product"), score(outcomes, "plain")
    for name in ("script_purity", "terms", "other_terms", "numbers", "facts", "segments_intact"):
        assert good[name].value == 1, (name, good[name])
        assert bad[name].value < 0.5, (name, bad[name])
    assert good["answers"].value == 1
    assert bad["answers"].value == 0
    assert good["same_language"].value > 0.8
    assert bad["same_language"].value == 0.2
    assert good["unsupported"].value < 0.02
    assert bad["unsupported"] == Share(10, 20)
    assert bad["flagged"] == Share(10, 20)
    page = showcase(outcomes)
    assert page.count("\n## ") == 12
    assert "999 trillion" in page and "Simplified characters" in page


async def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.jsonl"

    class Failing(Perfect):
        async def translate_segment(self, text: str, to: Literal["en", "zh-HK"]) -> Reply:
            if self.calls == 3:
                raise RuntimeError("stopped")
            return await super().translate_segment(text, to)

    with pytest.raises(RuntimeError, match="stopped"):
        await compare({"product": Failing()}, path, only=["en_zh"], limit=8, report=_quiet)
    assert len(read_checkpoint(path)) == 3
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    arm = Perfect()
    lines: list[str] = []
    outcomes = await compare({"product": arm}, path, only=["en_zh"], limit=8, report=lines.append)
    assert arm.calls == 6, "two whole lines were kept, the torn one is worked again"
    assert len(outcomes) == 8
    assert lines[0].startswith("8 outcomes wanted, 2 already there")
    assert len(read_checkpoint(path)) == 8
    assert score(outcomes, "product")["numbers"].value == 1


async def test_a_flag_counts_only_for_the_figure_it_names() -> None:
    row = load_translations("en_zh")[0]
    names = Flag("numbers", "Not in the translation: 3 482, 2025, 6.4 per cent, 3 720, 2024.")
    for flag, unflagged in ((names, 0), (Flag("numbers", "Check the numbers."), 1)):
        outcome = Outcome(set="en_zh", row=row.id, arm="product", seconds=1, text="環境保護署", flags=(flag,))
        assert Outcome.from_json(outcome.to_json()) == outcome
        outcomes: Outcomes = {("en_zh", row.id, "product"): outcome}
        assert (score(outcomes, "product")["numbers"].value < 1) == bool(unflagged)
        assert score(outcomes, "product")["figures_kept"].value == 0


def test_a_short_run_is_spread_over_the_set() -> None:
    rows = load_questions()
    assert evenly(rows, None) is rows
    short = evenly(rows, 15)
    assert len(short) == 15
    assert {row.document for row in short if hasattr(row, "document")} == {f"d{n}" for n in range(1, 7)}
    assert len({row.language for row in short if hasattr(row, "language")}) >= 3


async def test_the_plain_model_gets_the_same_text_and_no_more() -> None:
    backend = FakeModel(["譯文", "答案", "Here are the points:\n- The first point.\n2. The second point\n\n"])
    plain = PlainModel(backend)
    assert (await plain.translate_segment("Some text", "zh-HK")).text == "譯文"
    document = SourceText(id="d", language="en", title="The title", text="The whole text.")
    assert (await plain.answer(document, "What?")).text == "答案"
    statements = await plain.summarise("The document.", "en")
    assert [s.text for s in statements] == ["The first point.", "The second point"]

    def sent(request: ChatRequest) -> list[tuple[str, str]]:
        return [(message.role, message.content) for message in request.messages]

    translate, answer, summarise = map(sent, backend.requests)
    assert translate[1] == ("user", "Some text") and "Traditional" in translate[0][1]
    assert answer[0][1].endswith("# The title\n\nThe whole text.") and answer[1] == ("user", "What?")
    assert summarise[1] == ("user", "The document.") and "English" in summarise[0][1]
    assert all(request.temperature == 0 for request in backend.requests)


def test_bullet_points() -> None:
    text = "**Summary:**\n\n1. **One thing** happened.\n• 另一件事發生了。\n---\n* The third of them."
    assert bullet_points(text) == ["One thing happened.", "另一件事發生了。", "The third of them."]


def test_wilson_interval() -> None:
    low, high = Share(60, 60).interval
    assert high == pytest.approx(1) and low == pytest.approx(0.9398, abs=1e-3)
    low, high = Share(1, 2).interval
    assert (low, high) == (pytest.approx(0.0945, abs=1e-3), pytest.approx(0.9055, abs=1e-3))
    assert Share(0, 0).interval == (0, 1)
    assert str(Share(1, 2)).startswith("50.0% (1/2")
