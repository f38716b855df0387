"""Who is told, or offers, to do something: one sentence of English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .days import due_in
from .errand import Errand
from .people import People
from .sentences import Sentence, opened

_ASK = (
    r"(?:please|could you|can you|would you|will you|kindly|may i ask you to|i need you to|you['’]ll"
    r"|you will|over to you to)"
)
_NOT_ASKED = (
    r"(?:note|see|turn|refer|bear|tell me|remind me|go ahead|remember|excuse|explain|say|speak"
    r"|confirm that you|be\b|(?:have|get|see|receive) (?:a|you|your|it|them|that|this|one)\b|hear|find)"
)
_ERRANDS = (
    r"(?:send|copy|circulate|submit|prepare|arrange|provide|forward|write|draft|check|update|return"
    r"|report|contact|call|e-?mail"
    r"|book|order|invite|inform|notify|post|share|review|ensure|follow|chase|collect|compile|produce"
    r"|organi[sz]e|obtain|liaise)"
)
_ORDERS = (
    r"(?:talk|ask|get|make|take|look|speak|find|bring|fix|clean|set|put|give|try|work|do|start|finish"
    r"|confirm|ring|phone|tell|move|pick|buy"
    r"|sort|deal|handle|join|drop|pull|run|keep|add|remove|ensure)"
)
_DUTY = (
    r"(?:to|will|shall|must|is to|are to|needs? to|has to|have to|(?:is|are|was|were) (?:also )?(?:asked"
    r"|requested|required|directed|tasked"
    r"|instructed|invited|reminded|going) to|(?:agreed|undertook|offered|volunteered|promised) to|['’]ll"
    r"|would(?! like| rather| say)|should)"
)
_NO_ACT = (
    r"(?!(?:not|be|never|have|arrive|come back|know|need|want|see|cost|run|last|like|think|depend|mean"
    r"|help|stay|remain)\b)"
)
_IF = re.compile(r"\b(?:if|unless|whether)\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:last (?:year|month|week)|already|yesterday|ago)\b", re.IGNORECASE)
_OFFER = re.compile(
    r"\b(?:I|[Ww]e)(?P<how>['’]ll| will| shall| am going to|['’]m going to| are going to|['’]re going to"
    r"| undertake to"
    r"|['’]m (?:happy|glad) to| am (?:happy|glad) to|['’]d be (?:happy|glad) to| plan to| promise to"
    r"| volunteer to| can)\s+(?:also |then |just |gladly |certainly |happily )?"
    r"(?!(?:not|be|never|have (?:to|been|no|another)|see|think|need|hear|say|live|go|leave|keep|stop"
    r"|move on|come|start with|begin|only|stick|drop"
    r"|meet|close|discuss|look at|return to|now|take (?:a|the) (?:break|vote|next)|hold|defer|park"
    r"|adopt)\b)\w+"
)
_LET_ME = re.compile(
    r"\blet me (?!(?:just |first |quickly )?(?:say|see|think|ask|add|know|explain|start|begin|be|finish"
    r"|remind|tell|show|read|share my"
    r"|put it|clarify|understand|interrupt|stop))\w+",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r"\bleave (?:it|that|this|them|the [\w ]{1,30}?) (?:with|to) (?:me|us)\b|\b(?:that|it"
    r"|this)['’]?s? (?:is |can be )?(?:on|with) (?:me|us)\b"
    r"|\b(?:i['’]m |we['’]re )?on it\b|\bi(?:['’]ll| will| can) (?:take|do|handle|sort) (?:that|this"
    r"|it)\b|\bconsider it done\b"
    r"|\bcount on me\b|^mine\b|\bi still owe (?:you|them)\b|\bi volunteer\b|\bput me down for\b"
    r"|\bthat['’]s mine\b|\bwill do\b|^(?:yes,? )?i can\b(?=[,.]|$)",
    re.IGNORECASE,
)
_HAND_OVER = re.compile(
    r"\byou(?:['’]ll| will) (?:have|get|hear|see|receive)\b|\b(?:should|will) be with you\b|\bwith you by\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:will|shall|to) be \w+ by (?:our|my) \w+", re.IGNORECASE)
_PROPOSES = re.compile(
    r"\b(?:shall|should) (?:I|we)\b|\b(?:do you )?want (?:me|us) to\b|\bwould you like (?:me|us) to\b", re.I
)
OPEN = re.compile(
    r"\b(?:somebody|someone|anybody|anyone|who)\b|\bcan someone\b|\bany (?:takers|volunteers)\b",
    re.IGNORECASE,
)
"""A need for which nobody is named yet."""
WHEN = re.compile(r"\b(?:by )?when\b|\bhow (?:soon|long)\b", re.IGNORECASE)


def errands(said: Sentence, people: People) -> Iterator[Errand]:
    """What the sentence gives anybody to do, the surest reading first."""
    text = opened(said.folded)
    if _PAST.search(text):
        return
    for read in (_requests, _duties, _kept_with, _offers):
        found = [each for each in read(text, said, people) if not _IF.search(text[: each.start])]
        if found:
            yield from found
            return


def _requests(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“Secretary, please write”; “Could you put it up, Engineer?”; “I'd like the Engineer to look”."""
    not_asked = rf"(?!(?i:{_NOT_ASKED})\b)"
    for pattern in (
        rf"^(?P<who>{people.en})\s*[,:–-]\s*(?:(?i:and|so|then|perhaps) )?(?i:{_ASK})\s+{not_asked}",
        rf"^(?P<who>{people.en})\s*,\s*(?:(?:and|so|then|just) )?(?:{_ERRANDS}|{_ORDERS})\b",
        rf"^(?i:{_ASK})\s+{not_asked}[^?]*,\s*(?P<who>{people.en})\s*[?.]?$",
        r"\b(?i:can|could|may) (?:I|we) (?:ask|leave (?:that|this"
        rf"|it) with)\s+(?:you,\s+)?(?:the\s+)?(?P<who>{people.en})",
        r"\b(?i:I['’]d like|I would like|we['’]d like|let['’]s ask|ask|asks|asked|want|requested|invited"
        r"|instructed|remind|get)\s+"
        rf"(?:[Tt]he\s+)?(?P<who>{people.en})\s+to\s+{_NO_ACT}",
        rf"\b(?i:let['’]s have|have)\s+(?:[Tt]he\s+)?(?P<who>{people.en})\s+(?!to\b){_ERRANDS}\b",
    ):
        if match := re.search(pattern, text):
            yield Errand(said, people.named(match["who"]), "named", match.start())
            return
    if match := re.search(rf"(?:^|[,;] )(?i:{_ASK})\s+{not_asked}[a-z]+", text):
        yield Errand(said, "", "you", match.start())


