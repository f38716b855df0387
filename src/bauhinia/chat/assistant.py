"""Who answers a question: a department's own words first, then a live source, public documents, the model.

curated -> tool -> library -> tools of MCP servers -> (model alone, where nothing exact is asked)

Of several questions in one each goes this way, and the answers come in their order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from ..documents import Document
from ..errors import ModelError, ModelUnavailable, Refused
from ..gateway import LOWEST, Ask, EmbeddingKind, Gateway, Message, Piece, ToolResult, data
from ..gateway import Answer as Written
from ..knowledge import Library, Search
from ..language import Variety, split_sentences, to_cantonese
from ..people import Officer
from ..pilot.analyse import ASKED, INSTRUCTION, MISSING
from ..pilot.evidence import Embed, Evidence
from .attachments import passages_of
from .curated import CuratedAnswer, CuratedAnswers
from .exact import asks_exactly
from .grounding import addresses, invented, strange_addresses, strange_words
from .joining import Joined, about, joined
from .memory import NOTHING, Memory
from .passages import PublicPassages
from .planner import Part, plan
from .reading.tongue import asked_in
from .recalling import about as about_memory
from .recalling import noted, recalled, trip_request
from .served import ServedTools, bears_out, gone_told
from .suggesting import asked_next
from .tools import Context, Found, Result
from .tools.registry import use_tool
from .tools.result import HONG_KONG
from .turn import Answer, Event, Exchange, Reference, Said, Via
from .wordings import READERS, wording
from .workshops import Workshop, answer_of, workshop_for

USE = "chat.answer"
ANSWER_TOKENS = 240
SHORT_TOKENS = 90
"""While many wait."""
PASSAGES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and who asks."""

    question: str
    by: Officer
    language: Variety
    parts: tuple[Part, ...]
    """What is asked: one question, or several in their order."""
    earlier: Sequence[Exchange] = ()
    attached: Sequence[Document] = ()
    """Files that the question is about: it is answered from them, and from nothing else."""
    memory: Memory = NOTHING
    """What the person lets the assistant know of them."""
    used: frozenset[str] = frozenset()
    """Texts of the parts that were understood by it."""
    held: dict[int, Answer] = field(default_factory=dict)
    """Answers at hand, by the places of their parts."""
    whole: Joined = field(default_factory=Joined)
    """Of several questions: the answer as far as it was told."""

    @property
    def single(self) -> bool:
        """Whether it is one question."""
        return len(self.parts) == 1

    def knowing(self, memory: Memory) -> Asked:
        """The same, with what the person lets the assistant know of them."""
        known = recalled(self.parts, memory)
        return replace(self, parts=known.parts, memory=memory, used=known.used)


@dataclass(slots=True)
class _Said:
    """What has been said so far of an answer that the model writes."""

    most: int
    """Tokens that it may write."""
    said: list[Said] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    withdrawn: int = 0
    written: Written | None = None
    given: list[ToolResult] = field(default_factory=list)
    """What tools of MCP servers gave."""
    notes: list[str] = field(default_factory=list)
    """Sources that could not be asked."""

    @property
    def asked_tools(self) -> bool:
        """Whether the model asked for a tool, be it in vain."""
        decisions = self.written.decisions if self.written else ()
        return any(decision.stage == "tools" for decision in decisions)


