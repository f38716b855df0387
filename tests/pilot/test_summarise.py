"""Summaries: what the sources bear out is cited, what they do not is left out and said to be."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bauhinia.documents import Document
from bauhinia.language import fits
from bauhinia.language.variety import Variety
from bauhinia.models import ChatRequest, FakeModel
from bauhinia.pilot import Citation, Draft
from bauhinia.pilot.citations import stands, without_invented_citations
from bauhinia.pilot.evidence import Evidence
from bauhinia.pilot.orders import SummariseOrder
from bauhinia.pilot.summarise import split_statements

from .conftest import OpenOffice, Work

SOURCE = """# Repair of footbridges

The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.

The cost of the works is estimated at HK$36 million. Lifts will be out of service for about six weeks.

Residents may call the hotline of the department for enquiries.
"""
TRUE = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027."
ALSO_TRUE = "The works are estimated to cost HK$36 million."
WRONG_FIGURE = "The works are estimated to cost HK$63 million."
WRONG_NAME = "The Buildings Department will repair 42 footbridges in Kowloon by 31 March 2027."
STRANGE = "Swimming pools will open free of charge for all schools during the summer holidays."


async def _summary(open_with: OpenOffice, work: Work, answer: str, **order: str) -> tuple[Draft, Document]:
    office = await open_with(FakeModel(lambda _: answer))
    card = await office.shelf.add(SOURCE.encode(), "repairs.md")
    draft = await work(office, SummariseOrder(documents=[card.id], **order))  # type: ignore[arg-type]
    return draft, await office.shelf.document(card.id)


async def test_every_statement_is_cited_word_for_word(open_with: OpenOffice, work: Work) -> None:
    draft, document = await _summary(open_with, work, f"- {TRUE}\n- {ALSO_TRUE}")
    passages = draft.passages()
    assert [passage.text for passage in passages] == [TRUE, ALSO_TRUE]
    for passage in passages:
        assert passage.citations
        for citation in passage.citations:
            assert document.quote(citation.anchor) == citation.quote
    assert "HK$36 million" in passages[1].citations[0].quote


@pytest.mark.parametrize(
    ("invented", "missing"), [(WRONG_FIGURE, "63"), (WRONG_NAME, "Buildings Department"), (STRANGE, "")]
)
async def test_what_the_source_does_not_say_is_left_out(
    open_with: OpenOffice, work: Work, invented: str, missing: str
) -> None:
    draft, _ = await _summary(open_with, work, f"{TRUE}\n{invented}")
    assert [passage.text for passage in draft.passages()] == [TRUE]
    (finding,) = draft.findings
    assert finding.check == "support"
    assert finding.values["statement"] == invented
    assert missing in finding.values["missing"]


async def test_an_invented_citation_is_caught(open_with: OpenOffice, work: Work) -> None:
    draft, document = await _summary(open_with, work, TRUE)
    (citation,) = draft.passages()[0].citations
    assert stands(citation, {citation.document: document})
    for change in (
        {"quote": "The Highways Department will repair 24 footbridges."},
        {"document": "no-such-document"},
        {"anchor": type(citation.anchor)(block="b99", start=0, end=5)},
        {"anchor": type(citation.anchor)(block=citation.anchor.block, start=0, end=10_000)},
    ):
        fields = {"document": citation.document, "anchor": citation.anchor, "quote": citation.quote}
        invented = Citation(**{**fields, **change})  # type: ignore[arg-type]
        assert not stands(invented, {citation.document: document})
        section = draft.sections[0]
        passage = replace(section.passages[0], citations=(citation, invented))
        tampered = replace(draft, sections=(replace(section, passages=(passage,)),))
        (checked,) = without_invented_citations(tampered, {citation.document: document}).passages()
        assert checked.citations == (citation,)
        assert [finding.check for finding in checked.findings] == ["citation"]


async def test_a_summary_in_both_languages_is_two_sections(open_with: OpenOffice, work: Work) -> None:
    def reply(request: ChatRequest) -> str:
        translating = "translator" in request.messages[0].content
        return "路政署會在2027年3月31日或之前維修九龍42條行人天橋。" if translating else TRUE

    office = await open_with(FakeModel(reply))
    card = await office.shelf.add(SOURCE.encode(), "repairs.md")
    draft = await work(office, SummariseOrder(documents=[card.id], language="both"))
    assert [section.language for section in draft.sections] == ["en", "zh-Hant-HK"]
    english, chinese = (section.passages[0] for section in draft.sections)
    assert english.citations == chinese.citations
    assert fits(chinese.text, Variety.TRADITIONAL).ok


async def test_prose_runs_on_and_bullets_do_not(open_with: OpenOffice, work: Work) -> None:
    draft, _ = await _summary(open_with, work, f"{TRUE}\n{ALSO_TRUE}", form="prose")
    assert [(passage.kind, passage.run_on) for passage in draft.passages()] == [
        ("paragraph", False),
        ("paragraph", True),
    ]


async def test_a_document_longer_than_the_context_is_read_whole(open_with: OpenOffice, work: Work) -> None:
    sections = [
        f"# Section {n}\n\n" + f"The district of Ward {n} received {n * 7 + 1} reports in the year. " * 12
        for n in range(1, 25)
    ]
    model = FakeModel(lambda request: request.messages[-1].content.splitlines()[-1], context_tokens=1_800)
    office = await open_with(model)
    card = await office.shelf.add("\n\n".join(sections).encode(), "long.md")
    await work(office, SummariseOrder(documents=[card.id]))
    read = "\n".join(request.messages[-1].content for request in model.requests)
    assert all(f"Ward {n} " in read for n in range(1, 25))
    assert len(model.requests) > 3
    document = await office.shelf.document(card.id)
    evidence = Evidence({card.id: document}, lambda *_: None)  # type: ignore[arg-type, return-value]
    sentences = {unit.text for unit in evidence.units}
    for request in model.requests:
        unfenced = re.sub(r"\[\[/?[0-9a-f]{8}\]\]", "", request.messages[-1].content)
        for line in unfenced.splitlines():
            assert line.endswith(".") or any(line in sentence for sentence in sentences)


def test_bullets_numbers_and_preambles_are_not_statements() -> None:
    answer = "Here are the key statements:\n1. The scheme opens in May.\n- It costs HK$3 million.\n\n（3）申請期為三個月。"
    assert split_statements(answer) == [
        "The scheme opens in May.",
        "It costs HK$3 million.",
        "申請期為三個月。",
    ]


def test_a_statement_that_was_cut_short_is_dropped() -> None:
    assert split_statements("The scheme opens in May.\nIt will be run by the", cut=True) == [
        "The scheme opens in May."
    ]
