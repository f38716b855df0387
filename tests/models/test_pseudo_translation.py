"""Pseudo-translation: every word changes, tags and figures do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.documents.layout import faults
from bauhinia.models import pseudo

SOURCE = "Return <1>Form A</1> &amp; pay $25 by <2/> to a@b.hk"


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("accented", "Ŕéţûŕñöö <1>Ƒöŕṃöö À</1> &amp; þàýö $25 ƀýö <2/> ţöö to"), ("english", SOURCE)],
)
def test_words_change_and_nothing_else(kind: str, wanted: str) -> None:
    said = pseudo(SOURCE, kind)  # type: ignore[arg-type]
    assert said.split("$")[0] == wanted.split("$")[0]
    assert said.endswith("a@b.hk") and "$25" in said


def test_chinese_and_english_change_places() -> None:
    assert pseudo("The form", "chinese").isascii() is False
    assert pseudo("表格 5", "english").isascii()


@given(st.text(alphabet="ab文<>/1& ", max_size=30), st.sampled_from(["accented", "chinese", "english"]))
def test_no_tag_is_lost(words: str, kind: str) -> None:
    source = f"<1>{words.replace('<', '').replace('&', '')}</1><2/>"
    assert not faults(source, pseudo(source, kind))  # type: ignore[arg-type]
