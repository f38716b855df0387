"""What the assistant can make, made whole: itineraries, songs and films, each checked, on one page.

`pieces.yaml` -> `make_piece`, one after another, each in a folder of its own -> `write_page`.
"""

from __future__ import annotations

from .making import Made, make_piece
from .page import write_page
from .pieces import FilmPiece, Piece, SongPiece, TripPiece, pieces

__all__ = ["FilmPiece", "Made", "Piece", "SongPiece", "TripPiece", "make_piece", "pieces", "write_page"]
