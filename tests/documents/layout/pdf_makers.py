"""PDFs made for the layout tests, and what their pages show afterwards."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import typst

from bauhinia import documents
from bauhinia.documents.layout import Piece, Rewritten, Unit, pieces, tagged
from bauhinia.documents.pdf_lines import Line, page_text, page_turn
from bauhinia.documents.pdf_objects import page_ink
from bauhinia.language import Variety
from bauhinia.settings import Limits

SAMPLES = Path(__file__).parents[3] / "samples"
_ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")
_HAN = "本署現就有關建議諮詢公眾並會因應收集所得的意見制訂未來路向歡迎各界人士提出看法"


def made(source: str) -> bytes:
    """A PDF that Typst makes."""
    result = typst.compile(source.encode(), format="pdf")
    assert isinstance(result, bytes)
    return result


def accented(text: str) -> str:
    """Tagged text about 40 % longer, every vowel with an accent."""
    return _each(text, lambda words: re.sub(r"[A-Za-z]{2,}", _longer, words))


def chinese(text: str) -> str:
    """Tagged text with Chinese characters for its Latin words, about as many as a translation has."""
    return _each(text, lambda words: re.sub(r"[A-Za-z]+(?: [A-Za-z]+)*", _han, words))


def _longer(found: re.Match[str]) -> str:
    word = found[0]
    return word.translate(_ACCENTS) + "ö" * round(0.4 * len(word))


def _han(found: re.Match[str]) -> str:
    return "".join(_HAN[(7 * at + len(found[0])) % len(_HAN)] for at in range(max(1, len(found[0]) // 3)))


def _each(text: str, change: Any) -> str:
    return tagged(
        piece._replace(text=change(piece.text)) if piece.kind == "text" else piece for piece in pieces(text)
    )


def escaped(words: str) -> str:
    """Words as tagged text."""
    return tagged([Piece("text", words)])


async def units_of(data: bytes) -> tuple[Unit, ...]:
    return await documents.read_units(data, "a.pdf", Limits())


async def rewritten(data: bytes, targets: Mapping[str, str], to: Variety = Variety.ENGLISH) -> Rewritten:
    """The file written anew; it opens in pdfium, and its structure is sound."""
    result = await documents.rewrite(data, "a.pdf", targets, to, Limits())
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        assert pdf.check_pdf_syntax() == []
    pdfium.PdfDocument(result.data).close()
    return result


async def text_of(data: bytes) -> str:
    return (await documents.read_document(data, "a.pdf", Limits())).text


class Seen(NamedTuple):
    """A page as it is looked at."""

    lines: list[Line]
    pictures: list[Any]


def pages(data: bytes) -> Iterator[Seen]:
    document = pdfium.PdfDocument(data)
    for index in range(len(document)):
        page = document[index]
        turn = page_turn(page)
        ink = page_ink(page, turn)
        shown = [shape.box for shape in ink.shapes if shape.kind == "picture"]
        yield Seen(page_text(page, turn, index + 1).lines, shown)
    document.close()


def overlaps(seen: Seen) -> list[str]:
    """Lines whose letters lie on each other's or on a picture; empty where nothing does."""
    found = []
    for at, one in enumerate(seen.lines):
        for other in seen.lines[at + 1 :]:
            if _meet(one, other.x0, other.base - 0.62 * other.size, other.x1, other.base):
                found.append(f"{one.text!r} on {other.text!r}")
        for box in seen.pictures:
            if _meet(one, *box):
                found.append(f"{one.text!r} on a picture")
    return found


def _meet(line: Line, x0: float, top: float, x1: float, bottom: float) -> bool:
    wide = min(line.x1, x1) - max(line.x0, x0)
    high = min(line.base, bottom) - max(line.base - 0.62 * line.size, top)
    return wide > 1.0 and high > 0.5


def drawn(data: bytes, index: int = 0) -> np.ndarray[Any, Any]:
    """A page's pixels, two for a point."""
    document = pdfium.PdfDocument(data)
    pixels = document[index].render(scale=2.0).to_numpy().copy()
    document.close()
    return pixels


def covered(data: bytes, shape: tuple[int, ...], index: int = 0) -> np.ndarray[Any, Any]:
    """Which of the pixels of `drawn` belong to text, with a margin for accents and tails."""
    mask = np.zeros(shape[:2], dtype=bool)
    for line in list(pages(data))[index].lines:
        top, bottom = line.base - 1.1 * line.size, line.base + 0.4 * line.size
        mask[
            max(0, int(2 * top)) : int(2 * bottom) + 1, max(0, int(2 * line.x0) - 3) : int(2 * line.x1) + 3
        ] = True
    return mask
