"""Several answers as one: in the order of the questions, each sentence with its own source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .turn import Answer, Event, Reference, Said
from .wordings import wording

MOST_NEXT = 3
"""Questions that are suggested after one answer."""


@dataclass(slots=True)
class Joined:
    """An answer to several questions as it grows."""

    answers: list[Answer] = field(default_factory=list)
    _shown: int = 0
    """References of the answers before the one that is being told."""

    def told(self, event: Event) -> Event | None:
        """The event as it stands in the whole answer; None for the end of a part."""
        match event:
            case Reference():
                return event
            case Said():
                return _after(event, self._shown)
            case Answer():
                self.answers.append(event)
                self._shown += len(event.references)
                return None

    @property
    def answer(self) -> Answer:
        """All of it."""
        said: list[Said] = []
        references: list[Reference] = []
        for answer in self.answers:
            said += [_after(one, len(references)) for one in answer.said]
            references += answer.references
        written = [answer for answer in self.answers if answer.model]
        who = {answer.via for answer in self.answers}
        return Answer(
            via=who.pop() if len(who) == 1 else "several",
            language=self.answers[0].language,
            said=tuple(said),
            references=tuple(references),
            follow_ups=tuple(dict.fromkeys(up for answer in self.answers for up in answer.follow_ups))[
                :MOST_NEXT
            ],
            withdrawn=sum(answer.withdrawn for answer in self.answers),
            model=written[-1].model if written else "",
            entry=written[-1].entry if written else None,
            why=next((answer.why for answer in self.answers if answer.why), ""),
        )


def joined(answers: Sequence[Answer]) -> Answer:
    """Several answers as one; a single one as it is."""
    return answers[0] if len(answers) == 1 else Joined(list(answers)).answer


def about(question: str, answer: Answer) -> Answer:
    """An answer that nobody gave, saying to which of several questions."""
    if answer.via != "unknown" or not answer.said:
        return answer
    lead = wording("about", answer.language).format(question=question.strip(" ?？"))
    first = replace(answer.said[0], text=lead + answer.said[0].text)
    return replace(answer, said=(first, *answer.said[1:]))


def _after(said: Said, references: int) -> Said:
    return said if said.source is None or not references else replace(said, source=said.source + references)
