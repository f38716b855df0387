"""Stage 8, record: one row in the ledger and one of usage for every exchange, however it ended."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from ..ledger import Entry, Kind, Outcome
from ..models import ChatRequest, Usage
from ..people import Amount, Officer, Reservation
from ..telemetry.tracing import Stages
from .exchange import Decision
from .stops import UnderWay
from .texts import texts_of

_LONGEST_WORD = 200


@dataclass(slots=True, kw_only=True)
class Notes:
    """What is known about an exchange so far: enough to record it wherever it ends."""

    kind: Kind
    officer: Officer
    use: str
    model: str
    task: str | None = None
    classification: str = "unclassified"
    decisions: list[Decision] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    sent: Sequence[str] = ()
    """The texts as the model was given them, personal data replaced."""
    answer: str = ""
    began: float = field(default_factory=time.monotonic)
    held: Reservation | None = None
    """Its room in the quotas."""
    cost: int | None = None
    """Millionths of a HK$, once it is over; None where no price is known."""

    def settle(self) -> None:
        """Put what was used in place of what was held."""
        if self.held is not None:
            tokens = self.usage.prompt_tokens + self.usage.completion_tokens
            self.held.settle(Amount(requests=1, tokens=tokens, cost=self.cost or 0))

    first_piece: float | None = None
    """Seconds until the first piece of the answer was given out."""
    under_way: UnderWay | None = None
    """While it is: what the switch ends."""
    trace: Stages | None = None
    """Where traces are kept, this exchange's span."""

    def add(self, *decisions: Decision) -> None:
        """Note what a stage decided."""
        self.decisions.extend(decisions)
        if self.trace is not None:
            for made in decisions:
                self.trace.passed(made.stage, made.allowed, made.reason)

    def gave(self) -> None:
        """Note that a piece was given out."""
        if self.first_piece is None:
            self.first_piece = self.seconds

    def send(self, request: ChatRequest) -> None:
        """Note what the model is given."""
        roles = [text for message in request.messages for text in (message.role, message.content)]
        self.sent = roles + texts_of(request.messages, request.tools)[len(request.messages) :]

    @property
    def seconds(self) -> float:
        """Since the exchange began."""
        return time.monotonic() - self.began


def entry_of(notes: Notes, outcome: Outcome, error: BaseException | None = None) -> Entry:
    """The ledger's entry for this exchange."""
    return Entry(
        kind=notes.kind,
        outcome=outcome,
        officer=notes.officer.id,
        department=notes.officer.department,
        use=_word(notes.use),
        model=_word(notes.model),
        task=None if notes.task is None else _word(notes.task),
        classification=_word(notes.classification),
        decisions=tuple((made.stage, made.allowed, made.reason) for made in notes.decisions),
        prompt_digest=_digest(notes.sent) if notes.sent else "",
        prompt_characters=sum(map(len, notes.sent)),
        answer_digest=_digest([notes.answer]) if notes.answer else "",
        answer_characters=len(notes.answer),
        prompt_tokens=notes.usage.prompt_tokens,
        cached_tokens=notes.usage.cached_tokens,
        completion_tokens=notes.usage.completion_tokens,
        cost=notes.cost,
        seconds=round(notes.seconds, 4),
        error=type(error).__name__ if error is not None else "",
    )


def _word(text: str) -> str:
    """A name that may come from outside, as it can be kept: no control characters, not endless."""
    text = text[:_LONGEST_WORD]
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def _digest(texts: Sequence[str]) -> str:
    """SHA-256 over the texts, a zero byte after each."""
    digest = sha256()
    for text in texts:
        digest.update(text.encode())
        digest.update(b"\0")
    return digest.hexdigest()
