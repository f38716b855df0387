"""Stage 5, restore: the fence out, pseudonyms back to what they stand for, also where chunks cut them in
two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..models import ToolCall
from ..privacy import Pseudonyms
from .exchange import Decision
from .json_texts import changed_text
from .untrusted import Fence


class Restoring:
    """The answer's text and thinking, restored as they come."""

    def __init__(self, pseudonyms: Pseudonyms, fence: Fence) -> None:
        self._pseudonyms = pseudonyms
        self._fence = fence.stream()
        self._stream = pseudonyms.stream()
        self._thinking: list[str] = []

    def feed(self, text: str) -> str:
        """What is certain so far."""
        return self._stream.feed(self._fence.feed(text)) if text else ""

    def flush(self) -> str:
        """What was held back, at the end."""
        return self._stream.feed(self._fence.flush()) + self._stream.flush()

    def think(self, text: str) -> None:
        """Thinking is not streamed; it is kept for the end."""
        if text:
            self._thinking.append(text)

    @property
    def thinking(self) -> str:
        """All of the thinking, restored."""
        return self._restore("".join(self._thinking)) if self._thinking else ""

    def calls(self, calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
        """The calls of tools, restored in every argument."""
        return tuple(replace(call, arguments=changed_text(call.arguments, self._restore)) for call in calls)

    def _restore(self, text: str) -> str:
        return self._pseudonyms.restore(self._fence.restore(text))

    @property
    def decision(self) -> Decision:
        """`ok` where nothing had been hidden, else `restored`."""
        return Decision("restore", True, "restored" if len(self._pseudonyms) else "ok")
