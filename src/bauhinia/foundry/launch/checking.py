"""Launch files held against what each tool takes, as `schemas/` records it from the tool's own source."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["automodel_faults", "schema", "slurm_faults", "swift_faults", "verl_faults"]

CHOICE = re.compile(r"Literal\[(.*?)\]")
PLAIN = {"bool": bool, "int": int, "float": (int, float), "str": str}


@cache
def schema(tool: str) -> dict[str, Any]:
    """What is recorded of a tool."""
    text = files(__package__).joinpath("schemas", f"{tool}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def swift_faults(command: str, arguments: Mapping[str, object]) -> list[str]:
    """Arguments that `megatron <command>` of ms-swift does not take, or not with such a value."""
    known = schema("swift")["commands"][command]
    return list(_faults(known, {key: value for key, value in arguments.items() if value is not None}))


def automodel_faults(recipe: Mapping[str, Any]) -> list[str]:
    """Keys of a NeMo Automodel recipe that their section does not take, or not with such a value."""
    found = schema("automodel")
    faults = list(_faults(found["sections"][""], recipe))
    for section, known in found["sections"].items():
        if section and (given := _section(recipe, section)) is not None:
            plain = {key: value for key, value in given.items() if key != "_target_"}
            faults += [f"{section}.{fault}" for fault in _faults(known, plain)]
    ours = (target for target in _targets(recipe) if target.startswith("nemo_automodel.components"))
    return faults + [f"{target} is not there" for target in ours if target not in found["targets"]]


def verl_faults(overrides: Mapping[str, object]) -> list[str]:
    """Overrides that verl's configuration has no key for, or of another type; a new key needs `+`."""
    found = schema("verl")
    faults = []
    for key, value in overrides.items():
        name = key.removeprefix("+")
        if key in found["groups"]:
            faults += [] if value in found["groups"][key] else [f"{key} is none of {found['groups'][key]}"]
        elif key.startswith("+"):
            record = name.rpartition(".")[0]
            inside = record in found["open"] or any(known.startswith(f"{record}.") for known in found["keys"])
            faults += [f"{name} is there already"] if name in found["keys"] else []
            faults += [] if inside else [f"{record} is not there"]
        else:
            faults += _faults(found["keys"], {key: value}, references=True)
    return faults


def slurm_faults(options: Mapping[str, object]) -> list[str]:
    """Options that sbatch does not have."""
    known = schema("slurm")["options"]
    return [f"{name} is unknown" for name in options if name not in known]


def _faults(
    known: Mapping[str, str], given: Mapping[str, object], *, references: bool = False
) -> Iterator[str]:
    for key, value in given.items():
        if key not in known:
            yield f"{key} is unknown"
        elif not fits(known[key], value, references=references):
            yield f"{key} is {known[key]}, not {value!r}"


def fits(kind: str, value: object, *, references: bool = False) -> bool:
    """Whether a value can be of an annotated kind; kinds that are not plain take anything.

    With `references` anything may stand where text is recorded: a default that refers to another key is text.
    """
    choices = CHOICE.search(kind)
    if choices and repr(value) in choices[1].replace('"', "'").split(", "):
        return True
    names = [name for name in PLAIN if re.search(rf"\b{name}\b", CHOICE.sub("", kind))]
    if references and kind == "str":
        return True
    if not names:
        return not choices
    return any(_is(PLAIN[name], value) for name in names) or _other(kind)


def _is(plain: Any, value: object) -> bool:
    if isinstance(value, bool):
        return plain is bool
    return isinstance(value, plain)


def _other(kind: str) -> bool:
    """Whether the kind also takes what is not plain: a list, a record, anything."""
    return bool(re.search(r"\b(Any|List|list|Dict|dict|Sequence|Path|Union\[.*Mode)\b", kind))


def _section(recipe: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = recipe
    for part in path.split("."):
        found = found.get(part) if found is not None else None
    return found


def _targets(value: object) -> Iterator[str]:
    """Every `_target_`, at any depth."""
    if isinstance(value, Mapping):
        if isinstance(value.get("_target_"), str):
            yield value["_target_"]
        for each in value.values():
            yield from _targets(each)
