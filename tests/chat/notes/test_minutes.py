"""Minutes in Word: the pilot's form, every item tied to its lines, corrected by a person, labelled, read back."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import docx
import pytest

from bauhinia.chat.notes.corrections import Row, corrected, rows_of
from bauhinia.chat.notes.files import read_file
from bauhinia.chat.notes.finding import Notes, Stated, find_notes
from bauhinia.chat.notes.issuing import issued_notes
from bauhinia.chat.notes.minutes import docx_of
from bauhinia.chat.notes.sealing import both, opened, sealed
from bauhinia.chat.notes.transcript import read_text
from bauhinia.errors import InputError
from bauhinia.gateway import Gateway
from bauhinia.people import Officer, acting_as
from bauhinia.provenance import Labelling, Origin
from bauhinia.settings import Limits, Settings
from bauhinia.store import Database

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
ORIGIN = Origin(model="test-model", made_at="2026-03-04T10:00:00+08:00", entry=7, answers=1)


def sample() -> Notes:
    return find_notes(read_text((SAMPLES / "meeting-en.txt").read_text(encoding="utf-8")))


def texts(data: bytes) -> list[str]:
    """Every paragraph of a Word file, those in tables too."""
    body = docx.Document(io.BytesIO(data)).element.body
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return ["".join(run.text or "" for run in each.iter(f"{word}t")) for each in body.iter(f"{word}p")]


def test_the_form_is_the_pilots() -> None:
    read = texts(docx_of(sample(), "Label of the file."))
    whole = "\n".join(read)
    assert read[0] == "Minutes of Working Group on the Example Road Footbridge"
    assert (
        "Date: 4 March 2026" in read and "Venue: Conference Room 2" in read and "Chairman: Chairman" in read
    )
    assert "Present: Chairman; Senior Engineer; Ward Officer; Secretary (who spoke)" in read
    assert "Absent with apologies: [to be confirmed: absent]" in read
    assert "Secretary (by 10 March 2026)" in read and "Action" in read
    assert "line 8: [00:01:06] Chairman: Then it's agreed that the footbridge closes" in whole
    assert "Label of the file." in whole


@pytest.mark.parametrize(
    ("name", "title", "party"),
    [
        ("meeting-tc.txt", "示例街渠務工作小組會議記錄", "渠務工程師（2026年5月15日前）"),
        ("meeting-sc.vtt", "[待确认：会议名称]会议记录", "数据员（2026年3月20日前）"),
        ("meeting-yue.srt", "[待確認：會議名稱]會議記錄", "委員甲（2026年3月31日前）"),
    ],
)
async def test_minutes_are_in_the_script_of_the_meeting(name: str, title: str, party: str) -> None:
    transcript = await read_file((SAMPLES / name).read_bytes(), name, Limits())
    read = texts(docx_of(find_notes(transcript, transcript.held or date(2026, 3, 4)), "Label."))
    assert read[0] == title and party in read


def test_a_person_corrects_what_was_found() -> None:
    notes = sample()
    rows = rows_of(notes)
    kept = [
        Row(kind="decision", text="The footbridge is closed at night.", lines=rows[0].lines),
        Row(
            kind="action",
            text="Write to the home",
            owner="Clerk",
            day="2026-03-12",
            due="next tuesday",
            lines=(9,),
        ),
        Row(kind="action", text="  "),
    ]
    mended = corrected(notes, kept)
    assert [each.text for each in mended.decisions] == ["The footbridge is closed at night."]
    assert [(each.owner, each.due.day) for each in mended.actions] == [("Clerk", date(2026, 3, 12))]
    assert "Clerk (by 12 March 2026)" in texts(docx_of(mended, "Label."))
    for bad in (
        Row(kind="action", text="x", lines=(99,)),
        Row(kind="action", text="x", day="soon"),
        Row(kind="action", text="x", day="2026-02-30"),
    ):
        with pytest.raises(InputError):
            corrected(notes, [bad])


def test_what_a_model_wrote_is_believed_with_our_signature_alone(tmp_path: Path) -> None:
    said = (Stated(text="The lift is out of service.", lines=(2,)),)
    token = sealed(tmp_path, ORIGIN, said)
    assert opened(tmp_path, token) == (ORIGIN, said)
    assert opened(tmp_path, "") == (None, ())
    body, _, signature = token.partition(".")
    other = sealed(tmp_path, ORIGIN, (Stated(text="Another sentence.", lines=(2,)),)).partition(".")[0]
    for forged in (f"{other}.{signature}", f"{body}.", "x", "a.b.c", f"{body}.{signature[:-4]}"):
        with pytest.raises(InputError, match="changed on its way"):
            opened(tmp_path, forged)
    heard = Origin(model="whisper-base", made_at="2026-03-04T09:00:00+08:00", answers=1)
    joined = both(heard, ORIGIN)
    assert joined is not None and joined.model == "whisper-base, test-model" and joined.answers == 2
    assert both(None, None) is None and both(heard, None) == heard


async def test_the_file_is_labelled_and_read_back(
    settings: Settings, database: Database, gateway: Gateway
) -> None:
    labels = Labelling(settings.data_folder, database, gateway.ledger, Limits())
    with acting_as(OFFICER):
        plain = await issued_notes(sample(), labels=labels, by=OFFICER)
        assert plain.name == "Minutes 2026-03-04.docx"
        verdict = await labels.check(plain.data, plain.name)
        assert verdict.state == "unaltered" and verdict.record is not None
        assert verdict.record.use == "chat.notes" and verdict.record.origin is None
        assert any("no language model had a part" in text for text in texts(plain.data))
        written = await issued_notes(sample(), labels=labels, by=OFFICER, origin=ORIGIN)
        read = await labels.check(written.data, written.name)
        assert read.record is not None and read.record.origin == ORIGIN
        assert any("Generated by AI (test-model)" in text for text in texts(written.data))
