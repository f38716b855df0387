"""Text in one picture, through RapidOCR with the models in its wheel: lines with places and confidences."""

from __future__ import annotations

import importlib.util
from typing import Any, NamedTuple

from ..errors import UnsupportedFormat

LONGEST = 2_000
"""Pixels of the longer side that the recogniser works with; it shrinks what is larger."""


class Letter(NamedTuple):
    """One character, with the recogniser's confidence in it, 0 to 1; of a space 1."""

    text: str
    confidence: float


class PictureLine(NamedTuple):
    """A line of text; its corners in pixels, clockwise from the top left of the text."""

    letters: tuple[Letter, ...]
    corners: tuple[tuple[float, float], ...]


def installed() -> bool:
    """Whether pictures can be read here."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime", "PIL"))


def require() -> None:
    """Raises UnsupportedFormat where the recogniser is not installed."""
    if not installed():
        raise UnsupportedFormat(
            "The file's text is in pictures, and the part that reads pictures (OCR) is not installed.",
            hint="Ask the administrator to run: pip install 'bauhinia[ocr]'",
        )


def recognise(pixels: Any) -> list[PictureLine]:
    """The lines in a picture (rows, columns, red-green-blue; uint8), in no promised order.

    The angle classifier is off: it turned upright English lines over. One thread, so nothing spins.
    """
    import rapidocr

    engine = rapidocr.RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.text_score": 0.3,
            "Global.max_side_len": LONGEST,
            "Global.return_word_box": True,
            "Global.return_single_char_box": True,
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    found = engine(pixels[:, :, ::-1])
    if found.boxes is None or found.txts is None:
        return []
    return [
        PictureLine(_letters(text, words), tuple((float(x), float(y)) for x, y in box))
        for box, text, words in zip(found.boxes, found.txts, found.word_results, strict=True)
    ]


def _letters(text: str, words: Any) -> tuple[Letter, ...]:
    """The line's characters; the recogniser tells no confidence of spaces."""
    told = iter([(letter, float(score)) for word, score, _ in words for letter in word])
    letters: list[Letter] = []
    for letter in text:
        confidence = 1.0 if letter.isspace() else next(told, (letter, 0.0))[1]
        letters.append(Letter(letter, confidence))
    return tuple(letters)
