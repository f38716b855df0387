"""Signed checkpoints: what is outside the database shows what was done inside it, and by which key."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from bauhinia.errors import InputError, NotFound, StoreError
from bauhinia.ledger import Checkpoints, Entry, Ledger, PublicKey, Verification, proofs, tree, verify
from bauhinia.ledger.chain import Head, next_row
from bauhinia.ledger.notes import read
from bauhinia.ledger.watching import read_again
from bauhinia.settings import Settings
from bauhinia.store import Database

ENTRY = Entry(kind="chat", outcome="answered", officer="o1", department="hyd", use="api.chat", model="fake")


async def run(database: Database, statement: str, *values: object) -> None:
    async with database.maintenance() as connection:
        await connection.execute(statement, values)  # type: ignore[arg-type]


async def grown(ledger: Ledger, by: int) -> None:
    await asyncio.gather(*(ledger.append(ENTRY) for _ in range(by)))


async def forge(database: Database, first: int) -> None:
    """As the database's owner: other rows from one on to the end, with hashes and a head that fit them."""
    async with database.maintenance() as connection:
        rows = await (await connection.execute("SELECT seq, hash FROM ledger ORDER BY seq")).fetchall()
        head = Head(first - 1, bytes(rows[first - 2][1])) if first > 1 else Head.empty()
        for _ in range(first, len(rows) + 1):
            row = next_row(head, replace(ENTRY, model="forged"), "2026-01-01T00:00:00.000+00:00")
            await connection.execute(
                "UPDATE ledger SET body = %s, hash = %s WHERE seq = %s", (row.body, row.hash, row.seq)
            )
            head = row.head
        await connection.execute("UPDATE ledger_head SET seq = %s, hash = %s", (head.seq, head.hash))


