"""The gallery: what it asks can be made, what is made is kept and shown, and other programs can open it."""

from __future__ import annotations

import importlib.util
from collections import Counter
from datetime import date
from pathlib import Path

import orjson
import pytest

from bauhinia.chat.gallery import TripPiece, make_piece, pieces, write_page
from bauhinia.chat.gallery.making import MARK
from bauhinia.chat.gallery.pieces import FilmPiece, SongPiece
from bauhinia.chat.itineraries.asking import read_trip
from bauhinia.chat.music import from_bank, read_request
from bauhinia.chat.music.checks import check_score
from bauhinia.chat.music.making import composed
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context
from bauhinia.chat.video import from_script
from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.pilot.office import open_office
from bauhinia.settings import Settings
from bauhinia.store import Database

ROOT = Path(__file__).parents[3]


def door(settings: Settings, database: Database) -> Gateway:
    return Gateway(settings, database, backend=FakeModel(), embedder=FakeEmbedder())


def test_it_has_ten_trips_ten_songs_and_five_films_in_all_languages() -> None:
    assert Counter(piece.kind for piece in pieces()) == {"itinerary": 10, "song": 10, "film": 5}
    assert len({piece.id for piece in pieces()}) == 25
    trips = [
        read_trip(piece.request, today=date(2026, 11, 27))
        for piece in pieces()
        if isinstance(piece, TripPiece)
    ]
    assert len({trip.language for trip in trips}) == 4
    assert {read_request(piece.request).language for piece in pieces() if isinstance(piece, SongPiece)} == {
        "yue",
        "cmn",
        "en",
    }


@pytest.mark.parametrize(
    "piece", [each for each in pieces() if isinstance(each, SongPiece)], ids=lambda each: each.id
)
def test_every_song_can_be_composed_without_a_model(piece: SongPiece) -> None:
    brief = read_request(piece.request)
    checks = check_score(composed(brief, from_bank(brief)), brief)
    assert [check for check in checks if not check.passed] == []


def test_every_script_fills_its_time_in_both_languages() -> None:
    for piece in pieces():
        if isinstance(piece, FilmPiece) and piece.script:
            board = from_script(piece.script, piece.language, second=piece.second)
            assert 22 <= board.seconds_expected <= 85, (piece.id, board.seconds_expected)
            assert all(line.second for line in board.lines), piece.id


async def test_a_trip_is_made_once_shown_and_opened_by_other_programs(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece = next(each for each in pieces() if each.id == "cantonese-food")
    context = Context(sources=Sources("http://127.0.0.1:9"))
    folder = tmp_path / "gallery"
    async with open_office(settings, door) as office:
        made, now = await make_piece(piece, folder, office, context, lambda what, share: None)
        again, once_more = await make_piece(piece, folder, office, context, lambda what, share: None)
    await context.sources.close()
    assert now and not once_more and again == made and made.passed
    assert {file.name for file in made.files} == {"map.svg", "plan.ics", "plan.pdf"}
    page = write_page(folder).read_text(encoding="utf-8")
    assert made.title in page and 'src="cantonese-food/map.svg"' in page and "Every check passes" in page
    assert made.label and made.label in page
    monkeypatch.setattr("sys.argv", ["open_gallery.py", str(folder)])
    opener = _opener()
    with pytest.raises(SystemExit) as ended:
        opener.main()
    assert ended.value.code is True, "24 pieces are not made, and it says so"
    checks = orjson.loads((folder / "checks.json").read_bytes())
    assert checks["pieces"]["cantonese-food"]["passed"] and not checks["passed"]
    said = orjson.loads((folder / "opened.json").read_bytes())["cantonese-food"]
    assert {(each["program"], each["passed"]) for each in said} == {("icalendar", True), ("pdfminer", True)}
    (folder / "cantonese-food" / "plan.ics").write_bytes(b"no calendar")
    with pytest.raises(SystemExit):
        opener.main()
    said = orjson.loads((folder / "opened.json").read_bytes())["cantonese-food"]
    assert [each["passed"] for each in said if each["program"] == "icalendar"] == [False]
    checks = orjson.loads((folder / "checks.json").read_bytes())
    assert not checks["pieces"]["cantonese-food"]["passed"]
    assert "A check fails" in (folder / "index.html").read_text(encoding="utf-8")


async def test_what_was_broken_off_is_made_anew(settings: Settings, tmp_path: Path) -> None:
    piece = next(each for each in pieces() if each.id == "cantonese-food")
    context = Context(sources=Sources("http://127.0.0.1:9"))
    async with open_office(settings, door) as office:
        await make_piece(piece, tmp_path, office, context, lambda what, share: None)
        (tmp_path / piece.id / MARK).unlink()
        _, now = await make_piece(piece, tmp_path, office, context, lambda what, share: None)
    await context.sources.close()
    assert now


def _opener():
    spec = importlib.util.spec_from_file_location("open_gallery", ROOT / "scripts" / "open_gallery.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
