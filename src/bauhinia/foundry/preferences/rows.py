"""From work to rows: pairs of what an officer left and what the model wrote, and verdicts on the latter.

Each piece of work gives a row or the reason why it gives none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

from ...guideline.consent import Covered
from ...language import Variety
from ...pilot.draft import Passage
from ...privacy import Pseudonyms, find_personal
from . import asked
from .asked import Messages
from .work import Work

PAIRED_BY_PASSAGE = frozenset({"translate", "redraft"})
WHOLE = frozenset({"draft", "summarise", "analyse", "ask"})
LONGEST = 24_000
"""Characters of a row: about what a model of 8,192 tokens reads."""
LICENCE = "consent"
"""As the corpus calls it: it may be trained on while its officer and its department consent."""
_LANGUAGES = {
    Variety.ENGLISH: "en",
    Variety.TRADITIONAL: "zh-Hant",
    Variety.SIMPLIFIED: "zh-Hans",
    Variety.CANTONESE: "yue",
}
What = Literal["pair", "kept", "rated", "faulty"]
"""A text that an officer changed; one that stands as it was written; one that was rated; one about which a
complaint was upheld."""
Reason = Literal[
    "ok", "withdrawn", "classified", "department", "officer", "rater", "opted_out", "disputed", "faulty",
    "not_accepted", "source_gone", "empty", "too_long", "personal_data",
]  # fmt: skip
TAKEN_BACK: frozenset[Reason] = frozenset(
    {"withdrawn", "classified", "department", "officer", "rater", "opted_out", "disputed", "faulty"}
)
"""Reasons by which somebody took back what was exported before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What might become a row: a passage, or a whole draft."""

    id: str
    """Leads back to the task for who has the database, and says nothing to anybody else."""
    what: What
    work: Work
    passage: Passage | None
    written: str
    """The model's words."""
    left: str
    """The officer's."""
    stands: bool
    """Whether somebody answers for what was left."""
    label: bool = True
    """What was said of the model's words; of a pair, nothing."""
    rater: str = ""
    """Who said it, where it is not the officer."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A row, or why there is none."""

    reason: Reason
    row: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """Who consents to what, at one moment."""

    officers: Mapping[str, frozenset[Covered]]
    """What each officer's consent covers."""
    departments: frozenset[str]
    opted_out: frozenset[tuple[str, str]]
    """Officer and use; `*` is every use."""
    levels: frozenset[str]
    """Classifications that may leave their department."""


def pieces_of(work: Work) -> Iterator[Piece]:
    """Everything of this work that might become a row."""
    if work.kind in PAIRED_BY_PASSAGE:
        for number, section in enumerate(work.draft.sections):
            for passage in section.passages:
                stands = work.accepted or passage.id in work.confirmed
                yield from _pieces(work, f"{number}/{passage.id}", passage, stands)
    elif work.kind in WHOLE and not any(passage.kind == "row" for passage in work.draft.passages()):
        yield from _pieces(work, "", None, work.accepted)
    if work.kind in WHOLE:
        yield from _rated(work)


def decide(piece: Piece, permitted: Permitted) -> Decided:
    """The row of this piece, personal data replaced, or the first reason against it."""
    if (reason := _against(piece, permitted)) != "ok":
        return Decided(reason)
    prompt = asked.of_passage(piece.work, piece.passage) if piece.passage else asked.of_whole(piece.work)
    if prompt is None:
        return Decided("source_gone")
    if not piece.written.strip() or not piece.left.strip():
        return Decided("empty")
    if sum(len(message["content"]) for message in prompt) + len(piece.written) + len(piece.left) > LONGEST:
        return Decided("too_long")
    return _row(piece, prompt)


def _pieces(work: Work, place: str, passage: Passage | None, stands: bool) -> Iterator[Piece]:
    """A pair where the words were changed; else, where somebody stands by them, a good mark."""
    written, left = _words(work, passage)
    what: What = "kept" if written == left else "pair"
    yield Piece(
        id=_id(work, place, what), what=what, work=work, passage=passage, written=written, left=left,
        stands=stands,
    )  # fmt: skip


