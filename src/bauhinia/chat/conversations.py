"""What a person keeps of their conversations: searched, taken along, deleted, shared by a link."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from psycopg.types.json import Jsonb

from ..errors import InputError, NotFound
from ..language import Variety
from ..privacy import find_personal
from ..store import Database
from .turn import Answer, Exchange, Reference, Said

LONGEST_QUESTION = 2_000
LONGEST_TITLE = 80
MOST_TURNS = 200
SHARED_DAYS = 30
"""How long a link works."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One conversation, in a list."""

    id: str
    title: str
    begun: datetime
    continued: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question with its answer, as it is kept."""

    number: int
    question: str
    answer: dict[str, Any]
    at: datetime

    @property
    def exchange(self) -> Exchange:
        """The same, ready to be gone on from."""
        return Exchange(question=self.question, answer=answer_of(self.answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a link shows: a copy, personal data left out."""

    title: str
    turns: list[dict[str, Any]]
    made: datetime
    expires: datetime


class Conversations:
    """The conversations of one database; everybody sees their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, words: str = "") -> list[Conversation]:
        """The acting person's, newest first; with words, those that hold them all."""
        wanted = [f"%{_escaped(word)}%" for word in words.split()]
        return await self._select(Conversation, _LISTED, {"wanted": wanted})

    async def get(self, key: str) -> tuple[Conversation, list[Turn]]:
        """A conversation with its turns. Raises NotFound."""
        found = await self._select(Conversation, _ONE, {"key": key})
        if not found:
            raise NotFound(
                "There is no such conversation.", hint="It may have been deleted. Begin a new one."
            )
        return found[0], await self._select(Turn, _TURNS, {"key": key})

    async def add(self, key: str, question: str, answer: Answer) -> str:
        """Keep a turn at the end of a conversation, or of a new one where `key` is empty; gives its id."""
        async with self._database.connection() as connection:
            if not key:
                key = secrets.token_urlsafe(12)
                await connection.execute(_NEW, {"key": key, "title": title_of(question)})
            kept = await connection.execute(
                _ADD, {"key": key, "question": question, "answer": Jsonb(kept_of(answer)), "most": MOST_TURNS}
            )
            if not kept.rowcount:
                raise InputError("This conversation is full, or gone.", hint="Begin a new one.")
            await connection.execute(_CONTINUED, {"key": key})
        return key

    async def go_back(self, key: str, number: int) -> None:
        """Forget the turns from that one on: its question is asked anew, or in other words."""
        await self._database.write(
            "DELETE FROM chat_turns WHERE conversation = %s AND number >= %s", (key, number)
        )

    async def delete(self, key: str) -> None:
        """Delete a conversation and its links. Raises NotFound."""
        if not await self._database.write("DELETE FROM chat_conversations WHERE id = %s", (key,)):
            raise NotFound("There is no such conversation.", hint="It may have been deleted already.")

    async def delete_all(self) -> int:
        """Delete everything of the acting person; how many conversations there were."""
        return await self._database.write("DELETE FROM chat_conversations", ())

    async def share(self, key: str) -> str:
        """A link's secret to a copy without personal data, that works for `SHARED_DAYS`. Raises NotFound."""
        conversation, turns = await self.get(key)
        secret = secrets.token_urlsafe(24)
        values = {
            "digest": _digest(secret), "key": key, "title": without_personal(conversation.title),
            "turns": Jsonb([stripped(turn) for turn in turns]), "days": SHARED_DAYS,
        }  # fmt: skip
        await self._database.write(_SHARE, values)
        return secret

    async def shared(self, secret: str) -> Shared:
        """What a link shows. Raises NotFound."""
        found = await self._select(Shared, _SHARED, {"digest": _digest(secret)})
        if not found:
            raise NotFound("This link shows nothing.", hint="It may be over, or was taken back.")
        one: Shared = found[0]
        return one

    async def unshare(self, key: str) -> int:
        """Take back all links to a conversation; how many there were."""
        return await self._database.write("DELETE FROM chat_shares WHERE conversation = %s", (key,))

    async def _select(self, row: type[Any], query: str, values: dict[str, Any]) -> list[Any]:
        return await self._database.rows(row, query, values)


def title_of(question: str) -> str:
    """A conversation's title: the beginning of its first question."""
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def kept_of(answer: Answer) -> dict[str, Any]:
    """An answer as JSON."""
    return asdict(answer) | {"language": answer.language.value}


def answer_of(kept: dict[str, Any]) -> Answer:
    """The answer that was kept."""
    return Answer(
        **kept
        | {
            "language": Variety(kept["language"]),
            "said": tuple(Said(**said) for said in kept["said"]),
            "references": tuple(Reference(**reference) for reference in kept["references"]),
            "follow_ups": tuple(kept["follow_ups"]),
        }
    )


def stripped(turn: Turn) -> dict[str, Any]:
    """A turn without personal data, as a link shows it."""
    said = [one | {"text": without_personal(one["text"])} for one in turn.answer["said"]]
    return {
        "number": turn.number,
        "question": without_personal(turn.question),
        "answer": turn.answer | {"said": said, "follow_ups": []},
    }


def without_personal(text: str) -> str:
    """The text, what is personal in it blotted out."""
    for found in reversed(find_personal(text)):
        text = f"{text[: found.start]}[…]{text[found.end :]}"
    return text


def as_markdown(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """A conversation as a person takes it along."""
    lines = [f"# {conversation.title}", ""]
    for turn in turns:
        answer = answer_of(turn.answer)
        lines += [f"## {turn.question}", "", answer.text, ""]
        lines += [f"{place}. {each.title} {each.url}" for place, each in enumerate(answer.references, 1)]
        lines += [""] if answer.references else []
    return "\n".join(lines)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_ONE = "SELECT id, title, begun, continued FROM chat_conversations WHERE id = %(key)s"
_SHARED = "SELECT * FROM shared_chat(%(digest)s)"
_LISTED = """
SELECT id, title, begun, continued FROM chat_conversations
WHERE NOT EXISTS (
    SELECT FROM unnest(%(wanted)s::text[]) AS word
    WHERE title NOT ILIKE word AND NOT EXISTS (
        SELECT FROM chat_turns WHERE conversation = chat_conversations.id
            AND (question ILIKE word OR answer ->> 'said' ILIKE word)))
ORDER BY continued DESC LIMIT 500
"""
_TURNS = "SELECT number, question, answer, at FROM chat_turns WHERE conversation = %(key)s ORDER BY number"
_NEW = "INSERT INTO chat_conversations (id, title) VALUES (%(key)s, %(title)s)"
_ADD = """
INSERT INTO chat_turns (conversation, number, question, answer)
SELECT %(key)s, last + 1, %(question)s, %(answer)s
FROM (SELECT coalesce(max(number), 0) AS last FROM chat_turns WHERE conversation = %(key)s) AS so_far
WHERE last < %(most)s AND EXISTS (SELECT FROM chat_conversations WHERE id = %(key)s)
"""
_CONTINUED = "UPDATE chat_conversations SET continued = clock_timestamp() WHERE id = %(key)s"
_SHARE = """
INSERT INTO chat_shares (digest, conversation, title, turns, expires)
VALUES (%(digest)s, %(key)s, %(title)s, %(turns)s, now() + make_interval(days => %(days)s))
"""
