"""Many files at once: each has a fate, a bad one stops none, and a task that was stopped goes on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator

import pytest

from bauhinia.errors import InputError, ModelUnavailable, NotFound
from bauhinia.jobs import Tasks, Trade
from bauhinia.knowledge import Arrivals, Library
from bauhinia.knowledge.arrivals import KIND, Named, as_csv
from bauhinia.models import FakeEmbedder
from bauhinia.settings import Limits, Settings
from bauhinia.store import Database

from ..statements import OURS

GOOD = b"# Fees\n\nThe fee is HK$3,940 a year."
OTHER = b"# Dates\n\nThe stall opens on 1 May 2026."


@pytest.fixture
def arrivals(database: Database, library: Library) -> Arrivals:
    return Arrivals(database, library, Limits())


@pytest.fixture
async def tasks(database: Database, arrivals: Arrivals) -> AsyncIterator[Tasks]:
    made = Tasks(database, Trade(functions={KIND: arrivals.read}, versions={}, pauses=()))
    yield made
    await made.close()


def kept_files(settings: Settings) -> int:
    return len(list((settings.data_folder / "blobs").iterdir()))


async def sent(files: list[Named]) -> AsyncIterator[Named]:
    for each in files:
        yield each


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            made.writestr(f"folder/{name}.md", data)
        made.writestr("__MACOSX/._x", b"x")
    return out.getvalue()


async def test_every_file_has_its_fate(
    library: Library, arrivals: Arrivals, tasks: Tasks, settings: Settings
) -> None:
    collection = await library.create("Papers", sheet=OURS)
    await library.add(collection, "old.md", OTHER)
    files = [
        ("fees.md", GOOD),
        ("again.md", GOOD),
        ("broken.pdf", b"%PDF-1.4 nothing"),
        ("old.md", b"# New\n\nThe stall opens on 2 May 2026."),
        ("all.zip", archive(a=b"# A\n\nAlpha.", b=b"# B\n\nBeta.")),
        ("bad.zip", b"PK\x03\x04 nothing"),
    ]
    task = await tasks.wait(await arrivals.receive(tasks, collection, sent(files)))
    assert task.status == "done", task.message
    found = await arrivals.of(task.order["batch"])
    assert [(each.name, each.fate) for each in found] == [
        ("fees.md", "added"), ("again.md", "present"), ("broken.pdf", "refused"), ("old.md", "replaced"),
        ("a.md", "added"), ("b.md", "added"), ("bad.zip", "refused"),
    ]  # fmt: skip
    assert all(each.reason and each.hint for each in found if each.fate == "refused")
    assert {kept.name for kept in await library.documents(collection)} == {
        "fees.md",
        "old.md",
        "a.md",
        "b.md",
    }
    assert kept_files(settings) == 4
    assert as_csv(found).splitlines()[3].startswith("broken.pdf,refused,0,,")


async def test_a_task_that_failed_goes_on_where_it_was(
    library: Library, arrivals: Arrivals, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = await library.create("Papers", sheet=OURS)
    real = FakeEmbedder.embed
    asked: list[str] = []

    async def embed(self: FakeEmbedder, texts: list[str], kind: str) -> list[list[float]]:
        asked.append(texts[0])
        if len(asked) == 2:
            raise ModelUnavailable("The embedder is away.")
        return await real(self, texts, kind)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeEmbedder, "embed", embed)
    begun = await arrivals.receive(tasks, collection, sent([("a.md", GOOD), ("b.md", OTHER)]))
    task = await tasks.wait(begun)
    assert task.status == "failed"
    assert [each.fate for each in await arrivals.of(task.order["batch"])] == ["added", "waiting"]
    await tasks.resume(begun)
    assert (await tasks.wait(begun)).status == "done"
    assert [each.fate for each in await arrivals.of(task.order["batch"])] == ["added", "added"]
    assert len(asked) == 3


async def test_nothing_is_taken_for_a_collection_that_is_not_there(
    arrivals: Arrivals, tasks: Tasks, library: Library, settings: Settings
) -> None:
    with pytest.raises(NotFound):
        await arrivals.receive(tasks, "nowhere", sent([("a.md", GOOD)]))
    with pytest.raises(InputError):
        await arrivals.receive(tasks, await library.create("Papers", sheet=OURS), sent([]))
    assert kept_files(settings) == 0
