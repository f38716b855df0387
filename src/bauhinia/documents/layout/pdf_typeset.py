"""Translations fitted into their places and painted, all pages in one run of Typst, in memory."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...language import Variety
from ..pdf_objects import Box
from .pdf_fonts import face_of, families, system_fonts
from .pdf_frames import Frame
from .pdf_runs import set_pieces, widest
from .pdf_typst import PROGRAM
from .pdf_units import Place
from .tags import plain

FLOOR = 0.7
"""Type is made smaller down to this part of its size without a word, and further only with a note."""
_SCALES = (0.95, 0.9, 0.85, 0.8, 0.75, FLOOR, 0.65, 0.6, 0.55, 0.5)
_PITCHES = 5
"""Distances of lines that are tried at full size, from wide to tight."""
_TIGHT = {True: 1.2, False: 1.12}
"""The least distance of lines in multiples of their size, for Chinese and for English."""
_AIRY = 1.4
"""Chinese lines are at least this far apart where there is room."""
_SLACK = 0.6
"""Points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One unit to be painted."""

    place: Place
    target: str
    """Tagged text."""
    boxes: tuple[Box, ...]
    """The most that each of its frames may cover."""


class Step(NamedTuple):
    """A way to set a unit: from the first, as large as in the original, to the last, the smallest."""

    scale: float
    pitch: float


class Stack(NamedTuple):
    """Units, from above to below, that share the space below them; each by its place in the settings."""

    units: list[int]
    gaps: list[float]
    """Least white space above each, in points; of the first it is not used."""
    bottom: float
    """The last must end above this."""


class Fit(NamedTuple):
    """How a unit is set."""

    steps: list[Step]
    chosen: int
    """Place in `steps`; -1 where even the last does not fit."""
    shift: float = 0.0
    """How far it moves down, in points; up where less than 0."""

    @property
    def scale(self) -> float:
        """Of its type, against the original's."""
        return self.steps[self.chosen].scale


class Sheet(NamedTuple):
    """A page to paint on."""

    number: int
    width: float
    height: float


class Typesetter:
    """Sets units for one language. Raises UnsupportedFormat when a font is missing."""

    def __init__(self, to: Variety) -> None:
        # Each of Typst's threads takes address space, of which this process has little.
        os.environ.setdefault("RAYON_NUM_THREADS", "2")
        self.to = to
        self.families = families(to)

    def fit(self, settings: Sequence[Setting], stacks: Sequence[Stack]) -> list[Fit]:
        """How each unit fits, those of one look made alike. `stacks` name units by their places."""
        import typst

        steps = [_steps(setting.place, self.to) for setting in settings]
        order = self._order(settings, steps)
        stacked = {index for stack in stacks for index in stack.units}
        order["stacks"] = [stack._asdict() for stack in stacks]
        order["alone"] = [index for index in range(len(settings)) if index not in stacked]
        compiler = typst.Compiler(_files("measure", order), font_paths=system_fonts())
        chosen, shifts = [-1] * len(settings), [0.0] * len(settings)
        for each in json.loads(compiler.query("<fit>")):
            index, chosen[index], shifts[index] = each["value"]
        alike = _alike(settings, chosen)
        return [Fit(*each) for each in zip(steps, alike, shifts, strict=True)]

    def paint(self, settings: Sequence[Setting], fits: Sequence[Fit], sheets: Sequence[Sheet]) -> bytes:
        """A PDF with a page for each sheet, the units at their places and nothing else."""
        import typst

        ways = [fit.steps[fit.chosen :] if fit.chosen >= 0 else fit.steps[-1:] for fit in fits]
        order = self._order(settings, ways)
        for unit, fit in zip(order["units"], fits, strict=True):
            if fit.shift:
                unit["frames"][0]["base"] += fit.shift
                unit["frames"][0]["bottom"] = max(sheet.height for sheet in sheets)
        order["sheets"] = [
            (*sheet, [index for index, unit in enumerate(order["units"]) if _is_on(unit, sheet.number)])
            for sheet in sheets
        ]
        compiler = typst.Compiler(font_paths=system_fonts())
        made = compiler.compile(input=_files("paint", order), format="pdf", pdf_tags=False)
        assert isinstance(made, bytes)
        return made

    def _order(self, settings: Sequence[Setting], steps: Sequence[Sequence[Step]]) -> dict[str, Any]:
        chinese = self.to.is_chinese
        simplified = self.to is Variety.SIMPLIFIED
        return {
            "lang": "zh" if chinese else "en",
            "region": "CN" if simplified else "HK" if chinese else "GB",
            "fonts": self.families,
            "units": [_order(*each) for each in zip(settings, steps, strict=True)],
        }


