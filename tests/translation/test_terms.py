"""Termbases: every format gives back what it was given, faults are named, the department goes before."""

from __future__ import annotations

import io
import zipfile
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bauhinia.documents.collecting import Bounds
from bauhinia.errors import DocumentTooLarge, InputError, NotFound, UnsupportedFormat
from bauhinia.language import BadTermbase, Term, Termbase, Variety
from bauhinia.settings import Limits
from bauhinia.store import Database
from bauhinia.translation.term_files import FORMATS, parse_terms, read_terms, write_terms
from bauhinia.translation.termbases import SHARED, Termbases

from .walls import of_department

BOUNDS = Bounds(**{each.name: getattr(Limits(), each.name) for each in fields(Bounds)})
EN, HANT = Variety.ENGLISH, Variety.TRADITIONAL
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><tbx>&b;</tbx>'
DEEP = b"<tbx>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</tbx>"
ONE_RUN = b"<tbx><p>" + b"x" * 11_000_000 + b"</p></tbx>"
ENDLESS_CELL = b'id,en,zh\na,"' + b"x" * 30_000_000


def bomb() -> bytes:
    """A workbook that unpacks to more than the limit."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(60):
            package.writestr(f"xl/worksheets/sheet{number}.xml", bytes(10_000_000))
    return made.getvalue()


WIDGET = Term(
    "widget",
    "widget",
    "小器具",
    ("gadget",),
    ("器件",),
    ("doodad",),
    ("小裝置",),
    "office",
    "Guide <1>",
    "=1+1 & more",
)


@pytest.mark.parametrize("form", FORMATS)
def test_the_whole_shipped_termbase_comes_back(form: str) -> None:
    terms = (*Termbase.load().terms, WIDGET)
    assert parse_terms(write_terms(terms, form), f"a.{form}", BOUNDS).terms == terms


_words = st.text("abcdef ghiK-'&<>\"=", min_size=2, max_size=12).map(
    lambda text: f"a{' '.join(text.split())}b"
)
_han = st.text("中文甲乙丙丁<&>（）", min_size=2, max_size=8)


@settings(max_examples=40, deadline=None)
@given(en=_words, zh=_han, also=st.lists(_words, max_size=2), note=st.text("ab=<&>\"'，\n", max_size=9))
def test_any_term_comes_back(en: str, zh: str, also: list[str], note: str) -> None:
    term = Term("x", en, zh, tuple(also), note=note.strip())
    for form in FORMATS:
        assert parse_terms(write_terms([term], form), f"a.{form}", BOUNDS).terms == (term,)


DCT = """<tbx xmlns="urn:iso:std:iso:30042:ed-2" xmlns:min="http://www.tbxinfo.net/ns/min" style="dct" type="TBX-Min">
<text><body><conceptEntry id="c1"><min:subjectField>transport</min:subjectField>
<langSec xml:lang="en-GB"><termSec><term>taxi</term><min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>
<termSec><term>cab</term><min:administrativeStatus>deprecatedTerm-admn-sts</min:administrativeStatus></termSec></langSec>
<langSec xml:lang="zh-HK"><termSec><term>的士</term></termSec></langSec></conceptEntry>
<conceptEntry id="c2"><langSec xml:lang="en"><termSec><term>tram</term></termSec></langSec></conceptEntry></body></text></tbx>"""
MARTIF = """<martif type="TBX-Basic"><text><body><termEntry id="c1"><descrip type="subjectField">transport</descrip>
<langSet xml:lang="en"><tig><term>taxi</term></tig><ntig><termGrp><term>cab</term><termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></termGrp></ntig></langSet>
<langSet xml:lang="zh-Hant"><tig><term>的士</term></tig></langSet><langSet xml:lang="zh-Hans"><tig><term>出租车</term></tig></langSet></termEntry></body></text></martif>"""


@pytest.mark.parametrize("text", [DCT, MARTIF])
def test_other_styles_of_tbx_are_read(text: str) -> None:
    (term,) = parse_terms(text.encode(), "a.tbx", BOUNDS).terms
    assert (term.en, term.zh, term.forbidden_en, term.domain) == ("taxi", "的士", ("cab",), "transport")


def test_an_entry_without_a_language_is_refused_with_its_place() -> None:
    (refused,) = parse_terms(DCT.encode(), "a.tbx", BOUNDS).refused
    assert refused.place == "entry c2 (line 6)" and refused.reason == "it has no form in Chinese"


def test_a_row_that_cannot_be_used_is_refused_and_the_rest_are_read() -> None:
    data = "id,en,zh,forbidden_zh\na,alpha,甲甲,\nb,,乙乙,\na,again,丙丙,\nc,gamma,丁丁丁,丁丁\n".encode()
    read = parse_terms(data, "a.csv", BOUNDS)
    assert [term.id for term in read.terms] == ["a"]
    assert [refused.place for refused in read.refused] == ["line 3", "line 4", "line 5"]
    assert "twice" in read.refused[1].reason


async def test_a_file_read_in_a_process_of_its_own_says_the_same() -> None:
    data = write_terms([WIDGET], "tbx")
    assert await read_terms(data, "a.tbx", Limits()) == parse_terms(data, "a.tbx", BOUNDS)


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><tbx>&a;</tbx>', "a.tbx", BadTermbase),
        (b"<html/>", "a.tbx", BadTermbase),
        (b"not xml", "a.tbx", BadTermbase),
        (b"a,b\n1,2\n", "a.csv", BadTermbase),
        ("id,en,zh\na,alpha,香港\n".encode("big5"), "a.csv", BadTermbase),
        (b"not a zip", "a.xlsx", InputError),
        (b"x", "a.exe", UnsupportedFormat),
        (LAUGHS, "a.tbx", BadTermbase),
        (DEEP, "a.tbx", DocumentTooLarge),
        (ONE_RUN, "a.tbx", DocumentTooLarge),
        (ENDLESS_CELL, "a.csv", BadTermbase),
        (bomb(), "a.xlsx", DocumentTooLarge),
    ],
)
async def test_a_file_of_a_stranger_is_refused_in_a_sentence(
    data: bytes, name: str, error: type[InputError]
) -> None:
    with pytest.raises(error) as caught:
        await read_terms(data, name, Limits())
    assert caught.value.hint


@pytest.fixture
def termbases(database: Database) -> Termbases:
    return Termbases(database)


@of_department("A")
async def test_a_departments_term_goes_before_the_shared_and_the_shipped(termbases: Termbases) -> None:
    await termbases.put(SHARED, Term("taxi", "taxi", "計程車"))
    assert {term.id: term.zh for term in (await termbases.merged("A")).terms}["taxi"] == "計程車"
    await termbases.put("A", Term("own-taxi", "taxi", "的士甲"))
    own, other = await termbases.merged("A"), await termbases.merged("B")
    assert [hit.term.zh for hit in own.find("a taxi", EN)] == ["的士甲"]
    assert [hit.term.zh for hit in other.find("a taxi", EN)] == ["計程車"]


@of_department("A")
async def test_a_form_forbidden_by_a_department_is_forbidden_though_others_admit_it(
    termbases: Termbases,
) -> None:
    await termbases.put(SHARED, Term("w1", "gadget", "小器具"))
    await termbases.put("A", Term("w2", "widget", "器件物", forbidden_zh=("小器具",)))
    merged = await termbases.merged("A")
    assert merged.repair("小器具", HANT)[0] == "器件物"


@of_department("A")
async def test_removing_hides_what_is_below_and_deletes_what_is_ones_own(termbases: Termbases) -> None:
    await termbases.remove("A", "taxi")
    assert "taxi" not in {term.id for term in (await termbases.merged("A")).terms}
    assert "taxi" in {term.id for term in (await termbases.merged("B")).terms}
    await termbases.put("A", WIDGET)
    await termbases.remove("A", "widget")
    assert await termbases.terms("A") == []
    with pytest.raises(NotFound):
        await termbases.remove("A", "widget")


@of_department("A")
async def test_an_import_tells_what_became_of_each_term(termbases: Termbases) -> None:
    await termbases.put("A", WIDGET)
    await termbases.put("A", Term("b", "beta", "乙乙"))
    data = (
        write_terms([WIDGET, Term("b", "beta", "乙丙"), Term("c", "gamma", "丙丙")], "csv") + b"d,,,,,,,\r\n"
    )
    report = await termbases.load("A", parse_terms(data, "a.csv", BOUNDS))
    assert (report.added, report.changed, report.unchanged) == (("c",), ("b",), ("widget",))
    assert [refused.place for refused in report.refused] == ["line 5"]
    assert len(await termbases.terms("A")) == 3


@of_department("A")
@pytest.mark.parametrize("words", ["bus\x0bstop", "bus \uffff", "bus \x1b[0m"])
async def test_a_term_that_no_file_could_hold_is_refused(termbases: Termbases, words: str) -> None:
    for term in (Term("x", words, "巴士站"), Term("x", "bus stop", "巴士站", note=words)):
        with pytest.raises(InputError, match="no text"):
            await termbases.put("Works", term)
    assert await termbases.terms("Works") == []


async def test_a_term_that_cannot_be_found_is_refused(termbases: Termbases) -> None:
    with pytest.raises(InputError, match="too short"):
        await termbases.put("A", Term("x", "x", "甲"))
