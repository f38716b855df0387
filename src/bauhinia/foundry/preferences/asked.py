"""What a model is asked, as a row of training has it: the product's own instruction and the material. Its
worked examples, the terms of one department and the gateway's fences, which differ each time, are
left out."""

from __future__ import annotations

from typing import Any

from ...language import Variety
from ...pilot import analyse, redraft, segment, summarise
from ...pilot.draft import Passage
from .work import Work

Messages = list[dict[str, str]]
_DRAFT = {
    "en": "You write for the Hong Kong Government. Write the {type} that is asked for, in British English.",
    "zh-HK": "你為香港政府撰寫文件。請按要求用繁體中文書面語撰寫{type}。",
}


def of_passage(work: Work, passage: Passage) -> Messages | None:
    """The request that one passage of a translation or of a redraft answers; None where it answers none."""
    if not passage.source_text.strip():
        return None
    if work.kind == "translate":
        to = Variety.ENGLISH if work.order.get("to") == "en" else Variety.TRADITIONAL
        return _messages(segment.SYSTEM[to], passage.source_text)
    language = "zh" if work.draft.variety.is_chinese else "en"
    manner = redraft.MANNERS[work.order["manner"]][language]
    return _messages(redraft.SYSTEM[language].format(manner=manner), passage.source_text)


def of_whole(work: Work) -> Messages | None:
    """The request that a whole draft answers; None where what it rests on is not there any more."""
    if work.kind == "draft":
        language = "en" if work.order.get("language", "en") == "en" else "zh-HK"
        material = "".join(f"\n\n{text}" for text in work.sources)
        system = _DRAFT[language].format(type=work.order.get("type", ""))
        return (
            _messages(system, f"{work.order.get('instructions', '')}{material}")
            if _has_sources(work)
            else None
        )
    if work.kind == "summarise":
        return _of_summary(work) if _has_sources(work) else None
    quotes = _quotes(work)
    if not quotes:
        return None
    tongue = work.draft.variety
    instruction = analyse.INSTRUCTION.get(tongue, analyse.INSTRUCTION[Variety.TRADITIONAL])
    asked = analyse.ASKED.get(tongue, analyse.ASKED[Variety.TRADITIONAL])
    question = str(work.order.get("question", ""))
    return _messages(instruction, asked.format(extracts="\n".join(quotes), question=question))


def _of_summary(work: Work) -> Messages:
    language = "zh" if work.draft.variety.is_chinese else "en"
    order: dict[str, Any] = {"length": "medium", "audience": "officer", **work.order}
    instruction = summarise.INSTRUCTION[language].format(
        count=summarise.STATEMENTS[order["length"]], audience=summarise.AUDIENCE[language][order["audience"]]
    )
    return _messages(instruction, "\n".join(work.sources))


def _has_sources(work: Work) -> bool:
    """Whether every document of the order can still be read."""
    return len(work.sources) == len(set(work.order.get("documents", [])))


def _quotes(work: Work) -> list[str]:
    """What the answer cites, each once."""
    found = (citation.quote for passage in work.draft.passages() for citation in passage.citations)
    return list(dict.fromkeys(found))


def _messages(system: str, user: str) -> Messages:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]
