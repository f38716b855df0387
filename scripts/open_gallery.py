"""Open every file of the gallery in a program that is not ours, and say on its page what that program found.

    .venv/bin/python scripts/open_gallery.py build/gallery

Sound, film and subtitles in ffprobe, scores and MIDI in music21, calendars in icalendar, PDF in pdfminer,
manifests in the C2PA library's reader. Exits 1 where a file does not open as what it claims to be.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from bauhinia.chat.gallery import Made, pieces, write_page
from bauhinia.chat.gallery.making import made_before


class Said(NamedTuple):
    """What a program said of a file."""

    file: str
    program: str
    passed: bool
    detail: str


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "build/gallery")
    said = {made.id: list(_opened(folder / made.id, made)) for made in _made(folder)}
    plain = {piece: [each._asdict() for each in all_of] for piece, all_of in said.items()}
    (folder / "opened.json").write_text(json.dumps(plain, ensure_ascii=False, indent=1), encoding="utf-8")
    write_page(folder)
    looks = [(piece, each) for piece, rows in said.items() for each in rows]
    failed = [f"{piece}/{each.file}: {each.detail}" for piece, each in looks if not each.passed]
    missing = ", ".join(piece.id for piece in pieces() if piece.id not in said)
    print(f"{len(looks)} looks at {len(said)} pieces; {len(failed)} failed; not made: {missing or 'none'}")
    for line in failed:
        print(line, file=sys.stderr)
    sys.exit(bool(failed or missing))


def _made(folder: Path) -> Iterator[Made]:
    for piece in pieces():
        if (made := made_before(folder / piece.id)) is not None:
            yield made


def _opened(place: Path, made: Made) -> Iterator[Said]:
    for file in made.files:
        for program, look in LOOKS.get(Path(file.name).suffix, ()):
            try:
                yield Said(file.name, program, True, look(place / file.name))
            except Exception as error:  # whatever a foreign reader raises is what is to be told
                yield Said(file.name, program, False, f"{type(error).__name__}: {error}"[:200])


def _by_ffprobe(path: Path) -> str:
    asked = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    told = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    streams = [f"{each['codec_type']} {each['codec_name']}" for each in told["streams"]]
    seconds = float(told["format"].get("duration", 0))
    if path.suffix == ".mp4":
        video = next(each for each in told["streams"] if each["codec_type"] == "video")
        assert (video["width"], video["height"]) == (1920, 1080), "it is not 1080p"
        assert 30 <= seconds <= 90, f"it lasts {seconds:.0f} s"
        assert sum(each["codec_type"] == "subtitle" for each in told["streams"]) == 2, "subtitles are missing"
    return f"{', '.join(streams)}; {seconds:.1f} s"


def _by_music21(path: Path) -> str:
    from music21 import converter

    score = converter.parse(path)
    notes = len(score.flatten().notes)
    assert notes > 40, f"it has {notes} notes"
    measures = max((len(part.getElementsByClass("Measure")) for part in score.parts), default=0)
    key = score.analyze("key") if path.suffix == ".musicxml" else None
    heard = f", heard in {key}" if key else ""
    return f"{len(score.parts)} parts, {notes} notes and chords, {measures} bars{heard}"


def _by_icalendar(path: Path) -> str:
    from icalendar import Calendar

    calendar = Calendar.from_ical(path.read_bytes())
    events = calendar.walk("VEVENT")
    assert events, "it has no event"
    assert all(each.decoded("dtstart") < each.decoded("dtend") for each in events), "an event has no length"
    return f"{len(events)} events"


def _by_pdfminer(path: Path) -> str:
    from pdfminer.high_level import extract_text
    from pdfminer.pdfpage import PDFPage

    text = extract_text(io.BytesIO(path.read_bytes()))
    assert len(text) > 200, "it says nothing"
    with path.open("rb") as file:
        return f"{sum(1 for _ in PDFPage.get_pages(file))} pages, {len(text)} characters"


def _by_c2pa(path: Path) -> str:
    import c2pa

    types = {".mp3": "audio/mpeg", ".wav": "audio/wav", ".mp4": "video/mp4"}
    with path.open("rb") as file, c2pa.Reader(types[path.suffix], file) as reader:
        told = json.loads(reader.json())
    wrong = [each["code"] for each in told.get("validation_status", []) if "untrusted" not in each["code"]]
    assert not wrong, f"the manifest does not hold: {', '.join(wrong)}"
    manifest = told["manifests"][told["active_manifest"]]
    actions = [
        action.get("digitalSourceType", "").rpartition("/")[2] or action["action"]
        for each in manifest["assertions"] if each["label"].startswith("c2pa.actions")
        for action in each["data"]["actions"]
    ]  # fmt: skip
    issuer = manifest["signature_info"].get("issuer", "an unnamed signer")
    return f"manifest whole, by {issuer}: {', '.join(actions)}"


_Look = tuple[str, Callable[[Path], str]]
_PROBED: _Look = ("ffprobe", _by_ffprobe)
_SIGNED: _Look = ("the C2PA reader", _by_c2pa)
_SCORED: _Look = ("music21", _by_music21)
LOOKS: dict[str, tuple[_Look, ...]] = {
    ".mp4": (_PROBED, _SIGNED),
    ".mp3": (_PROBED, _SIGNED),
    ".wav": (_PROBED, _SIGNED),
    ".srt": (_PROBED,),
    ".musicxml": (_SCORED,),
    ".mid": (_SCORED,),
    ".ics": (("icalendar", _by_icalendar),),
    ".pdf": (("pdfminer", _by_pdfminer),),
}

if __name__ == "__main__":
    main()
