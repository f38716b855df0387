"""A plan as a PDF for archives (PDF/A-2a), with the map in it; the words go in as data."""

from __future__ import annotations

import json
from typing import Any

from ...documents.pdf_output import FONTS_HINT
from ...errors import MissingPart
from ...language import Variety
from ..tools.resolve import DATA
from .drawing import map_alt, map_svg
from .telling import Row, say, told
from .trip import Itinerary

_HAN = {Variety.SIMPLIFIED: ["Noto Sans CJK SC", "Microsoft YaHei"]}
_HAN_HK = ["Noto Sans CJK HK", "Microsoft JhengHei"]
_LATIN = ["Arial", "Liberation Sans"]


def pdf(itinerary: Itinerary, language: Variety, label: str) -> bytes:
    """The file, with the label at the foot of every page. Raises MissingPart without fonts for the text."""
    import typst

    try:
        made = typst.compile(
            (DATA / "itinerary.typ").read_bytes(),
            format="pdf",
            sys_inputs={"data": json.dumps(_data(itinerary, language, label), ensure_ascii=False)},
            pdf_standards=["a-2a"],
            pdf_tags=True,
        )
    except typst.TypstError as error:
        if "font" not in str(error):
            raise
        raise MissingPart(
            "No font on this machine has the itinerary's characters.", hint=FONTS_HINT
        ) from error
    assert isinstance(made, bytes)
    return made


def _data(itinerary: Itinerary, language: Variety, label: str) -> dict[str, Any]:
    words = told(itinerary, language)
    return {
        "title": words.title,
        "keywords": "Planned by program",
        "label": label,
        "lang": "zh" if language.is_chinese else "en",
        "region": {Variety.ENGLISH: "gb", Variety.SIMPLIFIED: "cn"}.get(language, "hk"),
        "font": [*_LATIN, *_HAN.get(language, _HAN_HK)],
        "facts": words.facts,
        "map": map_svg(itinerary, language),
        "alt": map_alt(itinerary, language),
        "time": say("time", language),
        "what": say("what", language),
        "cost": say("cost", language),
        "days": [
            {
                "heading": day.heading,
                "facts": day.facts,
                "rows": [_row(row) for row in day.rows],
                "home": day.home,
                "cost": day.cost,
            }
            for day in words.days
        ],
        "total": words.total,
        "notes": words.notes,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "start": row.start,
        "end": row.end,
        "what": row.what,
        "lines": [line for line in (row.about, row.way, *row.notes, row.page) if line],
        "cost": row.cost,
    }
