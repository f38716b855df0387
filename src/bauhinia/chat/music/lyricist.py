"""Lines that a model writes for a song: asked for through the door, and kept only where they can be sung."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...errors import InputError
from ...gateway import Ask, Gateway, Message
from ...language import Variety, to_simplified, to_traditional
from ...people import Officer
from ..grounding import invented
from ..work import LeftOut, untold
from .brief import BANK, MusicBrief, from_bank
from .checks import check_score
from .making import composed
from .words import LINES, Lyrics, SongLanguage, cut

USE = "chat.music"
TOKENS = 400
_WRITTEN: dict[SongLanguage, Variety] = {
    "yue": Variety.TRADITIONAL,
    "cmn": Variety.SIMPLIFIED,
    "en": Variety.ENGLISH,
}
_ASKED = {
    "zh": (
        "請為一首名叫「{title}」的歌寫十六句歌詞，每句剛好七個漢字，一句一行。"
        "不要標點、數字、英文、人名和編號。寫法像這兩句：\n{example}"
    ),
    "en": (
        "Write sixteen short lines for a song called “{title}”, one a line, seven syllables each. "
        "No figures, no names, no numbering. They should read like these two:\n{example}"
    ),
}
_NUMBERING = re.compile(r"^\s*(?:[-*•]|\d+\s*[.)、．])\s*")
_ENDS = '，。！？；、,.!?;:：“”"「」 '


async def lyrics_by_model(
    gateway: Gateway, brief: MusicBrief, *, officer: Officer, left_out: LeftOut = untold
) -> Lyrics:
    """The words of a brief: the model's verses where they can be sung, else the phrase bank's.

    A small model miscounts syllables more often than not, so each of its lines takes the place of a line of
    as many syllables, and `written_by` says how many are its; `left_out` is told the others.
    Raises Refused, ModelError, StoreError.
    """
    bank = from_bank(brief)
    tongue = "en" if brief.language == "en" else "zh"
    example = "\n".join(line.replace("-", "") for line in bank.verse_1[:2])
    asked = _ASKED[tongue].format(title=bank.title, example=example)
    answer = await gateway.ask(
        Ask(
            officer=officer,
            use=USE,
            messages=(Message("user", asked),),
            reply_in=_WRITTEN[brief.language],
            max_tokens=TOKENS,
            said=brief.request,
        )
    )
    # Readings are loaded and tunes tried: seconds of work, for which nobody else is to wait.
    return await asyncio.to_thread(_kept, brief, bank, answer.text, answer.label.model, left_out)


def _kept(brief: MusicBrief, bank: Lyrics, text: str, model: str, left_out: LeftOut) -> Lyrics:
    """The words of an answer as the song has them."""
    written = singable(text, brief, [*bank.verse_1, *bank.chorus, *bank.verse_2], left_out)
    lyrics = _sung(brief, bank, written, model)
    for line in written:
        if line not in lyrics.verse_1 and line not in lyrics.verse_2:
            left_out(line, "no line of the tune has as many syllables, or with it the tune failed a check")
    return lyrics


def singable(text: str, brief: MusicBrief, known: Sequence[str], left_out: LeftOut = untold) -> list[str]:
    """The lines of an answer that can be sung: each once, none of the known ones, no names or figures."""
    fold = to_simplified if brief.language == "cmn" else to_traditional if brief.language == "yue" else str
    kept: list[str] = []
    for raw in text.splitlines():
        line = fold(_NUMBERING.sub("", raw).strip(_ENDS))
        if not line:
            continue
        if reason := _unfit(line, brief, [*kept, *known]):
            left_out(line, reason)
        else:
            kept.append(line)
    return kept


def _unfit(line: str, brief: MusicBrief, known: Sequence[str]) -> str:
    """Why a line cannot be sung; empty where it can."""
    if line in known:
        return "the song has it already"
    if found := invented(line, [brief.request]):
        return f"nobody asked about {', '.join(found)}"
    try:
        cut(line, brief.language)
    except InputError as error:
        return error.message
    return ""


def _sung(brief: MusicBrief, bank: Lyrics, written: Sequence[str], model: str) -> Lyrics:
    """As many of the model's lines as the song can take: fewer where its tune fails a check with all."""
    for most in (2 * LINES, LINES, 2):
        mixed, count = _in_place(brief, bank, written, most)
        if count and _can_be_sung(brief, mixed):
            return replace(mixed, written_by=f"{model}: {count} of {3 * LINES} lines; {BANK}: the others")
    return replace(bank, written_by=f"{BANK} (none of the lines of {model} could be sung)")


def _in_place(brief: MusicBrief, bank: Lyrics, written: Sequence[str], most: int) -> tuple[Lyrics, int]:
    """The bank's verses with lines of as many syllables put in; the chorus stays, which rhymes."""
    left = list(written)
    taken = 0

    def verse(lines: Sequence[str]) -> Iterator[str]:
        nonlocal taken
        for line in lines:
            size = len(cut(line, brief.language).syllables)
            fits = (each for each in left if len(cut(each, brief.language).syllables) == size)
            other = next(fits, None) if taken < most else None
            if other is not None:
                left.remove(other)
                taken += 1
            yield other or line

    mixed = replace(bank, verse_1=tuple(verse(bank.verse_1)), verse_2=tuple(verse(bank.verse_2)))
    return mixed, taken


def _can_be_sung(brief: MusicBrief, lyrics: Lyrics) -> bool:
    try:
        score = composed(brief, lyrics)
    except InputError:
        return False
    return all(check.passed for check in check_score(score, brief))
