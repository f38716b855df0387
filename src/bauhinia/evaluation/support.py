"""Whether a document supports a statement: a strict judge without a model.

A statement of several sentences is supported when each of them is. A sentence is supported only when none
of these holds, asked in this order:

1. `figure`: it claims a figure that the document does not hold (`quantities`).
2. `name`: it holds an English acronym or run of capitalised words, or a Chinese name of a body, that the
   document does not hold.
3. `not_aligned`: in no window of neighbouring sentences of the document are at least `BAR` of its content
   words found (`BAR_WITH_FIGURES` where it claims three figures or more and the window holds them all).
   Content words are English stems without function words, and pairs of neighbouring Chinese characters.
   Windows that meet it are kept for the tests that follow.
4. `figure_elsewhere`: no window that meets test 3 holds all its figures together.
5. `direction`: it says that something rose and its core speaks of falling only, or the other way round. Its
   core is the best aligned sentence that holds all its figures, or where none does, the best window.
6. `negation`: it denies and its core does not.

What it cannot see: roles exchanged within one sentence ("A paid B"), a figure of the right window tied to the
wrong thing, and qualifications left out. What it wrongly calls unsupported: a fair paraphrase in other words,
and a statement drawn together from distant places. It compares within one language only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from .quantities import Quantity, claimed, held

BAR = 0.5
"""Share of a statement's content words that one window must hold."""
BAR_WITH_FIGURES = 0.3
"""The same, where three figures or more place the statement: a whole date, an amount and a year."""
WINDOW = 3
"""Neighbouring sentences, headings or table rows that a statement may draw on together."""
SupportReason = Literal[
    "ok", "empty", "figure", "name", "not_aligned", "figure_elsewhere", "direction", "negation"
]


class Support(NamedTuple):
    """Whether a statement is supported, why not, and its best alignment (0 to 1)."""

    supported: bool
    reason: SupportReason
    alignment: float


@dataclass(frozen=True)
class Evidence:
    """A document made ready for judging many statements."""

    text: str
    pieces: tuple[str, ...] = field(init=False)
    windows: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        pieces = tuple(_pieces(self.text))
        starts = range(max(1, len(pieces) - WINDOW + 1))
        object.__setattr__(self, "pieces", pieces)
        object.__setattr__(self, "windows", tuple("\n".join(pieces[at : at + WINDOW]) for at in starts))

    def judge(self, statement: str) -> Support:
        """Whether the document supports every sentence; else the first that it does not, and why.

        A statement without content words is `empty`.
        """
        judged = [self._sentence(sentence) for sentence in _SENTENCE_END.split(statement) if sentence.strip()]
        spoken = [support for support in judged if support.reason != "empty"]
        failed = [support for support in spoken if not support.supported]
        if failed or not spoken:
            return failed[0] if failed else Support(False, "empty", 0.0)
        return Support(True, "ok", min(support.alignment for support in spoken))

    def _sentence(self, statement: str) -> Support:
        wanted = _content(statement)
        if not wanted:
            return Support(False, "empty", 0.0)
        quantities = {quantity for quantity, _ in claimed(statement)}
        shares = [_share(wanted, window) for window in self.windows]
        reason = self._whole(statement, quantities) or self._aligned(quantities, shares)
        reason = reason or _agreement(statement, self._core(wanted, quantities, shares)) or "ok"
        return Support(reason == "ok", reason, max(shares))

    def _whole(self, statement: str, quantities: set[Quantity]) -> SupportReason | None:
        """Tests 1 and 2."""
        if not quantities <= _held(self.text):
            return "figure"
        return "name" if _strange_names(statement, self.text) else None

    def _aligned(self, quantities: set[Quantity], shares: list[float]) -> SupportReason | None:
        """Tests 3 and 4."""
        held_by = [quantities <= _held(window) for window in self.windows]
        bars = [BAR_WITH_FIGURES if there and len(quantities) >= 3 else BAR for there in held_by]
        near = [at for at, share in enumerate(shares) if share >= bars[at]]
        if not near:
            return "not_aligned"
        return None if any(held_by[at] for at in near) else "figure_elsewhere"

    def _core(self, wanted: frozenset[str], quantities: set[Quantity], shares: list[float]) -> str:
        holding = [piece for piece in self.pieces if quantities <= _held(piece)] if quantities else []
        if holding:
            return max(holding, key=lambda piece: _share(wanted, piece))
        return self.windows[shares.index(max(shares))]


def _share(wanted: frozenset[str], text: str) -> float:
    return len(wanted & _content(text)) / len(wanted)


def _agreement(statement: str, core: str) -> SupportReason | None:
    """Tests 5 and 6."""
    if _opposed(statement, core):
        return "direction"
    return "negation" if _denies(statement) and not _denies(core) else None


def _denies(text: str) -> bool:
    return bool(_NEGATION.search(_BOUND.sub("", text)))


