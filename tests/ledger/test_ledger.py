"""The ledger: appended by many at once, and every way of tampering found."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path

import pytest

from bauhinia.errors import InputError
from bauhinia.ledger import Entry, FileAnchor, Ledger, Verification
from bauhinia.store import Database

ENTRY = Entry(
    kind="chat",
    outcome="answered",
    officer="o1",
    department="Test Department",
    use="api.chat",
    model="fake",
    decisions=(("admit", True, "ok"),),
    prompt_tokens=3,
    completion_tokens=2,
    task="t1",
)


async def run(database: Database, statement: str, *values: object) -> None:
    async with database.maintenance() as connection:
        await connection.execute(statement, values)  # type: ignore[arg-type]


async def count(database: Database, table: str) -> int:
    async with database.maintenance() as connection:
        row = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def anchor(tmp_path: Path) -> FileAnchor:
    return FileAnchor(tmp_path / "head.json", seconds=0)


@pytest.fixture
async def ledger(database: Database, anchor: FileAnchor) -> Ledger:
    """Twenty entries, the head kept."""
    made = Ledger(database, anchor)
    await asyncio.gather(*(made.append(replace(ENTRY, model=f"m{number}")) for number in range(20)))
    await made.close()
    return made


def kinds(verification: Verification) -> set[str]:
    return {fault.kind for fault in verification.faults}


async def test_an_empty_ledger_is_sound(database: Database) -> None:
    verification = await Ledger(database).verify()
    assert verification.ok and verification.entries == 0 and not verification.anchored


async def test_concurrent_appends_get_numbers_in_one_chain(ledger: Ledger, database: Database) -> None:
    verification = await ledger.verify()
    assert verification.ok and verification.anchored
    assert verification.entries == verification.head.seq == 20
    assert await count(database, "usage") == 20


async def test_requests_that_come_at_once_share_a_transaction(database: Database) -> None:
    made = Ledger(database)
    numbers = await asyncio.gather(*(made.append(ENTRY) for _ in range(200)))
    assert sorted(numbers) == list(range(1, 201))
    async with database.maintenance() as connection:
        row = await (await connection.execute("SELECT count(DISTINCT xmin::text) FROM ledger")).fetchone()
    assert row is not None and row[0] <= 3


async def test_two_servers_share_one_chain(database: Database) -> None:
    ledgers = [Ledger(database) for _ in range(3)]
    for _ in range(10):
        await asyncio.gather(*(ledger.append(ENTRY) for ledger in ledgers for _ in range(3)))
    verification = await ledgers[0].verify()
    assert verification.ok and verification.entries == 90


async def test_the_last_word_is_committed_before_append_returns(database: Database) -> None:
    number = await Ledger(database).append(ENTRY)
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body::jsonb->>'task' FROM ledger WHERE seq = %s", (number,))
        assert await cursor.fetchone() == ("t1",)


@pytest.mark.parametrize("turns", [0, 1, 3])
async def test_an_entry_is_written_though_whoever_waited_has_left(database: Database, turns: int) -> None:
    ledger = Ledger(database)
    leaving, staying = (asyncio.create_task(ledger.append(ENTRY)) for _ in range(2))
    for _ in range(turns):
        await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    if turns:
        assert await staying == 2
    await ledger.close()
    assert leaving.cancelled()
    assert await count(database, "ledger") == (2 if turns else 1)


async def test_a_refusal_costs_nothing_but_is_kept(database: Database) -> None:
    made = Ledger(database)
    await made.append(replace(ENTRY, outcome="refused"))
    assert (await count(database, "ledger"), await count(database, "usage")) == (1, 0)


async def test_a_lost_connection_neither_loses_nor_repeats_an_entry(database: Database) -> None:
    made = Ledger(database)
    await made.append(ENTRY)
    async with database.connection(autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert await asyncio.gather(*(made.append(ENTRY) for _ in range(5))) == [2, 3, 4, 5, 6]
    assert (await made.verify()).ok


async def test_one_entry_that_cannot_be_kept_does_not_cost_the_others_theirs(database: Database) -> None:
    made = Ledger(database)
    wrong = replace(ENTRY, model="nul \x00")
    got = await asyncio.gather(
        *(made.append(entry) for entry in (ENTRY, wrong, ENTRY)), return_exceptions=True
    )
    assert got[0] == 1 and isinstance(got[1], InputError) and got[2] == 2
    assert (await made.verify()).ok


TRIALS = 20


@pytest.mark.parametrize("trial", range(TRIALS))
async def test_an_edit_is_found(ledger: Ledger, database: Database, trial: int) -> None:
    seq = random.Random(trial).randint(1, 20)
    await run(database, "UPDATE ledger SET body = replace(body, 'Test', 'Best') WHERE seq = %s", seq)
    verification = await ledger.verify()
    assert [(fault.seq, fault.kind) for fault in verification.faults] == [(seq, "edited")]


@pytest.mark.parametrize("seq", [1, 7, 19])
async def test_a_deletion_is_found(ledger: Ledger, database: Database, seq: int) -> None:
    await run(database, "DELETE FROM ledger WHERE seq = %s", seq)
    verification = await ledger.verify()
    assert (verification.faults[0].seq, verification.faults[0].kind) == (seq, "missing")


@pytest.mark.parametrize("columns", ["body", "body, hash"])
async def test_a_swap_is_found(ledger: Ledger, database: Database, columns: str) -> None:
    await run(
        database,
        f"UPDATE ledger SET ({columns}) = (SELECT {columns} FROM ledger l WHERE l.seq = 12 - ledger.seq) "
        "WHERE seq IN (4, 8)"
        if "," in columns
        else "UPDATE ledger SET body = (SELECT body FROM ledger l WHERE l.seq = 12 - ledger.seq) WHERE seq IN (4, 8)",
    )
    verification = await ledger.verify()
    assert "moved" in kinds(verification) and verification.faults[0].seq == 4


async def test_cutting_off_the_end_is_found_by_the_head_in_the_database(
    ledger: Ledger, database: Database
) -> None:
    await run(database, "DELETE FROM ledger WHERE seq > 15")
    assert [(f.seq, f.kind) for f in (await ledger.verify()).faults] == [(16, "truncated")]


async def test_cutting_off_the_end_and_its_head_is_found_only_by_the_head_kept_outside(
    ledger: Ledger, database: Database
) -> None:
    await run(database, "DELETE FROM ledger WHERE seq > 15")
    await run(database, "UPDATE ledger_head SET seq = 15, hash = (SELECT hash FROM ledger WHERE seq = 15)")
    assert (await Ledger(database).verify()).ok
    assert kinds(await ledger.verify()) == {"truncated"}


async def test_rewriting_the_whole_chain_is_found_by_the_head_kept_outside(
    ledger: Ledger, database: Database
) -> None:
    await run(database, "TRUNCATE ledger, usage")
    await run(database, "UPDATE ledger_head SET seq = 0, hash = sha256(''::bytea)")
    forger = Ledger(database)
    for _ in range(20):
        await forger.append(replace(ENTRY, model="forged"))
    assert (await forger.verify()).ok
    assert kinds(await ledger.verify()) == {"rewritten"}


async def test_the_head_kept_outside_is_not_lost_to_whoever_rewrites_the_chain(
    ledger: Ledger, database: Database, anchor: FileAnchor
) -> None:
    kept = await anchor.last()
    await run(database, "TRUNCATE ledger, usage")
    await run(database, "UPDATE ledger_head SET seq = 0, hash = sha256(''::bytea)")
    unaware = Ledger(database, anchor)
    for _ in range(30):
        await unaware.append(ENTRY)
    await unaware.close()
    assert kept is not None and kept.seq == 20
    assert await anchor.last() == kept


async def test_no_text_of_prompt_or_answer_has_a_place_in_an_entry() -> None:
    assert not {"prompt", "answer", "messages", "text"} & set(Entry.__dataclass_fields__)


async def test_a_deed_is_in_the_chain_and_not_in_the_usage(ledger: Ledger, database: Database) -> None:
    before = await count(database, "usage")
    await ledger.record("sharing.share", officer="o1", department="Works", subject="d1")
    await ledger.record("people.sign_in", officer="", department="", done=False, why="wrong")
    verification = await ledger.verify()
    assert verification.ok and await count(database, "ledger") == 22
    assert await count(database, "usage") == before
