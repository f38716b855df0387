"""Analyse documents: answer a question with citations, or (in `obligations.py`) set out what they oblige.

find the extracts -> answer from them alone -> tie every sentence to its source -> say it as the asker would
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..documents import Document
from ..gateway import Message, data, estimate_tokens
from ..jobs import PassageReady
from ..language import Variety, detect, split_sentences, to_cantonese
from .codec import to_json
from .desk import Desk
from .draft import Draft, Finding, Passage, Section
from .evidence import Evidence
from .obligations import table_of
from .orders import AnalyseOrder, AskOrder
from .segment import gloss

ANSWER_TOKENS = 320
MISSING = "NOT FOUND"
INSTRUCTION = {
    Variety.ENGLISH: (
        "Answer the question from the extracts only, in English, in one to three full sentences. Copy names "
        f"and figures exactly. If the extracts do not hold the answer, write only: {MISSING}"
    ),
    Variety.TRADITIONAL: (
        "只根據摘錄回答問題，用繁體中文書面語，一至三句，句子要完整。名稱和數字照抄摘錄。"
        f"如摘錄沒有答案，只寫：{MISSING}"
    ),
    Variety.SIMPLIFIED: (
        "只根据摘录回答问题，用简体中文，一至三句，句子要完整。名称和数字照抄摘录。"
        f"如摘录没有答案，只写：{MISSING}"
    ),
}
ASKED = {
    Variety.ENGLISH: "Extracts:\n{extracts}\n\nQuestion: {question}",
    Variety.TRADITIONAL: "摘錄：\n{extracts}\n\n問題：{question}",
    Variety.SIMPLIFIED: "摘录：\n{extracts}\n\n问题：{question}",
}
NOT_FOUND = {
    Variety.ENGLISH: "This is not in the document.",
    Variety.TRADITIONAL: "文件中沒有這項資料。",
    Variety.SIMPLIFIED: "文件中没有这项资料。",
    Variety.CANTONESE: "份文件入面冇講到呢樣嘢。",
}
UNCONFIRMED = {
    Variety.ENGLISH: "No answer that can be confirmed was found in the document.",
    Variety.TRADITIONAL: "在文件中找不到可以核實的答案。",
    Variety.SIMPLIFIED: "在文件中找不到可以核实的答案。",
    Variety.CANTONESE: "喺份文件入面搵唔到可以核實嘅答案。",
}
"""The model did answer, but nothing of its answer stood the check; what it said is in the findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfound:
    """What is said where there is no answer, by the asker's language."""

    silent: Mapping[Variety, str]
    """The sources do not hold it."""
    unconfirmed: Mapping[Variety, str]


IN_DOCUMENT = Unfound(silent=NOT_FOUND, unconfirmed=UNCONFIRMED)


async def analyse(order: AnalyseOrder, documents: Mapping[str, Document], desk: Desk) -> Draft:
    """Answer or table, by the order's mode. Raises the gateway's errors."""
    desk.progress("read")
    evidence = Evidence(documents, desk.embed)
    first = next(iter(documents.values()))
    if order.mode == "question":
        title = order.question
        section, findings = await answer(order, evidence, desk)
    else:
        title = first.title or first.name
        section, findings = await table_of(order, documents, evidence, desk), []
    return Draft(
        kind="analyse",
        title=title,
        sections=(section,),
        findings=tuple(findings),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model,
    )


async def answer(
    order: AnalyseOrder | AskOrder, evidence: Evidence, desk: Desk, unfound: Unfound = IN_DOCUMENT
) -> tuple[Section, list[Finding]]:
    """An answer in the asker's language, each sentence cited or left out.

    A Cantonese question is answered in written Chinese, which the model is surer of and which can be held
    against the sources, and said in Cantonese last.
    """
    question, asked = order.question, asked_in(order)
    tongue = Variety.TRADITIONAL if asked is Variety.CANTONESE else asked
    extracts = await _extracts(question, evidence, desk)
    desk.progress("write")
    written = await desk.write(
        "answer",
        _prompt(question, tongue, extracts, evidence, desk),
        reply_in=tongue,
        max_tokens=ANSWER_TOKENS,
        passage="p0",
    )
    desk.progress("check")
    passages, findings = await _checked(written.text, question, extracts, evidence)
    if not passages:
        text = (unfound.unconfirmed if findings else unfound.silent)[asked]
        passages = [Passage(id="p0", kind="paragraph", text=text)]
    elif asked is Variety.CANTONESE:
        passages = [_in_cantonese(passage) for passage in passages]
    for passage in passages:
        desk.report(PassageReady(section=0, passage=to_json(passage)))
    return Section(language=asked.value, title=question, passages=tuple(passages)), findings


def asked_in(order: AnalyseOrder | AskOrder) -> Variety:
    """The question's variety; the reader's interface tells the script where its characters do not."""
    found = detect(order.question)
    shared = found.variety is Variety.TRADITIONAL and found.confidence <= 0.5
    if shared and order.reader == "zh-Hans":
        return Variety.SIMPLIFIED
    return Variety.ENGLISH if found.variety is Variety.UNKNOWN else found.variety


def _prompt(
    question: str, tongue: Variety, extracts: Sequence[int], evidence: Evidence, desk: Desk
) -> list[Message]:
    text = "\n".join(evidence.units[index].context for index in extracts)
    if tongue is not Variety.SIMPLIFIED:
        text = gloss(text, tongue, desk.termbase)
    asked = ASKED[tongue].format(extracts=data(text), question=question)
    return [Message("system", INSTRUCTION[tongue]), Message("user", asked)]


async def _extracts(question: str, evidence: Evidence, desk: Desk) -> list[int]:
    """Units to answer from, in order: all of a short document, else the nearest and their neighbours."""
    everything = range(len(evidence.units))
    if sum(estimate_tokens(unit.text) for unit in evidence.units) <= desk.part_tokens:
        return list(everything)
    desk.progress("find")
    chosen: set[int] = set()
    spent = 0
    for index, _ in await evidence.nearest(question, len(evidence.units)):
        around = {index - 1, index, index + 1} & set(everything) - chosen
        spent += sum(estimate_tokens(evidence.units[i].context) for i in around)
        if spent > desk.part_tokens:
            break
        chosen |= around
    return sorted(chosen)


async def _checked(
    answer: str, question: str, extracts: Sequence[int], evidence: Evidence
) -> tuple[list[Passage], list[Finding]]:
    """The answer's sentences that the extracts bear out; a finding for each that they do not."""
    passages: list[Passage] = []
    findings: list[Finding] = []
    if MISSING.casefold() in answer.casefold().replace("_", " "):
        return passages, findings
    for start, end in split_sentences(answer):
        sentence = answer[start:end].strip()
        if not sentence:
            continue
        support = await evidence.support(sentence, extracts, asked=question)
        if support.verdict == "ok":
            passages.append(
                Passage(
                    id=f"p{len(passages)}",
                    kind="paragraph",
                    text=sentence,
                    run_on=bool(passages),
                    citations=support.citations,
                )
            )
        else:
            findings.append(_left_out(sentence, support.missing))
    return passages, findings


def _left_out(sentence: str, missing: Sequence[str]) -> Finding:
    return Finding(
        check="support",
        severity="warning",
        message=f"Left out, since the document does not bear it out: {sentence}",
        values={"statement": sentence, "missing": ", ".join(missing)},
    )


def _in_cantonese(passage: Passage) -> Passage:
    return Passage(
        id=passage.id,
        kind=passage.kind,
        text=to_cantonese(passage.text),
        run_on=passage.run_on,
        citations=passage.citations,
        findings=passage.findings,
    )
