"""Evidence: each kind is whole, signed, in the ledger, due again, and another department's is not seen."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from bauhinia.errors import InputError, NotFound, NotPermitted
from bauhinia.gateway import Gateway
from bauhinia.guideline.duties import edition
from bauhinia.guideline.evidence import Evidence, kinds, state
from bauhinia.people import Officer, acting_as
from bauhinia.store import Database

OWNER = Officer(id="owner", department="dpo", name="Programme Owner", roles=frozenset({"programme_owner"}))
HEAD = Officer(
    id="head", department="hyd", name="Chief Officer", roles=frozenset({"department_administrator"})
)
OTHER = Officer(
    id="other", department="td", name="Chief Officer", roles=frozenset({"department_administrator"})
)
CLERK = Officer(id="clerk", department="hyd", name="Clerk")
TODAY = date.today()
PEOPLE = """
INSERT INTO departments VALUES ('dpo', 'Digital', ''), ('hyd', 'Highways', ''), ('td', 'Transport', '');
INSERT INTO officers (id, department, account, name, roles) VALUES
    ('owner', 'dpo', 'o', 'O', '{programme_owner}'), ('head', 'hyd', 'h', 'H', '{department_administrator}'),
    ('other', 'td', 't', 'T', '{department_administrator}'), ('clerk', 'hyd', 'c', 'C', '{}')
"""


@pytest.fixture
def evidence(gateway: Gateway, database: Database, database_url: str) -> Evidence:
    with psycopg.connect(database_url) as owner:
        owner.execute(PEOPLE)
    return Evidence(database, gateway.ledger)


async def kept(evidence: Evidence, kind: str, by: Officer = OWNER, held: date = TODAY) -> int:
    answers = dict.fromkeys(kinds()[kind].fields, "As in the report.")
    with acting_as(by):
        return await evidence.keep(by, kind, subject="Release 1", held=held, answers=answers)


@pytest.mark.parametrize("kind", kinds())
async def test_a_piece_of_each_kind_is_kept_whole_and_becomes_due(evidence: Evidence, kind: str) -> None:
    with acting_as(OWNER):
        fields = list(kinds()[kind].fields)
        for missing in fields:
            answers = {name: "Said." for name in fields if name != missing}
            with pytest.raises(InputError) as raised:
                await evidence.keep(OWNER, kind, subject="Release 1", held=TODAY, answers=answers)
            assert kinds()[kind].fields[missing].en in raised.value.hint
        before = {each.kind: each.state for each in await evidence.standings(TODAY)}
    months = kinds()[kind].months
    assert before[kind] == ("missing" if months else "none needed")
    await kept(evidence, kind)
    with acting_as(OWNER):
        (piece,) = await evidence.of(kind)
        states = {each.kind: each.state for each in await evidence.standings(TODAY)}
    assert states[kind] == "current" and piece.name == OWNER.name and piece.entry > 0
    later = TODAY + timedelta(days=31 * months + 1)
    assert state(kind, piece, later) == ("overdue" if months else "current")


async def test_it_is_in_the_ledger_and_nobody_changes_it(
    evidence: Evidence, gateway: Gateway, database: Database
) -> None:
    await kept(evidence, "evaluation")
    async with database.maintenance() as connection:
        row = await (
            await connection.execute("SELECT body::jsonb FROM ledger ORDER BY seq DESC LIMIT 1")
        ).fetchone()
    assert row is not None and (row[0]["deed"], row[0]["subject"]) == ("evidence.evaluation", "Release 1")
    with acting_as(OWNER):
        for statement in ("UPDATE evidence SET subject = 'x'", "DELETE FROM evidence"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with database.connection() as connection:
                    await connection.execute(statement)


async def test_a_department_sees_its_own_and_the_service_s(evidence: Evidence) -> None:
    await kept(evidence, "weakness", OWNER)
    await kept(evidence, "weakness", HEAD)
    seen = {}
    for by in (OWNER, HEAD, OTHER, CLERK):
        with acting_as(by):
            seen[by.id] = sorted(piece.department for piece in await evidence.of("weakness"))
    assert seen == {"owner": ["", "hyd"], "head": ["", "hyd"], "other": [""], "clerk": ["", "hyd"]}


async def test_who_may_not_and_what_is_wrong(evidence: Evidence) -> None:
    with pytest.raises(NotPermitted):
        await kept(evidence, "evaluation", CLERK)
    with pytest.raises(InputError, match="still to come"):
        await kept(evidence, "evaluation", held=TODAY + timedelta(days=2))
    with acting_as(OWNER), pytest.raises(NotFound):
        await evidence.keep(OWNER, "nothing", subject="x", held=TODAY, answers={})


def test_every_kind_answers_duties_of_the_edition() -> None:
    known = {duty.id for duty in edition().duties if duty.is_for_software}
    for kind in kinds().values():
        assert kind.duties and set(kind.duties) <= known
