"""A department's library: documents in collections, cut into passages that are found by words and meaning."""

from .arrivals import Arrival, Arrivals
from .library import Collection, Fate, Kept, Library
from .passages import Cut, Passage, cut
from .search import Found, Hit, Mode, Search

__all__ = [
    "Arrival",
    "Arrivals",
    "Collection",
    "Cut",
    "Fate",
    "Found",
    "Hit",
    "Kept",
    "Library",
    "Mode",
    "Passage",
    "Search",
    "cut",
]
