"""What a plan runs on: peaks, memory, power and price of a GPU, and what a plan takes for granted."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from ...errors import NotFound
from ...yaml_text import read_yaml

__all__ = [
    "Assumption",
    "Assumptions",
    "Electricity",
    "Hardware",
    "assumptions",
    "electricity",
    "hardware",
    "known_hardware",
]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hardware(_Fact):
    """One kind of GPU in its server."""

    name: str
    title: str
    gpu: bool = True
    reserve_gb: float = 4.0
    """Memory that the system's libraries take: CUDA's context and the buffers of communication."""
    bf16_tflops: float = Field(gt=0)
    fp8_tflops: float | None
    memory_gb: float
    bandwidth_tb: float
    watts: float
    node_gpus: int
    node_watts: float
    """The whole server's greatest draw."""
    hkd_per_hour: float
    """Price of one GPU for an hour, electricity and its share of the server within it."""
    priced: str
    """The month of the price."""
    source: str
    price_source: str

    @property
    def kilowatts(self) -> float:
        """The greatest draw of one GPU with its share of the server."""
        return self.node_watts / self.node_gpus / 1000

    def peak(self, precision: str = "bf16") -> float:
        """Operations a second at that precision; BF16's where the chip has no such units."""
        tflops = self.fp8_tflops if precision == "fp8" and self.fp8_tflops else self.bf16_tflops
        return tflops * 1e12


class Electricity(_Fact):
    """What a kilowatt-hour costs, and emits."""

    hkd_per_kwh: float
    kg_co2e_per_kwh: float
    pue: float
    """Energy that the data centre draws for each unit that its servers draw."""
    source: str


class Assumption(_Fact):
    """One value taken for granted, and why."""

    value: float
    why: str


class Assumptions(_Fact):
    """What a plan takes for granted where it is told nothing else."""

    utilisation: dict[str, Assumption]
    """Part of the peak that training reaches, by the kind of model and cluster."""
    generation: Assumption
    generation_experts: Assumption
    bandwidth: Assumption
    bandwidth_experts: Assumption
    lost_time: Assumption
    drawn_power: Assumption
    memory_fragments: Assumption

    def writing(self, *, experts: bool) -> Assumption:
        """Part of the memory's bandwidth that writing tokens reaches."""
        return self.bandwidth_experts if experts else self.bandwidth

    def reading(self, *, experts: bool) -> Assumption:
        """Part of the peak that reading prompts reaches."""
        return self.generation_experts if experts else self.generation


@cache
def _file(name: str) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(files(__package__).joinpath(name).read_text(encoding="utf-8"))
    return data


@cache
def assumptions() -> Assumptions:
    """What plans take for granted."""
    return Assumptions.model_validate(_file("assumptions.yaml"))


@cache
def electricity() -> Electricity:
    """The price and the emissions of electricity in Hong Kong."""
    return Electricity.model_validate(_file("hardware.yaml")["electricity"])


def known_hardware() -> tuple[str, ...]:
    """Names of the hardware that plans know."""
    return tuple(_file("hardware.yaml")["hardware"])


@cache
def hardware(name: str) -> Hardware:
    """The hardware of that name. Raises NotFound."""
    known = _file("hardware.yaml")["hardware"]
    if name not in known:
        raise NotFound(f"There is no hardware called {name!r}.", hint=f"Known are {', '.join(known)}.")
    return Hardware.model_validate({"name": name, **known[name], "priced": str(known[name]["priced"])})
