"""Which language and script; conversion; the termbase; figures in both languages."""

from .convert import StreamConverter, to_simplified, to_traditional
from .detect import Detection, Fit, detect, detect_sentences, fits
from .figures import Figure, FigureDifference, FigureKind, compare_figures, figures, write_figure
from .scripts import simplified_characters
from .sentences import clauses, split_sentences
from .variety import Variety

__all__ = [
    "Detection",
    "Figure",
    "FigureDifference",
    "FigureKind",
    "Fit",
    "StreamConverter",
    "Variety",
    "clauses",
    "compare_figures",
    "detect",
    "detect_sentences",
    "figures",
    "fits",
    "simplified_characters",
    "split_sentences",
    "to_simplified",
    "to_traditional",
    "write_figure",
]
