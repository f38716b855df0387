"""YAML to plain values: no tags, by the C parser, which takes a tenth of the time."""

from __future__ import annotations

from typing import Any

import yaml


def read_yaml(text: str | bytes) -> Any:
    """What the text says. Raises `yaml.YAMLError`."""
    return yaml.load(text, yaml.CSafeLoader)  # safe: it makes no objects
