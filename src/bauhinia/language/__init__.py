"""Which language and script; conversion; the termbase; figures in both languages."""

from .convert import StreamConverter, to_simplified, to_traditional
from .detect import Detection, Fit, detect, detect_sentences, fits
from .scripts import simplified_characters
from .sentences import clauses, split_sentences
from .variety import Variety

__all__ = [
    "Detection",
    "Fit",
    "StreamConverter",
    "Variety",
    "clauses",
    "detect",
    "detect_sentences",
    "fits",
    "simplified_characters",
    "split_sentences",
    "to_simplified",
    "to_traditional",
]
