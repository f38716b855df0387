"""What a model costs to run: a replica's rate by its bounds, and the GPUs that a load of officers needs.

Decoding is bound by memory: each step reads the weights that its sequences use and every sequence's cache.
A mixture of experts reads only the experts that some sequence chose: of E experts with k chosen by each of n
sequences, E (1 - (1 - k/E)^n) on average. Reading prompts is bound by operations. Both are bounds times the
part of them that serving engines reach, which the assumptions state: an estimate, until it is measured.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ...errors import InputError
from .architecture import Architecture
from .flops import attention_flops, forward_flops, product_flops
from .hardware import Assumptions, Electricity, Hardware
from .parameters import count

__all__ = ["Load", "Rate", "Serving", "rate_of", "serving_of"]

WEIGHT_BYTES = {"bf16": 2.0, "fp8": 1.0, "4-bit": 0.5625}
"""Bytes of a weight; 4-bit with a 16-bit scale for each 32."""
HALF = 2
HOURS = 24
SPARE = 0.9
"""Part of the memory that an engine gives to weights and cache."""

Weights = Literal["bf16", "fp8", "4-bit"]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Load(_Fact):
    """How much a public service asks of its model."""

    officers: int = Field(default=1000, ge=1)
    requests_a_day: float = Field(default=20, gt=0)
    """Of each officer."""
    prompt: int = Field(default=2000, ge=1)
    """Tokens read for a request."""
    answer: int = Field(default=500, ge=1)
    """Tokens written for it."""
    busy_hour: float = Field(default=0.2, gt=0, le=1)
    """Part of a day's requests that fall in its busiest hour."""
    least_rate: float = Field(default=10, gt=0)
    """Tokens a second that each answer must be written at: an officer reads no faster."""

    @property
    def requests_a_second(self) -> float:
        """In the busiest hour."""
        return self.officers * self.requests_a_day * self.busy_hour / 3600


class Rate(_Fact):
    """What one replica does."""

    gpus: int
    sequences: int
    """Answers written at once."""
    decoded: float
    """Tokens written a second, all answers together."""
    read: float
    """Tokens of prompts read a second, while nothing is written."""
    bound: Literal["memory", "operations"]
    cache_bytes: float
    """Bytes kept of a token."""

    @property
    def each(self) -> float:
        """Tokens a second of one answer."""
        return self.decoded / self.sequences


class Serving(_Fact):
    """What a load needs, and costs a day."""

    weights: Weights
    load: Load
    rate: Rate
    replicas: int
    gpus: int
    busy: float
    """Part of the replicas' time that the busiest hour uses."""
    tokens_a_day: float
    hkd_a_day: float
    kwh_a_day: float
    kg_co2e_a_day: float
    hkd_a_million_tokens: float
    """Of tokens written, all costs on them."""


def rate_of(
    model: Architecture,
    hardware: Hardware,
    load: Load,
    taken: Assumptions,
    *,
    weights: Weights = "bf16",
    gpus: int | None = None,
) -> Rate:
    """The rate of one replica on the fewest GPUs that hold it, or on `gpus`.

    Raises InputError where it does not fit.
    """
    needed = count(model).total * WEIGHT_BYTES[weights]
    context = load.prompt + load.answer
    cache = _cache_bytes(model, context)
    size = gpus or _fewest(needed + context * cache, hardware)
    room = size * hardware.memory_gb * 1e9 * SPARE - needed
    most = int(room / (context * cache))
    if most < 1:
        raise InputError(
            f"{model.name} in {weights} does not fit {size} x {hardware.title}.",
            hint="Take more GPUs, or fewer bits.",
        )
    sequences = _most_sequences(model, hardware, load, taken, weights, size, most)
    seconds, bound = _step(model, hardware, load, taken, weights, size, sequences)
    reached = taken.reading(experts=model.experts is not None)
    peak = hardware.peak("fp8" if weights == "fp8" else "bf16") * size * reached.value
    return Rate(
        gpus=size,
        sequences=sequences,
        decoded=sequences / seconds,
        read=peak / forward_flops(model, load.prompt),
        bound=bound,
        cache_bytes=cache,
    )


