"""Which language and script; conversion; the termbase; figures in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import on_first_use

if TYPE_CHECKING:
    from .comparing import FigureDifference, compare_figures
    from .convert import StreamConverter, to_simplified, to_traditional
    from .detection import Detection, Fit, detect, detect_sentences, fits
    from .figure import Figure, FigureKind, figures, write_figure
    from .hidden_characters import seen, spelt, unseen, without_controls
    from .proper_names import names, same_name
    from .scripts import simplified_characters
    from .segmentation import segments, words
    from .sentences import clauses, split_sentences
    from .spoken import to_cantonese
    from .termbase import BadTermbase, Term, Termbase, TermChange, TermHit, TermIssue
    from .variety import Variety

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

_HOMES = {
    "BadTermbase": "termbase",
    "Detection": "detection",
    "Figure": "figure",
    "FigureDifference": "comparing",
    "FigureKind": "figure",
    "Fit": "detection",
    "StreamConverter": "convert",
    "Term": "termbase",
    "TermChange": "termbase",
    "TermHit": "termbase",
    "TermIssue": "termbase",
    "Termbase": "termbase",
    "Variety": "variety",
    "clauses": "sentences",
    "compare_figures": "comparing",
    "detect": "detection",
    "detect_sentences": "detection",
    "figures": "figure",
    "fits": "detection",
    "names": "proper_names",
    "same_name": "proper_names",
    "seen": "hidden_characters",
    "segments": "segmentation",
    "simplified_characters": "scripts",
    "spelt": "hidden_characters",
    "split_sentences": "sentences",
    "to_cantonese": "spoken",
    "to_simplified": "convert",
    "to_traditional": "convert",
    "unseen": "hidden_characters",
    "without_controls": "hidden_characters",
    "words": "segmentation",
    "write_figure": "figure",
}
"""No module is called as what it holds: loading it would put the module in the name's place."""

__getattr__ = on_first_use(__name__, _HOMES)
"""The reading process imports this package for every file, and must start fast."""
