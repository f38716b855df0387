"""Masked for good: listings, logs and files hold no value."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bauhinia.privacy.masking import Masker, mask_log, masked
from bauhinia.telemetry import logs


@pytest.mark.parametrize(
    ("value", "shown"),
    [("A123456(3)", "A******(*)"), ("陳大文", "陳**"), ("a.b@c.hk", "a.*@*.**"), ("2345 6789", "2*** ****")],
)
def test_a_masked_value_shows_its_first_character_and_its_form(value: str, shown: str) -> None:
    assert masked(value) == shown


def test_one_file_gives_one_value_one_stand_in() -> None:
    masker = Masker("pseudonymise")
    first, second = (masker.replacements(text)[0].words for text in ("Ring 2345 6789.", "Again: 2345 6789."))
    assert first == second and "2345" not in first
    assert masker.replacements("Ring 6123 4567.")[0].words != first


def test_what_is_left_out_is_named_in_the_language_around_it() -> None:
    assert Masker("redact").replacements("致電2345 6789。")[0].words == "〔電話號碼從略〕"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    logs.configure("json", stream=written, mask=mask_log)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


def test_a_log_holds_no_number_of_a_person(stream: io.StringIO) -> None:
    logger = logging.getLogger("bauhinia.test")
    logger.warning("asked about %s by a.b@c.example", "A123456(3)")
    logger.warning("fine", extra={"fields": {"path": "/x?q=tel+2345+6789 A123456(3)", "status": 200}})
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["message"] == "asked about A******(*) by a.*@*.*******"
    assert "A123456" not in second["path"] and second["status"] == 200


@pytest.mark.parametrize(
    "line", ["1409209acddeb328 took 0.0123 s", "/api/tasks/7f3a09c2d1e4b5a6/events", "3 documents", "0019"]
)
def test_ids_and_counts_of_a_log_stay(line: str) -> None:
    assert mask_log(line) == line
