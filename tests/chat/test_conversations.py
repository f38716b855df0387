"""What people keep of their conversations is theirs: searched, taken along, deleted, shared without names."""

from __future__ import annotations

import pytest

from bauhinia.chat.conversations import Conversations, answer_of, as_markdown, kept_of
from bauhinia.chat.guests import guest
from bauhinia.chat.turn import Answer, Reference, Said
from bauhinia.errors import NotFound
from bauhinia.language import Variety
from bauhinia.people import acting_as
from bauhinia.store import Database

ONE, OTHER = guest("one"), guest("other")
ANSWER = Answer(
    via="tool",
    language=Variety.ENGLISH,
    said=(Said(text="It is 25 degrees.", source=0), Said(text="Call Mr Chan Tai-man on 9123 4567.")),
    references=(Reference(title="Hong Kong Observatory, 2026-11-27 10:02", url="https://www.hko.gov.hk/"),),
    follow_ups=("And tomorrow?",),
)


@pytest.fixture
def conversations(database: Database) -> Conversations:
    return Conversations(database)


async def test_a_conversation_goes_on_and_is_found_by_its_words(conversations: Conversations) -> None:
    with acting_as(ONE):
        key = await conversations.add("", "How warm is it?", ANSWER)
        assert await conversations.add(key, "And 100% sure_ly?", ANSWER) == key
        found, turns = await conversations.get(key)
        assert found.title == "How warm is it?" and [turn.number for turn in turns] == [1, 2]
        assert turns[0].exchange.answer == ANSWER
        for words, there in (
            ("warm", True),
            ("25 DEGREES", True),
            ("100%", True),
            ("snow", False),
            ("su_e_ly", False),
        ):
            assert bool(await conversations.listed(words)) is there, words


async def test_it_is_nobody_elses(conversations: Conversations) -> None:
    with acting_as(ONE):
        key = await conversations.add("", "How warm is it?", ANSWER)
    with acting_as(OTHER):
        assert await conversations.listed() == []
        for deed in (conversations.get(key), conversations.delete(key), conversations.share(key)):
            with pytest.raises(NotFound):
                await deed
        assert await conversations.delete_all() == 0
    with acting_as(ONE):
        assert await conversations.delete_all() == 1


async def test_a_link_shows_a_copy_without_personal_data_until_it_is_taken_back(
    conversations: Conversations,
) -> None:
    with acting_as(ONE):
        key = await conversations.add("", "My HKID is A123456(3), how warm is it?", ANSWER)
        secret = await conversations.share(key)
    with acting_as(OTHER):
        shown = await conversations.shared(secret)
        told = repr(shown)
        assert "25 degrees" in told and "A123456" not in told and "9123" not in told and "Tai-man" not in told
        with pytest.raises(NotFound):
            await conversations.shared(secret + "x")
    with acting_as(ONE):
        await conversations.add(key, "And what I said later?", ANSWER)
        assert len((await conversations.shared(secret)).turns) == 1
        assert await conversations.unshare(key) == 1
        with pytest.raises(NotFound):
            await conversations.shared(secret)


async def test_a_deleted_conversation_takes_its_links_along(
    conversations: Conversations, database: Database
) -> None:
    with acting_as(ONE):
        key = await conversations.add("", "How warm is it?", ANSWER)
        await conversations.share(key)
        await conversations.delete(key)
    async with database.maintenance() as connection:
        for table in ("chat_conversations", "chat_turns", "chat_shares"):
            assert await (await connection.execute(f"SELECT FROM {table}")).fetchone() is None, table


async def test_asking_anew_forgets_what_followed(conversations: Conversations) -> None:
    with acting_as(ONE):
        key = await conversations.add("", "first", ANSWER)
        await conversations.add(key, "second", ANSWER)
        await conversations.add(key, "third", ANSWER)
        await conversations.go_back(key, 2)
        await conversations.add(key, "second, in other words", ANSWER)
        _, turns = await conversations.get(key)
        assert [turn.question for turn in turns] == ["first", "second, in other words"]
        text = as_markdown(*(await conversations.get(key)))
        assert "## second, in other words" in text and "https://www.hko.gov.hk/" in text


def test_an_answer_comes_back_as_it_was_kept() -> None:
    assert answer_of(kept_of(ANSWER)) == ANSWER
