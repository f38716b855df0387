"""Text that is not worth learning from, by what `measures.py` counts and `data/thresholds.yaml` allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

from ....errors import InputError
from ....yaml_text import read_yaml
from ..measures import Measures, measured, thresholds_data
from ..rows import RowLanguage

_FEW_STOCK = 3
_TOKEN = re.compile("[\u3400-\u9fff]|[A-Za-z0-9]+")
_SLOT = re.compile(r"%(?:\d+\$)?[-#0 +']*\d*(?:\.\d+)?(?:hh|ll|[hlLzjt])?[diouxXeEfgGcsp]|\{\w*\}")
_LISTED = {
    "symbols": "symbols",
    "digits": "digits",
    "repeated_lines": "repeated_lines",
    "repeated_phrases": "repeated_phrases",
}
"""Measures that say something of a text of any length, and the reason each gives."""


def read_thresholds(path: Path | None) -> dict[str, Any]:
    """The thresholds of that file over ours. Raises InputError for a file that is none."""
    if path is None:
        return thresholds_data()
    try:
        given = read_yaml(path.read_text(encoding="utf-8"))
        return {**thresholds_data(), **given}
    except (OSError, ValueError, TypeError, yaml.YAMLError) as error:
        raise InputError(
            f"The thresholds in {path} cannot be read.",
            hint="Begin from a copy of data/thresholds.yaml of bauhinia.foundry.corpus.",
        ) from error


def fault(found: Measures, limits: Mapping[str, float], rates_from: int) -> str:
    """Why a text is turned away; empty where it is not."""
    if found.tokens < limits["least_tokens"]:
        return "too_short"
    for measure, reason in _LISTED.items():
        if getattr(found, measure) > limits[measure]:
            return reason
    if found.boilerplate >= _FEW_STOCK and found.boilerplate > limits["boilerplate"] * found.tokens:
        return "boilerplate"
    return _fault_of_rates(found, limits) if found.tokens >= rates_from else ""


def _fault_of_rates(found: Measures, limits: Mapping[str, float]) -> str:
    if found.top_phrase > limits["top_phrase"]:
        return "top_phrase"
    if found.variety < limits["variety"]:
        return "few_different_words"
    if found.function < limits["function"]:
        return "few_function_words"
    if found.longest > limits["longest"]:
        return "no_sentences"
    return "lines_without_end" if found.open_lines > limits["open_lines"] else ""


def fault_of(text: str, language: RowLanguage, thresholds: Mapping[str, Any] | None = None) -> str:
    """Why running text of a language is turned away; empty where it is not."""
    given = thresholds or thresholds_data()
    return fault(measured(text, language), given["limits"][language], given["rates_from"])


def fault_of_pair(english: str, chinese: str, thresholds: Mapping[str, Any] | None = None) -> str:
    """Why a pair is turned away: `untranslated`, `symbols`, `lengths`, `slots_differ`; empty where it is
    not."""
    limits = (thresholds or thresholds_data())["parallel"]
    if english.casefold() == chinese.casefold():
        return "untranslated"
    if measured(f"{english}\n{chinese}", "mixed").symbols > limits["symbols"]:
        return "symbols"
    if _slots(english) != _slots(chinese):
        return "slots_differ"
    sizes = sorted(len(_TOKEN.findall(side)) for side in (english, chinese))
    unlike = sizes[1] > limits["ratio_from"] and sizes[1] > limits["most_ratio"] * max(1, sizes[0])
    return "lengths" if unlike or not sizes[0] else ""


def _slots(text: str) -> list[str]:
    """What a program fills in, whatever the order."""
    return sorted(re.sub(r"\d+\$", "", slot) for slot in _SLOT.findall(text))


class Worthwhile(BaseFilter):
    """Turns away rows that are not worth learning from, each with the limit that it broke."""

    name = "Quality"

    def __init__(self, thresholds: Mapping[str, Any], exclusion_writer: DiskWriter) -> None:
        super().__init__(exclusion_writer)
        self._thresholds = thresholds

    def filter(self, doc: Document) -> Literal[True] | tuple[Literal[False], str]:
        """The reasons of `fault` and `fault_of_pair`."""
        if pair := doc.metadata.get("pair"):
            reason = fault_of_pair(pair[0], pair[1], self._thresholds)
        else:
            reason = fault_of(doc.text, doc.metadata["language"], self._thresholds)
        return (False, reason) if reason else True
