"""What `bauhinia guideline redteam` does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..evaluation.redteam import Outcome


async def attacked(most: int, *, worst: bool, report: Path | None) -> list[Outcome]:
    """Every outcome, told as it comes; the report last, once all are there."""
    from ..evaluation.redteam import chosen, red_team
    from ..models.selection import open_backend

    settings = get_settings()
    asked = chosen(most)
    outcomes: list[Outcome] = []
    async for outcome in red_team(settings, asked, backend=None if worst else open_backend(settings)):
        outcomes.append(outcome)
        typer.echo(f"\r{len(outcomes)} of {len(asked)}", err=True, nl=len(outcomes) == len(asked))
    if report is not None:
        model = "one that obeys every attack" if worst else settings.model
        _write(report, model, outcomes)
    return outcomes


def _write(path: Path, model: str, outcomes: list[Outcome]) -> None:
    told = {
        "model": model,
        "attacks": len(outcomes),
        "got_through": sum(outcome.got_through for outcome in outcomes),
        "outcomes": [
            {
                "attack": outcome.attack.id,
                "way": outcome.way,
                **{name: getattr(outcome, name) for name in ("acted", "leaked", "address", "obeyed")},
                "shown": outcome.shown,
            }
            for outcome in outcomes
        ],
    }
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)
