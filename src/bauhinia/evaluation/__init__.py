"""Sets of our own, measures without a model, and the product beside the plain model."""

from .comparison import ARMS, MEASURES, SETS, Outcome, compare, read_checkpoint, score
from .intervals import Share
from .product import Flag, PlainModel, Product, Reply, Statement
from .sets import load_questions, load_source_texts, load_summaries, load_translations
from .support import Evidence, unsupported

__all__ = [
    "ARMS",
    "MEASURES",
    "SETS",
    "Evidence",
    "Flag",
    "Outcome",
    "PlainModel",
    "Product",
    "Reply",
    "Share",
    "Statement",
    "compare",
    "load_questions",
    "load_source_texts",
    "load_summaries",
    "load_translations",
    "read_checkpoint",
    "score",
    "unsupported",
]
