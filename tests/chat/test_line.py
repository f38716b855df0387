"""The line: first come first served, one place a person, and an honest end."""

from __future__ import annotations

import asyncio

import pytest

from bauhinia.chat.line import BRIEF, CURATED, FULL, MOST_OF_A_NETWORK, MOST_OWN, Line, Waiting
from bauhinia.errors import ModelBusy


class Visitor:
    """Somebody who waits, is served until told to go, and remembers."""

    def __init__(self, line: Line, name: str, order: list[str], network: bytes = b"") -> None:
        self.told: list[Waiting] = []
        self.go = asyncio.Event()
        self.task = asyncio.create_task(self._visit(line, name, order, network))

    async def _visit(self, line: Line, name: str, order: list[str], network: bytes) -> None:
        async with line.joined(name, network) as waiting:
            async for standing in waiting:
                self.told.append(standing)
            order.append(name)
            await self.go.wait()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_first_come_first_served() -> None:
    line, order = Line(1), list[str]()
    first, second, third = (Visitor(line, name, order) for name in "abc")
    await settled()
    assert order == ["a"] and line.length == 2
    assert second.told[0].before == 0 and third.told[0].before == 1
    assert third.told[0].seconds == 2 * second.told[0].seconds > 0
    first.go.set()
    await settled()
    assert order == ["a", "b"]
    second.go.set(), third.go.set()
    await asyncio.gather(first.task, second.task, third.task)
    assert order == ["a", "b", "c"] and line.length == 0


async def test_one_person_has_one_place() -> None:
    line, order = Line(2), list[str]()
    visits = [Visitor(line, name, order) for name in ("a", "a", "b")]
    await settled()
    assert order == ["a", "b"]
    for visit in visits:
        visit.go.set()
    await asyncio.gather(*(visit.task for visit in visits))
    assert order == ["a", "b", "a"]


async def test_who_leaves_the_line_lets_the_others_move_up() -> None:
    line, order = Line(1), list[str]()
    first, second, third = (Visitor(line, name, order) for name in "abc")
    await settled()
    second.task.cancel()
    await asyncio.gather(second.task, return_exceptions=True)
    assert line.length == 1
    first.task.cancel()
    await settled()
    assert order == ["a", "c"]
    third.go.set()
    await third.task


async def test_answers_get_worse_in_steps_and_then_it_is_full() -> None:
    line, order = Line(1), list[str]()
    visits = [Visitor(line, "0", order)]
    steps = []
    for place in range(FULL):
        visits.append(Visitor(line, str(place + 1), order))
        await settled()
        steps.append(line.step)
    assert steps[BRIEF - 2] == "whole" and steps[BRIEF - 1] == "brief"
    assert steps[CURATED - 2] == "brief" and steps[CURATED - 1] == "curated_only"
    with pytest.raises(ModelBusy) as full:
        async with line.joined("late"):
            pass
    assert full.value.retry_after and full.value.retry_after > 60
    for visit in visits:
        visit.task.cancel()
    await asyncio.gather(*(visit.task for visit in visits), return_exceptions=True)
    assert line.length == 0 and line.step == "whole"


async def test_nobody_alone_fills_the_line() -> None:
    line, order = Line(1), list[str]()
    visits = [Visitor(line, "served", order)]
    visits += [Visitor(line, "eager", order) for _ in range(MOST_OWN)]
    await settled()
    with pytest.raises(ModelBusy, match="from one place"):
        async with line.joined("eager"):
            pass
    # Who shows no cookie is somebody else each time, from the same network.
    visits += [Visitor(line, f"new {number}", order, b"net") for number in range(MOST_OF_A_NETWORK)]
    await settled()
    with pytest.raises(ModelBusy, match="from one place") as refused:
        async with line.joined("another", b"net"):
            pass
    assert refused.value.retry_after and line.step == "brief"
    visits.append(Visitor(line, "elsewhere", order, b"other"))
    await settled()
    assert visits[-1].told, "others have their place"
    for visit in visits:
        visit.task.cancel()
    await asyncio.gather(*(visit.task for visit in visits), return_exceptions=True)
