"""Notices by audience, in three languages; and the part of a page that shows them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bauhinia.errors import InputError
from bauhinia.guideline.audience import _Notices, notice_for, notices
from bauhinia.server.pages import _templates
from bauhinia.server.words import LANGUAGES, words_of


@pytest.mark.parametrize("language", LANGUAGES)
def test_minors_and_others_who_need_it_are_told_more(language: str) -> None:
    usual = max(len(notice_for(audience).lines(language)) for audience in ("officers", "public"))
    for audience in ("minors", "special_groups"):
        lines = notice_for(audience).lines(language)
        assert len(lines) > usual and any("999" in line for line in lines)
        assert notice_for(audience).stronger


def test_a_notice_for_minors_that_says_no_more_is_refused() -> None:
    weak = {
        **notices(),
        "minors": notices()["minors"].model_copy(update={"points": notices()["public"].points}),
    }
    with pytest.raises(ValidationError, match="minors says no more"):
        _Notices.model_validate({"audiences": weak})
    soft = {**notices(), "minors": notices()["minors"].model_copy(update={"stronger": False})}
    with pytest.raises(ValidationError):
        _Notices.model_validate({"audiences": soft})
    with pytest.raises(InputError):
        notice_for("nobody")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_part_of_a_page_says_it_all_and_marks_the_stronger(language: str) -> None:
    words = words_of(language)
    shown = '{% from "parts/icons.html" import icon %}{% include "parts/audience_notice.html" %}'
    part = _templates().from_string(shown)
    for audience in notices():
        html = part.render(words=words, notice=notice_for(audience))
        assert html.count("<li>") == len(notice_for(audience).points)
        assert (words("audience.read_first") in html) is notice_for(audience).stronger
