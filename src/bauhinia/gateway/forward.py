"""Stage 4, forward: the request to the backend, the answer as it is written."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from ..errors import MalformedAnswer, ModelTimeout
from ..models import Backend, BackendEvent, ChatRequest, Finish
from .stops import UnderWay


async def forward(
    backend: Backend, request: ChatRequest, silence: float, under_way: UnderWay
) -> AsyncGenerator[BackendEvent, None]:
    """The backend's events, `Finish` last. Closing this, or cancelling its task, stops the backend's work.

    Raises ModelTimeout after `silence` seconds without an event, Refused when the switch ends it, and the
    backend's own errors.
    """
    async with aclosing(backend.chat(request)) as events:
        while True:
            under_way.check()
            try:
                async with under_way.within(silence):
                    event = await anext(events, None)
            except TimeoutError as error:
                under_way.check()
                raise ModelTimeout(
                    f"The model wrote nothing for {silence:.0f} seconds.",
                    hint="Try again later, or raise BAUHINIA_MODEL_TIMEOUT.",
                ) from error
            if event is None:
                raise MalformedAnswer("The model's answer broke off.", hint="Ask again.")
            yield event
            if isinstance(event, Finish):
                # To its end, or the backend would take this for an answer that was left.
                await anext(events, None)
                return
