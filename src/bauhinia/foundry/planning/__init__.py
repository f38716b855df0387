"""What a recipe will cost to make, and what its model will cost to run: by formula, with every assumption."""

from __future__ import annotations

from .actual import ActualCost, ActualStage, actual
from .architecture import Architecture, architecture_of, read_architecture, shipped_architectures
from .flops import Convention, forward_flops, training_flops
from .hardware import Hardware, assumptions, electricity, hardware, known_hardware
from .making import Plan, StagePlan, plan
from .memory import Memory, memory_of
from .parameters import Parameters, count
from .published import compared, published
from .rendering import as_data, as_json, as_markdown, published_markdown, render
from .serving import Load, Rate, Serving, rate_of, serving_of
from .sharding import Sharding, default_sharding, sharding_of
from .work import Work, architecture_in, works

__all__ = [
    "ActualCost",
    "ActualStage",
    "Architecture",
    "Convention",
    "Hardware",
    "Load",
    "Memory",
    "Parameters",
    "Plan",
    "Rate",
    "Serving",
    "Sharding",
    "StagePlan",
    "Work",
    "actual",
    "architecture_in",
    "architecture_of",
    "as_data",
    "as_json",
    "as_markdown",
    "assumptions",
    "compared",
    "count",
    "default_sharding",
    "electricity",
    "forward_flops",
    "hardware",
    "known_hardware",
    "memory_of",
    "plan",
    "published",
    "published_markdown",
    "rate_of",
    "read_architecture",
    "render",
    "serving_of",
    "sharding_of",
    "shipped_architectures",
    "training_flops",
    "works",
]
