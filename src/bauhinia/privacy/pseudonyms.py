"""Pseudonyms: what the model reads instead of personal data, and the way back.

A pseudonym looks like `HKID-H1`, `PERSON-N2` or `ADDRESS-L3`. The word says what stands there, so that the
model's sentence comes out right; the letter is the kind's own, so that a word the model has translated or
dropped to lower case still leads back; it is short enough that a small model copies it whole, and nothing
that officers write looks like it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from .find import find_personal
from .found import KINDS, THRESHOLD, Found, FoundKind

_PREFIXES: dict[FoundKind, tuple[str, str]] = {
    "hkid": ("HKID", "H"),
    "email": ("EMAIL", "E"),
    "phone": ("PHONE", "P"),
    "passport": ("PASSPORT", "T"),
    "home_return_permit": ("PERMIT", "R"),
    "business_registration": ("BUSINESS", "B"),
    "company_registration": ("COMPANY", "C"),
    "plate": ("PLATE", "V"),
    "bank_account": ("ACCOUNT", "A"),
    "card": ("CARD", "K"),
    "birth_date": ("BIRTHDATE", "D"),
    "octopus": ("OCTOPUS", "O"),
    "fps": ("FPS", "F"),
    "person": ("PERSON", "N"),
    "address": ("ADDRESS", "L"),
}
_KINDS = {letter: kind for kind, (_, letter) in _PREFIXES.items()}
_LONGEST_NUMBER = 4

_SPACE = r"[ \u00a0\u3000]"
_DASH = r"[-\u2010-\u2015\u2212\uff0d_\uff3f]"


def _either(character: str) -> str:
    """A letter in any case and width."""
    forms = {character.upper(), character.lower()}
    return "[" + "".join(sorted(forms | {chr(ord(form) + 0xFEE0) for form in forms})) + "]"


def _pieces(prefix: str, letter: str) -> list[str]:
    """What a pseudonym is made of: each piece takes one character; `?` ends one that may be missing."""
    number = [r"[0-9\uff10-\uff19]", *[r"[0-9\uff10-\uff19]?"] * (_LONGEST_NUMBER - 1)]
    joint = [f"{_SPACE}?", f"{_DASH}?", f"{_SPACE}?"]
    return [*map(_either, prefix), *joint, _either(letter), *number]


def _begun(pieces: Iterable[str]) -> str:
    """A pattern for every beginning of what the pieces match together, the whole included."""
    pattern = ""
    for piece in reversed(list(pieces)):
        rest = f"(?:{pattern})?" if pattern else ""
        pattern = f"{piece}{rest}"
    return pattern


_ALL = [_pieces(prefix, letter) for prefix, letter in _PREFIXES.values()]
_NOT_INSIDE = r"(?<![A-Za-z0-9])"
_TOKEN = re.compile(
    _NOT_INSIDE + "(?:" + "|".join("".join(pieces) for pieces in _ALL) + r")(?![0-9\uff10-\uff19])"
)
_UNFINISHED = re.compile(_NOT_INSIDE + "(?:" + "|".join(_begun(pieces) for pieces in _ALL) + r")\Z")
_LONGEST = max(map(len, _ALL))
_LETTER_AND_DIGIT = re.compile(r"(?<=[A-Za-z\uff21-\uff3a\uff41-\uff5a])[0-9\uff10-\uff19]")
_CODE = re.compile(r"([A-Z])([0-9]+)\Z")
_NARROW = {code + 0xFEE0: code for code in range(0x21, 0x7F)}


def _code(token: str) -> str:
    """What two writings of one pseudonym have in common: `H1`."""
    match = _CODE.search(token.translate(_NARROW).upper())
    assert match is not None
    return f"{match[1]}{int(match[2])}"


def _tokens(text: str) -> Iterable[re.Match[str]]:
    """What looks like a pseudonym in the text. Most texts have no letter right before a digit, which is seen
    ten times as quickly."""
    return _TOKEN.finditer(text) if _LETTER_AND_DIGIT.search(text) else ()


_AFTER = re.compile(r"[0-9\uff10-\uff19]*")


def _apart(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the letters or digits that stand right before it (`Re陳大文`) and the digits right after:
    a pseudonym in their midst could not be told from a longer word."""
    while start > 0 and text[start - 1].isascii() and text[start - 1].isalnum():
        start -= 1
    after = _AFTER.match(text, end)
    return start, after.end() if after else end


