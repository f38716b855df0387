"""Draft a text of a known kind from instructions and sources; what they do not say is marked, not made up.

read -> gather (the facts the layout needs) -> share out (the points of each part) -> write (part by part)
     -> check (figures, names, house rules) -> lay out
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..documents import Document
from ..gateway import Message, data
from ..jobs import PassageReady
from ..language import Variety, clauses, compare_figures, detect, split_sentences
from .acting import party_of
from .codec import to_json
from .desk import Desk, Written
from .draft import Citation, Draft, Finding, Passage, Section
from .evidence import Evidence, missing_names
from .house_rules import apply
from .orders import DraftOrder
from .segment import gloss
from .templates import Language, Line, Template

GAP = {"en": "[to be confirmed: {}]", "zh-HK": "[待確認：{}]"}
GAP_KINDS = {
    "en": {
        "money": "amount",
        "date": "date",
        "time": "time",
        "percent": "percentage",
        "reference": "reference",
    },
    "zh-HK": {"money": "款額", "date": "日期", "time": "時間", "percent": "百分比", "reference": "參考編號"},
}
VARIETIES: dict[Language, Variety] = {"en": Variety.ENGLISH, "zh-HK": Variety.TRADITIONAL}
ACTION_GAP = {"en": "action by", "zh-HK": "負責單位"}
SENTENCE_TOKENS = 60
MOST_POINTS = 12
"""A small model loses the thread of a longer list."""
SYSTEM = {
    "en": (
        "You draft for the Hong Kong Government, in formal British English. You are writing: {title}. "
        "Tone: {tone}\nRules:\n{rules}\n"
        "Use only the facts under Points. Invent no name, date, figure or promise. Write full official "
        "sentences, not the words of the points. Write only the paragraph asked for."
    ),
    "zh-HK": (
        "你為香港政府草擬公文，用正式的繁體中文書面語。文種：{title}。語氣：{tone}\n規則：\n{rules}\n"
        "只可用「事項」所列的事實，不得虛構姓名、日期、數字或承諾。不要照抄「事項」的字眼，要寫成完整的公文句子。"
        "只寫所要求的一段。"
    ),
}
ASKED = {
    "en": "Points:\n{points}\n\nWrite this paragraph, in about {count} sentences: {part}",
    "zh-HK": "事項：\n{points}\n\n寫這一段，約{count}句：{part}",
}
EXAMPLE = {
    "en": (
        "Points:\n- application has been checked\n- tell him the deposit comes back by 5 March\n\n"
        "Write this paragraph, in about 2 sentences: answer the points raised.",
        "With regard to the return of your deposit, we have completed the checking of your application. "
        "The deposit will be returned to you by 5 March.",
    ),
    "zh-HK": (
        "事項：\n- 已核實申請\n- 告訴他按金會於3月5日前退還\n\n寫這一段，約2句：回應所提事項。",
        "就退還按金一事，本署已核實有關申請。按金將於3月5日前退還，敬請留意。",
    ),
}
"""A worked example shows the register better than any rule; its facts are checked away like any other."""
FIELDS = {
    "en": (
        "From the text, copy these facts exactly as they are written. "
        "Leave one empty if the text does not give it: {labels}"
    ),
    "zh-HK": "從文中照抄以下資料，一字不改。文中沒有的留空：{labels}",
}
_ERRAND = re.compile(
    r"(?:請|現)?(?:回覆|答覆|回應|覆函|去信|致函)(?:有關)?(?:該)?(?:投訴人|來函人|來信人|市民|對方|他|她)?"
    r"|(?:please )?(?:reply|write|respond)(?: back)?"
    r"(?: to (?:the )?(?:complainant|sender|writer|him|her|them))?\.?",
    re.IGNORECASE,
)
"""An instruction that says only that a reply be written: as a point, it was copied into the reply."""
_GAPS = re.compile(r"\[(?:to be confirmed|待確認)\s*[:：][^\]]*\]")


async def draft(
    order: DraftOrder, template: Template, documents: Mapping[str, Document], desk: Desk
) -> Draft:
    """The draft, a passage a line of the layout or a sentence of a part. Raises the gateway's errors."""
    desk.progress("read", 0, len(template.parts))
    evidence = Evidence(documents, desk.embed)
    facts = await _gather(order, template, documents, desk)
    known = "\n".join([order.instructions, *(document.text for document in documents.values())])
    shares = await _share_out(order, template, evidence, desk)
    written: dict[int, list[Passage]] = {}

    async def write(_: int, item: tuple[int, Line]) -> tuple[int, list[Passage]]:
        return await _part(order, template, item, shares[item[0]], evidence, known, desk)

    async for index, passages in desk.in_order(template.parts, write):
        written[index] = passages
        desk.progress("write", len(written), len(template.parts))
    for index, line in template.parts:
        if line.action is not None:
            written[index] = list(_with_actions(written[index], line, order))
    laid_out = lay_out(template, order.language, facts, written)
    for passage in laid_out:
        desk.report(PassageReady(section=0, passage=to_json(passage)))
    title = template.title[order.language]
    return Draft(
        kind="draft",
        title=title,
        sections=(Section(language=_variety(order).value, title=title, passages=tuple(laid_out)),),
        findings=tuple(_gaps(laid_out)),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model,
    )


