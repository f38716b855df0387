"""`/v1` as programs use it: the official `openai` client and Hugging Face's, with a token, over real HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import openai
import pytest
from huggingface_hub import AsyncInferenceClient
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageFunctionToolCall
from pydantic import BaseModel

from bauhinia.models import Calls, ChatRequest, FakeModel
from bauhinia.people import Scope
from bauhinia.settings import Settings

from .conftest import OpenSite, Site

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather; questions to A123456(3).",
        "parameters": {
            "type": "object",
            "properties": {"place": {"type": "string"}, "holder": {"type": "string"}},
            "required": ["place"],
        },
    },
}
Client = Callable[..., Any]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


class Programs:
    """A site with two officers, and how to be one of them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def token(self, account: str, scope: Scope = "v1") -> str:
        accounts = self.site.office.accounts
        await accounts.add_department("hyd", "HYD")
        if account not in {each["account"] for each in await accounts.listed()}:
            await accounts.add_officer(account, account.title(), "hyd")
        return await accounts.make_token_for(account, "program", [scope], 1)

    async def client(self, account: str = "clerk") -> AsyncOpenAI:
        token = await self.token(account)
        return AsyncOpenAI(base_url=f"{self.site.url}/v1", api_key=token, max_retries=0)


OpenFor = Callable[[FakeModel], Any]


@pytest.fixture
async def serving(open_site: OpenSite) -> AsyncIterator[OpenFor]:
    async def start(model: FakeModel) -> Programs:
        return Programs(await open_site(model))

    yield start


def says(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


async def test_a_chat_whole_and_streamed(serving: OpenFor) -> None:
    async with await (await serving(FakeModel(piece=4))).client() as client:
        whole = await client.chat.completions.create(model="fake", messages=says("Call 2345 6789."))
        assert whole.choices[0].message.content == "Call 2345 6789."
        assert whole.choices[0].finish_reason == "stop" and whole.usage and whole.usage.total_tokens > 0
        assert whole._request_id
        stream = await client.chat.completions.create(
            model="fake", messages=says("Hello there."), stream=True, stream_options={"include_usage": True}
        )
        chunks = [chunk async for chunk in stream]
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Hello there."
    assert chunks[-1].usage and chunks[-1].usage.completion_tokens > 0


async def test_tools_are_called_and_answered(serving: OpenFor) -> None:
    """Two calls in one answer; personal data is hidden from the model in descriptions, arguments and results,
    and back in what the program gets."""

    def reply(request: ChatRequest) -> Calls | str:
        if request.messages[-1].role == "tool":
            return f"It rains: {request.messages[-1].content}"
        said = request.messages[-1].content
        holder = said.rsplit(" ", 1)[-1]
        one = ("weather", {"place": "Tai Po", "holder": holder})
        return Calls(text="Let me see. ", calls=(one, ("weather", {"place": "Sha Tin"})))

    model = FakeModel(reply)
    async with await (await serving(model)).client() as client:
        messages = says("Weather for holder A123456(3)")
        asked: dict[str, Any] = {"model": "fake", "tools": [WEATHER], "tool_choice": "auto"}
        first = await client.chat.completions.create(messages=messages, **asked)
        message = first.choices[0].message
        assert first.choices[0].finish_reason == "tool_calls" and message.content == "Let me see. "
        calls = message.tool_calls or []
        assert all(isinstance(call, ChatCompletionMessageFunctionToolCall) for call in calls)
        given = [json.loads(call.function.arguments) for call in calls]  # type: ignore[union-attr]
        assert given == [{"place": "Tai Po", "holder": "A123456(3)"}, {"place": "Sha Tin"}]
        results = [
            {"role": "tool", "tool_call_id": call.id, "content": "12 mm; A123456(3)"} for call in calls
        ]
        second = await client.chat.completions.create(
            messages=[*messages, message.model_dump(exclude_none=True), *results], **asked
        )
        async with client.chat.completions.stream(messages=messages, **asked) as stream:
            final = await stream.get_final_completion()
    assert second.choices[0].message.content == "It rains: 12 mm; A123456(3)"
    assert [c.function.name for c in final.choices[0].message.tool_calls or []] == ["weather", "weather"]
    seen = "\n".join(map(str, model.requests))
    assert "A123456" not in seen and "HKID-H1" in seen
    (tool,) = model.requests[0].tools
    assert tool.name == "weather" and tool.parameters["required"] == ["place"]
    assert model.requests[1].messages[2].tool_calls[0].name == "weather"
    assert model.requests[1].messages[3].call == model.requests[1].messages[2].tool_calls[0].id


async def test_a_required_tool_and_one_at_a_time(serving: OpenFor) -> None:
    model = FakeModel()
    async with await (await serving(model)).client() as client:
        for choice in ("required", {"type": "function", "function": {"name": "weather"}}):
            made = await client.chat.completions.create(
                model="fake",
                messages=says("Rain?"),
                tools=[WEATHER],  # type: ignore[list-item]
                tool_choice=choice,  # type: ignore[arg-type]
                parallel_tool_calls=False,
            )
            (call,) = made.choices[0].message.tool_calls or ()
            assert json.loads(call.function.arguments) == {"place": "Rain?"}  # type: ignore[union-attr]
    assert [request.tool_choice for request in model.requests] == ["required", "weather"]
    assert not model.requests[0].parallel


class Reply(BaseModel):
    subject: str
    pages: int


async def test_json_by_schema(serving: OpenFor) -> None:
    async with await (await serving(FakeModel())).client() as client:
        parsed = await client.chat.completions.parse(
            model="fake", messages=says("Roads"), response_format=Reply
        )
        assert parsed.choices[0].message.parsed == Reply(subject="Roads", pages=0)
        plain = await client.chat.completions.create(
            model="fake", messages=says("x"), response_format={"type": "json_object"}
        )
    assert json.loads(plain.choices[0].message.content or "") == {}


async def test_embeddings_and_models(serving: OpenFor) -> None:
    async with await (await serving(FakeModel())).client() as client:
        packed = await client.embeddings.create(model="default", input=["roads", "bridges"])
        plain = await client.embeddings.create(model="default", input="roads", encoding_format="float")
        assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-6)
        names = [model.id async for model in client.models.list()]
        assert names[0] == "fake" and (await client.models.retrieve("fake")).object == "model"
        with pytest.raises(openai.BadRequestError, match="dimensions"):
            await client.embeddings.create(model="default", input="x", dimensions=3)
        with pytest.raises(openai.NotFoundError) as refused:
            await client.models.retrieve("gpt-4")
    assert refused.value.code == "model_not_found"


