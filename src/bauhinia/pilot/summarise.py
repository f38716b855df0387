"""Summarise documents: every statement carries a citation, or is left out and said to be.

read -> map (statements of each part) -> check (tie each to its source) -> reduce (what matters) -> write
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..documents import Document
from ..gateway import Message, data, estimate_tokens
from ..jobs import PassageReady
from ..language import Variety, split_sentences
from .codec import to_json
from .desk import Desk
from .draft import Draft, Finding, Passage, Section
from .evidence import Evidence, Support
from .orders import SummariseOrder
from .reading import SourcePart, parts_of, tokens_of, variety_of
from .segment import translate_segment

STATEMENTS = {"short": 5, "medium": 10, "long": 20}
"""How many statements a summary of each length has, at most."""
SPARE = 2.0
"""Ask for twice as many: some will not stand the check, and some will say the same."""
STATEMENT_TOKENS = 70
ALIKE = 0.94
"""Two statements nearer than this say the same thing."""

INSTRUCTION = {
    "en": (
        "You summarise documents for the Hong Kong Government. Write {count} statements that give the most "
        "important points of the text, {audience}. One statement a line, each a full sentence that can be "
        "understood alone. Use only what the text says, keep its names and figures exactly as they are "
        "written, and add nothing. Write nothing but the statements."
    ),
    "zh": (
        "你為香港政府撮寫文件。請用繁體中文書面語寫出{count}句，概括文件最重要的內容，{audience}。"
        "每句一行，句子要完整，能獨立理解。只用文件所述的內容，名稱和數字照抄原文，不要添加任何資料。只寫句子。"
    ),
}
AUDIENCE = {
    "en": {
        "executive": "for a head of department who must decide: decisions, money, dates, risks",
        "officer": "for an officer who must act on it: what, who, when, how much",
        "public": "for members of the public, in plain words: what it means for them",
    },
    "zh": {
        "executive": "供首長級人員作決定之用：着重決定、款項、日期和風險",
        "officer": "供負責人員跟進之用：着重事項、負責單位、日期和款額",
        "public": "供市民閱讀，用語淺白：着重對市民的影響",
    },
}
_MARK = re.compile(
    r"^\s*(?:[-–—•*·●▪]+|\(?\d{1,2}[.)、．]|（\d{1,2}）|第?[一二三四五六七八九十]{1,3}[、．])\s*"
)
_PREAMBLE = re.compile(
    r"(here (are|is)|following|summary|statements?|以下|摘要|概括)[^.。]*[:：]\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of the model's, and what the sources say of it."""

    text: str
    part: int
    support: Support


async def summarise(order: SummariseOrder, documents: Mapping[str, Document], desk: Desk) -> Draft:
    """A cited summary. Raises the gateway's errors; what is finished is kept for a resumption."""
    desk.progress("read")
    tongue = Variety.TRADITIONAL if variety_of(documents).is_chinese else Variety.ENGLISH
    parts = parts_of(documents, desk.part_tokens)
    evidence = Evidence(documents, desk.embed)
    statements = [
        statement
        async for found in desk.in_order(
            list(enumerate(parts)), lambda _, item: _map(order, desk, evidence, tongue, item, parts)
        )
        for statement in found
    ]
    supported = [statement for statement in statements if statement.support.verdict == "ok"]
    desk.progress("reduce", len(parts), len(parts))
    chosen = await _reduce(supported, STATEMENTS[order.length], desk)
    sections = await _write(order, desk, tongue, chosen)
    return Draft(
        kind="summarise",
        title=_title(documents),
        sections=tuple(sections),
        findings=tuple(_left_out(statements)),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model,
    )


async def _map(
    order: SummariseOrder,
    desk: Desk,
    evidence: Evidence,
    tongue: Variety,
    item: tuple[int, SourcePart],
    parts: Sequence[SourcePart],
) -> list[Statement]:
    """The statements of one part, each tied to its source or not."""
    number, part = item
    count = _quota(order, part, parts)
    desk.progress("map", number, len(parts), note=part.heading)
    written = await desk.write(
        f"map/{number}",
        _prompt(order, part, count, tongue),
        reply_in=tongue,
        max_tokens=count * STATEMENT_TOKENS,
        passage=f"part{number}",
    )
    within = evidence.of_blocks(part.places)
    statements = []
    for text in split_statements(written.text, cut=written.cut)[:count]:
        support = await evidence.support(text, within)
        statements.append(Statement(text=text, part=number, support=support))
    desk.progress("map", number + 1, len(parts), note=part.heading)
    return statements


def _quota(order: SummariseOrder, part: SourcePart, parts: Sequence[SourcePart]) -> int:
    """How many statements to ask of this part: its share of the whole, and some to spare."""
    share = estimate_tokens(part.part.text) / max(1, tokens_of(parts))
    return max(2, round(STATEMENTS[order.length] * SPARE * share))