class Assistant:
    """Answers the public."""

    def __init__(
        self, *, gateway: Gateway, curated: CuratedAnswers, search: Search, library: Library, context: Context
    ) -> None:
        self._gateway = gateway
        self._curated = curated
        self._passages = PublicPassages(search, library)
        self._served = ServedTools(gateway)
        self._context = context

    def read(
        self,
        question: str,
        *,
        by: Officer,
        earlier: Sequence[Exchange] = (),
        reader: str = "",
        attached: Sequence[Document] = (),
        memory: Memory = NOTHING,
    ) -> Asked:
        """The question, its language known. `reader` is the interface's, for characters of both scripts."""
        before = earlier[-1].answer.language if earlier else memory.language or READERS.get(reader)
        language = asked_in(question, before)
        went_on = _questions(earlier)
        parts = plan(question, today=self._context.today(), before=language, earlier=went_on)
        if any(part.romanised for part in parts):
            language = Variety.CANTONESE
        return Asked(
            question=question, by=by, language=language, parts=parts, earlier=earlier, attached=attached
        ).knowing(memory)

    async def at_hand(self, asked: Asked) -> list[Event] | None:
        """An answer that needs no model: a department's own, or a live source's; None where there is none,
        or not for every part. Raises StoreError."""
        if asked.attached:
            return None
        if (curated := await self._curated.find(asked.question)) is not None:
            return _told(await self._of_curated(curated, asked.language))
        has_tool = any(part.understood.call is not None for part in asked.parts)
        workshop = workshop_for(asked.question, today=self._context.today(), has_tool=has_tool)
        if workshop is not None:
            return _told(await self._made(workshop, asked))
        found = await asyncio.gather(*(self._part_at_hand(asked, part) for part in asked.parts))
        asked.held.update({place: answer for place, answer in enumerate(found) if answer is not None})
        return self._whole(asked, "") if len(asked.held) == len(asked.parts) else None

    async def _of_curated(self, curated: CuratedAnswer, language: Variety) -> Answer:
        at = curated.published.isoformat() if curated.published else ""
        reference = Reference(title=curated.owner_post, url=curated.url, at=at)
        said = (Said(text=curated.said(language), source=0),)
        beside = await self._curated.beside(curated, language)
        return Answer(via="curated", language=language, said=said, references=(reference,), follow_ups=beside)

    async def _made(self, workshop: Workshop, asked: Asked) -> Answer:
        """The page that makes it; a trip's outline heeds the needs that are remembered."""
        request = asked.question
        if workshop.kind == "trip":
            request = trip_request(request, asked.memory, self._context.today())
        answer = await answer_of(workshop, request, asked.language, self._context)
        return answer if request == asked.question else noted(answer)

    async def _part_at_hand(self, asked: Asked, part: Part) -> Answer | None:
        if not asked.single and (curated := await self._curated.find(part.text)) is not None:
            return await self._of_curated(curated, asked.language)
        understood = part.understood
        if understood.call is not None:
            result = await use_tool(understood.call.tool, understood.call.arguments, self._context)
            answer = _of_result(result, asked.language)
            if answer.via == "tool":
                call = understood.call
                answer = replace(answer, follow_ups=asked_next(call.tool, asked.language, call.arguments))
            if part.read_as:
                how = Said(text=wording("read_as", asked.language).format(question=part.read_as))
                answer = replace(answer, said=(how, *answer.said))
            if part.wide and answer.via == "tool":
                note = Said(text=wording("whole_territory", asked.language))
                answer = replace(answer, said=(*answer.said, note))
            return noted(answer) if part.text in asked.used else answer
        if understood.reason == "missing_argument":
            return _unknown(asked, f"ask_{understood.missing}", "missing_argument")
        return None

    def at_once(self, asked: Asked) -> Iterator[Event]:
        """Of several questions, answers at hand to those before the first that the model is asked: nobody
        waits in the line for them. `written` goes on from there."""
        for place, part in enumerate(asked.parts):
            if (answer := asked.held.get(place)) is None:
                return
            for event in _told(about(part.text, answer)):
                if (told := asked.whole.told(event)) is not None:
                    yield told

    def without_model(self, asked: Asked, why: str) -> list[Event]:
        """What is said where the model cannot be asked: answers at hand, and that there are no others."""
        return self._whole(asked, why)

    def _whole(self, asked: Asked, why: str) -> list[Event]:
        """The answers at hand as one, the others said to be none for that reason."""
        answers = [
            asked.held.get(place) or _unknown(asked, "no_model", why) for place in range(len(asked.parts))
        ]
        if not asked.single:
            answers = [about(part.text, each) for part, each in zip(asked.parts, answers, strict=True)]
        return _told(joined(answers))

    async def written(self, asked: Asked, *, brief: bool = False) -> AsyncGenerator[Event, None]:
        """What the model writes: from public documents, or alone where nothing exact is asked. References
        come before the sentences that name them, the whole answer last; `brief` has it write less.

        Raises Refused, StoreError.
        """
        if asked.single:
            async with aclosing(self._written(asked, brief=brief)) as events:
                async for event in events:
                    yield event
            return
        for place in range(len(asked.whole.answers), len(asked.parts)):
            async with aclosing(self._of_part(asked, place, brief=brief)) as events:
                async for event in events:
                    if (told := asked.whole.told(event)) is not None:
                        yield told
        yield asked.whole.answer

    async def _of_part(self, asked: Asked, place: int, *, brief: bool) -> AsyncGenerator[Event, None]:
        """The answer to one of several questions."""
        part = asked.parts[place]
        held = asked.held.get(place)
        if held is not None:
            for event in _told(about(part.text, held)):
                yield event
            return
        alone = replace(asked, question=part.text, parts=(part,), held={}, whole=Joined())
        async with aclosing(self._written(alone, brief=brief)) as events:
            async for event in events:
                yield event

    async def _written(self, asked: Asked, *, brief: bool) -> AsyncGenerator[Event, None]:
        so_far = _Said(most=SHORT_TOKENS if brief else ANSWER_TOKENS)
        try:
            async with aclosing(self._from_library(asked, so_far)) as events:
                async for event in events:
                    yield event
            if so_far.said:
                yield _finished(so_far, asked, "attached" if asked.attached else "library")
                return
            if asked.attached:
                for event in _told(_unknown(asked, "not_attached", "not_attached")):
                    yield event
                return
            async with aclosing(self._from_served(asked, so_far)) as events:
                async for event in events:
                    yield event
            if so_far.said:
                yield _finished(so_far, asked, "served")
                return
            if why := asks_exactly(asked.question):
                for event in _told(_noted(_unknown(asked, "no_source", why), so_far.notes)):
                    yield event
                return
            async with aclosing(self._from_model(asked, so_far)) as events:
                async for event in events:
                    yield event
        except ModelError as error:
            for event in _told(_unknown(asked, "no_model", error.code)):
                yield event

    async def _from_library(self, asked: Asked, so_far: _Said) -> AsyncGenerator[Event, None]:
        """Sentences that public documents, or the question's files, bear out; nothing where they do not."""
        if asked.attached:
            documents = passages_of(asked.attached, asked.question)
        else:
            documents = await self._passages.find(asked.question, PASSAGES)
        if not documents:
            return
        evidence = Evidence({key: each.document for key, each in documents.items()}, self._embedder(asked))
        tongue = _written_in(asked.language)
        text = "\n".join(unit.context for unit in evidence.units)
        messages = (
            Message("system", INSTRUCTION[tongue]),
            Message("user", ASKED[tongue].format(extracts=data(text), question=asked.question)),
        )
        places: dict[tuple[str, int | None], int] = {}
        async with aclosing(self._sentences(asked, messages, so_far)) as sentences:
            async for sentence in sentences:
                if MISSING.casefold() in sentence.casefold():
                    return
                support = await evidence.support(sentence, asked=asked.question)
                strange = strange_addresses(sentence, [text]) or strange_words(
                    sentence, [text, asked.question]
                )
                if support.verdict != "ok" or not support.citations or strange:
                    so_far.withdrawn += 1
                    continue
                cited = support.citations[0]
                place = (cited.document, cited.anchor.page if asked.attached else None)
                if place not in places:
                    places[place] = len(so_far.references)
                    so_far.references.append(
                        _on_page(documents[cited.document].reference, place[1], asked.language)
                    )
                    yield so_far.references[-1]
                said = Said(text=_as_asked(sentence, asked.language), source=places[place])
                so_far.said.append(said)
                yield said

    async def _from_served(self, asked: Asked, so_far: _Said) -> AsyncGenerator[Event, None]:
        """Sentences from what tools of MCP servers gave; notes of those that could not be asked."""
        if addresses(asked.question):
            return  # anybody may ask here: no tool is sent to where a guest says
        at_hand = await self._served.at_hand(USE, asked.by)
        so_far.notes = [gone_told([gone], asked.language) for gone in at_hand.gone]
        if not at_hand.names:
            return
        so_far.withdrawn = 0
        messages = (
            Message("system", wording("tool_instruction", _written_in(asked.language))),
            Message("user", asked.question),
        )
        try:
            async with aclosing(self._sentences(asked, messages, so_far, at_hand.names)) as sentences:
                async for sentence in sentences:
                    for event in self._of_served(sentence, asked, so_far):
                        yield event
        except (Refused, ModelUnavailable) as error:
            if so_far.said or (isinstance(error, Refused) and error.stage != "tools"):
                raise
            # A server went away, or changed, since it was looked for.
            self._served.forget()
            so_far.notes.append(wording("tool_gave_nothing", asked.language))
            return
        if not so_far.said and so_far.asked_tools:
            so_far.notes.append(wording("tool_gave_nothing", asked.language))

    def _of_served(self, sentence: str, asked: Asked, so_far: _Said) -> Iterator[Event]:
        """A sentence with its source, where a tool's result bears it out."""
        if not so_far.given or MISSING.casefold() in sentence.casefold():
            return  # what the model says before it has looked anything up
        if (result := bears_out(sentence, so_far.given, asked.question)) is None:
            so_far.withdrawn += 1
            return
        at = self._context.now().astimezone(HONG_KONG)
        title = f"{result.title}, {at:%Y-%m-%d %H:%M}"
        known = [each for each in so_far.references if each.title == title]
        if not known:
            so_far.references.append(
                Reference(title=title, url=result.page, at=at.isoformat(timespec="seconds"))
            )
            yield so_far.references[-1]
            known = so_far.references[-1:]
        said = Said(text=_as_asked(sentence, asked.language), source=so_far.references.index(known[0]))
        so_far.said.append(said)
        yield said

    async def _from_model(self, asked: Asked, so_far: _Said) -> AsyncGenerator[Event, None]:
        """What the model says by itself, said to be that; no name, number or date that nobody asked about."""
        so_far.withdrawn = 0
        tongue = _written_in(asked.language)
        messages = [Message("system", wording("instruction", tongue))]
        for exchange in asked.earlier:
            messages += [Message("user", exchange.question), Message("assistant", exchange.answer.text)]
        held = [asked.question, *(exchange.question for exchange in asked.earlier), *asked.memory.needs]
        messages.append(Message("user", _with_needs(asked)))
        async with aclosing(self._sentences(asked, tuple(messages), so_far)) as sentences:
            async for sentence in sentences:
                if invented(sentence, held):
                    so_far.withdrawn += 1
                    continue
                if not so_far.said:
                    so_far.said.append(Said(text=wording("model_alone", asked.language)))
                    yield so_far.said[-1]
                so_far.said.append(Said(text=_as_asked(sentence, asked.language)))
                yield so_far.said[-1]
        via: Via = "model" if so_far.said else "unknown"
        if via == "unknown":
            so_far.said.append(Said(text=wording("no_source", asked.language)))
            yield so_far.said[-1]
        for note in so_far.notes:
            so_far.said.append(Said(text=note))
            yield so_far.said[-1]
        if via == "unknown":
            yield replace(_finished(so_far, asked, via), why="withdrawn")
            return
        if so_far.withdrawn:
            so_far.said.append(Said(text=wording("withdrawn", asked.language)))
            yield so_far.said[-1]
        if asked.memory.needs:
            so_far.references.append(about_memory(asked.language))
            yield so_far.references[-1]
            so_far.said.append(Said(text=wording("used_memory", asked.language), source=0))
            yield so_far.said[-1]
        yield _finished(so_far, asked, "model")

    async def _sentences(
        self, asked: Asked, messages: tuple[Message, ...], so_far: _Said, served: tuple[str, ...] = ()
    ) -> AsyncGenerator[str, None]:
        """The model's sentences, each as soon as it is whole; with `served`, tools that it may use first."""
        ask = Ask(
            officer=asked.by,
            use=USE,
            messages=messages,
            reply_in=_written_in(asked.language),
            max_tokens=so_far.most,
            said=asked.question,
            retractable=False,
            served=served,
        )
        waiting = ""
        async with aclosing(self._gateway.exchange(ask)) as events:
            async for event in events:
                if isinstance(event, Piece):
                    whole, waiting = _whole(waiting + event.text)
                    for sentence in whole:
                        yield sentence
                elif isinstance(event, ToolResult):
                    so_far.given.append(event)
                    waiting = ""  # what was written before is no sentence of the answer
                elif isinstance(event, Written):
                    so_far.written = event
        if waiting.strip():
            yield waiting.strip()

    def _embedder(self, asked: Asked) -> Embed:
        async def embed(texts: Sequence[str], kind: str) -> list[list[float]]:
            of_kind: EmbeddingKind = "query" if kind == "query" else "passage"
            return await self._gateway.embed(
                list(texts), of_kind, officer=asked.by, use=USE, classification=LOWEST
            )

        return embed