async def test_files_and_what_messages_hold_of_them(serving: OpenFor) -> None:
    model = FakeModel()
    site = await serving(model)
    async with await site.client() as client, await site.client("colleague") as colleague:
        sent = await client.files.create(file=("roads.md", b"# Roads\n\nOne road.\n"), purpose="user_data")
        other = await client.files.create(file=("橋.txt", "一座橋。".encode()), purpose="assistants")
        assert (sent.filename, sent.bytes, sent.status) == ("roads.md", 19, "processed")
        assert [file.id async for file in client.files.list()] == [other.id, sent.id]
        assert [file.id async for file in client.files.list(limit=1, order="asc")] == [sent.id, other.id]
        assert [f.id async for f in client.files.list(purpose="assistants")] == [other.id]
        assert (await client.files.retrieve(other.id)).filename == "橋.txt"
        assert (await client.files.content(sent.id)).content == b"# Roads\n\nOne road.\n"
        inline = "data:text/plain;base64," + base64.b64encode(b"Two roads.").decode()
        parts: list[Any] = [
            {"type": "file", "file": {"file_id": sent.id}},
            {"type": "file", "file": {"filename": "two.txt", "file_data": inline}},
            {"type": "text", "text": "How many?"},
        ]
        message: Any = [{"role": "user", "content": parts}]
        await client.chat.completions.create(model="fake", messages=message)
        read = model.requests[0].messages[-1].content
        assert "One road." in read and "Two roads." in read and read.endswith("]]\nHow many?")
        for work in (
            colleague.files.retrieve(sent.id),
            colleague.files.content(sent.id),
            colleague.files.delete(sent.id),
            colleague.chat.completions.create(model="fake", messages=message),
        ):
            with pytest.raises(openai.NotFoundError):
                await work
        assert (await client.files.delete(sent.id)).deleted
        with pytest.raises(openai.NotFoundError):
            await client.files.retrieve(sent.id)
        with pytest.raises(openai.BadRequestError) as refused:
            await client.files.create(file=("a.txt", b"x"), purpose="batch")
        assert refused.value.param == "purpose"
        with pytest.raises(openai.APIStatusError) as unread:
            await client.files.create(file=("a.docx", b"not a document"), purpose="user_data")
        assert unread.value.status_code in (415, 422)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"functions": [{}]}, "functions"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stream_options": []}, "stream_options"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
        ({"tools": [WEATHER, WEATHER]}, "tools"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "x"}}}, "tool_choice"),
        (
            {"tools": [{"type": "function", "function": {"name": "a", "parameters": {"type": "road"}}}]},
            "tools[0].function.parameters",
        ),
        ({"messages": [{"role": "tool", "tool_call_id": "x", "content": "y"}]}, "messages[0].tool_call_id"),
        ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, "messages[0].tool_calls[0]"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": 1}}}},
            "response_format.json_schema.schema",
        ),
    ],
)
async def test_what_is_wrong_is_named(serving: OpenFor, change: dict[str, Any], param: str) -> None:
    async with await (await serving(FakeModel())).client() as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.post(
                "/chat/completions", body={"messages": says("x")} | change, cast_to=dict[str, Any]
            )
    assert refused.value.param == param and refused.value.type == "invalid_request_error"


