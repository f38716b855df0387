"""Tools of MCP servers that an administrator put on the allow list for the public chat.

The model asks them through the gateway, and only those that read. What a tool gives is a stranger's words:
fenced off for the model, and shown only as sentences that hold nothing that it did not give, with its title
and the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from ..gateway import Ask, Gateway, Message, ToolResult, ToolsAtHand
from ..language import Variety, figures, to_traditional, words
from ..people import Officer
from .grounding import addresses, invented, strange_words
from .wordings import wording

KEPT = 30.0
"""Seconds for which it is not asked anew which tools are there: a crowd does not wait for a server that is
away."""
_SHARE = 0.5
"""Of a sentence without a common figure, how many of its words the result must hold."""
_NONE = ToolsAtHand()


class ServedTools:
    """Which of them can be asked."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._found = _NONE
        self._until = 0.0

    async def at_hand(self, use: str, by: Officer) -> ToolsAtHand:
        """Those of now, or of the last `KEPT` seconds. Raises StoreError."""
        if monotonic() >= self._until:
            ask = Ask(officer=by, use=use, messages=(Message("user", ""),))
            self._found = await self._gateway.tools_at_hand(ask) or _NONE
            self._until = monotonic() + KEPT
        return self._found

    def forget(self) -> None:
        """Ask anew next time."""
        self._until = 0.0


def bears_out(sentence: str, results: Sequence[ToolResult], asked: str) -> ToolResult | None:
    """The result that a sentence is from; None where there is none. The sentence shares a figure or most of
    its words with it, and states no address, and no figure or name that neither it nor the question holds."""
    if addresses(sentence):
        return None
    return next(
        (
            result
            for result in reversed(results)
            if _shares(sentence, result.text)
            and not invented(sentence, [result.text, asked])
            and not strange_words(sentence, [result.text, asked])
        ),
        None,
    )


def _shares(sentence: str, text: str) -> bool:
    said, held = to_traditional(sentence), to_traditional(text)
    if {figure.text for figure in figures(said)} & {figure.text for figure in figures(held)}:
        return True
    stated = {word for word in words(said) if len(word) > 1}
    return bool(stated) and len(stated & set(words(held))) > _SHARE * len(stated)


def gone_told(gone: Sequence[tuple[str, str]], language: Variety) -> str:
    """That servers which may know are away, or are not asked because somebody changed them."""
    return " ".join(wording(why, language).format(title=title) for title, why in gone)
