"""Write the measured figures into deploy/SIZING.md. `--check` changes nothing and fails where they differ."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "deploy" / "SIZING.md"
FIGURES = {
    "gateway.cpu_ms_per_request": "CPU of the server for each question to a model, ledger committed",
    "gateway.requests_per_second_per_core": "the most that one core passes on",
    "gateway.added_p50_ms": "what an officer waits more than for the model alone",
    "load.knee_officers": "officers at once, of one server on two cores, at which the curve bends",
    "load.errors": "errors under that load",
    "retrieval.query_p50_ms": "a search of a department's library",
    "retrieval.pages_per_second": "taking pages into it",
    "start.rss_mb": "memory of a server that has just started, without a model",
    "start.seconds": "from the command to the first page",
}
"""What sizes what; a name that is not measured yet is said to be so."""


def table(measured: dict[str, dict[str, object]]) -> str:
    """The figures as Markdown."""
    lines = ["| figure | measured | what it sizes |", "|---|---|---|"]
    for name, about in FIGURES.items():
        figure = measured.get(name)
        value = f"{figure['value']} {figure['unit']}".strip() if figure else "not measured yet"
        lines.append(f"| `{name}` | {value} | {about} |")
    return "\n".join(lines)


def main() -> None:
    """Fill in the table between the marks."""
    measured = {each["name"]: each for each in json.loads((ROOT / "docs" / "benchmarks.json").read_text())}
    guide = GUIDE.read_text()
    begin, end = "<!-- figures: begin -->\n", "\n<!-- figures: end -->"
    head, rest = guide.split(begin)
    _, tail = rest.split(end)
    written = f"{head}{begin}{table(measured)}{end}{tail}"
    if "--check" in sys.argv and written != guide:
        sys.exit("deploy/SIZING.md is not what docs/benchmarks.json says: run scripts/write_sizing.py")
    GUIDE.write_text(written)


if __name__ == "__main__":
    main()
