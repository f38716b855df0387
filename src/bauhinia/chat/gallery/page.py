"""The gallery's page: read from the file system, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined

from .making import Made, made_before, opened
from .pieces import pieces

PAGE = "index.html"
CHECKS = "checks.json"


def write_page(folder: Path) -> Path:
    """Write `index.html` of what is made so far; what other programs said of the files stands beside them.
    `checks.json` says the same of the checks to a program."""
    _write_checks(folder)
    environment = Environment(
        loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    kinds = {kind: list(_of(folder, kind)) for kind in ("itinerary", "song", "film")}
    text = environment.get_template("gallery.html").render(
        kinds=kinds, opened=opened(folder), asked=len(pieces())
    )
    path = folder / PAGE
    path.write_text(text, encoding="utf-8")
    return path


def _write_checks(folder: Path) -> None:
    """Every check of ours and every look of another program, by piece; whether all of it is green."""
    by_others = opened(folder)
    rows: dict[str, dict[str, Any]] = {}
    for piece in pieces():
        made = made_before(folder / piece.id)
        if made is None:
            rows[piece.id] = {"made": False, "passed": False}
            continue
        said = by_others.get(piece.id, [])
        passed = made.passed and bool(said) and all(each["passed"] for each in said)
        checks = [each.model_dump() for each in made.checks]
        rows[piece.id] = {"made": True, "passed": passed, "checks": checks, "opened": said}
    told = {"passed": all(row["passed"] for row in rows.values()), "pieces": rows}
    (folder / CHECKS).write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def _of(folder: Path, kind: str) -> Iterator[dict[str, Any]]:
    for piece in pieces():
        made = made_before(folder / piece.id)
        if made is not None and piece.kind == kind:
            yield {"made": made, "names": [file.name for file in made.files], "map": _map(folder, made)}


def _map(folder: Path, made: Made) -> str:
    """Where the map of a trip is, as the page says it."""
    return f"{made.id}/map.svg" if (folder / made.id / "map.svg").is_file() else ""