def _prompt(order: SummariseOrder, part: SourcePart, count: int, tongue: Variety) -> list[Message]:
    language = "zh" if tongue.is_chinese else "en"
    instruction = INSTRUCTION[language].format(count=count, audience=AUDIENCE[language][order.audience])
    return [Message("system", instruction), Message("user", data(part.part.text))]


def split_statements(text: str, *, cut: bool = False) -> list[str]:
    """The statements of an answer, a sentence each, without bullets and preambles.

    When the answer was cut short, the unfinished last line is dropped.
    """
    lines = [_MARK.sub("", line).strip().strip("*") for line in text.splitlines()]
    sentences = [line[start:end].strip() for line in lines for start, end in split_sentences(line)]
    statements = [text for text in sentences if estimate_tokens(text) >= 4 and not _PREAMBLE.search(text)]
    if cut and statements and statements[-1][-1] not in ".。!！?？」”":
        statements.pop()
    return list(dict.fromkeys(statements))


async def _reduce(statements: Sequence[Statement], most: int, desk: Desk) -> list[Statement]:
    """The statements that matter, in the sources' order: near the whole's meaning, far from one another.

    Maximal marginal relevance (Carbonell and Goldstein 1998) over embeddings: choosing needs no second
    answer from the model, and so cannot add anything.
    """
    if not statements:
        return []
    vectors = np.asarray(await desk.embed([statement.text for statement in statements]), dtype=np.float32)
    relevance = vectors @ vectors.mean(axis=0)
    chosen: list[int] = []
    remaining = list(range(len(statements)))
    while remaining and len(chosen) < most:
        likeness = {i: max((float(vectors[i] @ vectors[j]) for j in chosen), default=0.0) for i in remaining}
        remaining = [i for i in remaining if likeness[i] < ALIKE]
        if not remaining:
            break
        best = max(remaining, key=lambda i: 0.6 * float(relevance[i]) - 0.4 * likeness[i])
        chosen.append(best)
        remaining.remove(best)
    return [statements[index] for index in sorted(chosen)]


async def _write(
    order: SummariseOrder, desk: Desk, tongue: Variety, chosen: Sequence[Statement]
) -> list[Section]:
    wanted = {
        "en": [Variety.ENGLISH],
        "zh-HK": [Variety.TRADITIONAL],
        "both": [Variety.ENGLISH, Variety.TRADITIONAL],
    }[order.language]
    return [
        await _section(order, desk, number, variety, tongue, chosen) for number, variety in enumerate(wanted)
    ]


async def _section(
    order: SummariseOrder,
    desk: Desk,
    number: int,
    variety: Variety,
    tongue: Variety,
    chosen: Sequence[Statement],
) -> Section:
    """The chosen statements in one language."""
    passages: list[Passage] = []
    desk.progress("write", 0, len(chosen))
    async for passage in desk.in_order(
        chosen, lambda index, _: _passage(order, desk, variety, tongue, chosen, index)
    ):
        desk.report(PassageReady(section=number, passage=to_json(passage)))
        passages.append(passage)
    return Section(language=variety.value, title="", passages=tuple(passages))


async def _passage(
    order: SummariseOrder,
    desk: Desk,
    variety: Variety,
    tongue: Variety,
    chosen: Sequence[Statement],
    index: int,
) -> Passage:
    """One statement as a passage, in the summary's language."""
    statement = chosen[index]
    text = statement.text
    findings: tuple[Finding, ...] = ()
    if variety is not tongue:
        segment = await translate_segment(desk, f"write/{variety.value}/{statement.text}", text, variety)
        text, findings = segment.text, segment.findings
    same_part = index > 0 and chosen[index - 1].part == statement.part
    return Passage(
        id=f"p{index}",
        kind="bullet" if order.form == "bullets" else "paragraph",
        text=text,
        run_on=order.form == "prose" and same_part,
        citations=statement.support.citations,
        findings=findings,
    )


def _left_out(statements: Sequence[Statement]) -> list[Finding]:
    """Says which statements the sources did not bear out, so that nothing is passed over in silence."""
    findings = []
    for statement in statements:
        if statement.support.verdict == "ok":
            continue
        missing = ", ".join(statement.support.missing)
        why = f"not in the source: {missing}" if missing else "nothing in the source says so"
        findings.append(
            Finding(
                check="support",
                severity="note",
                message=f"Left out ({why}): {statement.text}",
                values={"statement": statement.text, "missing": missing},
            )
        )
    return findings


def _title(documents: Mapping[str, Document]) -> str:
    first = next(iter(documents.values()))
    title = first.title or first.name
    return title if len(documents) == 1 else f"{title} + {len(documents) - 1}"
