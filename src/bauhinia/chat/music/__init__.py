"""Songs: a request becomes words that fit the tune, a score, MIDI and sound."""

from __future__ import annotations

from .brief import MusicBrief, from_bank, read_request
from .making import Song, WriteLyrics, make_song
from .sung import song_request, sung_by_server
from .words import Lyrics

__all__ = [
    "Lyrics",
    "MusicBrief",
    "Song",
    "WriteLyrics",
    "from_bank",
    "make_song",
    "read_request",
    "song_request",
    "sung_by_server",
]
