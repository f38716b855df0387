"""One answer of the model: forwarded, restored, inspected."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from ..models import Finish, Usage, estimate_tokens
from ..privacy.answers import AnswerGuard
from .exchange import Answer, Ask, Decision, Piece
from .forward import Forwarding
from .inspect import Inspection, cleaned, inspect_links, inspect_personal
from .label import label
from .record import Notes
from .redact import Redacted
from .restore import Restoring
from .route import Route, estimated_tokens
from .screening import AnswerWatch
from .untrusted import Fence


class Attempt:
    """One answer of the model: forwarded, restored, inspected."""

    def __init__(self, notes: Notes, ask: Ask, redacted: Redacted, fence: Fence, *, last: bool) -> None:
        self._notes = notes
        self._messages = ask.messages
        self.watch = AnswerWatch(ask)
        self._finish: Finish | None = None
        self.restoring = Restoring(redacted.pseudonyms, fence)
        self.personal = AnswerGuard(redacted.given, is_json=ask.schema is not None)
        self.inspection = Inspection(ask.reply_in, last=last, is_json=ask.schema is not None)
        self._last = last
        self.shown = False
        """Whether a piece was given out."""

    @property
    def wanted_again(self) -> bool:
        """The answer is wrong, and there is another attempt."""
        return bool(self.inspection.wrong) and not self._last

    async def write(self, way: Route, silence: float) -> AsyncGenerator[Piece, None]:
        """The answer's pieces as soon as they may be shown; stops the backend when it is hopeless."""
        written: list[str] = []
        try:
            assert self._notes.under_way is not None
            forwarding = Forwarding(way.backend, way.request, silence, self._notes.under_way)
            async with aclosing(forwarding):
                while not isinstance(event := await forwarding.event(), Finish):
                    written.append(event.text or event.thinking or event.arguments)
                    self.restoring.think(event.thinking)
                    said = self.personal.feed(self.restoring.feed(event.text))
                    shown = self.inspection.feed(self.watch.feed(said))
                    if shown:
                        self.shown = True
                        yield Piece(shown)
                    if self.inspection.hopeless or self.watch.withheld:
                        break
                else:
                    self._finish = event
        finally:
            self._count(way, written)
            self._notes.answer = self.inspection.text
        if self.inspection.hopeless or self.watch.withheld:
            return
        rest = self.personal.feed(self.restoring.flush()) + self.personal.flush()
        rest = self.watch.feed(rest) + self.watch.flush()
        if self.watch.withheld:
            return
        shown = self.inspection.feed(rest) + self.inspection.finish()
        self._notes.answer = self.inspection.text
        if shown:
            yield Piece(shown)

    def answer(self, way: Route) -> Answer:
        """The whole answer, labelled; what remains is to record it."""
        if self.watch.withheld is not None:
            return self._withheld(way, self.watch.withheld)
        assert self._finish is not None
        thinking = self.personal.clean(self.restoring.thinking)
        calls = cleaned(self.restoring.calls(self._finish.tool_calls), self.personal)
        said = "\n".join([self.inspection.text, *(call.arguments for call in calls)])
        links = inspect_links(said, self._messages)
        made = [made for made in self.inspection.decisions if not (calls and made.reason == "empty_answer")]
        made += [found for found in (links, inspect_personal(self.personal)) if found]
        made += self.watch.decisions
        self._notes.answer = said if calls else self.inspection.text
        self._notes.add(
            Decision("forward", True, "cut" if self._finish.reason == "length" else "ok"),
            self.restoring.decision,
            *(made or [Decision("inspect", True, "ok")]),
            Decision("label", True, "ok"),
        )
        return Answer(
            text=self.inspection.text,
            thinking=thinking,
            finish=self._finish.reason,
            usage=self._notes.usage,
            seconds=self._notes.seconds,
            label=label(way.backend),
            decisions=tuple(self._notes.decisions),
            tool_calls=calls,
        )

    def _withheld(self, way: Route, why: Decision) -> Answer:
        """What is given in place of an answer that is not; no tool is called by it."""
        self._notes.add(Decision("forward", True, "cut"), self.restoring.decision, why)
        return Answer(
            text=why.detail,
            thinking="",
            finish="stop",
            usage=self._notes.usage,
            seconds=self._notes.seconds,
            label=label(way.backend),
            decisions=tuple(self._notes.decisions),
        )

    def _count(self, way: Route, written: Sequence[str]) -> None:
        """The backend's own count; an estimate for an answer that was stopped."""
        if self._finish is not None:
            self._notes.usage += self._finish.usage
        elif written:
            self._notes.usage += Usage(
                prompt_tokens=estimated_tokens(way.request.messages, way.request.tools),
                completion_tokens=estimate_tokens("".join(written)),
            )