async def test_a_schema_nested_too_deep_is_refused(serving: OpenFor) -> None:
    schema: dict[str, Any] = {}
    for _ in range(500):
        schema = {"not": schema}
    body = {
        "messages": says("x"),
        "tools": [{"type": "function", "function": {"name": "a", "parameters": schema}}],
    }
    async with await (await serving(FakeModel())).client() as client:
        with pytest.raises(openai.BadRequestError, match="levels"):
            await client.post("/chat/completions", body=body, cast_to=dict[str, Any])


async def test_errors_are_the_clients_own(serving: OpenFor) -> None:
    site = await serving(FakeModel())
    stranger = AsyncOpenAI(base_url=f"{site.site.url}/v1", api_key="bauhinia_x", max_retries=0)
    with pytest.raises(openai.AuthenticationError) as unknown:
        async with stranger:
            await stranger.models.list()
    assert unknown.value.code == "invalid_api_key"
    wrong_scope = AsyncOpenAI(base_url=f"{site.site.url}/v1", api_key=await site.token("clerk", "api"))
    with pytest.raises(openai.AuthenticationError):
        async with wrong_scope:
            await wrong_scope.models.list()
    async with await site.client() as client:
        with pytest.raises(openai.NotFoundError) as missing:
            await client.chat.completions.create(model="gpt-4", messages=says("x"))
        assert missing.value.code == "model_not_found"
        with pytest.raises(openai.PermissionDeniedError):
            await client.chat.completions.create(
                model="fake",
                messages=says("x"),
                extra_body={"bauhinia": {"classification": "secret"}},
            )
        with pytest.raises(openai.PermissionDeniedError, match="may not be used"):
            await client.chat.completions.create(
                model="fake",
                messages=says("x"),
                tools=[{"type": "mcp", "server_label": "met"}],  # type: ignore[list-item]
            )
        with pytest.raises(openai.APIStatusError) as long:
            await client.chat.completions.create(model="fake", messages=says("x"), max_tokens=100_000)
        assert long.value.code == "context_length_exceeded"
        with pytest.raises(openai.NotFoundError):
            await client.post("/responses", body={}, cast_to=dict[str, Any])
    for path in ("/v1/files", "/v1/chat/completions"):
        async with aiohttp.request("POST", site.site.url + path) as answer:
            error = (await answer.json())["error"]
            assert answer.status == 401 and error["type"] == "authentication_error"


async def test_hugging_faces_client(serving: OpenFor) -> None:
    """A client with an HTTP and a parser of its own."""
    site = await serving(FakeModel(piece=4))
    async with AsyncInferenceClient(base_url=f"{site.site.url}/v1", api_key=await site.token("c")) as client:
        whole = await client.chat_completion(says("Hello there."), model="fake")
        assert whole.choices[0].message.content == "Hello there."
        pieces = [
            piece.choices[0].delta.content or ""
            async for piece in await client.chat_completion(says("Hello there."), model="fake", stream=True)
        ]
        assert "".join(pieces) == "Hello there."
        called = await client.chat_completion(
            says("Rain?"), model="fake", tools=[WEATHER], tool_choice="required"
        )
        (call,) = called.choices[0].message.tool_calls or ()
        assert call.function.name == "weather"
