"""Translation: terms and figures carried over, faults repaired once, what is left is said."""

from __future__ import annotations

import pytest

from bauhinia.language import Termbase, Variety
from bauhinia.models import FakeModel
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.pilot.segment import check_translation, gloss, mend_figures
from bauhinia.pilot.translate import segments

from .conftest import OpenOffice, Work

SOURCE = "The department received 1 502 complaints in 2025, and has set aside HK$36 million."
RIGHT = "該部門在2025年收到1 502宗投訴，並已預留3,600萬元。"
DROPPED = "該部門在2025年收到多宗投訴，並已預留3,600萬元。"


async def _translate(
    open_with: OpenOffice, work: Work, answers: list[str], source: str = SOURCE, to: str = "zh-HK"
) -> tuple[str, list[str], FakeModel]:
    model = FakeModel([*answers, "標題"])
    office = await open_with(model)
    card = await office.shelf.add(source.encode(), "note.txt")
    draft = await work(office, TranslateOrder(document=card.id, to=to))  # type: ignore[arg-type]
    (passage,) = draft.passages()
    return passage.text, [finding.check for finding in passage.findings], model


async def test_a_right_translation_has_no_findings(open_with: OpenOffice, work: Work) -> None:
    text, findings, _ = await _translate(open_with, work, [RIGHT])
    assert (text, findings) == (RIGHT, [])


async def test_a_dropped_number_is_asked_for_again_and_repaired(open_with: OpenOffice, work: Work) -> None:
    text, findings, model = await _translate(open_with, work, [DROPPED, RIGHT])
    assert (text, findings) == (RIGHT, [])
    assert "1,502" in model.requests[1].messages[-1].content


async def test_a_number_dropped_twice_is_flagged(open_with: OpenOffice, work: Work) -> None:
    text, findings, _ = await _translate(open_with, work, [DROPPED, DROPPED])
    assert text == DROPPED
    assert "numbers" in findings


async def test_simplified_characters_never_come_out(open_with: OpenOffice, work: Work) -> None:
    text, findings, _ = await _translate(
        open_with, work, ["该部门在2025年收到1 502宗投诉，并已预留3,600万元。"]
    )
    assert text == RIGHT
    assert "script" not in findings


async def test_the_same_paragraph_is_translated_once(open_with: OpenOffice, work: Work) -> None:
    model = FakeModel(lambda request: RIGHT)
    office = await open_with(model)
    card = await office.shelf.add(f"{SOURCE}\n\n{SOURCE}\n\n12 345\n".encode(), "note.txt")
    draft = await work(office, TranslateOrder(document=card.id, to="zh-HK"))
    asked = [request for request in model.requests if "complaints" in request.messages[-1].content]
    assert len(asked) == 1
    assert draft.passages()[2].text == "12 345"


async def test_a_chinese_text_becomes_english(open_with: OpenOffice, work: Work) -> None:
    text, findings, _ = await _translate(
        open_with,
        work,
        ["The department received 1,502 complaints in 2025 and has set aside HK$36 million."],
        RIGHT,
        "en",
    )
    assert text.startswith("The department")
    assert findings == []


def test_gloss_puts_terms_and_figures_into_the_target_language() -> None:
    termbase = Termbase.load()
    glossed = gloss("The Legislative Council meets on 15 March 2026.", Variety.TRADITIONAL, termbase)
    assert "立法會" in glossed
    assert "2026年3月15日" in glossed
    assert "15 March 2026" in gloss("立法會將於2026年3月15日開會。", Variety.ENGLISH, termbase)


@pytest.mark.parametrize(
    ("target", "check"),
    [
        ("該部門在2025年收到1 502宗投訴，並已預留6,300萬元。", "numbers"),
        ("The department received 1 502 complaints in 2025, and has set aside HK$36 million.", "language"),
        ("該部门在2025年收到1 502宗投訴，並已預留3,600萬元。", "script"),
        ("1 502，2025年，3,600萬元。", "omission"),
        ("該部門在2025年收到1 502宗complaints，並已預留3,600萬元。", "untranslated"),
    ],
)
def test_every_fault_is_found(target: str, check: str) -> None:
    findings = check_translation(SOURCE, target, Variety.TRADITIONAL, Termbase.load())
    assert check in [finding.check for finding in findings]


def test_segments_end_where_sentences_end() -> None:
    text = "The first sentence is here. " * 40
    for start, end in segments(text):
        assert text[start:end].strip().startswith("The first")
        assert text[start:end].strip().endswith("here.")
    joined = "".join(text[start:end] for start, end in segments(text))
    assert joined.split() == text.split()


def test_a_figure_with_spaces_in_it_is_joined_only_where_the_source_has_it() -> None:
    source = "抽取了 16,800 個樣本，合格率為 99.8 per cent；第7(2)條。"
    assert mend_figures("16, 800 samples, 99. 8 per cent", source) == "16,800 samples, 99.8 per cent"
    assert mend_figures("under section 7 (2)", source) == "under section 7(2)"
    assert mend_figures("in 2025, 300 people", source) == "in 2025, 300 people"


@pytest.mark.parametrize(
    "note",
    [
        "（譯文須準確寫出：1,502、3,600萬元）",
        "(譯文須準確寫出：第486章（第12(3)條）、1,502)",
        "（請完整翻譯，每個字都要譯成中文，不得增刪。）",
        "(The translation must have: Cap. 486 (section 12(3)), 1,502)",
    ],
)
async def test_the_note_of_the_second_request_is_no_part_of_a_translation(
    open_with: OpenOffice, work: Work, note: str
) -> None:
    """Seen in the gallery: the note was copied, and the words in it passed for what was missing."""
    text, findings, _ = await _translate(open_with, work, [DROPPED, f"{DROPPED}{note}"])
    assert text == DROPPED
    assert "numbers" in findings
