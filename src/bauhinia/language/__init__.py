"""Which language and script; conversion; the termbase; figures in both languages."""

from .comparing import FigureDifference, compare_figures
from .convert import StreamConverter, to_simplified, to_traditional
from .detect import Detection, Fit, detect, detect_sentences, fits
from .figures import Figure, FigureKind, figures, write_figure
from .names import names, same_name
from .scripts import simplified_characters
from .sentences import clauses, split_sentences
from .spoken import to_cantonese
from .termbase import BadTermbase, Term, Termbase, TermChange, TermHit, TermIssue
from .unseen import seen, spelt, unseen, without_controls
from .variety import Variety
from .words import segments, words

__all__ = [
    "BadTermbase",
    "Detection",
    "Figure",
    "FigureDifference",
    "FigureKind",
    "Fit",
    "StreamConverter",
    "Term",
    "TermChange",
    "TermHit",
    "TermIssue",
    "Termbase",
    "Variety",
    "clauses",
    "compare_figures",
    "detect",
    "detect_sentences",
    "figures",
    "fits",
    "names",
    "same_name",
    "seen",
    "segments",
    "simplified_characters",
    "spelt",
    "split_sentences",
    "to_cantonese",
    "to_simplified",
    "to_traditional",
    "unseen",
    "without_controls",
    "words",
    "write_figure",
]
