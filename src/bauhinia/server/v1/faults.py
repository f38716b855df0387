"""Errors in OpenAI's shape, with our hint beside."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from ...errors import BauhiniaError, InputError

_CODES = {
    "Unsupported": "unsupported_parameter",
    "Misshapen": "invalid_value",
    "InputError": "invalid_value",
    "NoSuchModel": "model_not_found",
    "TooLong": "context_length_exceeded",
    "NotSignedIn": "invalid_api_key",
    "OverQuota": "insufficient_quota",
    "ModelBusy": "rate_limit_exceeded",
}
"""OpenAI's names of what has one; everything else keeps its own."""
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class Misshapen(InputError):
    """A field that is not what the API takes."""

    def __init__(self, message: str, *, param: str | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint or "See docs/api.md for what this takes.")
        self.param = param


class Unsupported(Misshapen):
    """A field that would change the answer's meaning and is not done here."""


class NotJson(InputError):
    """A body that is not sent as JSON."""

    status = 415


class NoSuchModel(InputError):
    """No model of that name."""

    status = 404


def fault_body(error: BauhiniaError) -> dict[str, Any]:
    """What is told of an error."""
    kind = _TYPES.get(error.status, "invalid_request_error" if error.status < 500 else "server_error")
    return {
        "error": {
            "message": error.message,
            "type": kind,
            "param": getattr(error, "param", None),
            "code": "model_not_found" if _is_model(error) else _CODES.get(error.code, error.code),
            "hint": error.hint,
        }
    }


def _is_model(error: BauhiniaError) -> bool:
    """The gateway's own refusal of a model's name."""
    return error.code == "NotFound" and error.message.startswith("There is no model")


def fault(error: BauhiniaError) -> Response:
    """The answer to a request that failed."""
    headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
    return Response(orjson.dumps(fault_body(error)), error.status, headers, "application/json")


def expect(right: bool, param: str, what: str) -> None:
    """Raises Misshapen for a field that is not what it must be."""
    if not right:
        raise Misshapen(f"{param!r} must be {what}.", param=param)
