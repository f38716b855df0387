"""What a plan says in four languages, its map, its calendar and its PDF, each read by another program."""

from __future__ import annotations

import io
import re
from dataclasses import fields
from datetime import datetime, timedelta

import icalendar
import pytest
from lxml import etree

from bauhinia.chat.itineraries.calendars import calendar
from bauhinia.chat.itineraries.drawing import HEIGHT, WIDTH, Point, apart, map_alt, map_svg
from bauhinia.chat.itineraries.planning import plan
from bauhinia.chat.itineraries.printing import pdf
from bauhinia.chat.itineraries.telling import _words, told
from bauhinia.chat.itineraries.trip import Itinerary, Trip
from bauhinia.chat.wordings import LANGUAGES
from bauhinia.documents.collecting import Bounds
from bauhinia.errors import UnsupportedFormat
from bauhinia.language import Variety, to_simplified
from bauhinia.provenance.child import look, put
from bauhinia.settings import Limits

from .conftest import MONDAY, Conditions

LABEL = "Planned by program. [BH-ABCD-EFGH-JKLM]"


@pytest.fixture
def made(known: Conditions) -> Itinerary:
    trip = Trip(begins=MONDAY, days=2, interests=("museums", "theme_parks"), children=1, start="TST")
    return plan(trip, known(trip, rain="unknown", holiday="unknown"))


def all_text(made: Itinerary, language: Variety) -> str:
    words = told(made, language)
    rows = [
        part
        for day in words.days
        for row in day.rows
        for part in (row.what, row.about, row.way, row.cost, *row.notes)
    ]
    days = [part for day in words.days for part in (day.heading, *day.facts, day.home, day.cost)]
    return "\n".join((words.title, *words.facts, *days, *rows, words.total, *words.notes, words.label))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_told_in_its_language(made: Itinerary, language: Variety) -> None:
    text = all_text(made, language)
    assert "{" not in text and made.unknown_fees and made.unsure_hours
    if language is Variety.ENGLISH:
        assert not re.search(r"[\u4e00-\u9fff]", text)
        assert "estimated" in text and "not been checked" in text and "check before you go" in text
        assert "Weather: not known" in text and "could not be found out" in text
        assert "whose fees are not known" in text
    if language is Variety.SIMPLIFIED:
        assert text == to_simplified(text)
    if language is Variety.CANTONESE:
        assert "嘅" in text and "估計" in text


def test_every_wording_is_there_in_both_scripts() -> None:
    for key, words in _words().items():
        assert words.en and words.zh, key
        names = set(re.findall(r"{(\w+)}", words.en))
        assert names == set(re.findall(r"{(\w+)}", words.zh)), key
        assert not words.yue or names == set(re.findall(r"{(\w+)}", words.yue)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_shows_every_stop_inside_the_picture(made: Itinerary, language: Variety) -> None:
    root = etree.fromstring(map_svg(made, language).encode())
    space = "{http://www.w3.org/2000/svg}"
    circles = root.findall(f"{space}circle")
    visits = [stop for day in made.days for stop in day.visits]
    assert len(circles) == len(visits)
    numbers = [text.text for text in root.findall(f"{space}text[@class='map-number']")]
    assert numbers == [str(number) for number in range(1, len(visits) + 1)]
    for circle in circles:
        assert 0 < float(circle.get("cx")) < WIDTH and 0 < float(circle.get("cy")) < HEIGHT
    assert root.get("role") == "img" and root.get("aria-label") == map_alt(made, language)
    names = {stop.where.name.said(language) for stop in visits}
    assert all(name in map_alt(made, language) for name in names)
    # Nothing that a page's policy would refuse, or that leaves the origin.
    assert not re.search(r"style=|<style|<script|href|url\(", map_svg(made, language))


def test_markers_do_not_cover_each_other() -> None:
    points = apart([Point(300, 200)] * 3 + [Point(305, 202), Point(1, 1)])
    pairs = [(one, two) for i, one in enumerate(points) for two in points[i + 1 :]]
    assert all(((one.x - two.x) ** 2 + (one.y - two.y) ** 2) ** 0.5 >= 24 for one, two in pairs)


def test_the_calendar_is_read_by_its_parser(made: Itinerary) -> None:
    data = calendar(made, Variety.TRADITIONAL, LABEL)
    read = icalendar.Calendar.from_ical(data)
    events = read.walk("VEVENT")
    stops = [(day, stop) for day in made.days for stop in day.stops]
    assert len(events) == len(stops) and len({str(event["uid"]) for event in events}) == len(events)
    for event, (day, stop) in zip(events, stops, strict=True):
        start = event.decoded("dtstart")
        assert isinstance(start, datetime) and start.utcoffset() == timedelta(hours=8)
        assert event["dtstart"].params["TZID"] == "Asia/Hong_Kong"
        assert (start.date(), start.hour * 60 + start.minute) == (day.conditions.day, stop.start)
        assert event.decoded("dtend") - start == timedelta(minutes=stop.end - stop.start)
        assert "BH-ABCD-EFGH-JKLM" in event["description"]
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_the_calendar_carries_its_signed_label_and_stays_a_calendar(made: Itinerary) -> None:
    limits = Limits()
    bounds = Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})
    token, order = f"eyJ{'a' * 200}.{'-b_' * 200}.{'c' * 86}", {"name": "plan.ics"}
    plain = calendar(made, Variety.CANTONESE, LABEL)
    before, _ = look(plain, order, bounds)
    _, labelled = put(plain, order | {"token": token}, bounds)
    _, again = put(labelled, order | {"token": token}, bounds)
    after, _ = look(labelled, order, bounds)
    assert before["tokens"] == [] and after["tokens"] == [token] and again == labelled
    assert before["content"] == after["content"] and after["references"] == ["ABCD-EFGH-JKLM"]
    assert all(len(line) <= 75 for line in labelled.split(b"\r\n"))
    read = icalendar.Calendar.from_ical(labelled)
    assert read["x-ai-provenance"] == token and len(read.walk("VEVENT")) == len(
        icalendar.Calendar.from_ical(plain).walk("VEVENT")
    )
    # Another program writes the lines in its own order: nothing that counts is changed.
    rewritten, _ = look(read.to_ical(), order, bounds)
    assert rewritten["tokens"] == [token] and rewritten["content"] == before["content"]
    with pytest.raises(UnsupportedFormat):
        look(b"not a calendar", order, bounds)


def test_the_pdf_says_all_of_it(made: Itinerary) -> None:
    import pypdfium2

    for language in (Variety.ENGLISH, Variety.CANTONESE):
        data = pdf(made, language, LABEL)
        pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(io.BytesIO(data))]
        assert all("BH-ABCD-EFGH-JKLM" in page for page in pages)
        text = re.sub(r"\s", "", "".join(pages))
        for day in made.days:
            for stop in day.visits:
                assert re.sub(r"\s", "", stop.where.name.said(language)) in text