def serving_of(
    model: Architecture,
    hardware: Hardware,
    load: Load,
    taken: Assumptions,
    power: Electricity,
    *,
    weights: Weights = "bf16",
    gpus: int | None = None,
) -> Serving:
    """The replicas that the busiest hour of a load needs; they are kept day and night."""
    rate = rate_of(model, hardware, load, taken, weights=weights, gpus=gpus)
    seconds_a_request = load.prompt / rate.read + load.answer / rate.decoded
    used = load.requests_a_second * seconds_a_request
    replicas = max(1, math.ceil(used))
    size = replicas * rate.gpus
    tokens = load.officers * load.requests_a_day * load.answer
    kwh = size * hardware.kilowatts * taken.drawn_power.value * power.pue * HOURS
    rent = size * hardware.hkd_per_hour * HOURS
    hkd = rent if hardware.hkd_per_hour else kwh * power.hkd_per_kwh
    return Serving(
        weights=weights,
        load=load,
        rate=rate,
        replicas=replicas,
        gpus=size,
        busy=used / replicas,
        tokens_a_day=tokens,
        hkd_a_day=hkd,
        kwh_a_day=kwh,
        kg_co2e_a_day=kwh * power.kg_co2e_per_kwh,
        hkd_a_million_tokens=hkd / tokens * 1e6,
    )


def _cache_bytes(model: Architecture, context: int) -> float:
    """Bytes kept of each token of a context, mean of the layers: a window keeps no more than itself."""
    kept = sum(
        min(context, model.window(layer)) / context if model.window(layer) else 1.0
        for layer in range(model.layers)
    )
    return kept * model.cached_width * HALF


def _fewest(needed: float, hardware: Hardware) -> int:
    """The smallest power of two of GPUs that holds so many bytes."""
    each = hardware.memory_gb * 1e9 * SPARE
    return 1 << max(0, math.ceil(math.log2(needed / each)))


def _read_weights(model: Architecture, sequences: int) -> float:
    """Parameters that a step reads when so many sequences each choose their experts."""
    found, experts = count(model), model.experts
    read = found.total - found.table if not model.tied else found.total
    if experts is None:
        return read
    chosen = 1 - (1 - experts.active / experts.routed) ** sequences
    return read - found.routed * (1 - chosen)


def _step(
    model: Architecture,
    hardware: Hardware,
    load: Load,
    taken: Assumptions,
    weights: Weights,
    gpus: int,
    sequences: int,
) -> tuple[float, Literal["memory", "operations"]]:
    """Seconds of a step that writes one token of each sequence, and what bounds it."""
    context = load.prompt + load.answer // 2
    moved = _read_weights(model, sequences) * WEIGHT_BYTES[weights]
    moved += sequences * context * _cache_bytes(model, context)
    reached = taken.writing(experts=model.experts is not None)
    memory = moved / (hardware.bandwidth_tb * 1e12 * gpus * reached.value)
    # the newest token attends to the whole context, twice the mean over a document of that length
    each = product_flops(model) + 2 * attention_flops(model, context)
    peak = hardware.peak("fp8" if weights == "fp8" else "bf16")
    operations = sequences * each / (peak * gpus * taken.reading(experts=model.experts is not None).value)
    return max(memory, operations), "memory" if memory >= operations else "operations"


def _most_sequences(
    model: Architecture,
    hardware: Hardware,
    load: Load,
    taken: Assumptions,
    weights: Weights,
    gpus: int,
    most: int,
) -> int:
    """As many sequences as the memory holds while each is still written at the least rate."""
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        seconds, _ = _step(model, hardware, load, taken, weights, gpus, middle)
        if 1 / seconds >= load.least_rate:
            low = middle
        else:
            high = middle - 1
    return low