def _rated(work: Work) -> Iterator[Piece]:
    """What was said of a whole draft: by those who rated it, and by complaints that were upheld. It counts
    for the model's words where these were read, or where the officer speaks of their own draft."""
    written, left = _words(work, None)
    whole = Piece(
        id="", what="rated", work=work, passage=None, written=written, left=left, stands=work.accepted
    )
    for number, rating in enumerate(work.ratings):
        own = rating.officer == work.officer
        if own or written == left:
            key = _id(work, f"{number}/{rating.officer}", "rated")
            yield replace(whole, id=key, label=rating.good, rater="" if own else rating.officer)
    if work.faulty and written == left:
        yield replace(whole, id=_id(work, "", "faulty"), what="faulty", label=False)


def _words(work: Work, passage: Passage | None) -> tuple[str, str]:
    """What the model wrote, and what was left of it: of a passage, or of the whole."""
    if passage is None:
        return _text(work, written=True), _text(work)
    return passage.text if passage.original is None else passage.original, passage.text


def _against(piece: Piece, permitted: Permitted) -> Reason:
    """The first thing that stands against using this piece at all."""
    work = piece.work
    if piece.what in ("pair", "kept"):
        covering: Covered = "translations" if work.kind == "translate" else "drafts"
    else:
        covering = "ratings"
    nothing = frozenset[Covered]()
    against: tuple[tuple[bool, Reason], ...] = (
        (work.withdrawn, "withdrawn"),
        (work.classification not in permitted.levels, "classified"),
        (work.department not in permitted.departments, "department"),
        (covering not in permitted.officers.get(work.officer, nothing), "officer"),
        (bool(piece.rater) and "ratings" not in permitted.officers.get(piece.rater, nothing), "rater"),
        (bool({(work.officer, work.use), (work.officer, "*")} & permitted.opted_out), "opted_out"),
        (work.disputed, "disputed"),
        (work.faulty and piece.what != "faulty", "faulty"),
        (piece.what in ("pair", "kept") and not piece.stands, "not_accepted"),
    )
    return next((reason for stands_against, reason in against if stands_against), "ok")


def _row(piece: Piece, prompt: Messages) -> Decided:
    """One set of pseudonyms for the row, so that it still says the same. The texts are read twice: a name
    that one of them gives away is hidden in all."""
    texts = [*(message["content"] for message in prompt), piece.written, piece.left]
    hidden = Pseudonyms()
    values = {found.value for text in texts for found in find_personal(text)}
    for text in texts:
        hidden.hide(text)
    *asked_for, written, left = map(hidden.hide, texts)
    if any(value in text for value in values for text in (*asked_for, written, left)):
        return Decided("personal_data")
    said = [{**message, "content": text} for message, text in zip(prompt, asked_for, strict=True)]
    row: dict[str, Any] = {
        "id": piece.id,
        "source": f"use:{piece.work.kind}",
        "licence": LICENCE,
        "language": _LANGUAGES.get(piece.work.draft.variety, "mixed"),
        "prompt": said,
    }
    if piece.what == "pair":
        row |= {"chosen": _answer(left), "rejected": _answer(written)}
    else:
        row |= {"completion": _answer(written), "label": piece.label}
    return Decided("ok", row)


def _text(work: Work, *, written: bool = False) -> str:
    """A whole draft's words: as they were left, or as the model wrote them."""
    lines: list[str] = []
    for passage in work.draft.passages():
        words = passage.original if written and passage.original is not None else passage.text
        if passage.run_on and lines:
            lines[-1] += ("" if work.draft.variety.is_chinese else " ") + words
        else:
            lines.append(words)
    return "\n".join(lines)


def _answer(text: str) -> Messages:
    return [{"role": "assistant", "content": text}]


def _id(work: Work, place: str, what: str) -> str:
    """Stays the same while the words change, so that a later export can say what became of it."""
    return f"{what}-{sha256(f'{work.task}/{place}/{what}'.encode()).hexdigest()[:24]}"
