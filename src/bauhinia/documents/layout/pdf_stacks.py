"""Units that stand one below the other with nothing else between: they share the space below them.

One that has grown moves those after it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ..pdf_objects import Box
from .pdf_space import PageSpace
from .pdf_typeset import Setting, Stack

_LEAST_GAP, _MOST_GAP = 0.2, 1.3
"""White space kept between two paragraphs, in multiples of the letter size, as far as the original has it."""


def stacks(settings: Sequence[Setting], spaces: Mapping[int, PageSpace]) -> list[Stack]:
    """Every stack; each unit is in one at the most."""
    return [_stack(run, settings, spaces) for run in _runs(settings, spaces)]


def _runs(settings: Sequence[Setting], spaces: Mapping[int, PageSpace]) -> Iterator[list[int]]:
    run: list[int] = []
    for index, setting in enumerate(settings):
        movable = _is_movable(setting, spaces)
        if run and not (movable and _follows(settings[run[-1]], setting)):
            yield run
            run = []
        if movable:
            run.append(index)
    if run:
        yield run


def _is_movable(setting: Setting, spaces: Mapping[int, PageSpace]) -> bool:
    place = setting.place
    if len(place.frames) > 1 or place.in_cell or place.held or place.unit.story in ("header", "footer"):
        return False
    frame = place.frames[0]
    return spaces[frame.page].is_alone(frame)


def _follows(one: Setting, other: Setting) -> bool:
    """Whether the other is what the first meets when it grows down."""
    above, below = one.place.frames[0], other.place.frames[0]
    reached = one.boxes[0].bottom >= below.box.top - 0.5 * other.place.size
    side = min(one.boxes[0].x1, other.boxes[0].x1) - max(one.boxes[0].x0, other.boxes[0].x0) > 0
    return above.page == below.page and below.base > above.base and reached and side


def _stack(run: Sequence[int], settings: Sequence[Setting], spaces: Mapping[int, PageSpace]) -> Stack:
    held = [settings[index] for index in run]
    gaps = [0.0]
    for one, other in pairwise(held):
        size = other.place.size
        white = other.place.frames[0].box.top - one.place.frames[0].box.bottom
        gaps.append(max(_LEAST_GAP * size, min(white, _MOST_GAP * size)))
    last = held[-1]
    span = Box(
        min(each.boxes[0].x0 for each in held),
        held[0].boxes[0].top,
        max(each.boxes[0].x1 for each in held),
        last.boxes[0].bottom,
    )
    own = [each.boxes[0] for each in held]
    floor = spaces[last.place.frames[0].page].floor(span, last.place.frames[0].box.bottom, own)
    return Stack(list(run), gaps, min(last.boxes[0].bottom, floor))
