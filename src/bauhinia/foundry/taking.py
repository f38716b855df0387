"""What another run made already is taken over, where it was made from the same inputs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .marks import DONE, WORKING, finished, write_json

PARTS = "parts"
"""Measurements of single models, each of which says what was measured."""


def taken_over(stage: str, inputs: str, place: Path, beside: Sequence[Path]) -> bool:
    """Take a stage from the first run of `beside` that did it with these inputs; whether there was one.

    Files are linked where the disk allows it, else copied; the mark, which says from where, comes last.
    """
    for run in beside:
        mark = finished(run / stage)
        if mark is None:
            continue
        if inputs and mark.get("inputs") == inputs:
            for name in WORKING:
                shutil.rmtree(place / name, ignore_errors=True)
            link_tree(run / stage, place)
            write_json(place / DONE, {**mark, "taken_from": run.name})
            return True
        if (run / stage / PARTS).is_dir():
            link_tree(run / stage / PARTS, place / PARTS)
    return False


def link_tree(source: Path, target: Path) -> None:
    """Link or copy every file below a folder but its mark."""
    for path in sorted(source.rglob("*")):
        there = target / path.relative_to(source)
        if path.is_file() and path.name != DONE:
            there.parent.mkdir(parents=True, exist_ok=True)
            there.unlink(missing_ok=True)
            link(path, there)


def link(source: Path, target: Path) -> None:
    """The same file at another place: a hard link where the disk allows it, else a copy."""
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copyfile(source, target)
