"""PDF/A files through Typst: the words go in as data, fonts that have them are embedded.

Source of the standard: ISO 19005-2 (PDF/A-2a), as Typst checks it when it writes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from ..errors import InputError, MissingPart
from ..language.variety import Variety
from .output import OutputBlock, OutputMeta, cells_of, column_of, runs
from .places import COLUMN_WIDTH, SETTINGS

SOURCE = Path(__file__).parent / "data" / "draft.typ"
_LATIN = ["Times New Roman", "Liberation Serif", "Libertinus Serif"]
_LATIN_HEADING = ["Arial", "Liberation Sans", "Libertinus Serif"]
_HAN = {
    Variety.SIMPLIFIED: (["Noto Serif CJK SC", "SimSun"], ["Noto Sans CJK SC", "Microsoft YaHei"]),
    Variety.TRADITIONAL: (["Noto Serif CJK HK", "PMingLiU"], ["Noto Sans CJK HK", "Microsoft JhengHei"]),
}
FONTS_HINT = "Install a Chinese font for PDF files: sudo apt-get install fonts-noto-cjk fonts-noto-cjk-extra."


def build(blocks: Sequence[OutputBlock], meta: OutputMeta) -> bytes:
    """The file's bytes.

    Raises MissingPart where this machine has no Chinese font, InputError for characters that no font has and
    for private ones.
    """
    inputs = {"data": json.dumps(_data(blocks, meta), ensure_ascii=False)}
    try:
        written = typst.compile(
            SOURCE.read_bytes(), format="pdf", sys_inputs=inputs, pdf_standards=["a-2a"], pdf_tags=True
        )
    except typst.TypstError as error:
        raise _explained(error) from error
    assert isinstance(written, bytes)
    return written


def _explained(error: typst.TypstError) -> Exception:
    """What a refusal of Typst's means, where it is about the text; else the refusal itself."""
    if "font" in str(error) and not _has_chinese_font():
        return MissingPart("No font on this machine has the draft's characters.", hint=FONTS_HINT)
    if "font" in str(error):
        return InputError(
            "The draft holds a character that no font on this machine has.",
            hint="Take it out, save as Word, or have a font installed that has it.",
        )
    if "codepoint" in str(error):
        return InputError(
            "The draft holds a private character, which a PDF for archives may not have.",
            hint="Write it with a character of Unicode (HKSCS has one for each), or save as Word.",
        )
    return error


def _has_chinese_font() -> bool:
    """Whether a file of one Chinese character can be made."""
    try:
        typst.compile("文".encode(), format="pdf", pdf_standards=["a-2a"])
    except typst.TypstError:
        return False
    return True


def _data(blocks: Sequence[OutputBlock], meta: OutputMeta) -> dict[str, Any]:
    han_body, han_heading = _HAN.get(meta.language, _HAN[Variety.TRADITIONAL])
    head = meta.letterhead
    return {
        "title": meta.title,
        "author": meta.department,
        "keywords": "AI-generated" if meta.label else "",
        "label": meta.label,
        "lang": "zh" if meta.language.is_chinese else "en",
        "region": {Variety.ENGLISH: "gb", Variety.SIMPLIFIED: "cn"}.get(meta.language, "hk"),
        "fonts": {"body": [*_LATIN, *han_body], "heading": [*_LATIN_HEADING, *han_heading]},
        "crest": bool(head and head.crest),
        "letterhead": head
        and {
            "name": head.name,
            "lines": [
                *map(str.strip, head.address.split(";")),
                *([head.telephone] if head.telephone else []),
            ],
            "crest": list(head.crest),
        },
        "blocks": [_run(run) for run in runs(blocks)],
    }


def _run(run: Sequence[OutputBlock]) -> dict[str, Any]:
    if (heading := column_of(run)) is not None:
        rows = [{"number": block.number, "text": block.text, "beside": cells_of(block)[1]} for block in run]
        return {"kind": "columns", "heading": heading, "width": COLUMN_WIDTH, "rows": rows}
    if run[0].place == "pair":
        texts = [block.text for block in run]
        return {"kind": "pairs", "rows": [[*texts[i : i + 2], ""][:2] for i in range(0, len(texts), 2)]}
    return _block(run[0])


def _block(item: OutputBlock) -> dict[str, Any]:
    width = max((len(row) for row in item.rows), default=0)
    return {
        "kind": item.kind,
        "text": item.text + "".join(f" [{mark}]" for mark in item.marks),
        "level": max(item.level, 1) if item.kind == "heading" else item.level,
        "number": item.number,
        "placed": bool(item.place),
        "setting": asdict(SETTINGS[item.place]),
        "width": width,
        "rows": [[*row, *[""] * (width - len(row))] for row in item.rows],
    }
