"""The door: every exchange with a model passes these stages, in this order, and leaves a record."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from ..errors import BauhiniaError, NotFound, Refused
from ..guideline import Register
from ..ledger import Kind, Ledger, Outcome
from ..models import Backend, Embedder, EmbeddingKind, Reranker, Usage, estimate_tokens
from ..models.selection import open_backend, open_embedder, open_reranker
from ..people import Amount, Officer, Quotas, acting
from ..people.quotas import HONG_KONG
from ..privacy.policy import Rules
from ..settings import Settings
from ..store import Database
from ..telemetry import tracing
from .admit import Admission, as_registered, within_quota, within_use
from .attempt import Attempt
from .boundary import Boundary, Part
from .content import keep_content
from .exchange import Answer, Ask, Decision, ExchangeEvent, Piece, Retraction, ToolsAtHand
from .held import HeldAnswers
from .inspect import asked_again, insist
from .label import with_entry
from .media import Media
from .observe import observe
from .personal_rules import PersonalRules
from .prices import Prices
from .record import Notes, entry_of
from .redact import Redacted, redact, redact_texts
from .refusals import error_for
from .route import Route, estimated_tokens, route
from .screening import MeaningScreen, screened_aloud
from .stops import Switch, UnderWay
from .tool_list import load_tool_servers
from .untrusted import fenced

logger = logging.getLogger(__name__)

_LOAD_SECONDS = 30.0
"""How long an exchange waits for a model that is still being loaded."""
_PARTS: dict[Kind, Part] = {
    "chat": "model",
    "embed": "embedder",
    "rerank": "reranker",
    "hear": "listener",
    "speak": "speaker",
    "song": "songs",
    "film": "films",
}
_Result = TypeVar("_Result")


class Gateway:
    """The one door between the product and its models."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        backend: Backend | None = None,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """The settings choose backend, embedder and reranker; a test or a rehearsal may hand in its own.

        Raises NotFound when the settings name a model that there is not, InputError when they would open a
        boundary.
        """
        self._settings = settings
        self._database = database
        self._backend = backend if backend is not None else open_backend(settings)
        self._embedder = embedder if embedder is not None else open_embedder(settings)
        self._reranker = reranker if reranker is not None else open_reranker(settings)
        self._meaning = MeaningScreen(self._embedder)
        self._silence = settings.model_timeout
        self._admission = Admission()
        self.quotas = Quotas(database)
        self.prices = Prices.load(settings.prices)
        self.ledger = Ledger.open(settings, database)
        self.held = HeldAnswers(database, self.ledger)
        self.register = Register(database, self.ledger, self._backend.model)
        self._tool_servers = load_tool_servers(settings.tools)
        self.boundary = Boundary(settings, database, self.ledger)
        self.personal = PersonalRules(database, self.ledger)
        self.switch = Switch(database)
        self.media = Media(self, settings)
        self._loading: asyncio.Task[None] | None = None

    @property
    def officer(self) -> Officer:
        """Who asks. Raises NotSignedIn."""
        return acting(self._settings)

    @property
    def model(self) -> str:
        """The default model's name."""
        return self._backend.model

    @property
    def embedder(self) -> str:
        """The embedder's name."""
        return getattr(self._embedder, "model", "") or "embedder"

    @property
    def reranker(self) -> str:
        """The reranker's name; empty where there is none."""
        return self._reranker.model if self._reranker is not None else ""

    @property
    def context_tokens(self) -> int:
        """The longest prompt plus answer, in tokens."""
        return self._backend.context_tokens

    @property
    def slots(self) -> int:
        """How many requests the backend works on at once."""
        return self._backend.slots

    def cost(self, usage: Usage) -> int | None:
        """What the default model would cost for that, millionths of a HK$; None where no price is known."""
        endpoint = self.boundary.limits["model"].endpoint
        return self.prices.cost(self.model, endpoint, usage, datetime.now(HONG_KONG).date())

    @property
    def restarts(self) -> int:
        """How often the embedded model had to be started again."""
        return getattr(self._backend, "restarts", 0)

    async def reach(self) -> None:
        """See that a remote model still answers; one in this machine is watched by its supervisor.

        Raises ModelError.
        """
        if self.boundary.limits["model"].endpoint == "remote":
            await self._backend.start()

    async def start(self) -> None:
        """Load the model; several callers wait for one loading. After a failure, a new call tries again.

        Raises ModelUnavailable or WeightsError.
        """
        if self._loading is None or (self._loading.done() and _failed(self._loading)):
            self._loading = asyncio.create_task(self._backend.start(), name="start the backend")
        await asyncio.shield(self._loading)

    async def stop(self) -> None:
        """Stop the backend and finish the ledger. Safe to call twice."""
        if self._loading is not None and not self._loading.done():
            self._loading.cancel()
            await asyncio.gather(self._loading, return_exceptions=True)
        await self._backend.stop()
        stop_embedder = getattr(self._embedder, "stop", None)
        if stop_embedder is not None:
            await stop_embedder()
        if self._reranker is not None:
            await self._reranker.stop()
        await self.media.stop()
        await self.switch.close()
        await self.ledger.close()

    def exchange(self, ask: Ask) -> AsyncGenerator[ExchangeEvent, None]:
        """Ask a model: pieces as they are written, `Answer` last, once it is recorded; with tools of the
        allow list where `ask.served` names some.

        Closing the generator or cancelling its task stops the backend. Raises Refused, TooLong, NotFound,
        ModelError, StoreError; each leaves a record too.
        """
        if not ask.served:
            return self._exchange(ask)
        # What speaks MCP takes long to load, and few need it.
        from .tool_use import ToolUse

        return ToolUse(self._tool_servers, self.ledger).answer(ask, self._exchange)

    async def tools_at_hand(self, ask: Ask) -> ToolsAtHand | None:
        """What of the allow list's tools that only read `ask` could be given now; None where the list names
        no server for its AI use. Raises StoreError."""
        if not any(ask.use in server.uses for server in self._tool_servers):
            return None
        from .tool_use import ToolUse

        return await ToolUse(self._tool_servers, self.ledger).at_hand(ask)

    async def _exchange(self, ask: Ask) -> AsyncGenerator[ExchangeEvent, None]:
        notes = Notes(
            kind="chat",
            officer=ask.officer,
            use=ask.use,
            model=ask.model or self.model,
            task=ask.task,
            classification=ask.classification,
            trace=tracing.stages("gateway.exchange", use=ask.use, task=ask.task or ""),
        )
        try:
            await self._admit(notes, _expected(ask))
            holds = await self._holds(ask)
            answer = await self._released(notes, ask) if holds else None
            if answer is None:
                async with aclosing(self._answered(notes, ask)) as events:
                    async for event in events:
                        if isinstance(event, Answer):
                            answer = event
                        elif not holds:
                            notes.gave()
                            yield event
            assert answer is not None
        except BaseException as error:
            await self._record_end(notes, error)
            raise
        recorded = await self._record(notes, answer)
        if holds and not recorded.decided("released"):
            raise error_for(await self.held.hold(ask, recorded))
        yield recorded

    async def _answered(self, notes: Notes, ask: Ask) -> AsyncGenerator[ExchangeEvent, None]:
        """Have the model answer what may be asked, every stage from redact to label: at most two attempts,
        the second asked for more firmly."""
        with self._under_way(notes):
            way, attempted = await self._prepared(notes, ask)
            attempt = attempted(last=ask.reply_in is None)
            async with aclosing(attempt.write(way, self._silence)) as pieces:
                async for piece in pieces:
                    yield piece
            if attempt.wanted_again and (ask.retractable or not attempt.shown):
                notes.add(asked_again(attempt.inspection.wrong))
                yield Retraction(attempt.inspection.wrong)
                way, attempt = await self._insisted(notes, ask, way), attempted(last=True)
                async with aclosing(attempt.write(way, self._silence)) as pieces:
                    async for piece in pieces:
                        yield piece
            if (withheld := attempt.watch.withheld) is not None:
                if attempt.shown and ask.retractable:
                    yield Retraction(withheld.reason)
                yield Piece(withheld.detail)
            yield attempt.answer(way)

    async def _prepared(self, notes: Notes, ask: Ask) -> tuple[Route, Callable[..., Attempt]]:
        """Where what may be sent goes, and what makes an attempt at an answer."""
        _refuse(notes, await self._meaning.screened(ask))
        redacted = redact(ask, await self._rules(notes))
        _allow(notes, *redacted.decisions)
        messages, fence = fenced(redacted.messages)
        way = await self._route(notes, ask, replace(redacted, messages=messages))
        return way, partial(Attempt, notes, ask, redacted, fence)

    async def _insisted(self, notes: Notes, ask: Ask, way: Route) -> Route:
        """The same way again, with a firm word about the language."""
        assert ask.reply_in is not None
        await self._stay_within(notes, "model")
        way = replace(way, request=insist(way.request, ask.reply_in))
        notes.send(way.request)
        return way

    async def _holds(self, ask: Ask) -> bool:
        """Whether a person has to approve each answer of that use."""
        use = await self.register.find(ask.use)
        return use is not None and use.tier == "high"

    async def _released(self, notes: Notes, ask: Ask) -> Answer | None:
        """The answer to the same question that a person has released; raises while it waits."""
        decision, answer = await self.held.earlier(ask)
        if decision is not None:
            _allow(notes, decision)
        if answer is not None:
            notes.add(*answer.decisions)
            notes.answer = answer.text
        return answer

    async def ask(self, ask: Ask) -> Answer:
        """Ask a model and wait for its whole answer; see `exchange`."""
        async with aclosing(self.exchange(ask)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("an exchange ends with an answer or an error")

    async def screen(self, ask: Ask) -> None:
        """Hold what somebody wrote against the region's policy where a program of ours, and perhaps no model,
        works on it: as a request, and as a text that is to be spoken. A refusal leaves a record.

        Raises Refused.
        """
        notes = Notes(kind="chat", officer=ask.officer, use=ask.use, model=self.model)
        try:
            _refuse(notes, await self._meaning.screened(ask))
            _refuse(notes, screened_aloud(ask))
        except Refused as error:
            await self._record_end(notes, error)
            raise

    async def embed(
        self, texts: Sequence[str], kind: EmbeddingKind, *, officer: Officer, use: str, classification: str
    ) -> list[list[float]]:
        """Unit vectors, one a text. A remote embedder sees pseudonyms in place of personal data.

        Raises Refused, ModelError, StoreError.
        """
        notes = Notes(
            kind="embed",
            officer=officer,
            use=use,
            model=self.embedder,
            classification=classification,
            trace=tracing.stages("gateway.embedding", use=use, texts=len(texts)),
        )
        return await self._read(
            notes,
            texts,
            lambda sent: self._embedder.embed(sent, kind),
            lambda read: sum(map(estimate_tokens, read)),
        )

    async def rerank(
        self, query: str, texts: Sequence[str], *, officer: Officer, use: str, classification: str
    ) -> list[float]:
        """How well each text answers the query, the larger the better. A remote reranker sees pseudonyms in
        place of personal data, the same ones in the query and the texts.

        Raises NotFound where there is no reranker, Refused, TooLong, ModelError, StoreError.
        """
        if (reranker := self._reranker) is None:
            raise NotFound("There is no reranker.", hint="Set BAUHINIA_RERANKER_URL.")
        notes = Notes(
            kind="rerank",
            officer=officer,
            use=use,
            model=reranker.model,
            classification=classification,
            trace=tracing.stages("gateway.reranking", use=use, texts=len(texts)),
        )
        return await self._read(
            notes, [query, *texts], lambda sent: reranker.rerank(sent[0], sent[1:]), _pairs_tokens
        )

    async def _read(
        self,
        notes: Notes,
        texts: Sequence[str],
        work: Callable[[Sequence[str]], Awaitable[_Result]],
        tokens: Callable[[Sequence[str]], int],
    ) -> _Result:
        """Have texts read by a part that writes nothing: every stage up to the route, then the record."""
        part = _PARTS[notes.kind]
        sent = list(texts)
        try:
            await self._admit(notes, Usage(prompt_tokens=tokens(texts)))
            with self._under_way(notes) as under_way:
                await self._stay_within(notes, part)
                sent = await self._kept_from(notes, part, sent)
                _allow(notes, Decision("route", True, "ok"))
                notes.sent = sent
                async with under_way.within(None):
                    result = await work(sent)
                notes.usage = Usage(prompt_tokens=tokens(sent))
        except BaseException as error:
            await self._record_end(notes, error)
            raise
        await self._append(notes)
        return result

    async def make(
        self, notes: Notes, texts: Sequence[str], work: Callable[[], Awaitable[_Result]]
    ) -> _Result:
        """Have one of `media` work: every stage up to the route, then the record. A server elsewhere is given
        no text with personal data in it, and none is replaced: a pseudonym would be spoken or sung."""
        part = _PARTS[notes.kind]
        notes.usage = Usage(prompt_tokens=sum(map(estimate_tokens, texts)))
        try:
            await self._admit(notes, notes.usage)
            with self._under_way(notes) as under_way:
                await self._stay_within(notes, part)
                if await self._kept_from(notes, part, texts) != list(texts):
                    _allow(notes, _with_personal_data(part))
                _allow(notes, Decision("route", True, "ok"))
                notes.sent = notes.sent or texts
                async with under_way.within(None):
                    made = await work()
        except BaseException as error:
            await self._record_end(notes, error)
            raise
        await self._append(notes)
        return made

    async def _rules(self, notes: Notes) -> Rules:
        """What becomes of each kind of personal data in this exchange."""
        where = self.boundary.limits[_PARTS[notes.kind]].endpoint
        return await self.personal.in_force(notes.use, where, notes.officer.department)

    async def _kept_from(self, notes: Notes, part: Part, texts: Sequence[str]) -> list[str]:
        """The texts as this part may read them. On this machine it reads them as they are, or not at all:
        nothing is written from them, and what was replaced could not be found again."""
        rules = await self._rules(notes)
        remote = self.boundary.limits[part].endpoint == "remote"
        if not remote and not any(rule.action == "block" for rule in rules.values()):
            return list(texts)
        sent, decisions = redact_texts(texts, rules)
        _allow(notes, *(made for made in decisions if remote or not made.allowed))
        return sent if remote else list(texts)

    async def count_tokens(self, text: str, *, classification: str) -> int:
        """How many tokens the default model reads in this text. Raises Refused."""
        seen = await self.boundary.may_see(classification, "model")
        if not seen.allowed:
            raise error_for(seen)
        await self.start()
        return await self._backend.count_tokens(text)

    async def _admit(self, notes: Notes, expected: Usage) -> None:
        """Admit a call of that size, and hold room for it in the quotas."""
        decision = self._admission.admit(notes.officer)
        if decision.allowed:
            decision = as_registered(await self.register.standing(notes.use, notes.officer.department))
        if decision.allowed:
            decision = within_use(await self.register.find(notes.use), notes.classification)
        if decision.allowed:
            decision = await self.switch.admit(notes.officer.id, notes.use, notes.model)
        if decision.allowed:
            tokens = expected.prompt_tokens + expected.completion_tokens
            estimate = Amount(requests=1, tokens=tokens, cost=self._cost(notes, expected) or 0)
            notes.held = await self.quotas.reserve(notes.officer, notes.use, estimate)
            decision = within_quota(notes.held)
        _allow(notes, decision)

    @contextmanager
    def _under_way(self, notes: Notes) -> Iterator[UnderWay]:
        """Counted, and watched: the switch ends it wherever it waits. Raises Refused when it did."""
        watched = self.switch.under_way(notes.officer.id, notes.use, notes.model)
        with self._admission, watched as under_way:
            notes.under_way = under_way
            try:
                yield under_way
            except TimeoutError:
                under_way.check()
                raise

    def _cost(self, notes: Notes, usage: Usage) -> int | None:
        endpoint = self.boundary.limits[_PARTS[notes.kind]].endpoint
        return self.prices.cost(notes.model, endpoint, usage, datetime.now(HONG_KONG).date())

    async def _route(self, notes: Notes, ask: Ask, redacted: Redacted) -> Route:
        await self._stay_within(notes, "model")
        await self._be_ready(notes)
        way = await route(ask, redacted, self._backend)
        _allow(notes, way.decision)
        notes.send(way.request)
        if notes.trace is not None:
            return replace(way, request=replace(way.request, traceparent=notes.trace.traceparent))
        return way

    async def _stay_within(self, notes: Notes, part: Part) -> None:
        """Refuse before anything is sent; note where a boundary had to be open."""
        seen = await self.boundary.may_see(notes.classification, part)
        if seen.reason != "ok":
            _allow(notes, seen)

    async def _be_ready(self, notes: Notes) -> None:
        if self._loading is not None and self._loading.done() and not _failed(self._loading):
            return
        under_way = notes.under_way
        assert under_way is not None
        try:
            async with under_way.within(_LOAD_SECONDS):
                await self.start()
        except TimeoutError:
            under_way.check()
            _allow(notes, Decision("route", False, "not_ready", "The model is still being loaded."))

    async def _record(self, notes: Notes, answer: Answer) -> Answer:
        entry = await self._append(notes)
        return Answer(
            text=answer.text,
            thinking=answer.thinking,
            finish=answer.finish,
            usage=notes.usage,
            seconds=notes.seconds,
            label=with_entry(answer.label, entry),
            decisions=(*notes.decisions, Decision("record", True, "ok")),
            tool_calls=answer.tool_calls,
        )

    async def _append(self, notes: Notes) -> int:
        """The number of the answer's entry in the ledger, once it is committed."""
        notes.cost = self._cost(notes, notes.usage)
        try:
            entry = await self.ledger.append(entry_of(notes, "answered"))
            if notes.kind == "chat" and self.switch.logs(notes.officer.id):
                await keep_content(self._database, entry, notes)
            if notes.trace is not None:
                notes.trace.passed("record", True, "ok")
            return entry
        finally:
            notes.settle()
            self._observe(notes, "answered")

    def _observe(self, notes: Notes, outcome: Outcome) -> None:
        ours = (self.model, self.embedder, self.reranker, *self.media.models)
        observe(notes, outcome, known_model=notes.model in ours)

    async def _record_end(self, notes: Notes, error: BaseException) -> None:
        """Record an exchange that gave no answer. One that was left must not wait for the database."""
        outcome = _outcome(notes, error)
        notes.cost = self._cost(notes, notes.usage) if outcome != "refused" else None
        done = self.ledger.submit(entry_of(notes, outcome, error))
        done.add_done_callback(lambda _: notes.settle())
        self._observe(notes, outcome)
        if outcome == "cancelled":
            return
        try:
            await asyncio.shield(done)
        except BauhiniaError:
            logger.exception("an exchange that ended with %s could not be recorded", type(error).__name__)


def _with_personal_data(part: Part) -> Decision:
    return Decision(
        "redact",
        False,
        "blocked_personal",
        f"The text holds personal data, which the {part} on another machine may not see.",
        "Take it out, or use what is built in here.",
    )


def _expected(ask: Ask) -> Usage:
    """The most that this may use, as it looks before it is asked."""
    prompt = estimated_tokens(ask.messages, ask.tools)
    return Usage(prompt_tokens=prompt, completion_tokens=ask.max_tokens)


def _pairs_tokens(texts: Sequence[str]) -> int:
    """A reranker reads the query, which comes first, with each of the texts anew."""
    query, *others = map(estimate_tokens, texts)
    return query * len(others) + sum(others)


def _allow(notes: Notes, *decisions: Decision) -> None:
    """Note decisions up to the first that refuses; raise its error."""
    for decision in decisions:
        notes.add(decision)
        if not decision.allowed:
            raise error_for(decision)


def _refuse(notes: Notes, decision: Decision) -> None:
    """Raise a decision's error; one that allows is not noted a second time."""
    if not decision.allowed:
        _allow(notes, decision)


def _failed(task: asyncio.Task[None]) -> bool:
    return task.cancelled() or task.exception() is not None


def _outcome(notes: Notes, error: BaseException) -> Outcome:
    if notes.under_way is not None and notes.under_way.ended_by is not None:
        notes.add(replace(notes.under_way.ended_by, stage="forward"))
        return "cancelled"
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        notes.add(Decision("forward", False, "cancelled"))
        return "cancelled"
    refused = isinstance(error, Refused) or any(not made.allowed for made in notes.decisions[-1:])
    if not refused:
        notes.add(Decision("forward", False, "failed", type(error).__name__))
    return "refused" if refused else "failed"
