"""What a benchmark found: one JSON object a figure on standard output, kept in `docs/benchmarks.*`.

from report import record
record("gateway.cpu_ms_per_request", 1.4, "ms", beside={"bare pass-through": 0.6}, target="<= 3")
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"

Beside = Mapping[str, float | str | None]


def record(name: str, value: float, unit: str, *, beside: Beside | None = None, target: str = "") -> None:
    """Print the figure and merge it into `docs/benchmarks.json` and `docs/benchmarks.md` by its name.

    `beside` holds what peers or the floor did in the same run (None where one could not be run); `target` is
    such as `<= 3`.
    """
    figure = {
        "name": name,
        "value": _rounded(value),
        "unit": unit,
        "target": target,
        "beside": {key: _rounded(other) for key, other in (beside or {}).items()},
        "machine": machine(),
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
    }
    print(json.dumps(figure, ensure_ascii=False), flush=True)
    _keep(figure)


def meets(value: float, target: str) -> bool | None:
    """Whether a value is as its target says; None where there is no target."""
    match = re.fullmatch(r"(<=|>=|=)\s*([0-9.]+)\s*%?", target)
    if match is None:
        return None
    bound = float(match[2])
    return {"<=": value <= bound, ">=": value >= bound, "=": value == bound}[match[1]]


def machine() -> str:
    """The machine in words: never its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} x {_processor()}, {memory:.0f} GiB, {platform.system()}, Python {python}"


def commit() -> str:
    """The commit that was measured, with `+` where files were changed since, these figures aside."""
    head = _git("rev-parse", "--short=12", "HEAD")
    others = ("--", ".", ":!docs/benchmarks.*")
    return head + ("+" if _git("status", "--porcelain", "--untracked-files=no", *others) else "")


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    match = re.search(r"model name\s*:\s*(.+)", text)
    return match[1].strip() if match else platform.machine()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, cwd=DOCS.parent, check=False)
    return done.stdout.strip()


def _rounded(value: Any) -> Any:
    """Four significant digits: no benchmark here is more exact than that."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    return value


def _keep(figure: dict[str, Any]) -> None:
    path = DOCS / "benchmarks.json"
    kept = {old["name"]: old for old in json.loads(path.read_text())} if path.exists() else {}
    kept[figure["name"]] = figure
    figures = [kept[name] for name in sorted(kept)]
    DOCS.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n")
    (DOCS / "benchmarks.md").write_text(page(figures))


def page(figures: list[dict[str, Any]]) -> str:
    """The figures as a Markdown page."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; not by hand. Each figure stands beside what a peer or the floor did in the",
        "same run, for machines differ more than programs do. `+` after a commit: files had been changed.",
        "",
        "| figure | value | target | met | beside, same run | machine | commit | date |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(figure) for figure in figures]
    return "\n".join(lines) + "\n"


def _row(figure: dict[str, Any]) -> str:
    met = {True: "yes", False: "**no**", None: ""}[meets(figure["value"], figure["target"])]
    beside = "; ".join(
        f"{name}: {'not run' if value is None else value}" for name, value in figure["beside"].items()
    )
    cells = [
        f"`{figure['name']}`", f"{figure['value']} {figure['unit']}".strip(), figure["target"], met, beside,
        figure["machine"], figure["commit"], figure["date"],
    ]  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
