"""Which sentences bind someone: by the words that laws, circulars and tenders bind with."""

from __future__ import annotations

import re

_ENGLISH = re.compile(
    r"\b(must|shall|should|is required to|are required to|be required to|required to|has to|have to|is to|are to|"
    r"may not|will need to|need to|is obliged|are obliged|no later than|not later than|is prohibited|are requested to)\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"必須|務須|均須|應當|應該|不得|有責任|有義務|一律須|(?<![無毋不])須|[應](?=[在於向將把按以先自盡])|請於|不應|負責")


def binds(sentence: str) -> bool:
    """Whether the sentence says what somebody must, should or may not do."""
    return bool(_ENGLISH.search(sentence) or _CHINESE.search(sentence))
