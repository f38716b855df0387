"""What is sought in a draft before it leaves: personal data, unfair wording, copied text (D-3.3-03).

The result is kept with the digest of the words that were looked at: it is also the saved result of the search
for copies (D-3.3-22), which knows the task's sources and the department's library, and nothing outside.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import orjson
from psycopg.types.json import Jsonb

from ..documents import Document
from ..errors import Refused
from ..guideline.fair_wording import unfair_wording
from ..jobs import Task
from ..language import Variety
from ..privacy import find_personal
from .claims import CITING
from .codec import from_json, to_json
from .copies import ENGLISH_RUN, Overlap, Wording, words_of
from .draft import Draft, Finding, Passage
from .orders import ORDERS, documents_of

if TYPE_CHECKING:
    from .office import Office

CHECKS = ("personal_data", "wording", "copied")
"""What is looked for; each can be made to keep a draft in (`BAUHINIA_RELEASE_BLOCKS`)."""
MOST_LOOKED_UP = 24
"""Passages, the longest first, that are looked up in the library: each costs a search by words."""
SIMILAR = 5
"""Passages of the library that are compared with each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseChecks:
    """What was found, and how far was looked."""

    findings: tuple[Finding, ...]
    sources: int
    """Documents of the task that were compared."""
    looked_up: int
    """Passages that were looked up in the department's library."""
    passages: int
    """Passages that could have been."""

    def blocked_by(self, blocks: str) -> list[str]:
        """The checks, of those that the organisation's policy names, that found something."""
        named = {name.strip() for name in blocks.split(",")}
        return sorted({finding.check for finding in self.findings} & named)


class Compared(NamedTuple):
    """A document that a draft was compared with."""

    name: str
    overlap: Overlap


def digest_of(draft: Draft) -> str:
    """SHA-256 of a draft's words: what a person accepts and a check has seen. Findings, citations and the
    model's own words beside them are no part of it."""
    said = [
        [section.language, section.title, [_said(passage) for passage in section.passages]]
        for section in draft.sections
    ]
    return sha256(orjson.dumps([draft.kind, draft.title, said])).hexdigest()


def _said(passage: Passage) -> list[object]:
    cells = sorted(passage.columns.items()) if passage.kind == "row" else []
    return [passage.id, passage.kind, passage.text, cells]


async def kept_checks(office: Office, task: str, digest: str) -> ReleaseChecks | None:
    """The result for these very words; None where they were not looked at."""
    async with office.database.connection() as connection:
        cursor = await connection.execute(
            "SELECT result FROM release_checks WHERE task = %s AND digest = %s", (task, digest)
        )
        row = await cursor.fetchone()
    return None if row is None else from_json(ReleaseChecks, row[0])


async def checks_of(office: Office, task: Task, draft: Draft) -> ReleaseChecks:
    """The result for the draft as it is, looked for now unless it is kept; its officer's is kept."""
    digest = digest_of(draft)
    if (kept := await kept_checks(office, task.id, digest)) is not None:
        return kept
    made = await _look(office, task, draft)
    if task.own:
        async with office.database.connection() as connection:
            await connection.execute(
                "INSERT INTO release_checks (task, digest, result) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (task.id, digest, Jsonb(to_json(made))),
            )
    return made


def check_policy(checks: ReleaseChecks, blocks: str) -> None:
    """Raises Refused where the organisation's policy keeps a draft in that has such findings."""
    if named := checks.blocked_by(blocks):
        raise Refused(
            f"The check before export found something: {', '.join(named)}.",
            stage="release",
            hint="Open “Check and accept” on the task's page, change what was found, and try again.",
        )


async def _look(office: Office, task: Task, draft: Draft) -> ReleaseChecks:
    text = "\n".join(_text(passage) for passage in draft.passages())
    found = await asyncio.to_thread(lambda: [*_personal(text), *_unfair(text)])
    sources = await _sources(office, task, draft)
    copied = await asyncio.to_thread(_copied_from_sources, draft, sources)
    uncited = [passage for passage in draft.passages() if len(words_of(_text(passage))) > ENGLISH_RUN]
    looked_up = sorted(uncited, key=lambda passage: -len(_text(passage)))[:MOST_LOOKED_UP]
    if draft.kind != "compare":  # both its texts are the officer's own
        copied += await _copied_from_library(office, draft, looked_up, set(sources))
    return ReleaseChecks(
        findings=(*found, *(_copied(each) for each in copied)),
        sources=len(sources),
        looked_up=len(looked_up),
        passages=len(uncited),
    )


