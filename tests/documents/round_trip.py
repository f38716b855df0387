"""A file taken apart and put together: nothing changes unasked, and everything asked does."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence

import pypdfium2 as pdfium
from file_makers import bounds, read_here
from source_packages import parts_of

from bauhinia.documents.layout import LAYOUTS, Layout, Rewritten, Unit, pieces, plain
from bauhinia.documents.layout.typography import typeset
from bauhinia.errors import EmptyDocument
from bauhinia.language import Variety
from bauhinia.models import Pseudo, pseudo

PSEUDO: tuple[tuple[Pseudo, Variety], ...] = (
    ("accented", Variety.ENGLISH),
    ("chinese", Variety.TRADITIONAL),
)
FOLLOWING: dict[str, frozenset[str]] = {
    "docx": frozenset({"word/styles.xml", "word/settings.xml"}),
    "pptx": frozenset(),
    "xlsx": frozenset({"xl/workbook.xml", "xl/styles.xml"}),
    **dict.fromkeys(("odt", "ods", "odp"), frozenset({"content.xml", "styles.xml"})),
}
"""Of each format of packages, the parts that follow the language of the rest: languages, fonts, results of
formulas."""
_PIECE = 12
"""Letters: what is shorter may stand anywhere."""
REFITTED = frozenset({"sheet_name"})
"""Stories whose words are made fit for what the format allows."""


def opened(data: bytes, form: str) -> Layout:
    return LAYOUTS[form].open(data, bounds())


def translated(data: bytes, form: str, kind: Pseudo, to: Variety) -> tuple[dict[str, str], Rewritten]:
    """What was asked for by each unit's id, and the file with it."""
    layout = opened(data, form)
    targets = {unit.id: pseudo(unit.source, kind) for unit in layout.units}
    return {key: typeset(target, to) for key, target in targets.items()}, layout.write(targets, to)


def changed_unasked(data: bytes, form: str) -> list[str]:
    """What differs though nothing was asked, and which parts differ though only one unit's was."""
    layout = opened(data, form)
    if layout.write({}, Variety.ENGLISH).data != data:
        return ["without targets the file is another one"]
    if form not in FOLLOWING or not layout.units:
        return []
    unit = layout.units[0]
    before = dict(parts_of(data))
    after = dict(parts_of(layout.write({unit.id: unit.source}, Variety.ENGLISH).data))
    if before.keys() != after.keys():
        return ["a part came or went"]
    allowed = FOLLOWING[form] | {unit.id.partition("#")[0]}
    return [f"{name} changed" for name in before if before[name] != after[name] and name not in allowed]


def lost(data: bytes, form: str) -> list[str]:
    """What does not survive an accented translation and one into Chinese."""
    units = opened(data, form).units
    text = _text(data, form)
    read = [unit for unit in units if _is_compared(unit, form) and _close(unit.source) in text]
    wrong: list[str] = []
    for kind, to in PSEUDO:
        wanted, written = translated(data, form, kind, to)
        wrong += [f"{kind}: {note.message}" for note in written.notes if note.check == "tags"]
        noted = {note.unit for note in written.notes if note.unit}
        sure = [unit for unit in read if unit.id not in noted]
        if form != "pdf":
            wrong += [f"{kind}: {each}" for each in _units_lost(written.data, form, units, wanted, noted)]
        wrong += [f"{kind}: {each}" for each in _words_unread(written.data, form, sure, wanted)]
        if form in FOLLOWING and not _is_whole(written.data):
            wrong.append(f"{kind}: the package is damaged")
    return wrong


def _is_compared(unit: Unit, form: str) -> bool:
    """Whether the reader gives a unit's words as they stand: in a PDF always, since no thing stands in them."""
    return form == "pdf" or "<" not in unit.source


def _units_lost(
    data: bytes, form: str, units: Sequence[Unit], wanted: Mapping[str, str], noted: set[str]
) -> list[str]:
    """Units that the new file does not have in their places with their words and the things in their lines."""
    again = opened(data, form).units
    if len(again) != len(units):
        return [f"{len(units)} units became {len(again)}"]
    wrong = []
    for old, new in zip(units, again, strict=True):
        if old.story in REFITTED or old.id in noted:
            continue
        if plain(new.source).split() != plain(wanted[old.id]).split():
            wrong.append(f"{old.id} says {new.source!r} and not {wanted[old.id]!r}")
        elif _alone(new.source) != _alone(wanted[old.id]):
            wrong.append(f"{old.id} lost a thing that stood in its line")
    return wrong


def _alone(text: str) -> int:
    return sum(piece.kind == "alone" for piece in pieces(text))


def _words_unread(data: bytes, form: str, units: Sequence[Unit], wanted: Mapping[str, str]) -> list[str]:
    """Units, read before, whose new words the format's reader does not give. Of a PDF it is enough that they
    are drawn: the reader puts words beside each other in rows, and right-to-left text in none."""
    text = _text(data, form) if units else ""
    unread = [unit for unit in units if _close(wanted[unit.id]) not in text]
    if unread and form == "pdf":
        drawn, again = _drawn(data), {unit.id: unit.source for unit in opened(data, form).units}
        unread = [
            unit
            for unit in unread
            if not _is_drawn(_as_drawn(plain(wanted[unit.id])), drawn)
            and (unit.id.startswith("page/") or plain(again[unit.id]) != plain(wanted[unit.id]))
        ]
    return [f"{unit.id} is not read" for unit in unread]


def _is_drawn(words: str, drawn: str) -> bool:
    """Whether words are drawn in one piece, or in two over a column's or page's end."""
    if words in drawn:
        return True
    first = next((end for end in range(len(words) - _PIECE, _PIECE, -1) if words[:end] in drawn), 0)
    return first > 0 and words[first:] in drawn


def _drawn(data: bytes) -> str:
    """A PDF's words, text object by text object, in the order in which they are drawn."""
    document = pdfium.PdfDocument(data)
    found = []
    for page in document:
        held = page.get_textpage()
        for each in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_TEXT], textpage=held):
            found.append(each.extract())
    document.close()
    return _as_drawn("".join(found))


def _as_drawn(text: str) -> str:
    """Without white space, hyphens, which lines may add, and what is raised or wide."""
    return re.sub(r"[-‐‑\xad\ufffe\x02]", "", _closed(unicodedata.normalize("NFKC", text)))


def _text(data: bytes, form: str) -> str:
    """All that is read, asides too, without white space."""
    try:
        document = read_here(data, f"again.{form}")
    except EmptyDocument:
        return ""
    return _closed("".join(each.text for each in (*document.blocks, *document.asides)))


def _close(tagged: str) -> str:
    return _closed(plain(tagged))


def _closed(text: str) -> str:
    """Without white space, composed as readers compose."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _is_whole(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.testzip() is None
