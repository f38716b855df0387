"""Compare two documents: which blocks belong together, and what changed in each."""

from .comparison import Comparison, Pair, PairKind, Texts, compare_documents
from .differences import BREAK, Edit, Stretch, differences, stretches, tokens
from .rows import Row, cells_of, rows_of
from .translations import Aligned, align_sentences, compare_translations
from .units import joined_text

__all__ = [
    "BREAK",
    "Aligned",
    "Comparison",
    "Edit",
    "Pair",
    "PairKind",
    "Row",
    "Stretch",
    "Texts",
    "align_sentences",
    "cells_of",
    "compare_documents",
    "compare_translations",
    "differences",
    "joined_text",
    "rows_of",
    "stretches",
    "tokens",
]
