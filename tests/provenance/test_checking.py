"""What is told of a file that came back: as it was, saved again, altered, stripped, forged, somebody else's."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import docx
import orjson
import pikepdf
import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from bauhinia.documents import OutputBlock, OutputMeta, write_docx, write_markdown
from bauhinia.documents.output import write_pdf
from bauhinia.errors import StoreError
from bauhinia.ledger import Entry, Ledger
from bauhinia.people import local_officer
from bauhinia.provenance import Labelling, Origin, Record, sentence_of
from bauhinia.provenance.carrier import TOKEN
from bauhinia.provenance.content import changed_share, content_of
from bauhinia.provenance.keys import own_key, trusted_keys
from bauhinia.provenance.seal import opened, sealed
from bauhinia.settings import Limits, Settings
from bauhinia.store import Database
from bauhinia.store.signing import Signer

from .files_of import letter

WORDS = " ".join(f"The office repaired footbridge number {n} at a cost of ${n * 37}." for n in range(60))
USE = "pilot.draft"


class Desk:
    """Writes and labels files as the office does, without a task behind them."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.ledger = Ledger(database)
        self.labels = Labelling(settings.data_folder, database, self.ledger, Limits())

    async def issue(self, form: str) -> bytes:
        officer = local_officer(self.settings)
        said = Entry(
            kind="chat", outcome="answered", officer=officer.id, department=officer.department, use=USE,
            model="fake", task="t",
        )  # fmt: skip
        record = Record(
            id="ABCD-EFGH-JKLM", use=USE, origin=Origin(model="fake", entry=await self.ledger.append(said)),
            department="Works", issued_at="2026-03-05T10:00:00+08:00", language="en", task="t",
        )  # fmt: skip
        meta = OutputMeta(title="Footbridges", label=sentence_of(record))
        blocks = [OutputBlock(kind="paragraph", text=f"{part}.") for part in WORDS.split(".")[:-1]]
        writers = {
            "docx": write_docx,
            "pdf": write_pdf,
            "md": lambda *both: write_markdown(*both).encode(),
        }
        return await self.labels.labelled(writers[form](blocks, meta), f"a.{form}", record, officer=officer)

    async def state(self, data: bytes, name: str) -> str:
        return (await self.labels.check(data, name)).state


@pytest.fixture
def desk(settings: Settings, database: Database) -> Desk:
    return Desk(settings, database)


def saved_again(data: bytes, change: str = "") -> bytes:
    """The file through another program's hands; with one figure changed."""
    document = docx.Document(io.BytesIO(data))
    if change:
        paragraph = next(each for each in document.paragraphs if change in each.text)
        paragraph.text = paragraph.text.replace(change, f"{change}9")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def test_saving_again_is_no_change_and_one_figure_is(desk: Desk) -> None:
    data = await desk.issue("docx")
    again = saved_again(data)
    assert again != data
    assert await desk.state(again, "renamed.docx") == "unaltered"
    verdict = await desk.labels.check(saved_again(data, "$37"), "a.docx")
    assert verdict.state == "altered" and verdict.changed is not None and verdict.changed < 0.1
    assert verdict.record is not None and verdict.entry == "found"


async def test_a_pdf_saved_again_with_other_metadata_beside_ours(desk: Desk) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(await desk.issue("pdf"))) as pdf:
        pdf.docinfo["/Producer"] = "another program"
        pdf.save(out, compress_streams=False)
    assert await desk.state(out.getvalue(), "a.pdf") == "unaltered"


async def test_a_label_that_was_cut_out_is_found_by_its_reference(desk: Desk) -> None:
    text = (await desk.issue("md")).decode()
    assert len(TOKEN.findall(text)) == 1
    bare = TOKEN.sub("", text)
    verdict = await desk.labels.check(bare.encode(), "a.md")
    assert (verdict.state, verdict.by_reference) == ("unaltered", True)
    assert await desk.state(bare.replace("$37", "$39").encode(), "a.md") == "altered"
    assert await desk.state(re.sub(r"BH-[0-9A-Z-]+", "", bare).encode(), "a.md") == "unlabelled"


async def test_a_label_that_does_not_fit_and_one_that_was_changed(desk: Desk) -> None:
    text = (await desk.issue("md")).decode()
    (token,) = TOKEN.findall(text)
    other = f"# Another\n\nWe met nobody on any Tuesday.\n\n<!-- ai-provenance: {token} -->\n"
    verdict = await desk.labels.check(other.encode(), "other.md")
    assert verdict.state == "altered" and verdict.changed is not None and verdict.changed > 0.8
    head, body, signature = token.split(".")
    said = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    said["origin"]["model"] = "another-model"
    changed = base64.urlsafe_b64encode(orjson.dumps(said)).rstrip(b"=").decode()
    assert await desk.state(text.replace(token, f"{head}.{changed}.{signature}").encode(), "a.md") == "forged"


