"""Where a file came from: labels in files, signed, and read back."""

from .labelling import Labelling
from .record import Origin, Record, edited_sentence, new_id, percent, sentence_of

__all__ = ["Labelling", "Origin", "Record", "edited_sentence", "new_id", "percent", "sentence_of"]
