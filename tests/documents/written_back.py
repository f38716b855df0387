"""Whether a layout puts other words in a marked place of a file and leaves everything else as it was."""

from __future__ import annotations

from file_makers import bounds, read_here

from bauhinia.documents import Document
from bauhinia.documents.layout import LAYOUTS, plain
from bauhinia.language import Variety

NEW = "Falcon 遊隼"
"""As long as the marker, and written alike in either language."""


def is_written_back(data: bytes, form: str, marker: str) -> bool:
    """Whether the units that hold the marker can be given other words: then the file, read again, is the
    same but for them. False where the format has no layout or no unit holds the marker.

    Raises AssertionError where it is written and something else has changed.
    """
    if form not in LAYOUTS:
        return False
    layout = LAYOUTS[form].open(data, bounds())
    before = layout.units
    targets = {u.id: u.source.replace(marker, NEW) for u in before if marker in plain(u.source)}
    if not targets:
        return False
    written = layout.write(targets, Variety.ENGLISH)
    again = LAYOUTS[form].open(written.data, bounds()).units
    assert [(unit.story, unit.source) for unit in again] == [
        (unit.story, targets.get(unit.id, unit.source)) for unit in before
    ]
    shown = _shown(read_here(written.data, f"again.{form}"))
    wanted = [(kind, text.replace(marker, NEW)) for kind, text in _shown(read_here(data, f"probe.{form}"))]
    assert shown == wanted
    return True


def _shown(document: Document) -> list[tuple[str, str]]:
    """Kind and text of all that is read, asides too."""
    return [
        *((block.kind, block.text) for block in document.blocks),
        *((each.aside, each.text) for each in document.asides),
    ]
