"""Each officer accepts each text once, all at once, and again once it says something else."""

from __future__ import annotations

import pytest

from bauhinia.errors import InputError
from bauhinia.guideline.acknowledgements import Acknowledgements
from bauhinia.guideline.notice_texts import Notice, notices
from bauhinia.ledger import Ledger
from bauhinia.people import Officer, acting_as
from bauhinia.store import Database

CLERK = Officer(id="clerk", department="hyd", name="Clerk")
OTHER = Officer(id="other", department="hyd", name="Other")


def reworded(notice: Notice) -> Notice:
    """The notice with another word in its title."""
    title = {**notice.title, "en": notice.title["en"] + " (new)"}
    return Notice.model_validate({**notice.model_dump(), "title": title})


async def accepted(database: Database) -> list[tuple[str, str, str]]:
    """Officer, notice and language of every acknowledgement that is kept."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT officer, notice, language FROM acknowledgements ORDER BY 1, 2"
        )
        return list(await cursor.fetchall())


async def recorded(database: Database) -> list[str]:
    """The subjects of the ledger's entries of acceptances."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb ->> 'subject' FROM ledger WHERE body::jsonb ->> 'deed' = 'notices.accept' ORDER BY seq"
        )
        return [row[0] for row in await cursor.fetchall()]


async def test_all_is_accepted_once_and_recorded(database: Database) -> None:
    asked = notices()
    every = [notice.digest for notice in asked]
    with acting_as(CLERK):
        book = Acknowledgements(database, Ledger(database), asked)
        assert await book.due(CLERK) == list(asked) and not await book.has_accepted(CLERK)
        with pytest.raises(InputError, match="Not all"):
            await book.accept(CLERK, every[1:], "en")
        assert await accepted(database) == []
        await book.accept(CLERK, every, "zh-Hant-HK")
        assert await book.due(CLERK) == [] and await book.has_accepted(CLERK)
        again = Acknowledgements(database, Ledger(database), asked)
        assert await again.due(CLERK) == []
    assert await accepted(database) == [
        ("clerk", name, "zh-Hant-HK") for name in ("briefing", "limits", "rules", "terms")
    ]
    assert await recorded(database) == [f"{one.id}@{one.version}:{one.digest[:16]}" for one in asked]


async def test_what_changed_is_asked_again_and_nothing_else(database: Database) -> None:
    asked = notices()
    with acting_as(CLERK):
        await Acknowledgements(database, Ledger(database), asked).accept(
            CLERK, [notice.digest for notice in asked], "en"
        )
        changed = (reworded(asked[0]), *asked[1:])
        book = Acknowledgements(database, Ledger(database), changed)
        assert await book.due(CLERK) == [changed[0]]
        with pytest.raises(InputError):
            await book.accept(CLERK, [asked[0].digest], "en")
        await book.accept(CLERK, [changed[0].digest], "en")
        assert await book.due(CLERK) == []
    assert len(await accepted(database)) == len(asked) + 1


async def test_one_officers_acceptance_is_not_anothers(database: Database) -> None:
    asked = notices()
    book = Acknowledgements(database, Ledger(database), asked)
    with acting_as(CLERK):
        await book.accept(CLERK, [notice.digest for notice in asked], "en")
    with acting_as(OTHER):
        assert await book.due(OTHER) == list(asked)
