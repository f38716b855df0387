"""What the gallery shows, as data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...yaml_text import read_yaml
from ..reading_aloud import SpeechLanguage
from ..video.storyboard import Palette, SubtitleLanguage


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    request: str = ""
    """In a person's own words."""


class TripPiece(_Asked):
    """A trip that is planned."""

    kind: Literal["itinerary"] = "itinerary"


class SongPiece(_Asked):
    """A song that is made."""

    kind: Literal["song"] = "song"


class FilmPiece(_Asked):
    """A film, from a script in two languages or from a request for which a model writes the script."""

    kind: Literal["film"] = "film"
    language: SpeechLanguage
    second: SubtitleLanguage
    palette: Palette
    script: str = ""

    @model_validator(mode="after")
    def _one_of_both(self) -> FilmPiece:
        assert bool(self.script) != bool(self.request), f"{self.id} has a script or a request"
        return self


Piece = TripPiece | SongPiece | FilmPiece


@cache
def pieces() -> tuple[Piece, ...]:
    """All of them, in the order of the page."""
    rows = read_yaml(files(__package__).joinpath("pieces.yaml").read_text(encoding="utf-8"))
    return (
        *(TripPiece.model_validate(row) for row in rows["itineraries"]),
        *(SongPiece.model_validate(row) for row in rows["songs"]),
        *(FilmPiece.model_validate(row) for row in rows["films"]),
    )
