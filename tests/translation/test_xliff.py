"""XLIFF: what is written keeps to the specification and comes back; other programs' files are understood."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bauhinia.documents.layout import Piece, faults, tagged
from bauhinia.errors import DocumentError, DocumentTooLarge, InputError, UnsupportedFormat
from bauhinia.language import Variety
from bauhinia.translation.exchanged import Bilingual, Row
from bauhinia.translation.xliff import NAMESPACES, Version, read_xliff, write_xliff

from ..documents.file_makers import bounds

HANT, ENGLISH = Variety.TRADITIONAL, Variety.ENGLISH
VERSIONS: list[Version] = ["1.2", "2.1"]
SOURCE = "Return <1>Form A</1> by <2><3>5 May</3></2> &lt;sic&gt;.<4/>"
TARGET = "請於<2><3>5月5日</3></2>交回<1>表格A</1>。<4/>"

OMEGAT = """<?xml version="1.0" encoding="UTF-8"?>
<!-- as it was filled in by OmegaT's own XLIFF filter -->
<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" version="1.2">
 <file original="circular" source-language="EN-GB" target-language="ZH-HK" datatype="plaintext"><body>
  <trans-unit id="1" xml:space="preserve"><source>Return <g id="1">Form A</g>.<x id="2"/></source>
   <target state="translated">交回<g id="1">表格A</g>。<x id="2"/></target></trans-unit>
  <trans-unit id="2"><source>Not done.</source></trans-unit>
 </body></file>
 <file original="annex" source-language="en" datatype="plaintext"><body><group id="g">
  <trans-unit id="3" approved="yes"><source>Fees</source><target>費用</target>
   <alt-trans><source>Fee</source><target>收費</target></alt-trans></trans-unit>
 </group></body></file>
