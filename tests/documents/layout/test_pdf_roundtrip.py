"""PDFs of pypdf's source package and our samples, translated by rule: nothing is lost, nothing lies on anything.

`bench/roundtrip.py` takes all of them; here stand the small ones, so that the suite stays fast.
"""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from file_makers import At, pdf
from painted import painted_over
from pdf_makers import made
from round_trip import PSEUDO, changed_unasked, lost, opened, translated
from source_packages import files_of

from bauhinia.documents.layout.pdf_program import PageProgram, draw_over
from bauhinia.errors import DocumentError
from bauhinia.language import Variety
from bauhinia.models import pseudo

SAMPLE = Path(__file__).parents[3] / "samples" / "legco-reply-tc.pdf"
_LARGEST = 40_000


@pytest.mark.filterwarnings("ignore:pikepdf is missing some specialized decoders")
@pytest.mark.parametrize("part", range(4))
def test_each_comes_back_or_is_refused(request: pytest.FixtureRequest, part: int) -> None:
    files = {
        name: data
        for name, data in files_of("pypdf", ".pdf", request).items()
        if len(data) < _LARGEST and "encryption" not in name
    }
    tried = 0
    for name in sorted(files)[part::4]:
        try:
            opened(files[name], "pdf")
        except DocumentError:
            continue
        assert (name, changed_unasked(files[name], "pdf"), lost(files[name], "pdf")) == (name, [], [])
        tried += 1
    assert tried > 4


def test_a_sample_comes_back_and_no_word_is_painted_on_another() -> None:
    data = SAMPLE.read_bytes()
    assert changed_unasked(data, "pdf") == lost(data, "pdf") == []
    for kind, to in PSEUDO:
        written = translated(data, "pdf", kind, to)[1].data
        assert written != data
        assert painted_over(data, written) == []


def test_words_that_are_lost_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf(
        [[At(60, 100, "Words that are painted."), At(60, 300, "Other words.")], [At(60, 100, "More.")]]
    )
    assert lost(data, "pdf") == []
    monkeypatch.setattr("bauhinia.documents.layout.pdf.draw_over", lambda *_: None)
    assert lost(data, "pdf")[0] == "accented: page/1#0 is not read"


@pytest.mark.parametrize(
    ("places", "told"),
    [([(0, 0)], []), ([(0, 62)], ["on other ink"]), ([(0, 0), (2, 2)], ["twice"])],
    ids=["in its place", "on other words", "on itself"],
)
def test_words_on_other_words_are_seen(places: list[tuple[int, int]], told: list[str]) -> None:
    before = _placed("First words of a page", (0, 0)) + _placed("Last words of it", (0, 60))
    paint = "".join(_placed("Other words of a page", place) for place in places)
    found = painted_over(made(_SHEET + before), _painted(made(_SHEET + before), made(_SHEET + paint)))
    assert len(found) == len(told) and all(each in one for each, one in zip(told, found, strict=True))


_SHEET = "#set page(width: 300pt, height: 200pt)\n"


def _placed(words: str, at: tuple[int, int]) -> str:
    return f"#place(dx: {at[0]}pt, dy: {at[1]}pt)[{words}]"


def _painted(before: bytes, paint: bytes) -> bytes:
    """The first words taken out, and the paint laid over the page."""
    with pikepdf.open(io.BytesIO(before)) as pdf, pikepdf.open(io.BytesIO(paint)) as over:
        PageProgram(pdf, pdf.pages[0]).remove({0})
        draw_over(pdf, pdf.pages[0], over.pages[0], (1, 0, 0, 1, 0, 0))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_a_row_of_labels_shares_the_white_between_them() -> None:
    data = made(
        "#set page(width: 400pt, height: 200pt)\n#place(left)[Top left]#place(center)[Centred]"
        "#place(right)[Top right]\n#v(60pt)\nThe text below them is a sentence."
    )
    written = translated(data, "pdf", "chinese", Variety.TRADITIONAL)[1]
    lines = [each.source for each in opened(written.data, "pdf").units]
    assert pseudo("Centred", "chinese") in lines, "on one line, as before"


def test_words_that_no_font_has_stay_and_are_told() -> None:
    data = made("First words.\n#v(60pt)\nSecond words.")
    layout = opened(data, "pdf")
    first, second = layout.units
    written = layout.write({first.id: "\U0001311b words.", second.id: "Other words."}, Variety.ENGLISH)
    assert [(note.unit, note.check) for note in written.notes] == [(first.id, "font")]
    assert "\U0001311b" in written.notes[0].message
    assert [unit.source for unit in opened(written.data, "pdf").units] == ["First words.", "Other words."]
