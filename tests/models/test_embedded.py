"""llama.cpp for real, with the small model, in a child process."""

import asyncio
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import aiohttp
import orjson
import psutil
import pytest
from jsonschema import validate

from bauhinia.errors import ModelUnavailable, TooLong, WrongDigest
from bauhinia.models import ChatRequest, Delta, Message, OpenAIBackend, embedded, open_backend, whole

pytestmark = pytest.mark.model

ENDLESS = "Count from one to ten thousand in words."


def ask(text, **wishes):
    return ChatRequest(messages=(Message("user", text),), **wishes)


async def test_it_answers_counts_and_reads_a_shared_beginning_once(running):
    beginning = "The harbour department keeps a register of vessels. " * 20
    first = await whole(running.chat(ask(beginning + "Say yes.", max_tokens=8)))
    second = await whole(running.chat(ask(beginning + "Say no.", max_tokens=8)))
    assert first.text
    assert first.finish.usage.completion_tokens <= 8
    assert first.finish.usage.cached_tokens < 60
    assert second.finish.usage.cached_tokens > 180
    counted = await running.count_tokens(beginning)
    assert 0 < counted < first.finish.usage.prompt_tokens
    assert running.digest.startswith("b179c952")


async def test_the_same_question_gets_the_same_answer(running):
    request = ask("Name a colour.", max_tokens=12)
    assert (await whole(running.chat(request))).text == (await whole(running.chat(request))).text


async def test_a_schema_holds_the_model(running):
    schema = {
        "type": "object",
        "properties": {
            "kind": {"enum": ["letter", "memo"]},
            "pages": {"type": "integer", "minimum": 0, "maximum": 99},
            "words": {"type": "array", "items": {"type": "string", "maxLength": 12}, "maxItems": 2},
        },
        "required": ["kind", "pages", "words"],
        "additionalProperties": False,
    }
    answer = await whole(running.chat(ask("What is this file?", schema=schema, max_tokens=120)))
    assert answer.finish.reason == "stop"
    validate(orjson.loads(answer.text), schema)


async def test_the_limit_is_kept_and_told(running):
    answer = await whole(running.chat(ask(ENDLESS, max_tokens=5)))
    assert (answer.finish.reason, answer.finish.usage.completion_tokens) == ("length", 5)


async def test_a_text_longer_than_the_context_is_too_long(running):
    with pytest.raises(TooLong):
        await whole(running.chat(ask("vessel " * 3_000)))