</xliff>"""
MEMOQ = """<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:mq="MQXliff" version="1.2" mq:version="9.4">
 <file original="circular" source-language="en-gb" target-language="zh-hk" datatype="x-memoq">
  <header><mq:docinformation mq:docname="circular"><mq:target>x</mq:target></mq:docinformation></header><body>
  <trans-unit id="1" mq:status="ManuallyConfirmed" mq:segmentguid="0">
   <source xml:space="preserve">Return <bpt id="1" ctype="bold">&lt;b&gt;</bpt>Form A<ept id="1">&lt;/b&gt;</ept>.<ph id="2"><sub>note</sub></ph></source>
   <target xml:space="preserve" state="signed-off">交回<bpt id="1" ctype="bold">&lt;b&gt;</bpt>表格A<ept id="1">&lt;/b&gt;</ept>。<ph id="2"/></target>
   <mq:minorversions><mq:historical-unit><target>舊</target></mq:historical-unit></mq:minorversions>
  </trans-unit></body></file></xliff>"""
TRADOS = """<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0" version="1.2">
 <file original="circular" source-language="en-GB" target-language="zh-HK" datatype="x-sdlfilterframework2">
  <header><sdl:ref-files/></header><body><sdl:cxts/>
  <trans-unit id="1"><source>Return <g id="1">Form A</g>. Pay<x id="2"/> now.</source>
   <seg-source><mrk mtype="seg" mid="1">Return <g id="1">Form A</g>.</mrk> <mrk mtype="seg" mid="2">Pay<x id="2"/> now.</mrk></seg-source>
   <target><mrk mtype="seg" mid="1">交回<g id="1">表格A</g>。</mrk><mrk mtype="seg" mid="2">立即繳費<x id="2"/>。</mrk></target>
   <sdl:seg-defs><sdl:seg id="1" conf="Translated"/></sdl:seg-defs></trans-unit></body></file></xliff>"""
TWO = """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"
 version="2.0" srcLang="en" trgLang="zh-Hant-HK"><file id="f"><skeleton href="s"/><group id="g">
 <unit id="1"><mtc:matches><mtc:match ref="#1"><source>a</source><target>b</target></mtc:match></mtc:matches>
  <originalData><data id="d1">&lt;b&gt;</data></originalData>
  <segment id="s1" state="final"><source><mrk id="m1" type="term">Return</mrk> <sc id="1" dataRef="d1"/>Form A.</source>
   <target order="3">交回<sc id="1"/>表格A。</target></segment>
  <ignorable><source> </source></ignorable>
  <segment id="s2" state="final"><source>Pay<ec startRef="1"/> now<ph id="2"/>.</source>
   <target order="1">立即<ec startRef="1"/>繳費<ph id="2"/>。</target></segment></unit></group>
 <unit id="2"><segment state="final"><source>Pay.</source><target>繳費。</target></segment>
  <segment><source>Go.</source></segment></unit></file></xliff>"""


def bilingual(*rows: Row, to: Variety = HANT) -> Bilingual:
    return Bilingual(title="A circular <1> & its annex", to=to, rows=rows, label="Made with AI.")


def read(text: str | bytes, to: Variety = HANT, **limits: int) -> list[Row]:
    return read_xliff(text.encode() if isinstance(text, str) else text, to, bounds(**limits))


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_comes_back(version: Version) -> None:
    rows = [
        Row(number="1", source=SOURCE, target=TARGET, status="confirmed", findings=("A & b.",)),
        Row(number="2", source="Fees\n\ttoo ", target="費用"),
        Row(number="3", source="Not done.", target=""),
    ]
    data = write_xliff(bilingual(*rows), version)
    came = read(data)
    assert [(row.number, row.source, row.target, row.status) for row in came] == [
        (row.number, row.source, row.target, row.status) for row in rows
    ]
    assert "A &amp; b." in data.decode() and "Made with AI." in data.decode()


# What the specifications allow inside each element, in this order, and the attributes that it must have.
_ALLOWED = {
    "1.2": {
        "xliff": ("file", "version"), "file": ("header? body", "original source-language datatype"),
        "header": ("note*", ""), "body": ("trans-unit*", ""), "note": ("", ""),
        "trans-unit": ("source target? note*", "id"), "source": ("g|x", ""), "target": ("g|x", ""),
        "g": ("g|x", "id"), "x": ("", "id"),
    },
    "2.1": {
        "xliff": ("file", "version srcLang trgLang"), "file": ("notes? unit*", "id"), "notes": ("note*", ""),
        "note": ("", ""), "unit": ("notes? segment", "id"), "segment": ("source target?", ""),
        "source": ("pc|ph", ""), "target": ("pc|ph", ""), "pc": ("pc|ph", "id"), "ph": ("", "id"),
    },
}  # fmt: skip


def _check_structure(element: etree._Element, version: Version) -> None:
    space, name = etree.QName(element).namespace, etree.QName(element).localname
    assert space == NAMESPACES[version]
    inside, needed = _ALLOWED[version][name]
    assert set(needed.split()) <= set(element.keys()), name
    found = [etree.QName(child).localname for child in element]
    if "|" in inside:
        assert set(found) <= set(inside.split("|")), name
    else:
        for part in inside.split():
            wanted, many = part.rstrip("*?"), part[-1]
            count = next((i for i, each in enumerate(found) if each != wanted), len(found))
            assert many == "*" or count <= 1, (name, found)
            assert many in "*?" or count == 1, (name, found)
            found = found[count:]
        assert not found, (name, found)
    for child in element:
        _check_structure(child, version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_structure_is_the_specifications(version: Version) -> None:
    rows = [
        Row(number="1", source=SOURCE, target=TARGET, status="confirmed", findings=("One.", "Two.")),
        Row(number="2", source=SOURCE, target="標記<1>壞了<9/>"),
        Row(number="3", source="Not done.", target=""),
    ]
    root = etree.fromstring(write_xliff(bilingual(*rows), version))
    _check_structure(root, version)
    ids = root.xpath("//*[local-name()='unit' or local-name()='trans-unit']/@id")
    assert ids == ["1", "2", "3"]
    for text in root.xpath("//*[local-name()='source' or local-name()='target']"):
        inline = [each.get("id") for each in text.iterdescendants()]
        assert len(inline) == len(set(inline))
    states = root.xpath("//@state")
    assert states == (
        ["final", "needs-review-translation"] if version == "1.2" else ["final", "translated", "initial"]
    )
    languages = {
        root.get("srcLang"),
        root.get("trgLang"),
        *root.xpath("//@source-language"),
        *root.xpath("//@target-language"),
    }
    assert languages - {None} == {"en-GB", "zh-Hant-HK"}


@st.composite
def _tagged_pair(draw: st.DrawFn) -> tuple[str, str]:
    """A source with nested tags, and a target with the same tags in another order and nesting."""
    words = st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=6
    )
    chance = random.Random(draw(st.integers(0, 2**32)))
    numbers = list(range(1, draw(st.integers(0, 6)) + 1))
    pairs = {number for number in numbers if chance.random() < 0.6}

    def made(left: list[int]) -> list[Piece]:
        parts = [Piece("text", draw(words))]
        while left:
            number = left.pop()
            if number not in pairs:
                parts.append(Piece("alone", "", number))
            else:
                inner = [left.pop() for _ in range(chance.randint(0, len(left)))]
                parts += [Piece("open", "", number), *made(inner), Piece("close", "", number)]
            parts.append(Piece("text", draw(words)))
        return parts

    source, target = (tagged(made(chance.sample(numbers, len(numbers)))) for _ in range(2))
    return source, target


@settings(max_examples=150, deadline=None)
@given(_tagged_pair(), st.sampled_from(VERSIONS), st.sampled_from([HANT, ENGLISH]))
def test_any_tagged_text_comes_back(pair: tuple[str, str], version: Version, to: Variety) -> None:
    source, target = pair
    assert faults(source, target) == []
    (row,) = read(write_xliff(bilingual(Row(number="7", source=source, target=target), to=to), version), to)
    assert (row.source, row.target) == (source, target)


def test_omegats_file_is_read_of_several_files() -> None:
    one, two, three = read(OMEGAT)
    assert (one.source, one.target) == ("Return <1>Form A</1>.<2/>", "交回<1>表格A</1>。<2/>")
    assert (one.status, two.target, two.status) == ("draft", "", "draft")
    assert (three.number, three.target, three.status) == ("3", "費用", "confirmed")


def test_memoqs_file_is_read_past_its_own_elements() -> None:
    (row,) = read(MEMOQ)
    assert (row.source, row.target) == ("Return <1>Form A</1>.<2/>", "交回<1>表格A</1>。<2/>")
    assert row.status == "confirmed"


def test_tradoss_segments_are_joined() -> None:
    (row,) = read(TRADOS)
    assert row.source == "Return <1>Form A</1>. Pay<2/> now."
    assert row.target == "交回<1>表格A</1>。立即繳費<2/>。"


def test_units_of_several_segments_are_joined_in_the_order_they_ask_for() -> None:
    one, two = read(TWO)
    assert one.source == "Return <1>Form A. Pay</1> now<2/>."
    assert one.target == "立即</1>繳費<2/>。 交回<1>表格A。"
    assert faults(one.source, one.target) != []  # told when it is taken back, not here
    assert one.status == "confirmed"
    assert (two.source, two.target, two.status) == ("Pay.Go.", "", "draft")


def test_ids_that_are_no_numbers_are_counted_as_they_come() -> None:
    text = OMEGAT.replace('g id="1"', 'g id="bold"').replace('x id="2"', 'x id="note"')
    assert read(text)[0].target == "交回<1>表格A</1>。<2/>"


def test_halves_of_pairs_are_read() -> None:
    text = OMEGAT.replace(
        '<g id="1">表格A</g>', '<it id="1" pos="open">b</it>表格A<it id="1" pos="close">b</it>'
    )
    assert read(text)[0].target == "交回<1>表格A</1>。<2/>"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("<html/>", UnsupportedFormat, "not XLIFF"),
        ("not xml at all", UnsupportedFormat, "not valid XML"),
        ('<xliff version="1.0"/>', UnsupportedFormat, "not XLIFF"),
        (OMEGAT.replace('version="1.2"', 'version="1.1"'), UnsupportedFormat, "XLIFF 1.1"),
        (OMEGAT.replace('version="1.2"', 'version="2.1"'), UnsupportedFormat, "XLIFF 2.1"),
        (TWO.replace('version="2.0"', 'version="3.0"'), UnsupportedFormat, "XLIFF 3.0"),
        (OMEGAT.replace("ZH-HK", "zh-CN"), DocumentError, "target language is zh-CN"),
        (OMEGAT.replace("EN-GB", "fr"), DocumentError, "source language is fr"),
        (TWO.replace("zh-Hant-HK", "en"), DocumentError, "target language is en"),
        (OMEGAT.replace("<xliff", '<!DOCTYPE xliff [<!ENTITY a "b">]><xliff', 1), UnsupportedFormat, "document type"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_hint(text: str, kind: type[InputError], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read(text)
    assert type(caught.value) is kind and caught.value.hint


def test_a_file_of_the_other_direction_is_refused() -> None:
    with pytest.raises(DocumentError, match="source language is en-GB"):
        read(write_xliff(bilingual(Row(number="1", source="a", target="甲")), "2.1"), ENGLISH)


def test_deep_nesting_is_refused() -> None:
    deep = OMEGAT.replace("Not done.", '<g id="1">' * 5_000 + "x" + "</g>" * 5_000)
    with pytest.raises(DocumentTooLarge):
        read(deep)


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE xliff [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    with pytest.raises(InputError):
        read(f"{bomb}]>{OMEGAT.partition('?>')[2].replace('Not done.', '&j;')}")