async def _sources(office: Office, task: Task, draft: Draft) -> Mapping[str, Document]:
    """The documents that the task worked on, and those of the library that it cites."""
    cited = {citation.document for passage in draft.passages() for citation in passage.citations}
    order = ORDERS[draft.kind].model_validate(task.order)
    there = list(await office.shelf.cards_of(documents_of(order)))
    return {**await office.library.those(sorted(cited)), **await office.shelf.documents(there)}


def _copied_from_sources(draft: Draft, sources: Mapping[str, Document]) -> list[Compared]:
    """Sources of which a substantial part stands in the draft at places that do not cite them. A text that is
    its source in other words, such as a translation, is not compared with it."""
    if draft.kind not in CITING:
        return []
    found = []
    for key, document in sources.items():
        text = "\n".join(_text(passage) for passage in _not_citing(draft, key))
        found.append(Compared(document.name, Wording(text).overlap([document.text])))
    return [each for each in found if each.overlap.is_substantial]


def _not_citing(draft: Draft, document: str) -> Iterator[Passage]:
    for passage in draft.passages():
        if all(citation.document != document for citation in passage.citations):
            yield passage


async def _copied_from_library(
    office: Office, draft: Draft, passages: Sequence[Passage], sources: set[str]
) -> list[Compared]:
    """Documents of the department's library, but for the task's own sources, that the draft repeats."""
    names: dict[str, str] = {}
    texts: dict[str, dict[int, str]] = defaultdict(dict)
    for passage in passages:
        found = await office.search.find(_text(passage)[:1_000], mode="words", limit=SIMILAR)
        for hit in found.hits:
            if hit.passage.document not in sources:
                names[hit.passage.document] = hit.passage.name
                texts[hit.passage.document][hit.passage.id] = hit.passage.text
    whole = "\n".join(_text(passage) for passage in draft.passages())

    def compare() -> list[Compared]:
        wording = Wording(whole)
        found = [Compared(names[key], wording.overlap(list(texts[key].values()))) for key in names]
        return [each for each in found if each.overlap.is_substantial]

    return await asyncio.to_thread(compare)


def _text(passage: Passage) -> str:
    return "\n".join(passage.columns.values()) if passage.kind == "row" else passage.text


def _personal(text: str) -> Iterator[Finding]:
    """Kinds and counts alone: a finding must not spread what it warns of."""
    for kind, count in sorted(Counter(found.kind for found in find_personal(text)).items()):
        yield Finding(
            check="personal_data",
            severity="warning",
            message=f"Personal data ({kind.replace('_', ' ')}): {count}. Does the reader need it?",
            values={kind: str(count), "kind": kind, "count": str(count)},
        )


def _unfair(text: str) -> Iterator[Finding]:
    for hit in unfair_wording(text):
        yield Finding(
            check="wording",
            severity="warning",
            message=f"“{hit.words}” may discriminate: see the {hit.law['en']}. "
            f"You could write: {hit.instead['en']}.",
            values={hit.ground: hit.words, "words": hit.words, "instead": hit.instead["zh-HK"]},
        )


def _copied(found: Compared) -> Finding:
    share, longest = f"{found.overlap.share:.0%}", str(found.overlap.longest)
    return Finding(
        check="copied",
        severity="warning",
        message=f"{share} of the text stands word for word in {found.name}, which is not cited there; "
        f"{longest} words in one go.",
        values={"document": found.name, "share": share, "run": longest},
    )


def language_of_draft(draft: Draft) -> str:
    """`en`, `zh-HK` or `zh-Hans`: what is said inside a file is said in its own language."""
    variety = draft.variety
    if not variety.is_chinese:
        return "en"
    return "zh-Hans" if variety is Variety.SIMPLIFIED else "zh-HK"
