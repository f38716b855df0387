"""TMX: what is written comes back; strangers' files are read a unit at a time or refused in a sentence."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bauhinia.documents.layout import Piece, tagged
from bauhinia.language import Variety
from bauhinia.store import Database
from bauhinia.translation.leverage import leverage
from bauhinia.translation.memory import Memory, Segment
from bauhinia.translation.tmx import BadMemoryFile, read_tmx, write_tmx

HANT = Variety.TRADITIONAL
FILE = """<?xml version="1.0"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header/><body>
<tu changedate="20260301T000000Z" creationid="Clerk"><prop type="project">P1</prop>
<tuv xml:lang="en-GB"><seg>See <bpt i="7">{b}</bpt>the annex<ept i="7">{/b}</ept><ph/>.</seg></tuv>
<tuv xml:lang="zh-HK"><seg>見<bpt i="7"/>附件<ept i="7"/><ph/>。</seg></tuv>
<tuv xml:lang="zh-CN"><seg>见附件。</seg></tuv></tu><tu><tuv xml:lang="en"><seg>Alone.</seg></tuv></tu></body></tmx>"""


def read(text: str | bytes) -> list[Segment]:
    return list(read_tmx(io.BytesIO(text.encode() if isinstance(text, str) else text), name="a.tmx"))


def test_a_strangers_file_is_read_both_ways() -> None:
    chinese, english = read(FILE)
    assert (chinese.source, chinese.target) == ("See <1>the annex</1><2/>.", "見<1>附件</1><2/>。")
    assert (english.source, english.to) == (chinese.target, Variety.ENGLISH)
    assert (chinese.confirmed_by, chinese.origin, chinese.props) == ("Clerk", "a.tmx", {"project": "P1"})
    assert chinese.at == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace('"tmx14.dtd"', '"tmx14.dtd" [<!ENTITY a "b">]'),
        FILE.replace('SYSTEM "tmx14.dtd"', 'SYSTEM "file:///etc/passwd"'),
        FILE.replace("</tu>", "", 1),
        "<html/>",
        "",
        FILE.encode("utf-16"),
    ],
)
def test_what_is_no_tmx_is_refused(text: str | bytes) -> None:
    with pytest.raises(BadMemoryFile) as caught:
        read(text)
    assert caught.value.hint


_text = st.text("ab 中文<>&'\"", min_size=1, max_size=10).filter(str.strip)


@settings(max_examples=50, deadline=None)
@given(_text, _text)
def test_any_words_come_back(one: str, other: str) -> None:
    source, target = (
        tagged([Piece("open", "", 1), Piece("text", text), Piece("close", "", 1)]) for text in (one, other)
    )
    file = io.BytesIO()
    write_tmx([Segment(source=source, target=target, to=HANT, props={"k": "v"}, origin="o")], file)
    file.seek(0)
    found = next(read_tmx(file))
    assert (found.source, found.target, found.props, found.origin) == (source, target, {"k": "v"}, "o")


_tags = st.recursive(
    st.just("<{}/>") | _text.map(lambda text: tagged([Piece("text", text)])),
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: "".join(["<{}>", *parts, "</{}>"])),
    max_leaves=6,
)


def _counted(text: str) -> str:
    """The tags numbered as they open."""
    opened: list[int] = []
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[0] == "</{}>":
            return match[0].format(opened.pop())
        count += 1
        if match[0] == "<{}>":
            opened.append(count)
        return match[0].format(count)

    return re.sub(r"</?\{\}/?>", number, text)


@example("<{}><{}/></{}>", "<{}/>")
@settings(max_examples=100, deadline=None)
@given(_tags, _tags)
def test_no_white_space_comes_between_the_tags(one: str, other: str) -> None:
    source, target = _counted(one), _counted(other)
    file = io.BytesIO()
    written = Segment(source=source, target=target, to=HANT, props={"k": "v"})
    assert write_tmx([written, written], file) == 2
    file.seek(0)
    found = list(read_tmx(file))
    assert [(each.source, each.target) for each in found] == [(source, target), (target, source)] * 2


async def test_a_file_is_learnt_and_exported_again(database: Database) -> None:
    memory = Memory(database)
    assert (await memory.learn(read(FILE))).added == 2
    (segment,) = await memory.export(HANT)
    assert (segment.source, segment.props) == ("See <1>the annex</1><2/>.", {"project": "P1"})


async def test_leverage_is_told_by_class_and_in_a_sentence(database: Database) -> None:
    memory = Memory(database)
    await memory.learn(
        [Segment(source="One two three four.", target="甲", to=HANT, before="Start here.", after="New words only."),
         Segment(source="Start here.", target="乙", to=HANT)]
    )  # fmt: skip
    report = await leverage(
        memory, ["Start here.", "One two three four.", "New words only.", "Start here."], HANT
    )
    assert {name: count.words for name, count in report.classes.items() if count.words} == {
        "100": 2, "101": 4, "none": 3, "repetition": 2,
    }  # fmt: skip
    assert report.sentence == "72 % from memory"
