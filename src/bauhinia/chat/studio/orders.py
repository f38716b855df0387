"""What somebody may order: a song, a film, or the script of a film to be read before it is made."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..music.brief import Mood, MusicBrief, read_request
from ..music.score import MetreName
from ..music.words import SongLanguage
from ..reading_aloud import SpeechLanguage
from ..video.storyboard import LONGEST_SCRIPT, Palette, Storyboard, SubtitleLanguage, from_script

LONGEST_REQUEST = 500
"""Characters of a request in a person's own words."""
Kind = Literal["song", "script", "film"]
SECOND: dict[SpeechLanguage, SubtitleLanguage] = {"yue": "en", "cmn": "en", "en": "zh-Hant"}
"""The second language of subtitles, unless another is asked for."""


class _Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SongOrder(_Order):
    """A song. What is None is chosen from the request."""

    request: str = Field(min_length=1, max_length=LONGEST_REQUEST)
    language: SongLanguage | None = None
    mood: Mood | None = None
    metre: MetreName | None = None
    words: Literal["model", "bank"] = "model"
    """Who writes lines: a model, where a line of its can be sung, or our phrase bank alone."""

    def brief(self) -> MusicBrief:
        """What the song has to be. Raises InputError."""
        return read_request(self.request, language=self.language, mood=self.mood, metre=self.metre)


class ScriptOrder(_Order):
    """The script of a film, in two languages, that a model writes."""

    request: str = Field(min_length=1, max_length=LONGEST_REQUEST)
    language: SpeechLanguage
    second: SubtitleLanguage
    palette: Palette = "harbour"


class FilmOrder(_Order):
    """A film of a script that somebody has read."""

    script: str = Field(min_length=1, max_length=LONGEST_SCRIPT)
    language: SpeechLanguage
    second: SubtitleLanguage | None = None
    palette: Palette = "harbour"
    written_by: str = ""
    """The model that wrote the script; empty for a person. Set by the server alone."""

    def storyboard(self) -> Storyboard:
        """Its scenes. Raises InputError."""
        return from_script(self.script, self.language, second=self.second, palette=self.palette)


AnyOrder = SongOrder | ScriptOrder | FilmOrder
ORDERS: dict[Kind, type[SongOrder] | type[ScriptOrder] | type[FilmOrder]] = {
    "song": SongOrder,
    "script": ScriptOrder,
    "film": FilmOrder,
}


def kind_of(order: AnyOrder) -> Kind:
    """Under which name its job is kept."""
    return next(kind for kind, cls in ORDERS.items() if isinstance(order, cls))