def found(verification: Verification) -> list[tuple[int, str, int | None]]:
    return [(fault.seq, fault.kind, fault.checkpoint) for fault in verification.faults]


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A second place, as another department would mount it."""
    (tmp_path / "audit").mkdir()
    return settings.model_copy(
        update={"ledger_checkpoints": str(tmp_path / "audit"), "ledger_name": "hyd.example/ledger"}
    )


@pytest.fixture
async def checkpoints(settings: Settings, database: Database) -> Checkpoints:
    return Checkpoints.open(settings, database)


@pytest.fixture
async def ledger(database: Database, checkpoints: Checkpoints) -> Ledger:
    """Fifty entries; checkpoints of 10, 20, 30 and 40."""
    made = Ledger(database, None, checkpoints)
    writing = Ledger(database)
    for _ in range(4):
        await grown(writing, 10)
        await checkpoints.make()
    await grown(writing, 10)
    return made


async def test_a_checkpoint_has_the_shape_of_signed_notes_and_the_signature_holds(
    ledger: Ledger, checkpoints: Checkpoints
) -> None:
    signed = await checkpoints.make()
    assert signed is not None and signed.size == 50
    text, _, signature = signed.note.decode().partition("\n\n")
    name, size, root = text.split("\n")[:3]
    assert (name, size, len(base64.b64decode(root))) == ("hyd.example/ledger", "50", 32)
    dash, signer, encoded = signature.removesuffix("\n").split(" ")
    # By the letters of C2SP's signed-note: the key's id, then Ed25519 over the text with its last newline.
    public = checkpoints.key.raw
    key_id = sha256(b"hyd.example/ledger\n\x01" + public).digest()[:4]
    assert (dash, signer, base64.b64decode(encoded)[:4]) == ("—", "hyd.example/ledger", key_id)
    Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(encoded)[4:], f"{text}\n".encode())
    assert str(checkpoints.key).split("+", 2)[1] == key_id.hex()


async def test_a_note_that_was_changed_or_signed_by_another_does_not_count(
    ledger: Ledger, checkpoints: Checkpoints, settings: Settings, tmp_path: Path
) -> None:
    signed = await checkpoints.make()
    assert signed is not None and signed.is_by([PublicKey.of(str(checkpoints.key))])
    assert not read(signed.note.replace(b"\n50\n", b"\n51\n")).is_by([checkpoints.key])
    other = Checkpoints.open(
        settings.model_copy(update={"data_folder": tmp_path / "other"}), ledger._database
    )
    assert not signed.is_by([other.key])
    assert not signed.is_by([replace(checkpoints.key, name="td.example/ledger")])
    for damaged in (b"", b"a\nb", signed.note.replace(b"chain ", b"chain x"), signed.note[:-120]):
        with pytest.raises(InputError):
            assert read(damaged).is_by([checkpoints.key]) is False
            raise InputError("", hint="")


async def test_every_place_keeps_every_checkpoint_and_none_is_written_over(
    ledger: Ledger, checkpoints: Checkpoints, tmp_path: Path
) -> None:
    assert [await place.sizes() for place in checkpoints.places] == [[10, 20, 30, 40]] * 2
    place = checkpoints.places[1]
    before = await place.read(20)
    again = await checkpoints.make()
    assert before is not None and again is not None
    await place.put(replace(again, checkpoint=before.checkpoint))
    assert await place.read(20) == before
    assert (tmp_path / "audit/000000/000/000000000020").read_bytes() == before.note


async def test_the_signed_root_is_the_one_over_the_rows(ledger: Ledger, database: Database) -> None:
    await grown(Ledger(database), 300)
    assert ledger.checkpoints is not None
    signed = await ledger.checkpoints.make()
    async with database.maintenance() as connection:
        rows = await (await connection.execute("SELECT hash FROM ledger ORDER BY seq")).fetchall()
        kept = await (await connection.execute("SELECT level, place FROM ledger_tiles")).fetchall()
    leaves = [tree.leaf(bytes(row[0])) for row in rows]

    async def node_of(node: tree.Node) -> bytes:
        return tree.whole(leaves[node[1] << node[0] : (node[1] + 1) << node[0]])

    assert signed is not None and signed.checkpoint.root == await tree.root(350, node_of)
    assert kept == [(8, 0)]


async def test_nodes_that_somebody_changed_are_computed_anew(
    ledger: Ledger, database: Database, checkpoints: Checkpoints
) -> None:
    await grown(Ledger(database), 600)
    signed = await checkpoints.make()
    await run(database, "DELETE FROM ledger_tiles WHERE place = 0")
    await run(database, "UPDATE ledger_tiles SET hash = sha256('') WHERE place = 1")
    await grown(Ledger(database), 1)
    again = await checkpoints.make()
    assert signed is not None and again is not None and (signed.size, again.size) == (650, 651)
    assert (await ledger.verify(with_tree=True)).ok


async def test_a_ledger_as_it_was_written_agrees_with_its_checkpoints(ledger: Ledger) -> None:
    verification = await ledger.verify(with_tree=True)
    assert verification.ok and verification.entries == 50
    assert (verification.anchored, verification.checkpoint) == (True, 40)


@pytest.mark.parametrize(
    ("first", "expected"),
    [(1, (1, 10)), (10, (1, 10)), (11, (11, 20)), (25, (21, 30)), (40, (31, 40))],
)
async def test_rewriting_from_a_row_on_is_found_between_two_checkpoints(
    ledger: Ledger, database: Database, first: int, expected: tuple[int, int]
) -> None:
    await forge(database, first)
    assert (await Ledger(database).verify()).ok
    seq, checkpoint = expected
    assert found(await ledger.verify()) == [(seq, "rewritten", checkpoint)]


async def test_what_was_never_signed_can_be_rewritten_unseen(ledger: Ledger, database: Database) -> None:
    """The window that the documents name: entries after the last checkpoint."""
    await forge(database, 41)
    assert (await ledger.verify()).ok


async def test_cutting_off_the_end_and_its_head_is_found_against_the_checkpoint(
    ledger: Ledger, database: Database
) -> None:
    await run(database, "DELETE FROM ledger WHERE seq > 33")
    await run(database, "UPDATE ledger_head SET seq = 33, hash = (SELECT hash FROM ledger WHERE seq = 33)")
    assert (await Ledger(database).verify()).ok
    assert found(await ledger.verify()) == [(34, "truncated", 40)]


async def test_cutting_off_and_going_on_is_found(ledger: Ledger, database: Database) -> None:
    await run(database, "DELETE FROM ledger WHERE seq > 33")
    await run(database, "DELETE FROM usage WHERE entry > 33")
    await run(database, "UPDATE ledger_head SET seq = 33, hash = (SELECT hash FROM ledger WHERE seq = 33)")
    await grown(Ledger(database), 20)
    assert found(await ledger.verify()) == [(31, "rewritten", 40)]


async def test_an_owner_who_takes_the_table_away_and_puts_another_there_is_found(
    ledger: Ledger, database: Database
) -> None:
    """What no right and no trigger of the database can forbid its owner."""
    await run(database, "DROP TABLE ledger CASCADE")
    await run(
        database, "CREATE TABLE ledger (seq bigint PRIMARY KEY, body text NOT NULL, hash bytea NOT NULL)"
    )
    await run(database, "UPDATE ledger_head SET seq = 0, hash = sha256('')")
    assert found(await ledger.verify()) == [(1, "truncated", 10)]


async def test_a_ledger_that_is_not_the_signed_one_is_signed_no_more(
    ledger: Ledger, database: Database, checkpoints: Checkpoints
) -> None:
    await forge(database, 15)
    with pytest.raises(StoreError):
        await checkpoints.make()
    assert await checkpoints.places[0].sizes() == [10, 20, 30, 40]


async def test_one_place_is_enough_and_a_forged_note_in_the_other_is_named(
    ledger: Ledger, database: Database, tmp_path: Path, settings: Settings
) -> None:
    for path in (settings.data_folder / "checkpoints").rglob("0*0"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"at 2", b"at 3"))
    verification = await ledger.verify()
    assert found(verification) == [(40, "unsigned", 40)] and verification.checkpoint == 40
    await forge(database, 15)
    assert found(await ledger.verify()) == [(11, "rewritten", 20), (40, "unsigned", 40)]


async def test_a_place_that_is_not_there_is_no_reason_to_stop(
    ledger: Ledger, checkpoints: Checkpoints, tmp_path: Path, settings: Settings, database: Database
) -> None:
    gone = settings.model_copy(update={"ledger_checkpoints": str(tmp_path / "not-mounted")})
    signed = await Checkpoints.open(gone, database).make()
    assert signed is not None and signed.size == 50
    assert not (tmp_path / "not-mounted").exists()
    with pytest.raises(StoreError):
        await Checkpoints.open(gone, database).places[1].sizes()


async def test_entries_are_signed_soon_and_at_the_end(
    database: Database, settings: Settings, checkpoints: Checkpoints
) -> None:
    soon = Checkpoints.open(settings.model_copy(update={"ledger_checkpoint_seconds": 0.01}), database)
    ledger = Ledger(database, None, soon)
    await ledger.append(ENTRY)
    async with asyncio.timeout(20):
        while await soon.newest() is None:  # noqa: ASYNC110  # it is written by another task
            await asyncio.sleep(0.02)
    last = Ledger(database, None, checkpoints)
    await grown(last, 5)
    await last.close()
    await ledger.close()
    newest = await checkpoints.newest()
    assert newest is not None and newest.size == 6


async def test_stretches_are_read_by_processes_of_their_own(
    ledger: Ledger, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grown(Ledger(database), 600)
    monkeypatch.setattr(verify, "STRETCH", 256)
    monkeypatch.setattr(verify, "_PROCESSES_FROM", 0)
    verification = await ledger.verify(with_tree=True, processes=2)
    assert verification.ok and verification.entries == 650
    # The first row of a stretch holds on to the last of the one before.
    await run(database, "UPDATE ledger SET body = replace(body, 'fake', 'fale') WHERE seq IN (257, 512)")
    assert [(seq, kind) for seq, kind, _ in found(await ledger.verify(processes=2))] == [
        (257, "edited"), (512, "edited"),
    ]  # fmt: skip


@pytest.mark.parametrize("entry", [1, 2, 17, 40, 50])
async def test_an_entry_is_proved_with_the_public_key_alone(
    ledger: Ledger, database: Database, checkpoints: Checkpoints, entry: int
) -> None:
    signed = await checkpoints.make()
    assert signed is not None
    proof = await proofs.prove_entry(database, entry, signed)
    proved = proofs.check(proofs.written(proof), [checkpoints.key])
    assert (proved.entry, proved.size, proved.body) == (entry, 50, proof.body)
    for wrong in (
        replace(proof, body=proof.body.replace("hyd", "td")),
        replace(proof, entry=entry % 50 + 1),
        replace(proof, previous=proof.path[0]),
        replace(proof, path=proof.path[1:]),
        replace(proof, checkpoint=proof.checkpoint.replace("\n50\n", "\n49\n")),
        replace(proof, path=("no base 64", *proof.path[1:])),
    ):
        with pytest.raises(InputError):
            proofs.check(proofs.written(wrong), [checkpoints.key])
    with pytest.raises(InputError):
        proofs.check(proofs.written(proof), [])


async def test_a_changed_entry_is_not_proved(
    ledger: Ledger, database: Database, checkpoints: Checkpoints
) -> None:
    signed = await checkpoints.newest()
    assert signed is not None
    await run(database, "UPDATE ledger SET body = replace(body, 'hyd', 'td') WHERE seq = 7")
    with pytest.raises(StoreError):
        await proofs.prove_entry(database, 7, signed)
    with pytest.raises(NotFound):
        await proofs.prove_entry(database, 41, signed)


async def test_growth_is_proved_between_every_two_checkpoints(
    ledger: Ledger, database: Database, checkpoints: Checkpoints
) -> None:
    signed = [await checkpoints.places[0].read(size) for size in (10, 20, 30, 40)]
    for older, newer in itertools.combinations([each for each in signed if each], 2):
        proof = await proofs.prove_growth(database, older, newer)
        proved = proofs.check(proofs.written(proof), [checkpoints.key])
        assert (proved.entry, proved.from_size, proved.size) == (None, older.size, newer.size)
        with pytest.raises(InputError):
            proofs.check(
                proofs.written(replace(proof, older=proof.newer, newer=proof.older)), [checkpoints.key]
            )
        with pytest.raises(InputError):
            proofs.check(proofs.written(replace(proof, path=proof.path[::-1][1:])), [checkpoints.key])


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b'{"kind":"entry","path":[1]}', b'{"kind":"growth","path":[]}']
)
def test_what_is_no_proof_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(InputError):
        proofs.check(data, [])


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store with object lock. moto asks for a header of Amazon's own clients, where Amazon's store is content
    with the checksum that we send: so the header stands in for it."""
    plain = DomainDispatcherApplication.__call__

    def with_header(self: DomainDispatcherApplication, environ: dict[str, Any], start: Any) -> Any:
        if "HTTP_X_AMZ_CHECKSUM_SHA256" in environ:
            environ["HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM"] = "SHA256"
        return plain(self, environ, start)

    monkeypatch.setattr(DomainDispatcherApplication, "__call__", with_header)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


