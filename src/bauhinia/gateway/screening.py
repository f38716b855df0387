"""What is asked for and what is answered, held against the region's policy.

What the officer or the program wrote is screened before anything is sent; what stands in material is not,
for it is worked on and not obeyed: a police report is translated like any other. An answer is watched as it
is written. One that tells its own instructions is withheld. So is one that the policy forbids, unless what
it was made from says such things itself; then it is marked, and its reader is warned.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from ..guideline.learned import learned
from ..guideline.policy import Screen, screen
from ..language import Variety, simplified_characters
from ..models import Embedder, Message
from .exchange import Ask, Decision
from .leaks import LeakWatch
from .untrusted import material, without_data

UNSAFE = "unsafe_"
"""What reasons begin with that name a class of the policy: nothing more of a request is kept."""
MARKED = "marked_"
_SAID = 1_000
"""Characters of what was written that are read: the embedder takes in no more than some 500 tokens."""
_REMEMBERED = 256
_STEP, _WINDOW = 400, 1_200
LEAK = {
    "en": "This answer repeated the instructions that the system works by, and was withheld. Ask for what "
    "you need in other words.",
    "zh-Hant-HK": "此回答重複了系統的內部指示，因此不予顯示。請以其他字眼提出你的要求。",
    "zh-Hans": "此回答重复了系统的内部指示，因此不予显示。请以其他字眼提出你的要求。",
}


def screened(ask: Ask) -> Decision:
    """By words: `ok`, or `unsafe_` with the class; the detail is what the officer is told."""
    found = _suspected(ask)
    return _refused(ask, found) if found else _PASSED


def screened_aloud(ask: Ask) -> Decision:
    """Of a text that is spoken or sung as it stands: read as an answer is, from one end to the other."""
    reader, text = screen(), ask.said
    windows = (text[at : at + _WINDOW] for at in range(0, len(text), _STEP))
    found = next((found for window in windows if (found := reader.answer(window))), "")
    return _refused(ask, found) if found else _PASSED


def _suspected(ask: Ask) -> str:
    """The class that words alone tell."""
    reader = screen()
    written = [without_data(each.content) for each in ask.messages if each.role == "user"]
    return next((found for text in (ask.said, *written) if text and (found := reader.request(text))), "")


_PASSED = Decision("admit", True, "ok")


def _refused(ask: Ask, found: str) -> Decision:
    return Decision("admit", False, UNSAFE + found, screen().policy.refusal(found, _language(ask)))


class MeaningScreen:
    """Screens what people write in their own words by its meaning, where the built-in embedder is at hand:
    a remote one would be shown every question before it is known whether it may be."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._judged: OrderedDict[str, str] = OrderedDict()

    async def screened(self, ask: Ask) -> Decision:
        """`ok`, or `unsafe_` with the class: by meaning, words lowering the bar, where it can be had; else by
        words. One task's text is judged once."""
        if not ask.said or ask.use not in screen().policy.by_meaning or not self._reads():
            return screened(ask)
        if ask.said not in self._judged:
            (vector,) = await self._embedder.embed([ask.said[:_SAID]], "query")
            self._judged[ask.said] = learned().judged(vector, suspected=bool(_suspected(ask)))
            while len(self._judged) > _REMEMBERED:
                self._judged.popitem(last=False)
        found = self._judged[ask.said]
        return _refused(ask, found) if found else _PASSED

    def _reads(self) -> bool:
        return getattr(self._embedder, "model", "") == learned().embedder


def _language(ask: Ask) -> str:
    """The language of the interface that is nearest to the one that is spoken."""
    if ask.reply_in is not None and ask.reply_in is not Variety.UNKNOWN:
        return {Variety.ENGLISH: "en", Variety.SIMPLIFIED: "zh-Hans"}.get(ask.reply_in, "zh-Hant-HK")
    said = ask.said or "".join(without_data(each.content) for each in ask.messages if each.role == "user")
    if not any("\u3400" <= letter <= "\u9fff" for letter in said):
        return "en"
    return "zh-Hans" if simplified_characters(said) else "zh-Hant-HK"


class AnswerWatch:
    """Watches one answer as it is written."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._leaks = LeakWatch(ask.messages)
        self._screen = screen()
        self._recent = ""
        self._unread = 0
        self._marked: list[str] = []
        self.withheld: Decision | None = None
        """Why the answer is not given; its detail is what is given instead."""

    @property
    def decisions(self) -> list[Decision]:
        """What was decided."""
        if self.withheld is not None:
            return [self.withheld]
        return [Decision("inspect", True, MARKED + found, "Look at it with care.") for found in self._marked]

    def feed(self, text: str) -> str:
        """What may be shown."""
        text = self._leaks.feed(text)
        if self._leaks.leaked:
            self.withheld = Decision("inspect", False, "prompt_leak", LEAK[_language(self._ask)])
        self._read(text, at_end=False)
        return "" if self.withheld else text

    def flush(self) -> str:
        """What was held back, at the end."""
        text = "" if self.withheld else self._leaks.flush()
        self._read(text, at_end=True)
        return "" if self.withheld else text

    def _read(self, text: str, *, at_end: bool) -> None:
        self._recent = (self._recent + text)[-_WINDOW:]
        self._unread += len(text)
        if self.withheld is not None or not (self._unread >= _STEP or (at_end and self._unread)):
            return
        self._unread = 0
        found, trait = self._screen.answer_and_bias(self._recent)
        if found:
            self._judge(found)
        elif trait:
            self._marked = list(dict.fromkeys([*self._marked, "bias"]))

    def _judge(self, found: str) -> None:
        if _said_in(self._screen, self._ask.messages, found):
            self._marked = list(dict.fromkeys([*self._marked, found]))
        else:
            sentence = self._screen.policy.refusal(found, _language(self._ask))
            self.withheld = Decision("inspect", False, UNSAFE + found, sentence)


def _said_in(reader: Screen, messages: Sequence[Message], found: str) -> bool:
    """Whether material says such things, in whichever language."""
    return any(reader.mentions(found, text) for each in messages for text in material(each))
