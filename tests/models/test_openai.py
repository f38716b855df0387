"""The client of OpenAI-compatible servers, against a real second process that goes wrong as told."""

import asyncio
import time

import aiohttp
import pytest

from bauhinia.errors import (
    BauhiniaError,
    MalformedAnswer,
    ModelBusy,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    TooLong,
)
from bauhinia.models import (
    ChatRequest,
    Delta,
    Message,
    OpenAIBackend,
    OpenAIEmbedder,
    Tool,
    ToolCall,
    Usage,
    estimate_tokens,
    whole,
)


def ask(text):
    return ChatRequest(messages=(Message("user", text),))


@pytest.fixture
async def backend(faults):
    backend = OpenAIBackend(f"{faults}/v1", model="m", silence=1.0)
    yield backend
    await backend.stop()


async def look(faults):
    async with aiohttp.ClientSession() as session, session.get(f"{faults}/seen") as response:
        return await response.json()


@pytest.mark.parametrize("how", ["good", "bytewise", "no done", "drop at the end"])
async def test_an_answer_is_put_together_however_it_is_cut(backend, how):
    text, thinking, finish = await whole(backend.chat(ask(how)))
    assert (text, thinking, finish.reason) == ("Hello" if how == "no done" else "Hello, 世界", "", "stop")
    assert finish.usage == Usage(prompt_tokens=7, cached_tokens=5, completion_tokens=2)


async def test_tools_are_offered_and_their_calls_put_together(backend, faults):
    tool = Tool(name="rain", description="Rain.", parameters={"type": "object"})
    before = (
        Message("assistant", "", (ToolCall("c0", "rain", "{}"),)),
        Message("tool", "12 mm", call="c0"),
        Message("user", "calls"),
    )
    text, _, finish = await whole(
        backend.chat(ChatRequest(messages=before, tools=(tool,), tool_choice="rain", parallel=False))
    )
    assert (text, finish.reason) == ("Wait.", "tool_calls")
    rain, wind = finish.tool_calls
    assert rain == ToolCall("c1", "rain", '{"place": "Tai Po"}')
    assert (wind.name, wind.arguments) == ("wind", "{}") and wind.id.startswith("call_")
    body = (await look(faults))["bodies"]["calls"]
    function = {"name": "rain", "description": "Rain.", "parameters": {"type": "object"}}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "rain"}}
    assert body["parallel_tool_calls"] is False
    assert body["messages"][0]["tool_calls"][0]["function"] == {"name": "rain", "arguments": "{}"}
    assert body["messages"][1] == {"role": "tool", "content": "12 mm", "tool_call_id": "c0"}


@pytest.mark.parametrize("how", ["nameless call", "odd call"])
async def test_a_call_that_means_nothing_is_an_error(backend, how):
    with pytest.raises(MalformedAnswer):
        await whole(backend.chat(ask(how)))


async def test_an_answer_cut_off_at_its_limit_says_so(backend):
    assert (await whole(backend.chat(ask("length"))))[2].reason == "length"


@pytest.mark.parametrize("how", ["think", "reasoning"])
async def test_thinking_is_never_part_of_the_answer(backend, how):
    text, thinking, _ = await whole(backend.chat(ask(how)))
    assert (text, thinking) == ("Yes", "Hmm")


async def test_a_template_that_opens_the_thinking_itself(faults):
    backend = OpenAIBackend(f"{faults}/v1", model="m", thinks_first=True)
    assert (await whole(backend.chat(ask("thinks first"))))[:2] == ("Yes", "Hmm")
    await backend.stop()


async def test_usage_is_estimated_where_the_server_tells_none(backend):
    usage = (await whole(backend.chat(ask("no usage"))))[2].usage
    assert usage == Usage(
        prompt_tokens=estimate_tokens("no usage"), completion_tokens=estimate_tokens("Hello")
    )


