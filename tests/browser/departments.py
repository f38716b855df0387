"""Two departments at work: officers, quotas, shares, a library and tasks in every state, for tests of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from bauhinia.models import ChatRequest
from bauhinia.models.fake import default_reply
from bauhinia.people import Administration, Change, FirstAdministrator, NewOfficer, Officer, Origin, acting_as
from bauhinia.pilot.office import Office
from bauhinia.pilot.orders import AnyOrder, AskOrder, SummariseOrder

from ..statements import OURS
from .conftest import SOURCE, TRUE, Server, Visit

MACHINE = Officer(id="machine", department="", name="Machine", roles=frozenset({"service_operator"}))
DEPARTMENTS = (("hyd", "Highways Department", "路政署"), ("td", "Transport Department", "運輸署"))
POSTS = (
    ("as.records@hyd.example", "Chan Tai Man 陳大文", "hyd", "Executive Officer I", "EO(Records)2"),
    ("eo@td.example", "Lee Siu Ming 李小明", "td", "Executive Officer II", "EO(Traffic)1"),
    ("head@hyd.example", "Wong Mei Ling 黃美玲", "hyd", "Senior Executive Officer", "SEO(Administration)"),
)
UNFINISHED = {
    "parked": "message = 'The work was begun 3 times and did not end.', hint = 'Look at the document.'",
    "failed": "message = 'The model did not answer.', hint = 'Try again later.'",
    "cancelled": "message = ''",
    "queued": "ended = NULL, not_before = now() + interval '1 hour'",
}


def reply(request: ChatRequest) -> str:
    """Something for every kind of work."""
    return default_reply(request) if request.schema else TRUE


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Every page of departments at work, by a short name: those of a signed-in officer, and those of nobody."""

    session: str
    inside: dict[str, str]
    outside: dict[str, str]

    async def sign_in(self, window: Visit) -> None:
        """Let the window be the service operator's."""
        await window.context.add_cookies([{"name": "session", "value": self.session, "url": window.url}])


def open_departments(server: Server) -> Pages:
    """Fill a server that people sign in to."""
    return server.run(_open(server))


async def _open(server: Server) -> Pages:
    office = server.office
    first = await FirstAdministrator(office.database).link()
    by = Administration(office.database, MACHINE, office.gateway.ledger.record)
    for key, en, zh in DEPARTMENTS:
        await by.put_department(key, en, zh)
    people, links = [], []
    for account, name, department, grade, post in POSTS:
        added = await by.add_and_invite(
            NewOfficer(account=account, name=name, department=department, grade=grade, post=post)
        )
        people.append(added.person)
        links.append(added.secret)
    await by.change(people[2].id, Change(roles=frozenset({"department_administrator"})))
    await by.change(people[0].id, Change(roles=frozenset({"service_operator"})))
    origin = Origin(address="10.1.2.3", agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/140.0")
    for how in ("password", "passkey"):
        session = await office.accounts.sessions.begin(people[0].id, how, origin)
    await office.accounts.make_token(people[0].id, "Minutes to the library", ["api", "mcp", "scim"], 30)
    me = await office.accounts.of_session(session)
    assert me is not None
    other = replace(me, id=people[1].id, department="td", name=people[1].name, roles=frozenset())
    with acting_as(other):
        lent = (await office.shelf.add(b"# Traffic count\n\nTwo lanes are closed.", "count.md")).id
        await office.sharing.share(other, "document", lent, people[0].account)
    with acting_as(me):
        inside = await _work(office, me, people[1].account)
    inside |= {"lent": f"/documents/{lent}", "person": f"/people/{people[1].id}", "people": "/people"}
    inside |= {"departments": "/departments", "account": "/account", "boundary": "/boundary"}
    outside = {"sign-in": "/sign-in", "welcome": f"/welcome/{links[1]}", "first": f"/welcome/first/{first}"}
    return Pages(session=session, inside=inside, outside=outside)


async def _work(office: Office, me: Officer, receiver: str) -> dict[str, str]:
    """Work of the service operator's own, and the pages that show it."""
    await office.gateway.boundary.ask(
        me, "model", "confidential", why="Tender papers of Contract HY/2026/01.", days=7
    )
    document = (await office.shelf.add(SOURCE.format(more="").encode(), "repairs.md")).id
    done = await _done(office, SummariseOrder(documents=[document]))
    await office.sharing.share(me, "document", document, "td")
    await office.sharing.share(me, "task", done, receiver)
    states = {state: await _done(office, SummariseOrder(documents=[document])) for state in UNFINISHED}
    async with office.database.maintenance() as connection:
        for state, more in UNFINISHED.items():
            statement = f"UPDATE tasks SET status = '{state}', draft = NULL, {more} WHERE id = %s"
            await connection.execute(statement, (states[state],))  # type: ignore[arg-type]  # words of this module
    library = await _library(office)
    asked = await _done(office, AskOrder(question="How many footbridges will be repaired?"))
    quota = {"department": "hyd", "subject": "", "period": "month", "warn_at": 80}
    await office.set_quota(scope="each officer", measure="tokens", most=2_500, **quota)
    await office.set_quota(scope="department", measure="cost", most=5_000_000_000, **quota)
    return {
        **{"workspace": "/", "tasks": "/tasks", "summarise": f"/summarise?document={document}"},
        **{"document": f"/documents/{document}", "done": f"/tasks/{done}", "asked": f"/tasks/{asked}"},
        **{state: f"/tasks/{task}" for state, task in states.items()},
        **library,
        "usage": "/usage",
        "bill": "/usage?whose=all",
    }


async def _done(office: Office, order: AnyOrder) -> str:
    task = await office.start(order)
    ended = await office.tasks.wait(task)
    assert ended.status == "done", ended.message
    return task


async def _library(office: Office) -> dict[str, str]:
    """A collection with a document, of two files that were sent."""

    async def files() -> AsyncIterator[tuple[str, bytes]]:
        yield "repairs.md", SOURCE.format(more="").encode()
        yield "a scan without any text, of the year 1997.pdf", b"nothing"

    collection = await office.library.create("Notices of works", sheet=OURS, days=365)
    task = await office.arrivals.receive(office.tasks, collection, files(), classification="unclassified")
    await office.tasks.wait(task)
    [kept] = await office.library.documents(collection)
    return {
        "library": "/knowledge",
        "found": "/knowledge?question=repair+footbridges",
        "collection": f"/knowledge/collections/{collection}",
        "sheet": f"/knowledge/collections/{collection}/sheet",
        "arrivals": f"/knowledge/arrivals/{task}",
        "kept": f"/knowledge/documents/{kept.id}?at=b2",
    }