async def test_another_system_is_foreign_until_its_key_is_trusted(desk: Desk, tmp_path: Path) -> None:
    data = await desk.issue("md")
    keys = desk.settings.data_folder / "keys"
    there = Signer.open(desk.settings.data_folder, "labels")
    (keys / "labels.pem").rename(tmp_path / "moved.pem")
    assert await desk.state(data, "a.md") == "foreign"
    (keys / "trusted").mkdir()
    (keys / "trusted" / "old.pem").write_text(there.public_pem)
    assert await desk.state(data, "a.md") == "unaltered"
    (keys / "trusted" / "odd.pem").write_text("no key")
    with pytest.raises(StoreError, match=r"odd\.pem"):
        await desk.state(data, "a.md")


async def test_an_entry_that_is_not_in_the_ledger_is_missing(desk: Desk) -> None:
    data = await desk.issue("md")
    assert (await desk.labels.check(data, "a.md")).entry == "found"
    async with desk.database.maintenance() as connection:
        await connection.execute("DELETE FROM ledger WHERE body::jsonb ->> 'kind' = 'chat'")
    assert (await desk.labels.check(data, "a.md")).entry == "missing"


async def test_a_file_of_nobody_has_no_label(desk: Desk) -> None:
    for data, name in ((letter(), "letter.docx"), (WORDS.encode(), "words.txt"), (b"<p>x</p>", "x.html")):
        assert await desk.state(data, name) == "unlabelled"


@pytest.mark.parametrize(("words", "most"), [(0, 0.0), (3, 0.1), (30, 0.35), (600, 1.0)])
def test_the_sketch_tells_about_how_much(words: int, most: float) -> None:
    before = WORDS.split()
    after = [f"new{n}" if n < words else word for n, word in enumerate(before)]
    share = changed_share(content_of([WORDS]).sketch, content_of([" ".join(after)]).sketch)
    assert share is not None and share <= most
    assert share >= 0.6 * min(1.0, words / len(before))


def test_what_counts_as_content() -> None:
    one = content_of(["The fee  is\u00a0$90.", "", "Café"]).digest
    assert one == content_of(["The fee is $90.", "Cafe\u0301"]).digest
    assert one != content_of(["The fee is $91.", "Café"]).digest
    assert one != content_of(["Café", "The fee is $90."]).digest


def token_of(settings: Settings, **changed: object) -> str:
    """A token of ours whose payload says something else, signed all the same."""
    record = Record(
        id="ABCD-EFGH-JKLM", use=USE, origin=Origin(model="m"), department="Works",
        issued_at="2026-03-05T10:00:00+08:00", language="en",
    )  # fmt: skip
    signer = Signer.open(settings.data_folder, "labels")
    head, body, _ = sealed(record, content_of(["x"]), signer).split(".")
    said = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | changed
    body = base64.urlsafe_b64encode(orjson.dumps(said)).rstrip(b"=").decode()
    signature = base64.urlsafe_b64encode(signer.sign(f"{head}.{body}".encode())).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


@pytest.mark.parametrize(
    "changed",
    [
        {"issued_at": "0001-01-01T00:00:00+14:00"}, {"issued_at": "soon"}, {"language": "xx"}, {"v": 2},
        {"edited": "much"}, {"origin": 7}, {"origin": {"model": "m"}}, {"content_characters": None},
        {"department": "x" * 20_000},
    ],
)  # fmt: skip
def test_what_is_no_record_is_no_label(settings: Settings, changed: dict[str, object]) -> None:
    keys = trusted_keys(settings.data_folder)
    assert opened(token_of(settings), keys) is not None
    assert opened(token_of(settings, **changed), keys) is None


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c.d", "eyJ.eyJ.x", "é.é.é", "e30.e30.e30", "W10.W10.W10"])
def test_what_is_no_token_is_no_label(token: str) -> None:
    assert opened(token, {}) is None


def test_anybody_can_check_a_label_with_a_library_of_their_own(settings: Settings) -> None:
    key = OKPKey.import_key(own_key(settings.data_folder))
    token = token_of(settings)
    assert (
        orjson.loads(jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload)["department"]
        == "Works"
    )
    with pytest.raises(JoseError):
        jws.deserialize_compact(token[:-4] + "AAAA", key, algorithms=["Ed25519"])
