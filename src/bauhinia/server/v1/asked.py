"""What a body asks for, checked field by field."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Request

from ...errors import InputError
from ...gateway import LOWEST, Ask, Gateway, Message
from ...guideline import is_an_id, shipped
from ...language import Variety
from .faults import Misshapen, NotJson, Unsupported, expect
from .tools import check_turns, read_calls, read_choice, read_schema, read_served, read_tools

DEFAULT_TOKENS = 1_024
MOST_TOKENS = 10_000_000
LONGEST = 4_000_000
ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_NOT_DONE_HERE = (
    "functions",
    "function_call",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "audio",
    "prediction",
    "web_search_options",
    "store",
    "background",
)


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises InputError."""
    # Browsers send other types across origins without asking first; JSON they do not.
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise NotJson("The body must be JSON.", hint="Send the header `content-type: application/json`.")
    data = await request.body()
    if len(data) > LONGEST:
        raise InputError("The body is too long.", hint=f"Send at most {LONGEST // 1_000_000} MB.")
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise InputError("The body is not valid JSON.", hint="Check quotes, commas and encoding.") from None
    if not isinstance(body, dict):
        raise InputError("The body must be a JSON object.")
    return body


def read_ask(body: dict[str, Any], gateway: Gateway) -> Ask:
    """What a chat completion's body asks for. Raises InputError."""
    for name in _NOT_DONE_HERE:
        if body.get(name):
            raise Unsupported(f"{name!r} is not supported here.", param=name, hint="Leave it out.")
    if body.get("n", 1) not in (1, None):
        raise Unsupported(
            "Only one answer at a time ('n' = 1) is given.", param="n", hint="Ask several times."
        )
    extra = extra_of(body)
    model = body.get("model")
    expect(model is None or isinstance(model, str), "model", "a string")
    served = read_served(body.get("tools"))
    tools = () if served else read_tools(body.get("tools"))
    parallel = body.get("parallel_tool_calls")
    expect(parallel is None or isinstance(parallel, bool), "parallel_tool_calls", "true or false")
    return Ask(
        officer=gateway.officer,
        use=_use(extra),
        messages=_messages(body.get("messages")),
        reply_in=_variety(extra.get("reply_in")),
        max_tokens=_tokens(body),
        temperature=_temperature(body.get("temperature")),
        schema=_schema(body.get("response_format")),
        stop=_stop(body.get("stop")),
        model=None if model in ("", "default") else model,
        classification=classification_of(body),
        retractable=not body.get("stream"),
        tools=tools,
        served=served,
        tool_choice=read_choice(body.get("tool_choice"), tools),
        parallel=parallel is not False,
    )


def extra_of(body: dict[str, Any]) -> dict[str, Any]:
    """What a client of ours may add to OpenAI's fields: `reply_in`, `classification`, `kind`, `use`."""
    extra = body.get("bauhinia")
    expect(extra is None or isinstance(extra, dict), "bauhinia", "an object")
    return extra or {}


def _use(extra: dict[str, Any]) -> str:
    """A use that a department registered, where the client names one."""
    use = _text(extra, "use", "api.chat")
    own = use == "api.chat" or (use not in shipped().uses and is_an_id(use))
    expect(own, "bauhinia.use", "the id of an AI use that your department registered")
    return use


def classification_of(body: dict[str, Any]) -> str:
    """What the text is classified as: the lowest unless the client says."""
    return _text(extra_of(body), "classification", LOWEST)


def wants_usage(body: dict[str, Any]) -> bool:
    """Whether a stream is to end with what it used."""
    options = body.get("stream_options")
    expect(options is None or isinstance(options, dict), "stream_options", "an object")
    return bool(options and options.get("include_usage"))


def texts_to_embed(value: Any) -> list[str]:
    """The texts of an embeddings body. Raises Misshapen."""
    texts = [value] if isinstance(value, str) else value
    right = isinstance(texts, list) and 0 < len(texts) <= 2_048 and all(isinstance(t, str) for t in texts)
    expect(right, "input", "1 to 2,048 texts")
    expect(all(texts), "input", "texts that are not empty")
    return list(texts)


def _text(values: dict[str, Any], name: str, otherwise: str) -> str:
    value = values.get(name, otherwise)
    expect(isinstance(value, str), name, "a string")
    return str(value)


def _messages(values: Any) -> tuple[Message, ...]:
    expect(isinstance(values, list) and bool(values), "messages", "a list with at least one message")
    messages = tuple(_message(value, f"messages[{place}]") for place, value in enumerate(values))
    check_turns(messages)
    return messages


def _message(value: Any, where: str) -> Message:
    expect(isinstance(value, dict), where, "an object")
    role = ROLES.get(value.get("role")) if isinstance(value.get("role"), str) else None
    if role is None:
        raise Misshapen(
            "A message's 'role' must be system, developer, user, assistant or tool.", param=f"{where}.role"
        )
    calls = read_calls(value.get("tool_calls"), f"{where}.tool_calls") if role == "assistant" else ()
    call = value.get("tool_call_id", "") if role == "tool" else ""
    expect(isinstance(call, str), f"{where}.tool_call_id", "a string")
    content = value.get("content")
    said = "" if content is None and calls else _content(content, f"{where}.content")
    return Message(role, said, calls, call)  # type: ignore[arg-type]


def _content(value: Any, where: str) -> str:
    if isinstance(value, str):
        return value
    expect(isinstance(value, list), where, "a string or a list of parts")
    parts = []
    for place, part in enumerate(value):
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise Unsupported(
                "Only text and files can be sent in a message.",
                param=f"{where}[{place}]",
                hint="Leave out images and audio.",
            )
        parts.append(part["text"])
    return "\n".join(parts)


def _tokens(body: dict[str, Any]) -> int:
    name = "max_tokens" if body.get("max_completion_tokens") is None else "max_completion_tokens"
    value = DEFAULT_TOKENS if body.get(name) is None else body[name]
    right = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_TOKENS
    expect(right, name, "a whole number over 0")
    return int(value)


def _temperature(value: Any) -> float:
    if value is None:
        return 0.0
    number = isinstance(value, int | float) and not isinstance(value, bool)
    expect(number and 0 <= value <= 2, "temperature", "from 0 to 2")
    return float(value)


def _stop(value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value or []
    right = isinstance(values, list) and len(values) <= 16 and all(isinstance(v, str) and v for v in values)
    expect(right, "stop", "a string or at most 16 strings, none of them empty")
    return tuple(values)


def _schema(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    expect(isinstance(value, dict), "response_format", "an object")
    match value.get("type"):
        case "text":
            return None
        case "json_object":
            return {"type": "object"}
        case "json_schema":
            named = value.get("json_schema")
            schema = named.get("schema") if isinstance(named, dict) else None
            return read_schema(schema, "response_format.json_schema.schema")
    raise Misshapen(
        "'response_format.type' must be text, json_object or json_schema.", param="response_format.type"
    )


def _variety(value: Any) -> Variety | None:
    if value is None:
        return None
    try:
        return Variety(value)
    except ValueError:
        tags = ", ".join(variety for variety in Variety if variety is not Variety.UNKNOWN)
        raise Misshapen(f"'bauhinia.reply_in' must be one of {tags}.", param="bauhinia.reply_in") from None
