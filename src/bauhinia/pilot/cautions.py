"""What an officer is warned of before a draft is read: text that the sources hide, and answers that were
marked.

Hidden text is kept out of every prompt (`Document.asides`, and the gateway's fence); that it was there is
said, since a reader of the page cannot know. D-3.2.1-05, D-3.2.1-07.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..documents import Document
from ..language import spelt, unseen
from .draft import Draft, Finding

MOST_SHOWN = 160
"""Characters of a hidden text that the warning quotes."""
FEW = 3
"""Fewer unseen characters than this are leftovers of a word processor."""


def warned(draft: Draft, documents: Mapping[str, Document], reasons: Sequence[str]) -> Draft:
    """The draft with its warnings first."""
    findings = [*_risks(reasons), *(found for each in documents.values() for found in hidden_in(each))]
    return replace(draft, findings=(*findings, *draft.findings)) if findings else draft


def hidden_in(document: Document) -> list[Finding]:
    """A warning for what the document hides: text that no reader sees, and characters that nobody sees."""
    hidden = [block.text for block in document.asides if block.aside == "hidden" and block.text.strip()]
    found = []
    if hidden:
        words = _short(" / ".join(hidden))
        found.append(
            _finding(
                "hidden_text",
                f"Hidden text in {document.name}, kept from the model: {words}",
                document,
                words,
            )
        )
    text = "\n".join(block.text for block in (*document.blocks, *document.asides))
    count = 0 if text.isascii() else sum(map(len, unseen(text)))
    if count >= FEW:
        words = _short(spelt(text)) or str(count)
        message = f"Characters that nobody sees in {document.name}, kept from the model ({count}): {words}"
        found.append(_finding("unseen_characters", message, document, words))
    return found


def _finding(check: str, message: str, document: Document, found: str) -> Finding:
    values = {"name": document.name, "found": found}
    return Finding(check=check, severity="warning", message=message, values=values)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= MOST_SHOWN else f"{words[:MOST_SHOWN]}…"


_RISKS = {
    "prompt_leak": ("error", "An answer repeated the system's instructions and was withheld."),
    "unsafe": ("error", "An answer was withheld because the policy does not allow it."),
    "marked": (
        "warning",
        "Parts of this may be harmful, hateful or biased; they come from the source. Read with care.",
    ),
    "links_found": (
        "warning",
        "The model wrote a link or a picture that is not in the source. Do not follow it unchecked.",
    ),
}


def _risks(reasons: Sequence[str]) -> list[Finding]:
    """One banner for each kind of risk that the gateway saw."""
    kinds = dict.fromkeys(reason if reason in _RISKS else reason.split("_")[0] for reason in reasons)
    return [
        Finding(
            check=f"risk_{kind}",
            severity="error" if _RISKS[kind][0] == "error" else "warning",
            message=_RISKS[kind][1],
        )
        for kind in kinds
        if kind in _RISKS
    ]