def _joined(spans: Iterable[tuple[int, int, FoundKind]]) -> list[tuple[int, int, FoundKind]]:
    """The spans, those that touch as one of the first's kind: a pseudonym that follows another without a mark
    between could not be told from a longer word."""
    joined: list[tuple[int, int, FoundKind]] = []
    for start, end, kind in spans:
        if joined and joined[-1][1] >= start:
            first, last, its_kind = joined.pop()
            joined.append((first, max(last, end), its_kind))
        else:
            joined.append((start, end, kind))
    return joined


class Pseudonyms:
    """One exchange's or task's pseudonyms: the same value, written the same way, gets the same one.

    Two writings of one number get two pseudonyms, so that each comes back as it was written. Only the `kinds`
    asked for are hidden, where they score the `threshold` or more. Duties D-3.2.1-10, D-3.3-13.
    """

    def __init__(self, kinds: Collection[FoundKind] = KINDS, threshold: float = THRESHOLD) -> None:
        self._kinds = kinds
        self._threshold = threshold
        self._names: set[str] = set()
        self._tokens: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._spoken_for: set[str] = set()
        self._counts: dict[FoundKind, int] = dict.fromkeys(_PREFIXES, 0)

    def __len__(self) -> int:
        """How many pseudonyms were given out."""
        return len(self._values)

    @property
    def counts(self) -> dict[FoundKind, int]:
        """How many of each kind were hidden; kinds of which nothing was are left out."""
        kinds = [_KINDS[code[0]] for code in self._values]
        return {kind: kinds.count(kind) for kind in _PREFIXES if kind in kinds}

    def hide(self, text: str, found: Sequence[Found] | None = None) -> str:
        """The text with pseudonyms in place of personal data: of what was found in it already, or of all.

        What looks like a pseudonym in the text already is never given out; had it been given out before,
        it is itself hidden, so that `restore(hide(text)) == text` always holds.
        """
        if found is None:
            found = find_personal(text, kinds=self._kinds, threshold=self._threshold, known=self._names)
        self._names.update(item.value for item in found if item.kind == "person")
        spans: list[tuple[int, int, FoundKind]] = [(item.start, item.end, item.kind) for item in found]
        for match in _tokens(text):
            code = _code(match[0])
            if code not in self._values:
                self._spoken_for.add(code)
            elif not any(start < match.end() and match.start() < end for start, end, _ in spans):
                spans.append((match.start(), match.end(), _KINDS[code[0]]))
        if not spans:
            return text
        parts, place = [], 0
        apart = sorted((*_apart(text, start, end), kind) for start, end, kind in spans)
        for start, end, kind in _joined(apart):
            parts += [text[place:start], self._token(kind, text[start:end])]
            place = end
        return "".join([*parts, text[place:]])

    def restore(self, text: str) -> str:
        """The text with the personal data back, whatever case, width or spacing the model gave pseudonyms."""
        if not self._values:
            return text
        return _TOKEN.sub(self._value, text)

    def stream(self) -> StreamRestorer:
        """A restorer for a text that comes in pieces."""
        return StreamRestorer(self)

    def _token(self, kind: FoundKind, value: str) -> str:
        token = self._tokens.get(value)
        if token is None:
            prefix, letter = _PREFIXES[kind]
            while True:
                self._counts[kind] += 1
                code = f"{letter}{self._counts[kind]}"
                if code not in self._spoken_for:
                    break
            assert len(code) <= 1 + _LONGEST_NUMBER, "more personal data than one exchange can hold"
            token = self._tokens[value] = f"{prefix}-{code}"
            self._values[code] = value
        return token

    def _value(self, match: re.Match[str]) -> str:
        return self._values.get(_code(match[0]), match[0])


class StreamRestorer:
    """Restores a text piece by piece: the joined output is `restore` of the joined input."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._held = ""
        self._before = ""

    def feed(self, chunk: str) -> str:
        """What is certain so far; a possible beginning of a pseudonym is held back."""
        if not len(self._pseudonyms):
            return chunk
        text = self._before + self._held + chunk
        unfinished = _UNFINISHED.search(text, max(len(self._before), len(text) - _LONGEST))
        return self._release(text, unfinished.start() if unfinished else len(text))

    def flush(self) -> str:
        """What was held back, at the end."""
        text = self._before + self._held
        return self._release(text, len(text))

    def _release(self, text: str, until: int) -> str:
        """Restore up to `until`; remember one character, for no pseudonym begins inside a word."""
        since = len(self._before)
        self._held = text[until:]
        self._before = text[:until][-1:]
        pieces, place = [], since
        for match in _TOKEN.finditer(text, since, until):
            pieces += [text[place : match.start()], self._pseudonyms._value(match)]
            place = match.end()
        return "".join([*pieces, text[place:until]])