def _on_page(reference: Reference, page: int | None, language: Variety) -> Reference:
    """The reference with the page of the asker's file, where the format has pages."""
    if page is None:
        return reference
    return replace(reference, title=wording("on_page", language).format(title=reference.title, page=page))


def _with_needs(asked: Asked) -> str:
    """The question to the model alone, with the person's needs where they let them be known."""
    if not asked.memory.needs:
        return asked.question
    needs = data("\n".join(asked.memory.needs))
    return f"{asked.question}\n\n{wording('needs_are', _written_in(asked.language))}\n{needs}"


def _whole(text: str) -> tuple[list[str], str]:
    """The sentences of a text that are surely whole, and what may go on."""
    places = list(split_sentences(text))
    if not places:
        return [], text
    start, _ = places[-1]
    whole = [text[begin:end].strip() for begin, end in places[:-1]]
    return [sentence for sentence in whole if sentence], text[start:]


def _questions(earlier: Sequence[Exchange]) -> tuple[str, ...]:
    """The questions that one may go on from: a tool's, up to the last one that was not."""
    asked: list[str] = []
    for exchange in reversed(earlier):
        if exchange.answer.via not in ("tool", "down", "unknown", "several"):
            break
        asked.append(exchange.question)
    return tuple(reversed(asked))