async def test_a_bucket_with_object_lock_keeps_what_was_signed(
    bucket: str, settings: Settings, database: Database
) -> None:
    client = boto3.client(
        "s3", endpoint_url=bucket, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    client.create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}
    client.put_object_lock_configuration(
        Bucket="audit", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    remote = settings.model_copy(
        update={
            "ledger_checkpoints": "s3://audit/hyd",
            "ledger_s3_endpoint": bucket,
            "ledger_s3_region": "us-east-1",
            "ledger_s3_key": SecretStr("k"),
            "ledger_s3_secret": SecretStr("s"),
        }
    )
    ledger = Ledger.open(remote, database)
    await grown(ledger, 12)
    await ledger.close()
    assert ledger.checkpoints is not None
    place = ledger.checkpoints.places[1]
    assert await place.sizes() == [12] and await place.largest() == 12
    (version,) = client.list_object_versions(Bucket="audit")["Versions"]
    assert client.head_object(Bucket="audit", Key=version["Key"])["ObjectLockMode"] == "COMPLIANCE"
    with pytest.raises(client.exceptions.ClientError):
        client.delete_object(Bucket="audit", Key=version["Key"], VersionId=version["VersionId"])
    await run(database, "DELETE FROM ledger WHERE seq > 3")
    await run(database, "UPDATE ledger_head SET seq = 3, hash = (SELECT hash FROM ledger WHERE seq = 3)")
    assert found(await Ledger(database, None, ledger.checkpoints).verify()) == [(4, "truncated", 12)]


async def test_the_server_reads_it_again_and_notes_what_it_found(
    ledger: Ledger, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await read_again(ledger, "hyd")).ok
    await run(database, "UPDATE ledger SET body = replace(body, 'hyd', 'td') WHERE seq = 7")
    assert not (await read_again(ledger, "hyd")).ok
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb->>'outcome', body::jsonb->>'subject', body::jsonb->'decisions'->0->>2"
            " FROM ledger WHERE body::jsonb->>'deed' = 'ledger.verify' ORDER BY seq"
        )
        assert await cursor.fetchall() == [("answered", "50", "ok"), ("refused", "7", "edited")]
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    assert ledger.verified is not None and len(ledger.verified.faults) == 1


async def test_what_is_signed_while_it_is_read_is_no_fault(
    ledger: Ledger, database: Database, checkpoints: Checkpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server goes on appending and signing meanwhile."""
    reading = verify._read_all

    async def meanwhile(stretches: Any, processes: int) -> Any:
        await grown(Ledger(database), 5)
        assert await checkpoints.make() is not None
        return await reading(stretches, processes)

    monkeypatch.setattr(verify, "_read_all", meanwhile)
    verification = await ledger.verify()
    assert verification.ok and (verification.entries, verification.checkpoint) == (50, 40)
    assert await checkpoints.places[0].largest() == 55
