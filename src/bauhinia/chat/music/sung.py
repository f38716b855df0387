"""A song sung by a model: what a song server is told, from the same brief and words as the score."""

from __future__ import annotations

from ...gateway import Gateway, SongRequest
from ...people import Officer
from .brief import MusicBrief
from .words import Lyrics

_STYLES = {
    "cheerful": "cheerful pop, bright, piano, drums",
    "energetic": "energetic pop rock, electric guitar, drums",
    "festive": "festive Chinese style, bamboo flute, plucked strings, percussion",
    "gentle": "gentle ballad, piano, strings",
    "solemn": "solemn hymn, organ, strings, choir",
}
_CODES = {"yue": "yue", "cmn": "zh", "en": "en"}
_BEATS = {"4/4": 4, "3/4": 3, "6/8": 6}


def song_request(brief: MusicBrief, lyrics: Lyrics, seconds: int) -> SongRequest:
    """What the server is told. Hyphens between English syllables are ours and not the song's."""
    parts = (("Verse 1", lyrics.verse_1), ("Chorus", lyrics.chorus), ("Verse 2", lyrics.verse_2))
    written = "\n\n".join(f"[{name}]\n" + "\n".join(lines) for name, lines in (*parts, parts[1]))
    return SongRequest(
        style=_STYLES[brief.mood],
        lyrics=written.replace("-", "") if brief.language == "en" else written,
        language=_CODES[brief.language],
        tempo=round(brief.tempo),
        key=brief.key.name,
        beats=_BEATS[brief.metre],
        seconds=seconds,
    )


async def sung_by_server(
    gateway: Gateway,
    brief: MusicBrief,
    lyrics: Lyrics,
    seconds: int,
    *,
    officer: Officer,
    use: str,
    classification: str,
) -> bytes:
    """The server's sound, not yet labelled: give it to `Label.sign`. It follows the brief as far as the model
    does; only the built-in composer's songs are checked for their tones.

    Raises NotFound where no server is set, Refused, ModelError, StoreError.
    """
    wanted = song_request(brief, lyrics, seconds)
    return await gateway.media.song(wanted, officer=officer, use=use, classification=classification)
