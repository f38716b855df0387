"""`bauhinia notes FILE`: the notes of a meeting, from a transcript, subtitles or a recording."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from .environment import get_settings
from .output import written_to

if TYPE_CHECKING:
    from ..chat.notes.finding import Notes
    from ..chat.notes.transcript import Transcript
    from ..pilot.office import Office
    from ..provenance import Origin


def notes(
    file: Annotated[
        Path, typer.Argument(help="Text, Word, SRT, WebVTT, or a recording.", exists=True, dir_okay=False)
    ],
    held: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of the meeting, from which “next Friday” is counted."),
    ] = None,
    language: Annotated[
        Literal["yue", "cmn", "en"], typer.Option(help="Of a recording: Cantonese, Putonghua, English.")
    ] = "yue",
    summary: Annotated[bool, typer.Option("--summary", help="Have the model word a summary too.")] = False,
    docx: Annotated[Path | None, typer.Option(help="Write the minutes to this Word file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the notes as JSON.")] = False,
) -> None:
    """Find who spoke, what was decided, and who is to do what by when, each with its line and time."""
    if docx is not None and docx.suffix.lower() != ".docx":
        raise typer.BadParameter(f"{docx.name} does not end in .docx.", param_hint="--docx")
    asyncio.run(_work(file, held, language, summary=summary, docx=docx, as_json=as_json))


async def _work(
    file: Path,
    held: datetime | None,
    language: Literal["yue", "cmn", "en"],
    *,
    summary: bool,
    docx: Path | None,
    as_json: bool,
) -> None:
    from ..chat.notes.files import is_sound, read_file
    from ..chat.notes.finding import find_notes
    from ..settings import Limits
    from .rendering import harmless

    data = await asyncio.to_thread(file.read_bytes)
    day = held.date() if held else None
    if not is_sound(file.name) and not summary and docx is None:
        _print(find_notes(await read_file(data, file.name, Limits()), day), as_json=as_json)
        return
    from ..chat.notes.issuing import issued_notes
    from ..chat.notes.sealing import both
    from ..pilot.office import open_office

    async with open_office(get_settings()) as office:
        heard: Origin | None = None
        if is_sound(file.name):
            transcript, heard = await _heard(office, data, language)
        else:
            transcript = await read_file(data, file.name, Limits())
        found, wrote = find_notes(transcript, day), None
        if summary:
            found, wrote = await _with_summary(office, found)
        _print(found, as_json=as_json)
        for origin in filter(None, (heard, wrote)):
            typer.echo(harmless(f"AI-generated in part ({origin.model}). Check before use."), err=True)
        if docx is not None:
            issued = await issued_notes(
                found, labels=office.labels, by=office.officer, origin=both(heard, wrote)
            )
            written_to(docx, issued.data)


async def _heard(
    office: Office, data: bytes, language: Literal["yue", "cmn", "en"]
) -> tuple[Transcript, Origin | None]:
    from ..chat.notes.hearing import heard_meeting

    told = "Written down by a recogniser: who speaks is not told apart. Correct it before you rely on it."
    typer.echo(told, err=True)
    heard = await heard_meeting(
        office.gateway,
        data,
        language,
        officer=office.officer,
        progress=lambda what, share: typer.echo(f"{what}: {share:.0%}", err=True),
    )
    return heard.transcript, heard.origin


async def _with_summary(office: Office, notes: Notes) -> tuple[Notes, Origin | None]:
    from dataclasses import replace

    from ..chat.notes.summary import Summarised, summarised

    async for event in summarised(notes.transcript, office.gateway, office.officer):
        if isinstance(event, Summarised):
            if event.withdrawn:
                typer.echo(f"{event.withdrawn} sentences that no lines bore out were left out.", err=True)
            return replace(notes, summary=event.summary), event.origin
    raise AssertionError("the whole comes last")


def _print(notes: Notes, *, as_json: bool) -> None:
    from .rendering import harmless

    if as_json:
        print(json.dumps(_as_json(notes), ensure_ascii=False, indent=2))
        return
    for line in _lines(notes):
        print(harmless(line))


def _lines(notes: Notes) -> Iterator[str]:
    held = notes.held.isoformat() if notes.held else "not known; give it with --held"
    yield f"Day of the meeting: {held}"
    yield f"Speakers: {', '.join(notes.transcript.speakers) or 'not named'}"
    if notes.summary:
        yield from (
            "",
            "Summary (AI-generated)",
            *(f"  {said.text} {_places(said.lines)}" for said in notes.summary),
        )
    sure = [each for each in notes.decisions if each.sure]
    yield from ("", f"Decisions: {len(sure)}")
    for decision in sure:
        yield from _item(notes, decision.text, decision.lines)
    yield from ("", f"Actions: {len(notes.actions)}")
    for action in notes.actions:
        due = action.due.day.isoformat() if action.due.day else action.due.words or "no day said"
        yield from _item(notes, f"{action.owner or 'nobody named'} · {due} · {action.text}", action.lines)
    if maybe := [each for each in notes.decisions if not each.sure]:
        yield from ("", f"May be decisions, left out of the minutes: {len(maybe)}")
        for decision in maybe:
            yield from _item(notes, decision.text, decision.lines)


def _item(notes: Notes, text: str, numbers: tuple[int, ...]) -> Iterator[str]:
    yield f"  - {text}"
    for number in numbers:
        yield f"      line {number}: {notes.transcript.line(number).quote}"


def _places(numbers: tuple[int, ...]) -> str:
    return f"[{', '.join(f'line {number}' for number in numbers)}]"


def _as_json(notes: Notes) -> dict[str, Any]:
    def quoted(numbers: tuple[int, ...]) -> list[dict[str, Any]]:
        lines = [notes.transcript.line(number) for number in numbers]
        return [
            {"line": each.number, "time": each.clock, "speaker": each.speaker, "words": each.words}
            for each in lines
        ]

    return {
        "meeting": notes.transcript.meeting,
        "held": notes.held.isoformat() if notes.held else None,
        "language": notes.transcript.language.value,
        "speakers": list(notes.transcript.speakers),
        "decisions": [
            {"text": each.text, "sure": each.sure, "lines": quoted(each.lines)} for each in notes.decisions
        ],
        "actions": [
            {
                "text": each.text,
                "owner": each.owner,
                "due": each.due.words,
                "day": each.due.day.isoformat() if each.due.day else None,
                "lines": quoted(each.lines),
            }
            for each in notes.actions
        ],
        "summary": [{"text": each.text, "lines": quoted(each.lines)} for each in notes.summary],
    }
