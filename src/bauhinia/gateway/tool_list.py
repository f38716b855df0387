"""The allow list of tools: which MCP servers, which of their tools, as somebody read and approved them."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from ..errors import InputError
from ..guideline import is_an_id
from ..yaml_text import read_yaml
from .classification import LOWEST

JOINT = "__"
"""Between a server's name and its tool's, as the model sees them: no two servers' tools can collide."""


class AllowedTool(BaseModel):
    """One tool that was read and approved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of its description and schema, as `bauhinia tools` prints it; another one is not used."""
    reads: bool = False
    """Whoever approved it found that it only reads: it changes nothing and sends nothing on. Only such
    tools may be used once the model has read a document or a tool's result."""


class ToolServer(BaseModel):
    """An MCP server and what may be asked of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    """The name that it is known by here."""
    url: str = Field(pattern=r"^https?://")
    token_variable: str = ""
    """The environment variable that holds its token, if it wants one."""
    tools: tuple[AllowedTool, ...]
    title: str = Field(default="", max_length=80)
    """What people are told that it is; its name where that is empty."""
    page: str = Field(default="", pattern=r"^(?:https://\S+)?$")
    """Where people can look up what it tells."""
    uses: frozenset[str] = Field(min_length=1)
    """The AI uses that may use it; `chat.answer` is the public chat, which is given only tools that read."""
    classifications: frozenset[str] = frozenset({LOWEST})
    """What it may see."""
    personal_data: bool = False
    """Whether it may be sent personal data."""
    seconds: float = Field(default=10, gt=0, le=120)
    """How long listing or one call may take."""
    characters: int = Field(default=20_000, gt=0, le=200_000)
    """How much of a result the model is shown."""

    @model_validator(mode="after")
    def _uses_are_registered(self) -> ToolServer:
        if unknown := {use for use in self.uses if not is_an_id(use)}:
            raise ValueError(f"the register has no AI use {min(unknown)}")
        return self

    def digest_of(self, tool: str) -> str | None:
        """What was approved; None for a tool that was not."""
        return next((allowed.digest for allowed in self.tools if allowed.name == tool), None)

    def only_reads(self, tool: str) -> bool:
        """Whether it was approved as one that only reads."""
        return any(allowed.name == tool and allowed.reads for allowed in self.tools)

    def headers(self) -> dict[str, str]:
        """What it is sent with every request. Raises InputError where its token is missing."""
        if not self.token_variable:
            return {}
        token = os.environ.get(self.token_variable)
        if not token:
            raise InputError(
                f"The token of the tool server {self.server} is not set.",
                hint=f"Set {self.token_variable} in the server's environment.",
            )
        return {"authorization": f"Bearer {token}"}


_SERVERS = TypeAdapter(tuple[ToolServer, ...])


def load_tool_servers(path: Path | None) -> tuple[ToolServer, ...]:
    """The servers of the list, none where there is no list. Raises InputError for a file of another shape."""
    if path is None:
        return ()
    try:
        servers = _SERVERS.validate_python(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        reason = str(error).replace("\n", " ")[:300]
        raise InputError(
            f"The tools in {path.name} cannot be used: {reason}.", hint="Write them as docs/api.md shows."
        ) from error
    names = [server.server for server in servers]
    if len(set(names)) != len(names):
        raise InputError(f"Two servers in {path.name} have one name.", hint="Name each differently.")
    return servers


def digest_of(name: str, description: str, schema: dict[str, Any]) -> str:
    """SHA-256 of what a model is told of a tool."""
    told = orjson.dumps([name, description, schema], option=orjson.OPT_SORT_KEYS)
    return sha256(told).hexdigest()