@pytest.mark.parametrize("how", ["429 twice", "503 once"])
async def test_a_busy_server_is_asked_again_before_the_first_byte(backend, faults, how):
    assert (await whole(backend.chat(ask(how))))[0] == "Hello, 世界"
    assert (await look(faults))["seen"][how] == (3 if "twice" in how else 2)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ("429 for ever", ModelBusy),
        ("503 for ever", ModelUnavailable),
        ("401", ModelUnavailable),
        ("404", ModelUnavailable),
        ("504", ModelTimeout),
        ("500", ModelError),
        ("endless error", ModelError),
        ("too long", TooLong),
        ("short", MalformedAnswer),
        ("broken json", MalformedAnswer),
        ("not an object", MalformedAnswer),
        ("html", MalformedAnswer),
        ("endless line", MalformedAnswer),
        ("withheld", ModelError),
        ("error event", ModelError),
        ("drop", ModelUnavailable),
        ("slow", ModelTimeout),
        ("silent", ModelTimeout),
    ],
)
async def test_each_fault_is_one_error_with_advice(backend, how, error):
    with pytest.raises(BauhiniaError) as caught:
        await whole(backend.chat(ask(how)))
    assert type(caught.value) is error
    assert caught.value.hint
    assert "secret" not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize("how", ["drop", "slow", "500"])
async def test_nothing_is_tried_again_once_an_answer_has_begun_or_failed(backend, faults, how):
    before = (await look(faults))["seen"].get(how, 0)
    with pytest.raises(ModelError):
        await whole(backend.chat(ask(how)))
    assert (await look(faults))["seen"][how] == before + 1


async def test_a_server_that_asks_for_an_hour_is_reported_at_once(backend):
    began = time.monotonic()
    with pytest.raises(ModelBusy) as caught:
        await whole(backend.chat(ask("429 for an hour")))
    assert time.monotonic() - began < 1
    assert "3600 seconds" in caught.value.hint


async def test_no_server_at_all(unused_port):
    backend = OpenAIBackend(f"http://127.0.0.1:{unused_port}/v1", model="m", tries=2)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await whole(backend.chat(ask("good")))
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await backend.start()
    await backend.stop()


@pytest.fixture
def unused_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_closing_the_answer_stops_the_server(backend, faults):
    before = (await look(faults))["broken_off"]
    answer = backend.chat(ask("endless"))
    assert isinstance(await anext(answer), Delta)
    await answer.aclose()
    await eventually(faults, before + 1)


async def test_cancelling_the_task_stops_the_server(backend, faults):
    before = (await look(faults))["broken_off"]
    task = asyncio.create_task(whole(backend.chat(ask("endless"))))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await eventually(faults, before + 1)


async def eventually(faults, broken_off):
    for _ in range(250):
        if (await look(faults))["broken_off"] == broken_off:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the server is still writing")


async def test_start_learns_a_shorter_context_and_refuses_an_unknown_model(faults):
    backend = OpenAIBackend(f"{faults}/v1", model="m", context_tokens=8_192)
    await backend.start()
    assert backend.context_tokens == 4_000
    await backend.stop()
    stranger = OpenAIBackend(f"{faults}/v1", model="stranger")
    with pytest.raises(ModelUnavailable) as caught:
        await stranger.start()
    assert "m, other" in caught.value.hint
    await stranger.stop()


async def test_tokens_are_counted_by_the_server_or_else_estimated(faults, backend):
    vllm = OpenAIBackend(f"{faults}/vllm/v1", model="m")
    assert await vllm.count_tokens("one two three") == 3
    assert await vllm.count_tokens("one two") == 2
    await vllm.stop()
    assert await backend.count_tokens("one two three") == estimate_tokens("one two three")


async def test_embeddings_come_back_in_order_at_unit_length(faults):
    embedder = OpenAIEmbedder(f"{faults}/v1", prefixes=("query: ", "passage: "))
    first, second = await embedder.embed(["a", "b"], "passage")
    assert first == pytest.approx([0.6, 0.8])
    assert second == pytest.approx([3 / 73**0.5, 8 / 73**0.5])
    assert (embedder.model, embedder.dimensions) == ("m", 2)
    assert (await look(faults))["seen"]["passage: apassage: b"] == 1
    with pytest.raises(MalformedAnswer):
        await embedder.embed(["too few"], "query")
    await embedder.stop()
