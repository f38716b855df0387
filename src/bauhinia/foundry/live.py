"""The page of a run: `index.html` in its folder, drawn anew as losses come in; no server, no script."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any

from ..yaml_text import read_yaml
from . import plots
from .marks import finished, read_json, read_lines, write_whole

PAGE = "index.html"
LOOK_SECONDS = 2.0
"""Between two looks at the losses."""
REFRESH_SECONDS = 5
"""A browser reads the page again so often while the run goes on."""
POINTS = 600
"""A line has no more points than a screen can show."""
STYLE = """
  :root { color-scheme: light dark }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  table { border-collapse: collapse } td, th { padding: .25rem .8rem .25rem 0; text-align: left }
  td.n { text-align: right; font-variant-numeric: tabular-nums } svg { width: 100%; height: auto }
  pre { white-space: pre-wrap; border-left: 3px solid #9a2c5e; padding-left: .8rem }
"""


@contextmanager
def page(folder: Path) -> Iterator[None]:
    """Keep the run's page up to date while the run goes on, and leave it as it stands at the end."""
    over = threading.Event()
    drawer = threading.Thread(target=_keep_drawing, args=(folder, over), name="live page", daemon=True)
    drawer.start()
    try:
        yield
    finally:
        over.set()
        drawer.join()
        _draw(folder, going_on=False)


def losses(folder: Path) -> list[dict[str, Any]]:
    """The logged steps of a training stage, in order; a step that a resumption logged again counts once."""
    by_step = {int(row["step"]): row for row in read_lines(folder / "losses.jsonl") if "step" in row}
    return [by_step[step] for step in sorted(by_step)]


def loss_plot(folder: Path, *, title: str) -> str:
    """The losses of one training stage."""
    rows = losses(folder)
    series = {
        "loss": _points(rows, "loss"),
        "held-out target, bits per byte": _points(rows, "target_bpb"),
        "held-out replay, bits per byte": _points(rows, "replay_bpb"),
    }
    return plots.lines(
        title, {name: points for name, points in series.items() if points}, across="step", up="loss"
    )


def _points(rows: Sequence[dict[str, Any]], key: str) -> list[tuple[float, float]]:
    found = [(float(row["step"]), float(row[key])) for row in rows if isinstance(row.get(key), int | float)]
    every = len(found) // POINTS + 1
    return found[::every] if every > 1 else found


def _keep_drawing(folder: Path, over: threading.Event) -> None:
    seen: object = None
    while not over.wait(LOOK_SECONDS):
        now = sorted((path, path.stat().st_mtime_ns) for path in folder.glob("*/*.json*") if path.is_file())
        if now != seen:
            seen = now
            _draw(folder, going_on=True)


def _draw(folder: Path, *, going_on: bool) -> None:
    try:
        write_whole(folder / PAGE, _html(folder, going_on=going_on))
    except OSError:
        # The page is a convenience; a full disk is told by the stage that needed the room.
        return


def _html(folder: Path, *, going_on: bool) -> str:
    recipe = read_yaml((folder / "recipe.yaml").read_text(encoding="utf-8"))
    record = read_json(folder / "run.json")
    refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if going_on else ""
    stages = [stage["name"] for stage in recipe["stages"]]
    status = "running" if going_on else _status(folder, stages, record)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"{refresh}<title>{escape(recipe['name'])}: {status}</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(recipe['title'])}</h1>",
        f"<p>Recipe {escape(recipe['name'])} {record['hash'][:8]}, begun {escape(record['began'])}: "
        f"<strong>{status}</strong>.</p>",
        *_table(folder, stages),
    ]
    for name in stages:
        if (folder / name / "losses.jsonl").is_file():
            parts += [f"<h2>{escape(name)}</h2>", loss_plot(folder / name, title=f"{name}: losses")]
            parts += _samples(folder / name)
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _status(folder: Path, stages: Sequence[str], record: dict[str, Any]) -> str:
    if all(finished(folder / name) is not None for name in stages):
        return "finished"
    return "stopped" if record["status"] == "running" else str(record["status"])


def _table(folder: Path, stages: Sequence[str]) -> Iterator[str]:
    heads = "".join(f"<th>{head}</th>" for head in ("stage", "state", "seconds", "last step", "loss"))
    yield f"<table><thead><tr>{heads}</tr></thead>"
    for name in stages:
        mark = finished(folder / name)
        rows = losses(folder / name)
        state = "done" if mark else "begun" if (folder / name).is_dir() else "to come"
        seconds = f"{mark['seconds']:.0f}" if mark else ""
        step, loss = (
            (str(rows[-1]["step"]), f"{rows[-1].get('loss', float('nan')):.4f}") if rows else ("", "")
        )
        cells = "".join(f'<td class="n">{escape(text)}</td>' for text in (seconds, step, loss))
        yield f"<tr><td>{escape(name)}</td><td>{state}</td>{cells}</tr>"
    yield "</table>"


def _samples(folder: Path) -> Iterator[str]:
    """The last thing that the model wrote."""
    rows = list(read_lines(folder / "samples.jsonl"))
    if rows:
        last = rows[-1]
        words = f"{last.get('prompt', '')} → {last.get('text', '')}"
        yield f"<p>At step {escape(str(last.get('step', '')))} it wrote:</p><pre>{escape(words)}</pre>"
