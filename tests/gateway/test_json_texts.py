"""Personal data inside JSON: hidden in every string, and back as it was."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.gateway.json_texts import DEEPEST, changed, changed_text
from bauhinia.privacy import Pseudonyms

WORDS = st.sampled_from(["A123456(3)", "2345 6789", "a@b.gov.hk", "HKID-H1", "plain", "橋"])
JSON = st.recursive(
    st.none() | st.booleans() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
)


@given(JSON)
def test_what_is_hidden_comes_back(value: object) -> None:
    pseudonyms = Pseudonyms()
    hidden = changed_text(orjson.dumps(value).decode(), pseudonyms.hide)
    assert "A123456" not in hidden and "2345 6789" not in hidden and "a@b" not in hidden
    assert orjson.loads(changed_text(hidden, pseudonyms.restore)) == value


def test_escapes_and_numbers_hide_nothing() -> None:
    pseudonyms = Pseudonyms()
    hidden = changed_text('{"id": "\\u0041123456(3)", "call": 23456789, "n": 3}', pseudonyms.hide)
    assert orjson.loads(hidden) == {"id": "HKID-H1", "call": "PHONE-P1", "n": 3}


def test_what_is_not_json_is_changed_as_text() -> None:
    pseudonyms = Pseudonyms()
    assert changed_text('{"id": "A123456(3)"', pseudonyms.hide) == '{"id": "HKID-H1"'
    assert changed_text("[" * 600 + '"A123456(3)"' + "]" * 600, pseudonyms.hide).count("HKID-H1") == 1


def test_schemas_keep_their_numbers_and_depth_is_bounded() -> None:
    assert changed({"maximum": 23456789}, Pseudonyms().hide) == {"maximum": 23456789}
    deep: object = "x"
    for _ in range(DEEPEST):
        deep = [deep]
    with pytest.raises(ValueError, match="deep"):
        changed(deep, str.upper)
