"""A summary that a model words: part by part, and of its sentences only those that lines bear out.

The pilot's evidence decides (`pilot.evidence`): every figure and name of a sentence stands in the lines that
it cites, it denies none of them, and its meaning is near. What fails is left out and counted.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...documents import Block, Document
from ...gateway import LOWEST, Ask, EmbeddingKind, Message, data
from ...gateway import Answer as Written
from ...language import Variety, split_sentences
from ...pilot.evidence import Embed, Evidence
from ...provenance import Origin
from .finding import Stated
from .hearing import USE
from .transcript import Line, Transcript

if TYPE_CHECKING:
    from ...gateway import Gateway
    from ...people import Officer

PART_CHARACTERS = {True: 1_500, False: 4_500}
"""Of a part that is summed up at once, in Chinese and in English: some 1,200 tokens."""
MOST_PARTS = 8
MOST_TOKENS = 160
_INSTRUCTION = {
    Variety.ENGLISH: (
        "You sum up a part of a meeting's transcript for its minutes, in two or three sentences of British "
        "English, in the past tense and reported speech. Use only what the lines say, and their own words "
        "for names, figures and dates. Invent nothing. Write the sentences alone."
    ),
    Variety.TRADITIONAL: (
        "你為會議記錄撮述謄本的一部分，用繁體中文書面語寫兩至三句，間接敘述。只可用各行所說的內容，"
        "名稱、數字和日期照原文。不得虛構。只寫句子。"
    ),
    Variety.SIMPLIFIED: (
        "你为会议记录撮述誊本的一部分，用简体中文书面语写两至三句，间接叙述。只可用各行所说的内容，"
        "名称、数字和日期照原文。不得虚构。只写句子。"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Summarised:
    """The end of a summary."""

    summary: tuple[Stated, ...]
    origin: Origin | None
    """None where the model wrote nothing."""
    withdrawn: int
    """Sentences that no lines bore out."""
    left_out: int
    """Lines at the end that were not summed up, since the meeting is too long."""


Event = Stated | Summarised


async def summarised(
    transcript: Transcript, gateway: Gateway, officer: Officer, *, classification: str = LOWEST
) -> AsyncGenerator[Event, None]:
    """Each sentence with its lines as soon as it is borne out, and the end. Cancelling ends it.

    Raises Refused, ModelError, StoreError.
    """
    tongue = _written_in(transcript.language)
    parts = _parts(transcript)
    evidence = Evidence({"transcript": _document(transcript)}, _embedder(gateway, officer, classification))
    found: list[Stated] = []
    origins: list[Origin] = []
    withdrawn = 0
    for part in parts[:MOST_PARTS]:
        text, origin = await _asked(part, tongue, gateway, officer, classification)
        origins.append(origin)
        within = evidence.of_blocks(("transcript", f"b{line.number}") for line in part)
        for start, end in split_sentences(text):
            stated = await _borne_out(text[start:end].strip(), evidence, within)
            if stated is None:
                withdrawn += 1
                continue
            found.append(stated)
            yield stated
    yield Summarised(
        summary=tuple(found),
        origin=_of_all(origins) if found else None,
        withdrawn=withdrawn,
        left_out=sum(len(part) for part in parts[MOST_PARTS:]),
    )


async def _asked(
    part: Sequence[Line], tongue: Variety, gateway: Gateway, officer: Officer, classification: str
) -> tuple[str, Origin]:
    """What the model says of a part, and where the ledger says so."""
    listed = "\n".join(_told(line) for line in part)
    ask = Ask(
        officer=officer,
        use=USE,
        messages=(Message("system", _INSTRUCTION[tongue]), Message("user", data(listed))),
        reply_in=tongue,
        max_tokens=MOST_TOKENS,
        classification=classification,
    )
    async with aclosing(gateway.exchange(ask)) as events:
        async for event in events:
            if isinstance(event, Written):
                label = event.label
                origin = Origin(
                    model=label.model, digest=label.digest, made_at=label.made_at, entry=label.entry
                )
                return event.text.strip(), origin
    raise AssertionError("an exchange ends with an answer or an error")


async def _borne_out(sentence: str, evidence: Evidence, within: Sequence[int]) -> Stated | None:
    if not sentence:
        return None
    support = await evidence.support(sentence, within)
    if support.verdict != "ok" or not support.citations:
        return None
    numbers = sorted({int(each.anchor.block.removeprefix("b")) for each in support.citations})
    return Stated(text=sentence, lines=tuple(numbers))


def _parts(transcript: Transcript) -> list[list[Line]]:
    """The lines in parts that a small model reads at once."""
    most = PART_CHARACTERS[transcript.language.is_chinese]
    parts: list[list[Line]] = [[]]
    size = 0
    for line in transcript.lines:
        if size and size + len(line.words) > most:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line.words)
    return parts


def _document(transcript: Transcript) -> Document:
    blocks = (Block(id=f"b{line.number}", kind="paragraph", text=_told(line)) for line in transcript.lines)
    return Document(name="transcript", format="txt", blocks=tuple(blocks))


def _told(line: Line) -> str:
    """A line without its time: figures of a sentence are looked for in it."""
    return f"{line.speaker}: {line.words}" if line.speaker else line.words


def _of_all(origins: Sequence[Origin]) -> Origin:
    entries = [each.entry for each in origins]
    newest = max(origins, key=lambda each: each.entry)
    return replace(newest, first_entry=min(entries), answers=len(origins))


def _written_in(language: Variety) -> Variety:
    """Cantonese is summed up in written Chinese: minutes are written."""
    return language if language in _INSTRUCTION else Variety.TRADITIONAL


def _embedder(gateway: Gateway, officer: Officer, classification: str) -> Embed:
    async def embed(texts: Sequence[str], kind: str) -> list[list[float]]:
        of_kind: EmbeddingKind = "query" if kind == "query" else "passage"
        return await gateway.embed(
            list(texts), of_kind, officer=officer, use=USE, classification=classification
        )

    return embed