@pytest.mark.parametrize("during", ["reading", "writing"])
async def test_cancelling_frees_the_slot(running, during):
    """Both slots are taken by endless answers and let go; a follow-up then starts at once."""

    async def begin(number):
        text = ENDLESS if during == "writing" else f"{number} " + "harbour " * 900
        return await whole(running.chat(ask(text, max_tokens=900, stop=("never",))))

    tasks = [asyncio.create_task(begin(number)) for number in range(2)]
    await until(running, busy=2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await until(running, busy=0)
    async with asyncio.timeout(5):
        assert (await whole(running.chat(ask("Say yes.", max_tokens=4)))).text


async def test_those_who_wait_for_a_slot_and_give_up_cost_the_model_nothing(running):
    writing = [asyncio.create_task(whole(running.chat(ask(ENDLESS, max_tokens=900)))) for _ in range(2)]
    await until(running, busy=2)
    waiting = asyncio.create_task(whole(running.chat(ask("harbour " * 800, max_tokens=900))))
    await asyncio.sleep(0.05)
    for task in (waiting, *writing):
        task.cancel()
    await asyncio.gather(waiting, *writing, return_exceptions=True)
    await until(running, busy=0)


async def until(running, *, busy):
    """Wait until so many of llama.cpp's slots are working, by its own account."""
    url, key = running.loopback
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
        for _ in range(500):
            async with session.get(f"{url.removesuffix('/v1')}/slots") as response:
                if sum(slot["is_processing"] for slot in await response.json()) == busy:
                    return
            await asyncio.sleep(0.02)
    raise AssertionError(f"never {busy} slots at work")


async def test_nobody_else_may_use_it(running):
    url, _ = running.loopback
    stranger = OpenAIBackend(url, model=running.model, key="guess")
    with pytest.raises(ModelUnavailable, match="refused our key"):
        await whole(stranger.chat(ask("hello")))
    await stranger.stop()
    listening = [c for c in psutil.Process(running.process_id).net_connections() if c.status == "LISTEN"]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
    assert running.loopback[1] not in " ".join(psutil.Process(running.process_id).cmdline())


async def test_any_client_of_the_api_can_use_it_over_loopback(running, small_settings):
    """The embedded server as the real second process of the client for servers by URL."""
    url, key = running.loopback
    backend = open_backend(small_settings.model_copy(update={"model_url": url, "model_key": Secret(key)}))
    assert isinstance(backend, OpenAIBackend)
    await backend.start()
    assert (await whole(backend.chat(ask("Say yes.", max_tokens=4)))).finish.usage.completion_tokens <= 4
    assert await backend.count_tokens("harbour") == await running.count_tokens("harbour")
    await backend.stop()


def Secret(value):  # noqa: N802
    from pydantic import SecretStr

    return SecretStr(value)


async def test_a_crash_costs_one_answer(running):
    before = running.process_id
    answer = running.chat(ask(ENDLESS, max_tokens=900))
    assert isinstance(await anext(answer), Delta)
    os.kill(before, signal.SIGSEGV)
    with pytest.raises(ModelUnavailable, match="started again"):
        async for _ in answer:
            pass
    await until_another(running, before)
    assert (await whole(running.chat(ask("Say yes.", max_tokens=4)))).text
    assert running.process_id != before


async def until_down(backend):
    for _ in range(500):
        if backend.process_id is None:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it is still running")


async def until_another(running, before):
    for _ in range(500):
        if running.process_id not in (None, before):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it was not started again")


async def test_a_model_that_keeps_crashing_is_left_down(small_settings, monkeypatch):
    monkeypatch.setattr(embedded, "RESTARTS", 2)
    backend = open_backend(small_settings)
    await backend.start()
    first = backend.process_id
    os.kill(first, signal.SIGKILL)
    await until_another(backend, first)
    os.kill(backend.process_id, signal.SIGKILL)
    await until_down(backend)
    began = time.monotonic()
    with pytest.raises(ModelUnavailable, match="stopped working") as caught:
        await whole(backend.chat(ask("hello")))
    assert time.monotonic() - began < 1
    assert backend.process_id is None
    assert "doctor" in caught.value.hint
    await backend.stop()


async def test_stopping_ends_the_child_and_starting_again_works(running):
    child = psutil.Process(running.process_id)
    await running.stop()
    await running.stop()
    assert not child.is_running()
    assert running.process_id is None
    await running.start()
    assert (await whole(running.chat(ask("Say yes.", max_tokens=4)))).text


def test_the_child_dies_with_its_parent(small_weights):
    """The parent is killed without a chance to say goodbye."""
    code = (
        "import asyncio, sys\n"
        "from bauhinia.models import open_backend\n"
        "from bauhinia.settings import Settings\n"
        "async def main():\n"
        "    backend = open_backend(Settings(model='smollm2-135m-instruct', model_context=256))\n"
        "    await backend.start()\n"
        "    print(backend.process_id, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(timeout=5)


async def test_missing_weights_and_missing_package_say_what_to_do(small_settings, tmp_path, monkeypatch):
    nowhere = open_backend(small_settings.model_copy(update={"models_folder": tmp_path}))
    with pytest.raises(ModelUnavailable) as caught:
        await nowhere.start()
    assert "bauhinia models fetch smollm2-135m-instruct" in caught.value.hint
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelUnavailable) as caught:
        await open_backend(small_settings).start()
    assert "bauhinia[embedded]" in caught.value.hint


async def test_other_bytes_are_never_loaded(small_settings, tmp_path):
    wrong = tmp_path / "model.gguf"
    wrong.write_bytes(b"GGUF" + bytes(1_000))
    backend = open_backend(small_settings.model_copy(update={"model_path": wrong}))
    with pytest.raises(WrongDigest):
        await backend.start()
    assert backend.process_id is None


async def test_a_file_that_llama_cannot_load_is_one_sentence(small_settings, tmp_path, monkeypatch):
    async def any_file(*_):
        return Path(__file__)

    monkeypatch.setattr(embedded, "find", any_file)
    backend = open_backend(small_settings)
    with pytest.raises(ModelUnavailable, match="could not be loaded") as caught:
        await backend.start()
    assert "GB of memory" in caught.value.hint
    await backend.stop()


def test_threads_are_the_cores_that_may_be_used():
    assert embedded.choose_threads(3) == 3
    assert 1 <= embedded.choose_threads() <= len(os.sched_getaffinity(0))
