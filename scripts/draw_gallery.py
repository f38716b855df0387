#!/usr/bin/env python
"""Translate three files both ways with the real embedded model, and draw them before and after.

    python scripts/draw_gallery.py        writes docs/gallery/

Needs LibreOffice (to draw Word and PowerPoint files) and the weights (`bauhinia models fetch`).
"""

# ruff: noqa: E501

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from PIL import Image
from pptx import Presentation
from pptx.util import Cm, Pt

ROOT = Path(__file__).resolve().parent.parent
GALLERY = ROOT / "docs" / "gallery"
SAMPLES = ROOT / "samples"
WIDTH = 620
"""Of one page in a picture, in pixels."""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file of the gallery."""

    name: str
    title: str
    data: bytes
    suffix: str
    to: str


SLIDES = {
    "en": (
        "Smart Recycling Stations",
        ("Progress in 2026", ["42 stations opened in nine districts", "1 860 tonnes collected by 30 June", "Cost: HK$3.6 million a year"]),
        ("District", "Stations", "Sha Tin", "12", "Tuen Mun", "9"),
    ),
    "zh": (
        "智能回收站",
        ("二零二六年進展", ["九個地區已有42個回收站啟用", "截至6月30日回收1 860公噸", "每年開支360萬元"]),
        ("地區", "數目", "沙田", "12", "屯門", "9"),
    ),
}  # fmt: skip
FOOTNOTES = {
    "en": "Figures are as at 31 December 2025 and are subject to audit.",
    "zh": "數字截至二零二五年十二月三十一日，尚待審計。",
}


def presentation(language: str) -> bytes:
    """Two slides: a title, points and a table."""
    title, (heading, points), cells = SLIDES[language]
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = f"{title}: {heading}" if language == "en" else f"{title}：{heading}"
    frame = first.placeholders[1].text_frame
    frame.text = points[0]
    for point in points[1:]:
        frame.add_paragraph().text = point
    frame.paragraphs[2].runs[0].font.bold = True
    table = first.shapes.add_table(3, 2, Cm(2), Cm(12), Cm(20), Cm(4)).table
    for index, text in enumerate(cells):
        cell = table.cell(index // 2, index % 2)
        cell.text = text
        cell.text_frame.paragraphs[0].runs[0].font.size = Pt(18)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def with_footnote(data: bytes, text: str) -> bytes:
    """A Word file with a footnote at the end of its longest paragraph."""
    from lxml import etree

    parts = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    document = etree.fromstring(parts["word/document.xml"])
    longest = max(document.iter(f"{{{_W}}}p"), key=lambda p: len("".join(p.itertext())))
    longest.append(etree.fromstring(f'<w:r xmlns:w="{_W}"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="1"/></w:r>'))  # fmt: skip
    parts["word/document.xml"] = etree.tostring(
        document, xml_declaration=True, encoding="UTF-8", standalone=True
    )
    parts["word/footnotes.xml"] = (
        f'<w:footnotes xmlns:w="{_W}"><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p>'
        f'</w:footnote><w:footnote w:id="1"><w:p><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/>'
        f'</w:r><w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    ).encode()
    links = parts["word/_rels/document.xml.rels"].decode()
    link = f'<Relationship Id="rIdNotes" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>'
    parts["word/_rels/document.xml.rels"] = links.replace("</Relationships>", link).encode()
    types = parts["[Content_Types].xml"].decode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = types.replace("</Types>", part).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def pieces() -> list[Piece]:
    """Three files, each in both languages."""
    found = []
    for language, sample, to in (("en", "en", "zh-HK"), ("zh", "tc", "en")):
        word = with_footnote((SAMPLES / f"legco-reply-{sample}.docx").read_bytes(), FOOTNOTES[language])
        pdf = (SAMPLES / f"legco-reply-{sample}.pdf").read_bytes()
        found += [
            Piece(name=f"word-{language}", title="Word, with a table and a footnote", data=word, suffix="docx", to=to),
            Piece(name=f"slides-{language}", title="PowerPoint", data=presentation(language), suffix="pptx", to=to),
            Piece(name=f"pdf-{language}", title="PDF", data=pdf, suffix="pdf", to=to),
        ]  # fmt: skip
    return found


def translated(piece: Piece, folder: Path) -> tuple[bytes, float]:
    """The file in the other language, and the seconds that it took."""
    source = folder / f"{piece.name}.{piece.suffix}"
    target = folder / f"{piece.name}-to.{piece.suffix}"
    source.write_bytes(piece.data)
    began = time.perf_counter()
    command = [sys.executable, "-c", "from bauhinia.cli import main; main()", "translate", source.name]
    subprocess.run([*command, "--to", piece.to, "--out", target.name], cwd=folder, check=True)
    return target.read_bytes(), time.perf_counter() - began


def drawn(data: bytes, suffix: str, folder: Path) -> Any:
    """The first page as a picture."""
    if suffix != "pdf":
        (folder / f"page.{suffix}").write_bytes(data)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", "--headless", profile, "--convert-to", "pdf", f"page.{suffix}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        data = (folder / "page.pdf").read_bytes()
    page = pdfium.PdfDocument(data)[0]
    return page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")


def beside(one: Any, other: Any) -> Any:
    """Both pages in one picture."""
    sheet = Image.new("RGB", (one.width + other.width + 30, max(one.height, other.height) + 20), "#8a8a8a")
    sheet.paste(one, (10, 10))
    sheet.paste(other, (one.width + 20, 10))
    return sheet


def main() -> None:
    """Translate, draw, and write the page of captions."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Gallery",
        "",
        "Written by `python scripts/draw_gallery.py`: files translated by the product with its default model (1.5 billion",
        "parameters, on two cores), before and after, first pages. Nothing was touched up: what the small model gets wrong is",
        "there to be seen, and the draft's findings name most of it. Word and PowerPoint are drawn by LibreOffice.",
    ]  # fmt: skip
    for piece in pieces():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            after, seconds = translated(piece, folder)
            picture = beside(drawn(piece.data, piece.suffix, folder), drawn(after, piece.suffix, folder))
        path = GALLERY / f"{piece.name}.png"
        picture.quantize(64).save(path, optimize=True)
        way = "into Traditional Chinese" if piece.to == "zh-HK" else "into English"
        title = f"{piece.title}, {way}"
        lines += [
            "",
            f"## {title}",
            "",
            f"![{title}: before and after]({path.name})",
            "",
            f"{seconds:.0f} seconds.",
        ]
        print(f"{path.name}: {seconds:.0f} s, {path.stat().st_size:,} bytes", flush=True)
    (GALLERY / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