def _variety(order: DraftOrder) -> Variety:
    return VARIETIES[order.language]


async def _gather(
    order: DraftOrder, template: Template, documents: Mapping[str, Document], desk: Desk
) -> dict[str, str]:
    """The facts that the layout's fields need, each copied from the text or left out."""
    if not template.fields:
        return {}
    openings = [document.text[:1_500] for document in documents.values()]
    text = "\n\n".join([order.instructions, *openings])
    shown = "\n\n".join([order.instructions, *map(data, openings)])
    labels = "; ".join(f"{field.name} = {field.label[order.language]}" for field in template.fields)
    properties = {field.name: {"type": "string", "maxLength": 120} for field in template.fields}
    written = await desk.write(
        "fields",
        [Message("system", FIELDS[order.language].format(labels=labels)), Message("user", shown)],
        reply_in=None,
        max_tokens=60 * len(template.fields) + 40,
        schema={
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    )
    found = _strings(written.text)
    places = {"any": text, "instructions": order.instructions}
    return {
        field.name: value
        for field in template.fields
        if (value := found.get(field.name, "").strip()) and _folded(value) in _folded(places[field.given_by])
    }


def _strings(text: str) -> dict[str, str]:
    """The strings of a JSON object; nothing of an answer that is none, as a server without schemas gives."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)}


async def _share_out(
    order: DraftOrder, template: Template, evidence: Evidence, desk: Desk
) -> dict[int, list[str]]:
    """The points of each part. A point goes to one part only, so that nothing is said twice."""
    shares: dict[int, list[str]] = {index: [] for index, _ in template.parts}
    points = [*_instructed(order), *(await _sourced(order, template, evidence))]
    if len(shares) == 1:
        return dict.fromkeys(shares, points)
    tasks = [line.write[order.language] for _, line in template.parts if line.write]
    parts = np.asarray(await desk.embed(tasks), dtype=np.float32)
    vectors = np.asarray(await desk.embed(points), dtype=np.float32)
    for point, likeness in zip(points, vectors @ parts.T, strict=True):
        for best in np.argsort(-likeness):
            index, line = template.parts[best]
            if len(shares[index]) < 2 * line.sentences:
                shares[index].append(point)
                break
    return shares


def _instructed(order: DraftOrder) -> list[str]:
    """What the instructions say, a sentence or, in Chinese, a clause each."""
    text = order.instructions
    spans = clauses(text) if detect(text).variety.is_chinese else split_sentences(text)
    pieces = (text[start:end].strip(" \n，。；;") for start, end in spans)
    return [piece for piece in pieces if piece and not _ERRAND.fullmatch(piece)]


async def _sourced(order: DraftOrder, template: Template, evidence: Evidence) -> list[str]:
    """The sentences of the sources that are nearest to the instructions, in their order.

    A letter that is being answered is not a source of facts: it only fills the layout's fields.
    """
    if template.sources == "received" or not evidence.units:
        return []
    nearest = await evidence.nearest(order.instructions, MOST_POINTS)
    return [evidence.units[unit].context for unit in sorted(unit for unit, _ in nearest)]


async def _part(
    order: DraftOrder,
    template: Template,
    item: tuple[int, Line],
    points: Sequence[str],
    evidence: Evidence,
    known: str,
    desk: Desk,
) -> tuple[int, list[Passage]]:
    """One part, written from its points and checked against all that is known; a gap where there are none."""
    index, line = item
    assert line.write is not None
    task = line.write[order.language]
    if not points:
        gap = GAP[order.language].format(task.rstrip(".。"))
        return index, [Passage(id=f"l{index}", kind=line.kind, text=gap)]
    variety = _variety(order)
    listed = data("\n".join(f"- {gloss(point, variety, desk.termbase)}" for point in points))
    example, answer = EXAMPLE[order.language]
    written = await desk.write(
        f"part/{index}",
        [
            Message("system", _system(order, template)),
            Message("user", example),
            Message("assistant", answer),
            Message("user", ASKED[order.language].format(points=listed, count=line.sentences, part=task)),
        ],
        reply_in=variety,
        max_tokens=line.sentences * SENTENCE_TOKENS + 40,
        passage=f"part{index}",
    )
    text, _ = desk.termbase.repair(written.text.strip(), variety)
    sources = range(len(evidence.units)) if template.sources == "facts" else []
    passages = await _checked(text, index, template, order, known, evidence, sources)
    return index, _with_language(passages, written)


def _with_actions(passages: Sequence[Passage], line: Line, order: DraftOrder) -> Iterator[Passage]:
    """Each sentence as an item of its own, and in the column beside it who has to act, or a gap.

    Only the instructions and what the sentence cites can name the party.
    """
    assert line.action is not None
    heading = line.action[order.language]
    for passage in passages:
        named_in = "\n".join([order.instructions, *(citation.quote for citation in passage.citations)])
        party = party_of(_GAPS.sub(" ", passage.text), named_in)
        text = party or GAP[order.language].format(ACTION_GAP[order.language])
        yield replace(passage, run_on=False)
        yield Passage(
            id=f"{passage.id}a", kind="paragraph", text=text, run_on=True, columns={"beside": heading}
        )


def _with_language(passages: list[Passage], written: Written) -> list[Passage]:
    """Tells the officer when the model kept to the wrong language, at the part's first sentence."""
    if not passages or not {"wrong_language", "wrong_script"} & set(written.reasons):
        return passages
    finding = Finding(
        check="language", severity="error", message="The model did not write in the language asked for."
    )
    return [replace(passages[0], findings=(*passages[0].findings, finding)), *passages[1:]]


def _system(order: DraftOrder, template: Template) -> str:
    rules = "\n".join(f"- {rule}" for rule in template.rules[order.language])
    return SYSTEM[order.language].format(
        title=template.title[order.language], tone=template.tone[order.language], rules=rules
    )


async def _checked(
    text: str,
    index: int,
    template: Template,
    order: DraftOrder,
    known: str,
    evidence: Evidence,
    sources: Sequence[int],
) -> list[Passage]:
    """The part's sentences; figures and names that nobody gave become gaps, with a finding."""
    passages: list[Passage] = []
    rules = template.house_rules.get(order.language, [])
    for number, (start, end) in enumerate(split_sentences(text)):
        sentence, findings = _without_inventions(text[start:end].strip(), order, known)
        if not sentence:
            continue
        citations: tuple[Citation, ...] = ()
        if sources:
            support = await evidence.support(sentence, sources)
            citations = support.citations if support.verdict == "ok" else ()
        sentence, pointed = apply(rules, sentence, _variety(order))
        passages.append(
            Passage(
                id=f"l{index}s{number}",
                kind=template.lines[index].kind,
                text=sentence,
                run_on=bool(passages),
                citations=citations,
                findings=(*findings, *pointed),
            )
        )
    return passages


def _without_inventions(sentence: str, order: DraftOrder, known: str) -> tuple[str, list[Finding]]:
    """The sentence with a gap for each figure that is in neither the instructions nor the sources.

    A name is only pointed at, not taken out: a post or a body may be named in other words than the source's.
    """
    bare = _GAPS.sub(" ", sentence)
    findings = []
    absent = compare_figures(bare, known).missing
    for figure in absent:
        kind = GAP_KINDS[order.language].get(figure.kind, "figure" if order.language == "en" else "數字")
        sentence = sentence.replace(figure.text, GAP[order.language].format(kind), 1)
        findings.append(
            Finding(
                check="numbers",
                severity="warning",
                message=f"“{figure.text}” is in neither the instructions nor the sources; it was taken out.",
                values={"added": figure.text},
            )
        )
    findings += [
        Finding(
            check="names",
            severity="warning",
            message=f"“{name}” is in neither the instructions nor the sources.",
            values={"added": name},
        )
        for name in missing_names(bare, known)
    ]
    return sentence, findings


def lay_out(
    template: Template, language: Language, facts: Mapping[str, str], written: Mapping[int, list[Passage]]
) -> list[Passage]:
    """Fixed lines and written parts, in the template's order; a gap for each fact that nobody gave."""
    labels = {field.name: field.label[language] for field in template.fields}
    values = {name: facts.get(name) or GAP[language].format(label) for name, label in labels.items()}
    passages: list[Passage] = []
    paragraphs = 0
    for index, line in enumerate(template.lines):
        pieces = written[index] if line.write else _fixed(language, template, index, values)
        for piece in pieces:
            paragraphs += line.place == "body" and line.kind == "paragraph" and not piece.run_on
            number = f"{paragraphs}." if template.numbered and paragraphs > 1 and line.place == "body" else ""
            passages.append(_placed(piece, template, index, number))
    return passages


def _fixed(language: Language, template: Template, index: int, values: Mapping[str, str]) -> list[Passage]:
    """A line of fixed words with its facts; nothing where the language does not have it."""
    line = template.lines[index]
    words = (line.words or {}).get(language)
    if words is None:
        return []
    rules = template.house_rules.get(language, [])
    text, _ = apply(rules, words.format_map(values), VARIETIES[language])
    return [Passage(id=f"l{index}", kind=line.kind, text=text)]


def _placed(passage: Passage, template: Template, index: int, number: str) -> Passage:
    """The passage with what a file needs to set it: its line's name and place, the paragraph's number."""
    columns = {"line": template.name_of(index), "place": template.lines[index].place, **passage.columns}
    return replace(passage, columns=columns | ({"number": number} if number and not passage.run_on else {}))


def _gaps(passages: Sequence[Passage]) -> list[Finding]:
    """One note that lists what the officer has still to fill in."""
    gaps = list(dict.fromkeys(gap for passage in passages for gap in _GAPS.findall(passage.text)))
    if not gaps:
        return []
    listed = ", ".join(gaps)
    return [
        Finding(
            check="gaps",
            severity="note",
            message=f"Still to be filled in: {listed}.",
            values={"missing": listed},
        )
    ]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