def _told(answer: Answer) -> list[Event]:
    return [*answer.references, *answer.said, answer]


def _of_result(result: Result, language: Variety) -> Answer:
    """A tool's result as an answer: a value with its source, or why there is none."""
    text = result.sentence(language)
    if isinstance(result, Found):
        source = result.source
        at = source.at or source.fetched
        reference = Reference(title=source.said(language), url=source.page, at=at.isoformat() if at else "")
        return Answer(
            via="tool", language=language, said=(Said(text=text, source=0),), references=(reference,)
        )
    via: Via = "down" if result.status == "down" else "unknown"
    return Answer(via=via, language=language, said=(Said(text=text),), why=result.reason)


def _unknown(asked: Asked, key: str, why: str) -> Answer:
    said = (Said(text=wording(key, asked.language)),)
    return Answer(via="unknown", language=asked.language, said=said, why=why)


def _noted(answer: Answer, notes: Sequence[str]) -> Answer:
    return replace(answer, said=(*answer.said, *(Said(text=note) for note in notes)))


def _finished(so_far: _Said, asked: Asked, via: Via) -> Answer:
    label = so_far.written.label if so_far.written else None
    return Answer(
        via=via,
        language=asked.language,
        said=tuple(so_far.said),
        references=tuple(so_far.references),
        withdrawn=so_far.withdrawn,
        model=label.model if label else "",
        entry=label.entry if label else None,
    )


def _written_in(language: Variety) -> Variety:
    """What the model writes: it is surer of written Chinese than of Cantonese, and it can be checked."""
    return Variety.TRADITIONAL if language is Variety.CANTONESE else language


def _as_asked(sentence: str, language: Variety) -> str:
    return to_cantonese(sentence) if language is Variety.CANTONESE else sentence
