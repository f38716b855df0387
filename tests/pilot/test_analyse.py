"""Questions are answered from the documents or not at all; the table holds only what stands there."""

from __future__ import annotations

import orjson
import pytest

from bauhinia.language import Variety, fits
from bauhinia.models import ChatRequest, FakeModel
from bauhinia.pilot.analyse import NOT_FOUND, UNCONFIRMED
from bauhinia.pilot.obligations import binds, said
from bauhinia.pilot.orders import AnalyseOrder

from .conftest import OpenOffice, Work

ENGLISH = "The Secretary must submit a report by 31 March 2026. The grant is HK$2 million. Applicants should be aged 65."
CHINESE = "申請人須於2026年6月30日或之前遞交表格。每名合資格申請人可獲發3,000元津貼。"


async def _ask(
    open_with: OpenOffice, work: Work, source: str, question: str, answer: str
) -> tuple[str, int, list[str]]:
    office = await open_with(FakeModel(lambda _: answer))
    card = await office.shelf.add(source.encode(), "source.txt")
    draft = await work(office, AnalyseOrder(documents=[card.id], question=question))
    passages = draft.passages()
    citations = sum(len(passage.citations) for passage in passages)
    return " ".join(p.text for p in passages), citations, [finding.check for finding in draft.findings]


async def test_an_answer_is_cited(open_with: OpenOffice, work: Work) -> None:
    text, citations, findings = await _ask(
        open_with, work, ENGLISH, "How much is the grant?", "The grant is HK$2 million."
    )
    assert text == "The grant is HK$2 million."
    assert citations == 1
    assert findings == []


@pytest.mark.parametrize(
    ("question", "variety"),
    [
        ("Who chairs the committee?", Variety.ENGLISH),
        ("委員會由誰擔任主席？", Variety.TRADITIONAL),
        ("委员会由谁担任主席？", Variety.SIMPLIFIED),
        ("邊個做委員會主席㗎？", Variety.CANTONESE),
    ],
)
async def test_what_is_not_in_the_document_is_said_in_the_askers_language(
    open_with: OpenOffice, work: Work, question: str, variety: Variety
) -> None:
    text, citations, _ = await _ask(open_with, work, ENGLISH, question, "NOT FOUND")
    assert text == NOT_FOUND[variety]
    assert fits(text, variety).ok
    assert citations == 0


async def test_an_invented_answer_is_withdrawn(open_with: OpenOffice, work: Work) -> None:
    text, citations, findings = await _ask(
        open_with, work, ENGLISH, "How much is the grant?", "The grant is HK$20 million."
    )
    assert text == UNCONFIRMED[Variety.ENGLISH]
    assert citations == 0
    assert findings == ["support"]


async def test_a_cantonese_question_gets_a_cantonese_answer(open_with: OpenOffice, work: Work) -> None:
    text, citations, _ = await _ask(
        open_with,
        work,
        CHINESE,
        "個津貼有幾多錢㗎？",
        "每名合資格的申請人可以獲發3,000元的津貼。",
    )
    assert fits(text, Variety.CANTONESE).ok, text
    assert "3,000元" in text
    assert citations


async def test_an_answer_is_found_in_a_document_longer_than_the_context(
    open_with: OpenOffice, work: Work
) -> None:
    filler = "\n\n".join(
        f"Paragraph {n} speaks of the upkeep of park benches in ward {n}." for n in range(400)
    )
    model = FakeModel(lambda _: "The grant is HK$2 million.", context_tokens=2_000)
    office = await open_with(model)
    card = await office.shelf.add(f"{filler}\n\n{ENGLISH}\n\n{filler}".encode(), "long.txt")
    draft = await work(office, AnalyseOrder(documents=[card.id], question="How much is the grant?"))
    assert "HK$2 million" in model.requests[0].messages[-1].content
    assert draft.passages()[0].citations[0].quote == "The grant is HK$2 million."


async def test_the_table_has_every_obligation_date_and_amount(open_with: OpenOffice, work: Work) -> None:
    def reply(request: ChatRequest) -> str:
        rows = [
            {"n": 1, "party": "The Secretary", "action": "submit a report"},
            {"n": 2, "party": "Bank of Nowhere", "action": "pay the grant at once"},
            {"n": 3, "party": "Applicants", "action": "be aged 65"},
        ]
        return orjson.dumps({"rows": rows}).decode()

    office = await open_with(FakeModel(reply))
    card = await office.shelf.add(ENGLISH.encode(), "source.txt")
    draft = await work(office, AnalyseOrder(documents=[card.id], mode="table"))
    rows = [passage.columns for passage in draft.passages()]
    assert [row["kind"] for row in rows] == ["obligation", "amount", "obligation"]
    assert rows[0] == {
        "kind": "obligation",
        "party": "The Secretary",
        "action": "submit a report",
        "when": "31 March 2026",
        "amount": "",
    }
    assert rows[1]["party"] == ""
    assert rows[1]["amount"] == "HK$2 million"
    assert rows[1]["action"] == "The grant is HK$2 million."
    assert all(len(passage.citations) == 1 for passage in draft.passages())


@pytest.mark.parametrize(
    "sentence",
    [
        "Tenderers must sign.",
        "The form should be returned.",
        "申請人須簽署。",
        "不得轉讓。",
        "部門應在三個月內回覆。",
    ],
)
def test_sentences_that_bind(sentence: str) -> None:
    assert binds(sentence)


@pytest.mark.parametrize("sentence", ["The park is green.", "無須理會。", "反應良好。", "They met in May."])
def test_sentences_that_do_not_bind(sentence: str) -> None:
    assert not binds(sentence)


def test_words_that_are_not_the_sentences_are_not_taken() -> None:
    assert said("The Secretary", ENGLISH) == "The Secretary"
    assert said("The Chief Magistrate of Nowhere", ENGLISH) == ""
    assert said("", ENGLISH) == ""


async def test_a_source_in_simplified_script_bears_out_a_traditional_answer(
    open_with: OpenOffice, work: Work
) -> None:
    source = "整个项目的费用为3,150万元，由图书馆部门负责。"
    text, citations, _ = await _ask(
        open_with, work, source, "整個項目的費用是多少？", "整個項目的費用為3,150萬元。"
    )
    assert "3,150萬元" in text
    assert citations == 1


@pytest.mark.parametrize(
    ("reader", "script"), [("zh-Hans", "zh-Hans"), ("zh-Hant-HK", "zh-Hant"), ("", "zh-Hant")]
)
async def test_the_interface_settles_the_script_that_a_question_leaves_open(
    open_with: OpenOffice, work: Work, reader: str, script: str
) -> None:
    office = await open_with(FakeModel(lambda _: "有效期是12個月。"))
    card = await office.shelf.add("餐卡的有效期是12個月。".encode(), "card.txt")
    order = AnalyseOrder(documents=[card.id], question="餐卡的有效期是多久？", reader=reader)  # type: ignore[arg-type]
    draft = await work(office, order)
    assert draft.sections[0].language.startswith(script)
