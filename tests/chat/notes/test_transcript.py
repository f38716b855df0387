"""Transcripts in their usual forms, from text and files, within limits."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import pytest

from bauhinia.chat.notes import transcript as forms
from bauhinia.chat.notes.files import is_sound, read_file
from bauhinia.chat.notes.transcript import MOST_CHARACTERS, as_text, read_text
from bauhinia.errors import DocumentError, DocumentTooLarge, EmptyDocument
from bauhinia.language import Variety
from bauhinia.settings import Limits

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Chairman: Hello there.", ("Chairman", "Hello there.", None)),
        ("主席：大家好。", ("主席", "大家好。", None)),
        ("[00:01:02] Chairman: Hello.", ("Chairman", "Hello.", 62)),
        ("00:01:02 Chairman: Hello.", ("Chairman", "Hello.", 62)),
        ("1:02 Chairman: Hello.", ("Chairman", "Hello.", 62)),
        ("00:01:02 --> 00:01:05 Chairman: Hello.", ("Chairman", "Hello.", 62)),
        ("Chairman (00:01:02): Hello.", ("Chairman", "Hello.", 62)),
        ("Chairman 1:02\nHello.", ("Chairman", "Hello.", 62)),
        ("Chairman\tHello.", ("Chairman", "Hello.", None)),
        ("**Chairman:** Hello.", ("Chairman", "Hello.", None)),
        ("Assistant Secretary (Records): Hello.", ("Assistant Secretary (Records)", "Hello.", None)),
        ("00:00:05 Hello, nobody is named.", ("", "Hello, nobody is named.", 5)),
    ],
)
def test_the_usual_forms(text: str, line: tuple[str, str, int | None]) -> None:
    read = read_text(text).lines[0]
    assert (read.speaker, read.words, read.seconds) == line


def test_the_head_gives_facts_and_is_no_speech() -> None:
    read = read_text((SAMPLES / "meeting-en.txt").read_text(encoding="utf-8"))
    assert read.meeting == "Working Group on the Example Road Footbridge"
    assert (read.held, read.venue) == (date(2026, 3, 4), "Conference Room 2")
    assert read.speakers == ("Chairman", "Senior Engineer", "Ward Officer", "Secretary")
    assert read.lines[0].number == 1 and read.lines[0].words.startswith("Good morning")


def test_a_date_without_its_year_is_no_day_of_the_meeting() -> None:
    assert read_text("Date: 4 March\nChair: Hello.").held is None


def test_words_with_a_colon_are_no_speaker() -> None:
    read = read_text("Chair: Two points.\nI have three of them: first, money.\nACTION: Clerk to write.")
    assert [line.speaker for line in read.lines] == ["Chair"] * 3
    assert read.lines[2].words == "ACTION: Clerk to write."


@pytest.mark.parametrize("name", ["meeting-en.txt", "meeting-tc.txt", "meeting-yue.srt", "meeting-sc.vtt"])
async def test_samples_are_read_and_written_again_as_the_same_lines(name: str) -> None:
    read = await read_file((SAMPLES / name).read_bytes(), name, Limits())
    assert read_text(as_text(read)).lines == read.lines
    wanted = {
        "en": Variety.ENGLISH,
        "tc": Variety.TRADITIONAL,
        "yue": Variety.CANTONESE,
        "sc": Variety.SIMPLIFIED,
    }
    assert read.language is wanted[name.split("-")[1].split(".")[0]]


async def test_subtitles_of_one_sentence_are_one_line() -> None:
    cues = (
        "1\n00:00:01,000 --> 00:00:02,000\nChairman: The footbridge is\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\nclosed at night.\n\n3\n00:00:04,000 --> 00:00:05,000\nClerk: Noted.\n"
    )
    read = await read_file(cues.encode(), "a.srt", Limits())
    assert [(line.speaker, line.words, line.clock) for line in read.lines] == [
        ("Chairman", "The footbridge is closed at night.", "00:00:01"),
        ("Clerk", "Noted.", "00:00:04"),
    ]


async def test_word_files_of_paragraphs_and_of_tables() -> None:
    paragraphs = docx.Document()
    for text in ("Chairman   0:05", "We agreed to close it.", "Clerk: Noted."):
        paragraphs.add_paragraph(text)
    table = docx.Document()
    cells = [["00:00:05", "Chairman", "We agreed to close it."], ["00:00:09", "Clerk", "Noted."]]
    grid = table.add_table(rows=2, cols=3)
    for row, texts in zip(grid.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for document in (paragraphs, table):
        out = io.BytesIO()
        document.save(out)
        read = await read_file(out.getvalue(), "meeting.docx", Limits())
        assert [(line.speaker, line.words) for line in read.lines] == [
            ("Chairman", "We agreed to close it."),
            ("Clerk", "Noted."),
        ]
        assert read.lines[0].seconds == 5


async def test_what_is_too_large_or_empty_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DocumentTooLarge, match="characters"):
        read_text("x" * (MOST_CHARACTERS + 1))
    with pytest.raises(EmptyDocument):
        read_text(" \n\n")
    with pytest.raises(DocumentTooLarge, match="MB"):
        await read_file(b"x" * 10_000_001, "a.txt", Limits())
    with pytest.raises(DocumentError):
        await read_file(b"not a Word file", "a.docx", Limits())
    monkeypatch.setattr(forms, "MOST_LINES", 3)
    with pytest.raises(DocumentTooLarge, match="lines"):
        read_text("Chair: a\n" * 4)


def test_recordings_are_told_by_their_names() -> None:
    assert is_sound("Meeting.MP3") and is_sound("a.wav") and not is_sound("a.docx") and not is_sound("mp3")