def _files(work: str, order: dict[str, Any]) -> Any:
    return {"main.typ": PROGRAM, "units.json": json.dumps({"work": work, **order}).encode()}


def _steps(place: Place, to: Variety) -> list[Step]:
    """The ways that are tried in turn; as many for every unit, so that units can be made alike."""
    tight = _TIGHT[to.is_chinese]
    own = max(place.pitch, _AIRY) if to.is_chinese else place.pitch
    own = max(own, tight)
    pitches = [own - (own - tight) * index / (_PITCHES - 1) for index in range(_PITCHES)]
    return [Step(1.0, pitch) for pitch in pitches] + [Step(scale, tight) for scale in _SCALES]


def _alike(settings: Sequence[Setting], chosen: Sequence[int]) -> list[int]:
    """Units of one look no larger than most of their letters are set: a page in many sizes looks broken."""
    letters: dict[tuple[object, ...], Counter[int]] = {}
    for setting, step in zip(settings, chosen, strict=True):
        letters.setdefault(_look(setting), Counter())[max(step, 0)] += len(plain(setting.target))
    usual = {look: _common(counted) for look, counted in letters.items()}
    return [
        max(step, usual[_look(setting)]) if step >= 0 else step
        for setting, step in zip(settings, chosen, strict=True)
    ]


def _common(counted: Counter[int]) -> int:
    """The step at which half of the letters fit."""
    most = sum(counted.values()) / 2
    seen = 0
    for step in sorted(counted):
        seen += counted[step]
        if seen >= most:
            return step
    return 0


def _look(setting: Setting) -> tuple[object, ...]:
    place = setting.place
    return place.unit.story, place.in_cell, round(place.size * 2), place.words.base.bold


def _order(setting: Setting, steps: Sequence[Step]) -> dict[str, Any]:
    """A unit as the Typst program reads it."""
    place = setting.place
    label, tokens = set_pieces(place, setting.target)
    return {
        "size": place.size,
        "face": _face(place),
        "align": place.align,
        "first": place.first,
        "label": label,
        "tail": place.words.tail,
        "widest": widest(plain(setting.target)),
        "tokens": tokens,
        "steps": steps,
        "frames": [_frame(frame, box, place) for frame, box in zip(place.frames, setting.boxes, strict=True)],
    }


def _frame(frame: Frame, box: Box, place: Place) -> dict[str, float]:
    """A frame, wider by a hair than its box, so that words that fill it are not put on two lines."""
    before = {"right": _SLACK, "centre": _SLACK / 2}.get(place.align, 0.0)
    return {
        "page": frame.page,
        "x": box.x0 + frame.inset - before,
        "base": frame.base,
        "width": box.x1 - box.x0 - frame.inset + _SLACK,
        "bottom": box.bottom,
    }


def _is_on(unit: dict[str, Any], page: int) -> bool:
    return any(frame["page"] == page for frame in unit["frames"])


def _face(place: Place) -> str:
    counted: Counter[str] = Counter()
    for ink, count in place.words.fonts.items():
        counted[face_of(ink.font) or "serif"] += count
    return counted.most_common(1)[0][0] if counted else "serif"
