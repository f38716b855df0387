"""The pilot, opened: everything that its tasks need, for the server and the command line alike."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ..documents import Document, side_by_side
from ..documents.layout import LAYOUTS
from ..errors import BauhiniaError, InputError, Refused
from ..gateway import LOWEST, Gateway, classifications
from ..gateway.billing import seconds_a_token
from ..guideline.acknowledgements import Acknowledgements
from ..guideline.complaints import Complaints
from ..guideline.consent import Consents
from ..guideline.department_consent import DepartmentConsents
from ..guideline.notice_texts import Notice, notices
from ..jobs import (
    BULK,
    INTERACTIVE,
    Claim,
    PassageReady,
    Report,
    Steps,
    Task,
    TaskEvent,
    TaskFunction,
    Tasks,
    Trade,
    Version,
)
from ..knowledge import Arrivals, Integrity, Library, Search, Sheets
from ..knowledge.arrivals import KIND as INGEST
from ..language import Termbase, Variety
from ..people import Accounts, Officer, QuotaSetting, acting, acting_as, signed_in
from ..provenance import Labelling
from ..settings import Limits, Settings
from ..store import LOCAL, Blobs, Database, Walls, within
from ..translation.leverage import Leverage, leverage
from ..translation.memory import Memory
from ..translation.termbases import Termbases
from .analyse import analyse
from .ask import ask, passages_for
from .cautions import warned
from .citations import without_invented_citations
from .codec import from_json, to_json
from .compare import compare
from .desk import Desk, part_tokens
from .draft import Draft, TaskKind
from .drafting import draft
from .forecasting import Forecast, work_of
from .keeping import Original
from .labelling import with_share_told
from .orders import (
    ORDERS,
    AnalyseOrder,
    AnyOrder,
    AskOrder,
    CompareOrder,
    DraftOrder,
    RedraftOrder,
    SummariseOrder,
    TranslateOrder,
    documents_of,
    kind_of,
    needs_model,
)
from .redraft import redraft
from .release import Release
from .resting import with_what_it_rests_on
from .scanning import KIND, read_scan
from .segment_table import Segments
from .sharing import Sharing
from .shelf import Card, Shelf
from .summarise import summarise
from .templates import Templates
from .translate import TARGET, check_language, translate, untranslated

if TYPE_CHECKING:  # loaded where people sign in by it
    from ..people import OpenId

log = logging.getLogger(__name__)

VERSIONS: Mapping[str, Version] = {kind: Version(now=1, since=1) for kind in (*ORDERS, KIND)}
"""Of each kind of work. Raise `now` when the keys or the results of its checkpoints change, and `since` when
those of older ones cannot be used any more: such a job is then set aside, and its officer told."""
MANY_DOCUMENTS = 5
"""Work on more documents than this in one go waits behind work that somebody waits for."""


@dataclass(slots=True, kw_only=True)
class Office:
    """An opened pilot."""

    settings: Settings
    database: Database
    gateway: Gateway
    shelf: Shelf
    termbase: Termbase
    templates: Templates
    memory: Memory = field(init=False)
    """The one memory of the process: it keeps what it knows of common words."""
    sharing: Sharing = field(init=False)
    """Who else may read what."""
    release: Release = field(init=False)
    """Which drafts a person has accepted."""
    acknowledgements: Acknowledgements = field(init=False)
    """What officers accept before they first use it."""
    segments: Segments = field(init=False)
    """What officers wrote in the editor of translations."""
    library: Library = field(init=False)
    """The department's documents, kept to be found."""
    search: Search = field(init=False)
    sheets: Sheets = field(init=False)
    """What is stated of the library's collections."""
    integrity: Integrity = field(init=False)
    arrivals: Arrivals = field(init=False)
    """Files on their way into the library."""
    tasks: Tasks = field(init=False)
    labels: Labelling = field(init=False)
    """Signs and keeps the labels of files that leave."""
    openid: OpenId | None = field(init=False)
    """The provider that people sign in with, where there is one."""
    model: asyncio.Task[None] = field(init=False)
    """Loads the model; done when it can answer."""
    _numbering: set[asyncio.Task[None]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        functions: dict[str, TaskFunction] = {kind: self._function(kind) for kind in ORDERS}
        functions[KIND] = self._read_scan
        self.memory = Memory(self.database)
        self.sharing = Sharing(self.database, self.gateway.ledger, self.shelf)
        self.release = Release(self.database, self.gateway.ledger)
        self.acknowledgements = Acknowledgements(self.database, self.gateway.ledger, self.notices)
        self.segments = Segments(self.database)
        self.labels = Labelling(self.settings.data_folder, self.database, self.gateway.ledger, Limits())
        self.library = Library(self.database, self.gateway, self.shelf.blobs, Limits())
        self.search = Search(self.database, self.gateway)
        self.sheets = Sheets(self.database, self.gateway)
        self.integrity = Integrity(self.database, self.gateway, self.shelf.blobs)
        self.arrivals = Arrivals(self.database, self.library, Limits())
        functions[INGEST] = self.arrivals.read
        trade = Trade(functions=functions, versions=VERSIONS, acting_for=self._acting_for)
        self.tasks = Tasks(self.database, trade, acting=_kept_with_a_job)
        self.openid = self._openid() if self.settings.sign_in == "openid" else None
        self.model = asyncio.create_task(self.gateway.start(), name="load the model")
        self.model.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _openid(self) -> OpenId:
        from ..people import OpenId

        return OpenId(self.settings, self.database, self.gateway.ledger.record)

    @property
    def officer(self) -> Officer:
        """Whom this code works for. Raises NotSignedIn."""
        return acting(self.settings)

    @property
    def complaints(self) -> Complaints:
        """Cases, and the answers that they keep back."""
        return Complaints(self.database, self.gateway.ledger)

    @property
    def consents(self) -> Consents:
        """What people consented to."""
        return Consents(self.database, self.gateway.ledger)

    @property
    def department_consents(self) -> DepartmentConsents:
        """What departments consented to."""
        return DepartmentConsents(self.database, self.gateway.ledger)

    @property
    def accounts(self) -> Accounts:
        """Who may sign in."""
        return Accounts(self.database, self.gateway.ledger.record)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The terms, rules, limits and risks as they stand here."""
        return notices(self.settings.data_folder / "notices")

    async def is_led_by_people(self, use: str) -> bool:
        """Whether people write and decide in that use, by the settings or the register, and the product only
        helps."""
        if use in {name.strip() for name in self.settings.human_led.split(",")}:
            return True
        registered = await self.gateway.register.find(use)
        return registered is not None and registered.oversight == "human_led"

    async def add(self, data: bytes, name: str, password: str = "", *, classification: str = "") -> Card:
        """Put a file on the shelf, opened with its password if it has one. Pages that are pictures are read
        by a task, which the card names; those of a Word document are numbered afterwards.

        Raises DocumentError, InputError, and then nothing is kept.
        """
        classification = classification or self.settings.classification
        card = await self.shelf.add(data, name, password, classification=classification)
        if card.pages is None:
            numbering = asyncio.create_task(self._number_pages(card.id), name=f"pages of {card.id}")
            self._numbering.add(numbering)
            numbering.add_done_callback(self._numbering.discard)
        if not card.scanned:
            return card
        await self.tasks.start(KIND, {"document": card.id}, priority=BULK, classification=card.classification)
        return await self.shelf.card(card.id)

    async def remove(self, key: str) -> None:
        """Take a document off the shelf, and stop reading it. Raises NotFound."""
        card = await self.shelf.card(key)
        if card.scanned and card.reading:
            await self.tasks.cancel(card.reading)
        await self.shelf.remove(key)

    async def close(self) -> None:
        """Stop what goes on in the background, then the model."""
        await self.tasks.close()
        background = [self.model, *self._numbering]
        for each in background:
            each.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await self.gateway.stop()

    async def _number_pages(self, key: str) -> None:
        """A document without page numbers is whole all the same: what keeps them away is logged."""
        try:
            await self.shelf.number_pages(key)
        except BauhiniaError as error:
            log.info("no page numbers for a document: %s", error.code)

    async def start(self, order: AnyOrder) -> str:
        """Begin a task; gives its id. Raises NotFound for a document or a template that does not exist,
        InputError for a document that is still being read, SameLanguage for one that needs no translation.
        """
        if isinstance(order, DraftOrder):
            self.templates.get(order.type)
        if isinstance(order, AskOrder) and order.collection:
            await self.library.collection(order.collection)
        documents = documents_of(order)
        cards = [await self.shelf.card(key) for key in documents]
        for card in cards:
            _check_own(card)
            _check_read(card)
        if isinstance(order, TranslateOrder):
            await self._check_language(order)
        priority = BULK if len(documents) > MANY_DOCUMENTS else INTERACTIVE
        highest = _highest(order, cards)
        if isinstance(order, AskOrder):  # any document of those asked may be quoted
            highest = classifications().highest([highest, await self.library.highest_in(order.collection)])
        return await self.tasks.start(
            kind_of(order), order.model_dump(mode="json"), priority=priority, classification=highest
        )

    def desk(
        self,
        kind: TaskKind,
        *,
        steps: Steps,
        report: Report,
        task: str | None = None,
        termbase: Termbase | None = None,
        classification: str = LOWEST,
    ) -> Desk:
        """A working place for one task, with the shipped termbase unless another is given.

        Work outside of any task has no `task`.
        """
        return Desk(
            gateway=self.gateway,
            officer=self.officer,
            termbase=termbase or self.termbase,
            steps=steps,
            report=report,
            use=f"pilot.{kind}",
            classification=classification,
            task=task,
        )

    def tasks_of(self, functions: Mapping[str, TaskFunction]) -> Tasks:
        """Jobs of another trade than the pilot's, done for whoever orders them; whoever opens them closes
        them."""
        trade = Trade(functions=functions, versions={}, acting_for=self._acting_for)
        return Tasks(self.database, trade, acting=_kept_with_a_job)

    async def _read_scan(
        self, order: dict[str, Any], report: Report, steps: Steps, task: str
    ) -> dict[str, Any]:
        del task
        await read_scan(order["document"], self.shelf, Limits(), report, steps)
        return {}

    async def task(self, key: str) -> Task:
        """A task with its draft as its officers left it, and a label that says how much they changed: what
        every reader is given. Raises NotFound."""
        return with_share_told(await self.as_left(await self.tasks.get(key)))

    async def as_left(self, task: Task) -> Task:
        """The task with the words that were written in the editor of its translation laid over its draft."""
        if task.kind != "translate" or task.draft is None:
            return task
        made = from_json(Draft, task.draft)
        left = await self.segments.over(task.id, made)
        return task if left is made else replace(task, draft=to_json(left))

    async def events(self, key: str) -> AsyncGenerator[tuple[int, TaskEvent], None]:
        """A task's events, numbered from 1. A finished task tells its passages as its officers left them.

        Raises NotFound.
        """
        task = await self.task(key)
        left = _passages_of(task) if task.status == "done" else {}
        async with aclosing(self.tasks.events(key)) as events:
            async for number, event in events:
                if isinstance(event, PassageReady):
                    passage = left.get((event.section, event.passage["id"]), event.passage)
                    event = replace(event, passage=passage)  # noqa: PLW2901  # the same event, its words as left
                yield number, event

    async def original_format(self, draft: Draft, order: Mapping[str, Any]) -> tuple[str, bytes]:
        """A translation in the file that it was made from: the file's name and bytes, the AI label in it.

        Raises InputError for a draft that cannot go back into its file, NotFound once that is gone.
        """
        if not draft.layout:
            raise InputError(
                "This draft cannot be had in the original's format.",
                hint="Only a translation that kept its file's layout can; choose docx, pdf, odt, md or csv.",
            )
        original = await self.shelf.original(str(order["document"]))
        return original.name_of(draft), (await original.written(draft, draft.label)).data

    async def beside_original(self, draft: Draft, order: Mapping[str, Any]) -> tuple[str, bytes]:
        """A translation of a PDF, each of its pages beside the original's: the file's name and bytes.

        Raises InputError for any other draft, NotFound once the original is gone.
        """
        if draft.layout != "pdf":
            raise InputError(
                "Pages can be put side by side for a PDF alone.",
                hint="Choose bilingual-docx for a table of original and translation.",
            )
        original = await self.shelf.original(str(order["document"]))
        _, translated = await self.original_format(draft, order)
        both = await side_by_side(original.data, translated, original.name, original.limits)
        return f"{PurePath(original.name).stem}.en+zh-HK.pdf", both

    async def _original(self, order: TranslateOrder, document: Document) -> Original | None:
        """The file to be written again; None where the text alone is translated."""
        kept = order.layout and document.format in LAYOUTS
        return await self.shelf.original(order.document) if kept else None

    async def _check_language(self, order: TranslateOrder) -> None:
        """Raises SameLanguage. Only a document of the target's language is looked at by the paragraph."""
        to = TARGET[order.to]
        if Variety((await self.shelf.card(order.document)).variety).is_chinese == to.is_chinese:
            await asyncio.to_thread(check_language, await self.shelf.document(order.document), to)

    async def estimate(self, order: TranslateOrder) -> Leverage:
        """How much of a document the memory holds, of what has to be translated. Raises NotFound, InputError,
        DocumentError."""
        _check_read(await self.shelf.card(order.document))
        await self._check_language(order)
        document = await self.shelf.document(order.document)
        return await self._leverage(order, await self._untranslated(order, document))

    async def _untranslated(self, order: TranslateOrder, document: Document) -> list[str]:
        return await untranslated(order, document, await self._original(order, document))

    async def _leverage(self, order: TranslateOrder, sources: Sequence[str]) -> Leverage:
        return await leverage(self.memory, sources, TARGET[order.to], department=self.officer.department)

    async def forecast(self, order: AnyOrder) -> Forecast:
        """What the order will ask of the model, before it begins. Raises NotFound, InputError,
        DocumentError."""
        for key in documents_of(order):
            _check_read(await self.shelf.card(key))
        documents = await self.shelf.documents(documents_of(order))
        sources: list[str] = []
        held: float | None = None
        if isinstance(order, TranslateOrder):
            if order.memory:
                await self._check_language(order)
            sources = await self._untranslated(order, documents[order.document])
            held = (await self._leverage(order, sources)).share if order.memory else 0.0
        room = part_tokens(self.gateway.context_tokens)
        work = work_of(order, documents, part_tokens=room, sources=sources, from_memory=held or 0.0)
        pace = await seconds_a_token(self.database, self.gateway.model)
        return Forecast(
            work=work,
            cost=self.gateway.cost(work.usage),
            seconds=None if pace is None else pace * work.usage.completion_tokens / self.gateway.slots,
            from_memory=held,
            standings=tuple(await self.gateway.quotas.standings(self.officer, f"pilot.{kind_of(order)}")),
        )

    async def set_quota(self, **quota: Any) -> int:
        """Set a quota as the acting officer; gives its id. Raises Refused, InputError; both are recorded."""
        subject = ":".join(
            str(quota[part]) for part in ("scope", "department", "subject", "measure", "period")
        )
        async with self._recorded("quotas.set", subject):
            return await QuotaSetting(self.database).put(self.officer, **quota)

    async def remove_quota(self, key: int) -> None:
        """Remove a quota as the acting officer. Raises Refused, NotFound; both are recorded."""
        async with self._recorded("quotas.remove", str(key)):
            await QuotaSetting(self.database).remove(self.officer, key)

    @asynccontextmanager
    async def _recorded(self, deed: str, subject: str) -> AsyncIterator[None]:
        """The ledger has the deed of the acting officer, done or refused."""
        officer = self.officer
        async with self.gateway.ledger.recorded(
            deed, officer=officer.id, department=officer.department, subject=subject
        ):
            yield
            self.gateway.quotas.forget()

    def _acting_for(self, claim: Claim, kept: Mapping[str, Any]) -> AbstractContextManager[object]:
        """Work on a job as the officer who ordered it, in whatever process. The row says who that is, which
        the database has checked; what was kept beside it gives the name and the roles."""
        if not kept and self.settings.sign_in == "none":
            shared = claim.officer == LOCAL
            return within(Walls(officer=claim.officer, department=claim.department, shared=shared))
        named = {"name": claim.officer, **kept, "id": claim.officer, "department": claim.department}
        return acting_as(from_json(Officer, named))

    def _function(self, kind: TaskKind) -> TaskFunction:
        async def work(order: dict[str, Any], report: Report, steps: Steps, task: str) -> dict[str, Any]:
            asked = ORDERS[kind].model_validate(order)
            if needs_model(asked):
                await asyncio.shield(self.model)
            termbase = await Termbases(self.database).merged(self.officer.department)
            # Read again: whoever resumes a task works with what its documents are classified now.
            cards = await self.shelf.cards_of(documents_of(asked))
            highest = _highest(asked, cards.values())
            if isinstance(asked, AskOrder):
                documents = await passages_for(asked, steps, self.search, self.library)
                found = await self.library.highest(list(documents))
                highest = classifications().highest([highest, found])
            else:
                documents = await self.shelf.documents(documents_of(asked))
            desk = self.desk(
                kind,
                steps=steps,
                report=report,
                task=task,
                termbase=termbase,
                classification=highest,
            )
            desk.said = _said(asked)
            draft = await self._do(asked, documents, desk)
            draft = without_invented_citations(draft, documents)
            if isinstance(asked, AskOrder):
                draft = await with_what_it_rests_on(draft, self.sheets)
            return to_json(warned(draft, documents, desk.reasons))

        return work

    async def _do(self, order: AnyOrder, documents: Mapping[str, Document], desk: Desk) -> Draft:
        match order:
            case SummariseOrder():
                return await summarise(order, documents, desk)
            case TranslateOrder():
                document = documents[order.document]
                return await translate(
                    order, document, desk, await self._original(order, document), self.memory
                )
            case DraftOrder():
                return await draft(order, self.templates.get(order.type), documents, desk)
            case AnalyseOrder():
                return await analyse(order, documents, desk)
            case AskOrder():
                return await ask(order, documents, desk)
            case RedraftOrder():
                return await redraft(order, documents[order.document], desk)
            case CompareOrder():
                return await compare(order, documents, desk)


def _said(order: AnyOrder) -> str:
    """What the officer wrote in an order; nothing where all was chosen."""
    return str(getattr(order, "question", "") or getattr(order, "instructions", ""))


def _kept_with_a_job() -> Mapping[str, Any]:
    """What a worker needs to act for whoever signed in; nothing for the one officer of a machine."""
    officer = signed_in()
    return to_json(officer) if officer is not None else {}


def _passages_of(task: Task) -> dict[tuple[int, str], dict[str, Any]]:
    """A draft's passages as JSON, by section and id."""
    sections = task.draft["sections"] if task.draft else []
    return {
        (number, passage["id"]): passage
        for number, section in enumerate(sections)
        for passage in section["passages"]
    }


def _highest(order: AnyOrder, cards: Iterable[Card]) -> str:
    return classifications().highest([order.classification, *(card.classification for card in cards)])


def _check_own(card: Card) -> None:
    if not card.own:
        raise Refused(
            f"{card.name} is shared with you to be read.",
            stage="share",
            hint="Copy it to your shelf, then work with the copy.",
        )


def _check_read(card: Card) -> None:
    if card.scanned:
        raise InputError(
            f"{card.name} is a scan that has not been read to its end.",
            hint="Wait until the shelf says that it is read, or resume its reading there.",
        )


GatewayMaker = Callable[[Settings, Database], Gateway]


@asynccontextmanager
async def open_office(settings: Settings, make_gateway: GatewayMaker = Gateway) -> AsyncIterator[Office]:
    """Open the database, begin to load the model, and be ready for orders at once.

    A task that starts before the model is ready waits for it. Raises StoreError.
    """
    async with Database.open(settings) as database:
        office = Office(
            settings=settings,
            database=database,
            gateway=make_gateway(settings, database),
            shelf=Shelf(database, Blobs.open(settings), Limits()),
            termbase=Termbase.load(),
            templates=Templates(settings.data_folder / "templates"),
        )
        try:
            yield office
        finally:
            await office.close()
