"""One piece of the gallery made, checked and written into its folder; what is made already is kept."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from ...pilot.office import Office
from ...provenance import Origin, Record, new_id
from ..itineraries.asking import read_trip
from ..itineraries.checking import check
from ..itineraries.conditions import conditions_of
from ..itineraries.drawing import map_svg
from ..itineraries.issuing import MEDIA_TYPES, issued_plan
from ..itineraries.planning import plan
from ..itineraries.telling import told
from ..labelled import is_whole, label_by
from ..music import make_song, read_request
from ..music.lyricist import lyrics_by_model
from ..tools import Context
from ..tools.result import HONG_KONG
from ..video import from_script, make_video, storyboard_for
from ..video.scriptwriter import script_writer, translator
from ..work import Check, Label, Progress
from .pieces import FilmPiece, Piece, SongPiece, TripPiece

MARK = "piece.json"
"""Written last: a folder without it is made anew."""
PROGRAM = "bauhinia-composer"


class MadeFile(BaseModel):
    """A file of a piece."""

    model_config = ConfigDict(frozen=True)

    name: str
    media_type: str
    size: int


class Looked(BaseModel):
    """A check, kept."""

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    detail: str


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


class _Result(BaseModel):
    """What a maker gives."""

    title: str
    model: str = ""
    label: str
    lines: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    files: dict[str, tuple[bytes, str]]
    """Contents and media types by name."""
    checks: tuple[Looked, ...]


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
            result = await _song(piece, office, progress)
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
        files=tuple(
            MadeFile(name=name, media_type=media_type, size=len(data))
            for name, (data, media_type) in result.files.items()
        ),
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


async def _trip(piece: TripPiece, office: Office, context: Context) -> _Result:
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
    return _Result(title=words.title, label=words.label, lines=lines, files=files, checks=(sound,))


async def _song(piece: SongPiece, office: Office, progress: Progress) -> _Result:
    brief = read_request(piece.request)
    label, left_out = _label(office, "chat.music", brief.language), _Gathered()
    song = await make_song(
        brief,
        label=label,
        made=datetime.now(HONG_KONG).date(),
        write_lyrics=partial(lyrics_by_model, office.gateway, officer=office.officer, left_out=left_out),
        progress=progress,
    )
    lyrics = song.lyrics
    facts = f"{brief.key.name}, {brief.metre}, {brief.tempo:g}/min, {brief.mood}"
    return _Result(
        title=lyrics.title,
        model=lyrics.written_by,
        label=label.sentence,
        lines=(facts, *lyrics.verse_1, *lyrics.chorus, *lyrics.verse_2),
        left_out=left_out.rows,
        files={
            "song.mp3": (song.mp3, "audio/mpeg"),
            "song.wav": (song.wav, "audio/wav"),
            "song.musicxml": (song.musicxml, "application/vnd.recordare.musicxml+xml"),
            "song.mid": (song.midi, "audio/midi"),
        },
        checks=_looked(song.checks),
    )


async def _film(piece: FilmPiece, office: Office, progress: Progress) -> _Result:
    label, left_out = _label(office, "chat.video", piece.language), _Gathered()
    if piece.request:
        writer = script_writer(office.gateway, officer=office.officer, left_out=left_out)
        board = await storyboard_for(piece.request, piece.language, writer, second=piece.second)
        board = board.model_copy(update={"palette": piece.palette})
    else:
        board = from_script(piece.script, piece.language, second=piece.second, palette=piece.palette)
    film = await make_video(
        board,
        label=label,
        read_manifest=partial(is_whole, office.labels),
        translate=translator(office.gateway, officer=office.officer) if piece.request else None,
        progress=progress,
    )
    subtitles = {
        f"film.{language}.srt": (text.encode(), "application/x-subrip")
        for language, text in film.subtitles.items()
    }
    return _Result(
        title=film.storyboard.title.first,
        model=f"{office.gateway.model}: script and second language" if piece.request else "",
        label=label.sentence,
        left_out=left_out.rows,
        lines=tuple(f"{line.first} / {line.second}" for line in film.storyboard.lines),
        files={"film.mp4": (film.mp4, "video/mp4"), **subtitles},
        checks=_looked(film.checks),
    )


class _Gathered:
    """A `LeftOut` that keeps what it is told, each text once."""

    def __init__(self) -> None:
        self._rows: dict[str, str] = {}

    def __call__(self, text: str, reason: str) -> None:
        self._rows.setdefault(text, reason)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Text and reason."""
        return tuple(self._rows.items())


def _label(office: Office, use: str, language: str) -> Label:
    now = datetime.now(HONG_KONG).isoformat(timespec="seconds")
    record = Record(
        id=new_id(),
        use=use,
        origin=Origin(model=f"{PROGRAM}, {office.gateway.model}", made_at=now),
        department=office.officer.department,
        issued_at=now,
        language={"yue": "zh-Hant-HK", "cmn": "zh-Hans", "en": "en"}[language],
    )
    return label_by(office.labels, record, office.officer)


def _looked(checks: Sequence[Check]) -> tuple[Looked, ...]:
    return tuple(Looked(name=each.name, passed=each.passed, detail=each.detail) for each in checks)


def opened(folder: Path) -> dict[str, Any]:
    """What other programs said of the files, where they were asked (`scripts/open_gallery.py`)."""
    path = folder / "opened.json"
    found: dict[str, Any] = orjson.loads(path.read_bytes()) if path.is_file() else {}
    return found
