"""Text in normal form: composed characters, plain line ends, nothing that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter

from ....language import seen

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f]+")
_BLANK = re.compile(r"\n{3,}")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_MOST_PRIVATE = 0.005


def tidied(text: str) -> str:
    """The text in normal form. Full-width and half-width forms stay as they were written."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "\n".join(_SPACES.sub(" ", seen(line)).strip() for line in text.split("\n"))
    return _BLANK.sub("\n\n", text).strip()


class Tidy(BaseFilter):
    """Puts text in normal form, and turns away what damage has left."""

    name = "Tidy"

    def filter(self, doc: Document) -> Literal[True] | tuple[Literal[False], str]:
        """`broken_characters`, `private_characters` (outside Unicode's own), or `empty`."""
        if "\ufffd" in doc.text:
            return False, "broken_characters"
        doc.text = tidied(doc.text)
        if pair := doc.metadata.get("pair"):
            doc.metadata["pair"] = [tidied(side) for side in pair]
        if not doc.text:
            return False, "empty"
        if len(_PRIVATE.findall(doc.text)) > _MOST_PRIVATE * len(doc.text):
            return False, "private_characters"
        return True
