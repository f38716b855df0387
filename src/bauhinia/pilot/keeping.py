"""A translation back in the file that it came from: units beside blocks, and the file written again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from ..documents import Block, read_units, rewrite
from ..documents.layout import LayoutNote, Rewritten, Unit, line, pieces
from ..errors import InputError
from ..language import Variety
from ..settings import Limits
from .draft import Draft, Finding
from .tagged import target_of

_AHEAD = 60
"""How many blocks may lie between two units: what is no unit (numbers, fields) is few together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A document's file as it came."""

    name: str
    data: bytes
    limits: Limits

    async def units(self) -> tuple[Unit, ...]:
        """Its units. Raises DocumentError."""
        return await read_units(self.data, self.name, self.limits)

    async def written(self, draft: Draft, label: str = "") -> Rewritten:
        """The file with the draft's words in it. Raises DocumentError, InputError."""
        (section,) = draft.sections
        targets = {passage.unit: target_of(passage) for passage in section.passages if passage.unit}
        if not targets:
            raise InputError(
                "This draft was not made paragraph by paragraph of its file.",
                hint="Translate the document again with its layout kept.",
            )
        return await rewrite(self.data, self.name, targets, Variety(section.language), self.limits, label)

    def name_of(self, draft: Draft) -> str:
        """The name of the translated file: the original's, with the language."""
        path = PurePath(self.name)
        language = "zh-HK" if draft.variety.is_chinese else "en"
        return f"{path.stem}.{language}{path.suffix}"


class Paragraph(NamedTuple):
    """A unit of the file, a block of its text, or both."""

    unit: Unit | None
    block: Block | None


def paragraphs(units: Sequence[Unit], blocks: Sequence[Block]) -> Iterator[Paragraph]:
    """The units with the blocks that their words stand in, where they are found, and between them the blocks
    that need no translation (figures in a table): units and blocks have the same order."""
    keys = [_key(block.text) for block in blocks]
    at = 0
    before = ""
    for unit in units:
        parts = [key for piece in pieces(unit.source) if (key := _key(piece.text))]
        ahead = range(at, min(at + _AHEAD, len(keys)))
        found = next((index for index in ahead if _holds(keys[index], parts)), None)
        if found is not None:
            yield from _figures(blocks[at:found], before)
            at = found + 1
        before = "".join(parts)
        yield Paragraph(unit, None if found is None else blocks[found])
    yield from _figures(blocks[at:], before)


def _figures(blocks: Sequence[Block], before: str) -> Iterator[Paragraph]:
    """The blocks without a letter that are no further line of the unit before them."""
    for block in blocks:
        if not any(map(str.isalpha, block.text)) and _key(block.text) not in before:
            yield Paragraph(None, block)


def _key(text: str) -> str:
    return "".join(text.split())


def _holds(block: str, parts: Sequence[str]) -> bool:
    """Whether the block's text is the parts in order, with a number before them or fields between, or is the
    first line of them."""
    whole = "".join(parts)
    if len(block) >= 4 and whole.startswith(block):
        return True
    at = 0
    for part in parts:
        at = block.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return len(whole) * 2 >= len(block)


def shown(text: str) -> str:
    """Tagged text as a page shows it."""
    return line(text)


def finding_of(note: LayoutNote) -> Finding:
    """What a writer noted, for the officer."""
    return Finding(check=note.check, severity="warning", message=note.message, values={"note": note.message})
