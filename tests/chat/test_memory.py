"""What a person lets the assistant remember: nothing by default, theirs alone, used where a question leaves
something open, and told."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from bauhinia.chat.guests import guest
from bauhinia.chat.memory import MOST_NEEDS, NOTHING, Memories, Memory, Ride
from bauhinia.chat.planner import plan
from bauhinia.chat.recalling import recalled, trip_request
from bauhinia.errors import InputError
from bauhinia.language import Variety
from bauhinia.people import acting_as
from bauhinia.store import Database

ONE, OTHER = guest("one"), guest("other")
TODAY = date(2026, 11, 27)
HOME = Ride(called="home", route="96R", stop="Choi Hung")
WORK = Ride(called="公司", route="1A", stop="Star Ferry")
STATION = Ride(called="home", stop="Central")
KNOWN = Memory(district="Sha Tin", rides=(HOME, WORK, STATION), needs=("I use a wheelchair",))


def understood(question: str, memory: Memory) -> tuple[dict[str, object] | None, bool]:
    """The arguments that the question comes to, and whether the memory had a part in them."""
    known = recalled(plan(question, today=TODAY), memory)
    call = known.parts[0].understood.call
    return (call.arguments if call else None), bool(known.used)


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("When is the next bus home?", {"route": "96R", "stop": "Choi Hung"}),
        ("返屋企嘅巴士幾時到？", {"route": "96R", "stop": "Choi Hung"}),
        ("When does the bus to work come?", {"route": "1A", "stop": "Star Ferry"}),
        ("96R 仲有幾耐到？", {"route": "96R", "stop": "Choi Hung"}),
        ("When is the next train home?", {"station": "Central"}),
        ("What is the temperature now?", {"place": "Sha Tin"}),
        ("而家幾度？", {"place": "Sha Tin"}),
    ],
)
def test_what_a_question_leaves_open_is_filled_in(question: str, arguments: dict[str, str]) -> None:
    assert understood(question, KNOWN) == (arguments, True)
    without, used = understood(question, NOTHING)
    assert without != arguments and not used


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("When is the next 96R bus at Kwun Tong?", {"route": "96R", "stop": "kwun tong"}),
        ("What is the temperature at Tai Po?", {"place": "tai po"}),
        ("What is the temperature in Hong Kong now?", {}),
        ("When is the next bus?", None),
        ("When is the next 91M bus?", None),
        ("What is 12 times 12?", {"expression": "12 times 12"}),
    ],
)
def test_what_it_says_itself_stays_and_two_readings_are_none(
    question: str, arguments: dict[str, str] | None
) -> None:
    found, used = understood(question, KNOWN)
    assert not used and (found is None) == (arguments is None)
    if arguments and "expression" not in arguments:
        assert found is not None and {key: str(found[key]).casefold() for key in arguments} == {
            key: value.casefold() for key, value in arguments.items()
        }


def test_two_rides_of_one_name_are_none() -> None:
    both = Memory(rides=(HOME, Ride(called="屋企", route="91M", stop="Diamond Hill")))
    assert understood("When is the next bus home?", both) == (None, False)


def test_a_trip_heeds_the_needs_that_change_it() -> None:
    assert "wheelchair" in trip_request("Plan a two-day trip with museums", KNOWN, TODAY)
    known = Memory(needs=("I like short answers",))
    question = "Plan a two-day trip with museums"
    assert trip_request(question, known, TODAY) == question
    said = "Plan a two-day trip in a wheelchair"
    assert trip_request(said, KNOWN, TODAY) == said


async def test_it_is_off_until_it_is_turned_on_and_nobody_elses(database: Database) -> None:
    memories = Memories(database)
    with acting_as(ONE):
        assert await memories.mine() is None
        await memories.keep(NOTHING)
        assert await memories.mine() == NOTHING
        kept = KNOWN.model_copy(update={"language": Variety.CANTONESE})
        await memories.keep(kept)
        assert await memories.mine() == kept
    with acting_as(OTHER):
        assert await memories.mine() is None
        assert await memories.forget() == 0
    with acting_as(ONE):
        assert await memories.forget() == 1
        assert await memories.mine() is None


@pytest.mark.parametrize(
    "memory",
    [
        Memory(needs=("Call me on 9123 4567",)),
        Memory(rides=(Ride(called="home", route="96R", stop="Flat 3, 5/F, 12 Nathan Road, Kowloon"),)),
        Memory(district="Atlantis"),
        Memory(needs=("a" * 200,)),
    ],
)
async def test_what_identifies_a_person_or_is_no_district_is_refused(
    database: Database, memory: Memory
) -> None:
    with acting_as(ONE):
        with pytest.raises(InputError) as refused:
            await Memories(database).keep(memory)
        assert refused.value.hint
        assert await Memories(database).mine() is None


def test_it_holds_few_lines() -> None:
    with pytest.raises(ValidationError):
        Memory(needs=("x",) * (MOST_NEEDS + 1))
