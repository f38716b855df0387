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

from bauhinia.pilot.issuing import issued
from bauhinia.pilot.office import Office
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.provenance.carrier import TOKEN
from bauhinia.provenance.content import changed_share, content_of
from bauhinia.store.signing import Signer

from .files_of import letter

WORDS = " ".join(f"The office repaired footbridge number {n} at a cost of ${n * 37}." for n in range(60))


@pytest.fixture
async def task(office: Office) -> str:
    document = docx.Document(io.BytesIO(letter()))
    for n in range(20):
        document.add_paragraph(f"The office repaired footbridge number {n} at a cost of ${n * 37}, in May.")
    out = io.BytesIO()
    document.save(out)
    card = await office.add(out.getvalue(), "letter.docx")
    done = await office.tasks.wait(await office.start(TranslateOrder(document=card.id, to="zh-HK")))
    assert done.status == "done", done.message
    return done.id


def saved_again(data: bytes, change: str = "") -> bytes:
    """The file through another program's hands; with one figure changed."""
    document = docx.Document(io.BytesIO(data))
    if change:
        paragraph = next(each for each in document.paragraphs if change in each.text)
        paragraph.text = paragraph.text.replace(change, f"{change}9")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


async def state(office: Office, data: bytes, name: str) -> str:
    return (await office.labels.check(data, name)).state


async def test_saving_again_is_no_change_and_one_figure_is(office: Office, task: str) -> None:
    file = await issued(office, task, "docx")
    again = saved_again(file.data)
    assert again != file.data
    assert await state(office, again, "renamed.docx") == "unaltered"
    verdict = await office.labels.check(saved_again(file.data, "37"), file.name)
    assert verdict.state == "altered" and verdict.changed is not None and verdict.changed < 0.1
    assert verdict.record is not None and verdict.entry == "found"


async def test_a_pdf_saved_again_with_other_metadata_beside_ours(office: Office, task: str) -> None:
    file = await issued(office, task, "pdf")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(file.data)) as pdf:
        pdf.docinfo["/Producer"] = "another program"
        pdf.save(out, compress_streams=False)
    assert await state(office, out.getvalue(), file.name) == "unaltered"


async def test_a_label_that_was_cut_out_is_found_by_its_reference(office: Office, task: str) -> None:
    file = await issued(office, task, "md")
    assert len(TOKEN.findall(file.data.decode())) == 1
    bare = TOKEN.sub("", file.data.decode())
    verdict = await office.labels.check(bare.encode(), file.name)
    assert (verdict.state, verdict.by_reference) == ("unaltered", True)
    shorter = bare.replace("37", "39").encode()
    assert (await office.labels.check(shorter, file.name)).state == "altered"
    without = re.sub(r"BH-[0-9A-Z-]+", "", bare)
    assert await state(office, without.encode(), file.name) == "unlabelled"


async def test_a_label_put_into_another_file_does_not_fit_it(office: Office, task: str) -> None:
    file = await issued(office, task, "md")
    (token,) = TOKEN.findall(file.data.decode())
    other = f"# Another\n\n{WORDS}\n\n<!-- ai-provenance: {token} -->\n"
    verdict = await office.labels.check(other.encode(), "other.md")
    assert verdict.state == "altered" and verdict.changed is not None and verdict.changed > 0.8


async def test_a_label_that_says_something_else_is_forged(office: Office, task: str) -> None:
    file = await issued(office, task, "md")
    (token,) = TOKEN.findall(file.data.decode())
    head, body, signature = token.split(".")
    said = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    said["origin"]["model"] = "another-model"
    changed = base64.urlsafe_b64encode(orjson.dumps(said)).rstrip(b"=").decode()
    forged = file.data.decode().replace(token, f"{head}.{changed}.{signature}")
    assert await state(office, forged.encode(), file.name) == "forged"


async def test_another_system_is_foreign_until_its_key_is_trusted(
    office: Office, task: str, tmp_path: Path
) -> None:
    file = await issued(office, task, "md")
    keys = office.settings.data_folder / "keys"
    there = Signer.open(office.settings.data_folder, "labels")
    (keys / "labels.pem").rename(tmp_path / "moved.pem")
    assert await state(office, file.data, file.name) == "foreign"
    (keys / "trusted").mkdir()
    (keys / "trusted" / "old.pem").write_text(there.public_pem)
    assert await state(office, file.data, file.name) == "unaltered"


async def test_an_entry_that_is_not_in_the_ledger_is_missing(office: Office, task: str) -> None:
    file = await issued(office, task, "md")
    async with office.database.maintenance() as connection:
        await connection.execute("DELETE FROM ledger WHERE body::jsonb ->> 'kind' = 'chat'")
    assert (await office.labels.check(file.data, file.name)).entry == "missing"


async def test_a_file_of_nobody_has_no_label(office: Office) -> None:
    for data, name in ((letter(), "letter.docx"), (WORDS.encode(), "words.txt"), (b"<p>x</p>", "x.html")):
        assert await state(office, data, name) == "unlabelled"


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