def _duties(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“Marine Officer to liaise”, “the IT Unit will send”: several parties may stand in one sentence."""
    if said.asks:
        return
    for match in re.finditer(
        r"(?:^|[,;:]\s*|\b(?:and|that|then"
        rf"|but)\s+)(?:[Tt]he\s+)?(?P<who>{people.en}) ?(?P<duty>{_DUTY})\s+{_NO_ACT}\w+",
        text,
    ):
        if match["duty"] != "should" or due_in(text.lower(), None).words:
            yield Errand(said, people.named(match["who"]), "named", match.start("who"))


def _kept_with(text: str, said: Sentence, people: People) -> Iterator[Errand]:
    """“Testing is with the Quality Team”, “for the Secretary to follow up”, “assigned to …”."""
    if said.asks:
        return
    who = rf"(?:the\s+)?(?P<who>{people.en})"
    for pattern in (
        rf"\b(?:is|are|sits|rests|stays|lies) with {who}",
        rf"\b(?:assigned|allocated|down|left|falls) to {who}",
        rf"\bfor {who} to (?:follow|take|handle|do|prepare|arrange|{_ERRANDS})\b",
        rf"\bwith {who} to (?:follow|take|handle)\b",
        rf"^(?:the\s+)?(?P<who>{people.en}) (?:is|are) (?:responsible for|in charge of|taking|handling"
        r"|going to)\b",
        rf"^(?:the\s+)?(?P<who>{people.en}) (?:owns|takes|handles|leads)\b",
        rf"\b(?:follow(?:ed)?[- ]up|action(?:ed)?|owned|handled|taken on|done|prepared) by {who}",
    ):
        if match := re.search(pattern, text):
            yield Errand(said, people.named(match["who"]), "named", match.start())
            return


def _offers(text: str, said: Sentence, _: People) -> Iterator[Errand]:
    """“I'll take that one”; “You'll have it tomorrow”; “We can inspect it on Monday”, which only offers."""
    if said.asks:
        return
    if match := _TAKEN.search(text) or _LET_ME.search(text) or _OURS.search(text):
        yield Errand(said, said.line.speaker, "me", match.start())
    elif match := _OFFER.search(text):
        weak = match["how"].strip() == "can"
        yield Errand(said, said.line.speaker, "me", match.start(), weak=weak)
    elif (match := _HAND_OVER.search(text)) and due_in(text.lower(), None).words:
        yield Errand(said, said.line.speaker, "me", match.start(), handover=True)


def proposes(said: Sentence) -> bool:
    """Whether the speaker asks to be the one to do something: “Shall I redo the cards?”"""
    return said.asks and bool(_PROPOSES.search(said.folded))


def is_errand(text: str) -> bool:
    """Whether a request to nobody, in lower case, asks for work: “kindly copy the letter to all”."""
    return bool(re.match(rf"(?:please|kindly) {_ERRANDS}\b", text))
