"""What a person chooses of a release."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

USES = ("pilot.summarise", "pilot.translate", "pilot.draft", "pilot.analyse", "pilot.ask", "pilot.redraft")
"""The AI uses that a regional instruct model is made for, unless its maker says otherwise."""
NAME = r"^[a-z0-9][a-z0-9._-]{0,63}$"


class ReleaseConfig(BaseModel):
    """Names, the gate, and what the run itself does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="", pattern=rf"{NAME}|^$")
    """What settings and commands will call the model; empty takes the run folder's name."""
    gate: Path | None = None
    """A YAML file of rules; None takes the foundry's own (`evaluation/gates/foundry.yaml`)."""
    serve: str = "q8_0"
    """Which of the exported GGUF files is served: `f16`, `q8_0`, `q4_0`, ..."""
    uses: tuple[str, ...] = USES
    """AI uses of the register that it is for. The highest of their tiers is the release's."""
    licence: str = ""
    """SPDX identifier; empty takes that of a base in the catalogue, and gives none to fresh weights."""
    watts: float | None = Field(default=None, gt=0)
    """Power drawn while it trained, where nothing measured the energy."""
    hkd_per_kwh: float | None = Field(default=None, ge=0)
    """Price of electricity."""
    hkd_per_hour: float | None = Field(default=None, ge=0)
    """Price of the machine, where it is rented."""
