"""What an export stage may be told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

GgufKind = Literal["f16", "q8_0", "q4_1", "q4_0"]


class ExportConfig(BaseModel):
    """The fields of an export stage in a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gguf: tuple[GgufKind, ...] = ("f16", "q8_0", "q4_0")
    """The GGUF files to write; f16 is written in any case, for the others are made from it."""
    heldout: tuple[str, ...] = ("cantonese", "english")
    """The corpus's held-out files whose text the original and the files are compared on."""
    positions: int = Field(default=1000, ge=100)
    """Tokens that are compared."""
    window: int = Field(default=128, ge=8)
    """Tokens of a text that are read, at most."""
    slots: int = Field(default=4, ge=1, le=16)
    """Texts that are read at once while measuring."""
    threads: int = Field(default=0, ge=0)
    """Threads of llama.cpp while measuring; 0 lets the product choose."""
    name: str = Field(default="", pattern=r"^([a-z0-9][a-z0-9._-]*)?$")
    """The model's name inside the files; empty takes that of the run's directory."""
