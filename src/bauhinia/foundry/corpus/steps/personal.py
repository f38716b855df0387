"""Personal data out, by the product's own guard (D-3.2.1-10).

What stands in its place is the pseudonym that the gateway would put there (`PERSON-N1`): the model will be
asked to copy these whole, and this is where it learns what they look like.
"""

from __future__ import annotations

from typing import Literal

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

from ....privacy import KINDS, STRUCTURED, Pseudonyms, find_personal
from ....privacy.found import FoundKind
from ..config import Guarded

_FEW = 3
"""So many in one row are mended, however short it is; of a pair, on each side."""


class WithoutPersonalData(BaseFilter):
    """Hides personal data; turns away rows that are little else, and any in which a number still shows."""

    name = "Personal data"

    def __init__(self, guards: dict[str, Guarded], most: float, exclusion_writer: DiskWriter) -> None:
        super().__init__(exclusion_writer)
        self._guards = guards
        self._most = most

    def filter(self, doc: Document) -> Literal[True] | tuple[Literal[False], str]:
        """`too_personal` or `personal_left`."""
        kinds = KINDS if self._guards[doc.metadata["source"]] == "all" else STRUCTURED
        found = find_personal(doc.text, kinds=kinds)
        if not found:
            return True
        few = 2 * _FEW if doc.metadata.get("pair") else _FEW
        if len(found) > max(few, self._most * len(doc.text) / 1000):
            # what is kept to be looked at shows none of it either
            self._hide(doc, kinds)
            return False, "too_personal"
        self._hide(doc, kinds)
        if find_personal(doc.text, kinds=STRUCTURED):
            return False, "personal_left"
        doc.metadata["personal"] = len(found)
        self.stat_update("hidden", value=len(found))
        return True

    def _hide(self, doc: Document, kinds: frozenset[FoundKind]) -> None:
        """One set of pseudonyms for all that belongs to the row."""
        hidden = Pseudonyms(kinds)
        if pair := doc.metadata.get("pair"):
            doc.metadata["pair"] = [hidden.hide(side) for side in pair]
            doc.text = "\n".join(doc.metadata["pair"])
        else:
            doc.text = hidden.hide(doc.text)
        if preferred := doc.metadata.get("preferred"):
            for key in ("source_text", "chosen", "rejected"):
                preferred[key] = hidden.hide(preferred[key])