def unsupported(statement: str, document: str) -> bool:
    """Whether the document fails to support the statement; see the module for what that means."""
    return not Evidence(document).judge(statement).supported


def _pieces(text: str) -> Iterator[str]:
    """Sentences, headings and table rows, in order. A table's first row goes along with each other row."""
    header = ""
    for line in _unwrapped(text):
        if not line.startswith("|"):
            header = ""
            yield from (piece for piece in _SENTENCE_END.split(line) if piece.strip())
        elif not header:
            header = line
        elif not re.fullmatch(r"[|\s:-]+", line):
            yield f"{header} {line}"


def _unwrapped(text: str) -> Iterator[str]:
    """Whole paragraphs of Markdown: a line that neither ends one nor is followed by a mark goes on."""
    held_back = ""
    for raw in [*text.splitlines(), ""]:
        line = raw.strip()
        begins = not line or line[0] in "#|-"
        if held_back and begins:
            yield held_back
            held_back = ""
        plain = re.sub(r"^#+ |^- |\*\*|\\$", "", line)
        held_back = f"{held_back} {plain}" if held_back else plain
        if line.endswith("\\") or line.startswith(("#", "|")):
            yield held_back
            held_back = ""


@lru_cache(maxsize=4096)
def _content(text: str) -> frozenset[str]:
    text = unicodedata.normalize("NFKC", text).lower()
    latin = re.findall(r"[a-z][a-z'’-]+", text)
    words = {_stem(word) for word in latin if word not in _FUNCTION_WORDS}
    chinese = [run for run in re.findall(r"[\u3400-\u9fff]+", _FILLER.sub(" ", text)) if len(run) > 1]
    pairs = {run[at : at + 2] for run in chinese for at in range(len(run) - 1)}
    return frozenset(words | pairs)


def _stem(word: str) -> str:
    """The word less a common ending: enough that install, installs, installed and installation meet."""
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=4096)
def _held(text: str) -> frozenset[Quantity]:
    return frozenset(held(text))


def _strange_names(statement: str, text: str) -> list[str]:
    """Names in the statement that the document does not hold."""
    there = re.sub(r"\s+", " ", text).lower()
    names = [*_ACRONYM.findall(statement), *_CAPITALISED.findall(statement), *_BODY.findall(statement)]
    return [name for name in names if not _holds(there, name.lower())]


def _holds(text: str, name: str) -> bool:
    """Whether a name is in the text: whole, or by its words, or (Chinese) from some character on."""
    if name in text:
        return True
    if name.isascii():
        return all(word in text for word in re.findall(r"[a-z]{3,}", name))
    return any(name[at:] in text for at in range(1, len(name) - 2))


def _opposed(statement: str, window: str) -> bool:
    """Whether the statement rises and the window only falls, or the other way round."""
    up, down = bool(_UP.search(statement)), bool(_DOWN.search(statement))
    if up == down:
        return False
    same, other = (_UP, _DOWN) if up else (_DOWN, _UP)
    return bool(other.search(window)) and not same.search(window)


_ENDINGS = (
    *("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies"),
    *("ed", "es", "ers", "er", "s", "e", "y"),
)
_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])\s+(?=[A-Z])")
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
_CAPITALISED = re.compile(r"\b[A-Z][a-z]+(?: (?:of|and|for|the) [A-Z][a-z]+| [A-Z][a-z]+)+")
_BODY = re.compile(r"[\u3400-\u9fff]{2,8}(?:署|局|委員會|公署|辦事處|管理處|法院|大學|銀行|公司)")
_UP = re.compile(
    r"\b(?:increas|ris(?:e|en|ing)\b|rose\b|grow|grew\b|higher|raise)|增|上升|提高|調高|調升", re.IGNORECASE
)
_DOWN = re.compile(
    r"\b(?:decreas|reduc|fall|fell\b|declin|drop|lower|shorten)|減|下降|降至|縮短|調低", re.IGNORECASE
)
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|none|nor|cannot|neither|fail\w*|unable|waive\w*|prohibit\w*|ban\w*)\b|n't\b"
    r"|不|沒|未|無|冇|唔|毋|禁止|零",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\bno(?:t|) (?:less|more|later|fewer|earlier|exceeding)\b|不少於|不多於|不超過|不遲於", re.IGNORECASE
)
_FILLER = re.compile(
    "[的了在和與及或並亦也是為將由於至到從對把被以而其該此這那有已之嘅咗喺係噉啲]|同埋"
    "|[零一二三四五六七八九十百千萬億○〇兩]"
)
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        """a an the and or but if of to in on at by for from with as is are was were be been being it its
        this that these those there which who whom whose will would shall should may might can could must has
        have had do does did not no than then so such also into over under about after before during between
        each any all both more most other up out per cent hong kong government one two three document report
        summary states stated said including""",
    )
)
