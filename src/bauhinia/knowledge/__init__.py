"""A department's library: documents in collections, cut into passages that are found by words and meaning."""

from .arrivals import Arrival, Arrivals, Held
from .integrity import Integrity
from .library import Collection, Fate, Kept, Library
from .passages import Cut, Passage, cut
from .quality import Quality
from .rights import Statement, choices
from .search import Found, Hit, Mode, Search
from .sheets import Sheet, Sheets

__all__ = [
    "Arrival",
    "Arrivals",
    "Collection",
    "Cut",
    "Fate",
    "Found",
    "Held",
    "Hit",
    "Integrity",
    "Kept",
    "Library",
    "Mode",
    "Passage",
    "Quality",
    "Search",
    "Sheet",
    "Sheets",
    "Statement",
    "choices",
    "cut",
]
