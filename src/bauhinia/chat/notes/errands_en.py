"""Who is told, or offers, to do something: one sentence of English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .days import due_in
from .errand import Errand
from .people import People
from .sentences import Sentence, opened

_ASK = r"(?:please|could you|can you|would you|will you|kindly|may i ask you to|i need you to)"
_NOT_ASKED = r"(?:note|see|turn|refer|bear|tell me|remind me|go ahead|remember|excuse|explain|say|speak|confirm that you)"
_DUTY = (
    r"(?:to|will|shall|must|is to|are to|needs? to|has to|have to|is asked to|was asked to|is requested to|was requested to"
    r"|agreed to|undertook to|is going to|'ll|’ll)"
)
_NO_ACT = r"(?!(?:not|be|never|have been|arrive|come back|know|need|want|see|cost|take about|run|last)\b)"
_IF = re.compile(r"\b(?:if|unless|whether)\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:last (?:year|month|week)|already|yesterday|ago)\b", re.IGNORECASE)
_OFFER = re.compile(
    r"\b(?:I|[Ww]e)(?P<how>['’]ll| will| shall| am going to|['’]m going to| are going to|['’]re going to| undertake to"
    r"| can)\s+(?:also |then |just |gladly |certainly |happily )?"
    r"(?!(?:not|be|never|have to|see|think|need|hear|say|live|go|leave|keep|stop|move on|come to|start with|begin"
    r"|meet|close|discuss|look at|return to|now)\b)\w+"
)
_TAKEN = re.compile(
    r"\bleave (?:it|that|this) (?:with|to) (?:me|us)\b|\b(?:that|it|this)['’]?s? (?:is )?(?:on|with) me\b|\bi['’]?m on it\b"
    r"|\bi(?:['’]ll| will| can) take (?:that|this|it)\b|\bconsider it done\b|\bcount on me\b|^mine\b|\bi still owe (?:you|them)\b"
    r"|\bi['’]d be happy to\b|\blet me (?:do|take|handle|check|find|look)\b|\bi volunteer\b",
    re.IGNORECASE,
)
_HAND_OVER = re.compile(r"\byou(?:['’]ll| will) (?:have|get|hear|see|receive)\b", re.IGNORECASE)
OPEN = re.compile(
    r"\b(?:somebody|someone|anybody|anyone|who)\b(?:['’](?:ll|s))?(?: will| can| could| has to| needs? to| should| must| is going to"
    r"| tells?| writes?| does| takes?| books?| calls?)?|\bcan someone\b",
    re.IGNORECASE,
)
"""A need for which nobody is named yet."""
WHEN = re.compile(r"\b(?:by )?when\b|\bhow (?:soon|long)\b", re.IGNORECASE)


def errands(said: Sentence, people: People) -> Iterator[Errand]:
    """What the sentence gives anybody to do, the surest reading first."""
    text = opened(said.folded)
    if _IF.search(text) or _PAST.search(text):
        return
    for read in (_requests, _duties, _kept_with, _offers):
        found = list(read(text, said, people))
        if found:
            yield from found
            return


def _requests(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“Secretary, please write”; “Could you put up a notice, Senior Engineer?”; “I'd like the Engineer to look”."""
    for pattern in (
        rf"^(?P<who>{people.en})\s*[,:–-]\s*(?i:{_ASK})\s+(?!(?i:{_NOT_ASKED})\b)",
        rf"^(?i:{_ASK})\s+(?!(?i:{_NOT_ASKED})\b)[^?]*,\s*(?P<who>{people.en})\s*[?.]?$",
        rf"\b(?i:I['’]d like|I would like|we['’]d like|let['’]s ask|ask|asks|asked|want|requested|invited|instructed|remind)\s+(?:[Tt]he\s+)?"
        rf"(?P<who>{people.en})\s+to\s+{_NO_ACT}",
        rf"\b(?i:can|could|may) (?:I|we) ask\s+(?:the\s+)?(?P<who>{people.en})\s+to\b",
    ):
        if match := re.search(pattern, text):
            yield Errand(said, people.named(match["who"]), "named", match.start())
            return
    if match := re.search(rf"(?:^|[,;] )(?i:{_ASK})\s+(?!(?i:{_NOT_ASKED})\b)[a-z]+", text):
        yield Errand(said, "", "you", match.start())


def _duties(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“Marine Officer to liaise”, “the IT Unit will send”: several parties may stand in one sentence."""
    if said.asks:
        return
    for match in re.finditer(
        rf"(?:^|[,;:]\s*|\b(?:and|that|then|but)\s+)(?:[Tt]he\s+)?(?P<who>(?!OK\b|TV\b){people.en}) ?(?P<duty>{_DUTY})\s+{_NO_ACT}\w+",
        text,
    ):
        yield Errand(said, people.named(match["who"]), "named", match.start("who"))


def _kept_with(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“Testing is with the Quality Team”, “for the Secretary to follow up”, “assigned to …”."""
    if said.asks:
        return
    who = rf"(?:the\s+)?(?P<who>{people.en})"
    for pattern in (
        rf"\b(?:is|are|sits|rests|stays|lies) with {who}",
        rf"\b(?:assigned|allocated|down|left) to {who}",
        rf"\bfor {who} to (?:follow|take|handle|do|prepare|arrange)\b",
        rf"\bwith {who} to (?:follow|take|handle)\b",
        rf"^(?:the\s+)?(?P<who>{people.en}) (?:is|are) (?:responsible for|in charge of|taking|handling)\b",
        rf"\b(?:follow(?:ed)?[- ]up|action(?:ed)?|owned|handled|taken on) by {who}",
    ):
        if match := re.search(pattern, text):
            yield Errand(said, people.named(match["who"]), "named", match.start())
            return


def _offers(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“I'll take that one”; “You'll have it tomorrow”; “We can inspect it on Monday”, which only offers."""
    if said.asks:
        return
    if match := _TAKEN.search(text):
        yield Errand(said, said.line.speaker, "me", match.start())
    elif match := _OFFER.search(text):
        weak = match["how"].strip() == "can"
        yield Errand(said, said.line.speaker, "me", match.start(), weak=weak)
    elif (match := _HAND_OVER.search(text)) and due_in(text.lower(), None).words:
        yield Errand(said, said.line.speaker, "me", match.start(), handover=True)
