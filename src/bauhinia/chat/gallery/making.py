"""One piece of the gallery made, checked and written into its folder; what is made already is kept."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from ...pilot.office import Office
from ..itineraries.asking import read_trip
from ..itineraries.checking import check
from ..itineraries.conditions import conditions_of
from ..itineraries.drawing import map_svg
from ..itineraries.issuing import MEDIA_TYPES, issued_plan
from ..itineraries.planning import plan
from ..itineraries.telling import told
from ..music import read_request
from ..studio.made import Gathered, Looked, MadeFile
from ..studio.made import Made as Result
from ..studio.making import Makers
from ..tools import Context
from ..video import from_script, storyboard_for
from ..video.scriptwriter import script_writer
from ..work import Progress
from .pieces import FilmPiece, Piece, SongPiece, TripPiece

MARK = "piece.json"
"""Written last: a folder without it is made anew."""


class Made(BaseModel):
    """What became of a piece."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    digest: str
    """Of what was asked: a piece that is asked otherwise is made anew."""
    title: str
    asked: str
    seconds: float
    """That making it took."""
    model: str
    """Which model had a part in it, and which part; empty for none."""
    label: str
    """The visible label that its files carry."""
    lines: tuple[str, ...]
    """What it says, for the page."""
    left_out: tuple[tuple[str, str], ...]
    """What the model gave that a program did not take, each with the reason."""
    files: tuple[MadeFile, ...]
    checks: tuple[Looked, ...]

    @property
    def passed(self) -> bool:
        """Whether every check did."""
        return bool(self.checks) and all(check.passed for check in self.checks)


async def make_piece(
    piece: Piece, folder: Path, office: Office, context: Context, progress: Progress
) -> tuple[Made, bool]:
    """The piece in `folder`/its id, and whether it was made just now. What is half made when the work is
    cancelled is made anew next time. Raises what the makers and the gateway raise."""
    place = folder / piece.id
    digest = hashlib.sha256(piece.model_dump_json().encode()).hexdigest()
    if (kept := made_before(place)) is not None and kept.digest == digest:
        return kept, False
    began = time.monotonic()
    match piece:
        case TripPiece():
            result = await _trip(piece, office, context)
        case SongPiece():
            result = await _makers(office).song(read_request(piece.request), progress)
        case FilmPiece():
            result = await _film(piece, office, progress)
    made = Made(
        id=piece.id,
        kind=piece.kind,
        digest=digest,
        title=result.title,
        asked=piece.request or getattr(piece, "script", ""),
        seconds=round(time.monotonic() - began, 1),
        model=result.model,
        label=result.label,
        lines=result.lines,
        left_out=result.left_out,
        files=result.described,
        checks=result.checks,
    )
    await asyncio.to_thread(_write, place, made, {name: data for name, (data, _) in result.files.items()})
    return made, True


def made_before(place: Path) -> Made | None:
    """What was made in a folder; None where nothing was, or something was broken off."""
    mark = place / MARK
    return Made.model_validate_json(mark.read_bytes()) if mark.is_file() else None


def _write(place: Path, made: Made, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name, data in files.items():
        (place / name).write_bytes(data)
    (place / MARK).write_text(made.model_dump_json(indent=1), encoding="utf-8")


async def _trip(piece: TripPiece, office: Office, context: Context) -> Result:
    read = read_trip(piece.request, today=context.today())
    itinerary = await asyncio.to_thread(plan, read.trip, await conditions_of(read.trip, context))
    problems = check(itinerary)
    words = told(itinerary, read.language)
    files: dict[str, tuple[bytes, str]] = {
        "map.svg": (map_svg(itinerary, read.language).encode(), "image/svg+xml")
    }
    for form in MEDIA_TYPES:
        issued = await issued_plan(
            itinerary, form, language=read.language, labels=office.labels, by=office.officer
        )
        files[f"plan.{form}"] = (issued.data, issued.media_type)
    rows = [f"{day.heading}: {', '.join(row.what for row in day.rows)}" for day in words.days]
    sound = Looked(
        name="plan",
        passed=not problems,
        detail="; ".join(problem.what for problem in problems)
        or "nothing overlaps, hours are kept, ways take the time they take, the money adds up",
    )
    lines = (*words.facts, *rows, words.total)
    return Result(title=words.title, label=words.label, lines=lines, files=files, checks=(sound,))


async def _film(piece: FilmPiece, office: Office, progress: Progress) -> Result:
    makers = _makers(office)
    if not piece.request:
        board = from_script(piece.script, piece.language, second=piece.second, palette=piece.palette)
        return await makers.film_of(board, progress)
    left_out = Gathered()
    writer = script_writer(office.gateway, officer=office.officer, left_out=left_out)
    board = await storyboard_for(piece.request, piece.language, writer, second=piece.second)
    board = board.model_copy(update={"palette": piece.palette})
    return await makers.film_of(board, progress, written_by=office.gateway.model, left_out=left_out)


def _makers(office: Office) -> Makers:
    settings = office.settings
    return Makers(
        gateway=office.gateway,
        labels=office.labels,
        officer=office.officer,
        speech_model=settings.speaker_model if settings.speaker_url else None,
    )


def opened(folder: Path) -> dict[str, Any]:
    """What other programs said of the files, where they were asked (`scripts/open_gallery.py`)."""
    path = folder / "opened.json"
    found: dict[str, Any] = orjson.loads(path.read_bytes()) if path.is_file() else {}
    return found
