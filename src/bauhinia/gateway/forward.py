"""Stage 4, forward: the request to the backend, the answer as it is written."""

from __future__ import annotations

from ..errors import MalformedAnswer, ModelTimeout
from ..models import Backend, BackendEvent, ChatRequest, Finish
from .stops import UnderWay


class Forwarding:
    """One request to the backend. Closing it, or cancelling the task that waits, stops the backend's work."""

    def __init__(self, backend: Backend, request: ChatRequest, silence: float, under_way: UnderWay) -> None:
        self._events = backend.chat(request)
        self._silence = silence
        self._under_way = under_way

    async def event(self) -> BackendEvent:
        """The next event, `Finish` last.

        Raises ModelTimeout after `silence` seconds without one, Refused when the switch ends it, and the
        backend's own errors.
        """
        self._under_way.check()
        try:
            async with self._under_way.within(self._silence):
                event = await anext(self._events, None)
        except TimeoutError as error:
            self._under_way.check()
            raise ModelTimeout(
                f"The model wrote nothing for {self._silence:.0f} seconds.",
                hint="Try again later, or raise BAUHINIA_MODEL_TIMEOUT.",
            ) from error
        if event is None:
            raise MalformedAnswer("The model's answer broke off.", hint="Ask again.")
        if isinstance(event, Finish):
            # To its end, or the backend would take this for an answer that was left.
            await anext(self._events, None)
        return event

    async def aclose(self) -> None:
        """Stop the backend's work; nothing where it is over."""
        await self._events.aclose()
