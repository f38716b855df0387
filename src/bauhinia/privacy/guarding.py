"""The rules applied to the texts of one request: what is hidden, taken out, let through or refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from .find import find_personal
from .found import Found
from .policy import ACTIONS, Action, Rules, policies
from .pseudonyms import Pseudonyms


def is_chinese(text: str) -> bool:
    """Whether it holds a Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def left_out(kind: str, around: str) -> str:
    """What stands in the place of personal data that was taken out, in the language of the text around it."""
    about = policies().kinds[kind]
    return f"〔{about.zh_hant}從略〕" if is_chinese(around) else f"[{about.en} left out]"


class Guard:
    """One request's guard. The same value gets the same pseudonym in all its texts."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.pseudonyms = Pseudonyms()
        self._names: set[str] = set()
        """Names that are sure in one text count in the others."""
        self._met: defaultdict[Action, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def hide(self, text: str) -> str:
        """The text as the model may see it; what is blocked is only counted (`met`)."""
        found = find_personal(text, known=self._names)
        self._names.update(each.value for each in found if each.kind == "person")
        for each in found:
            self._met[self._rules[each.kind].action][each.kind].add(each.value)
        hidden = [each for each in found if self._rules[each.kind].action == "pseudonymise"]
        if "redact" not in self._met:
            return self.pseudonyms.hide(text, hidden)
        parts: list[str] = []
        place = 0
        for each in found:
            if self._rules[each.kind].action == "redact":
                parts += [self._hidden(text, place, each.start, hidden), left_out(each.kind, text)]
                place = each.end
        return "".join([*parts, self._hidden(text, place, len(text), hidden)])

    def _hidden(self, text: str, start: int, end: int, found: Iterable[Found]) -> str:
        """That stretch with pseudonyms in it."""
        within = [
            replace(each, start=each.start - start, end=each.end - start)
            for each in found
            if start <= each.start and each.end <= end
        ]
        return self.pseudonyms.hide(text[start:end], within)

    @property
    def met(self) -> dict[Action, dict[str, int]]:
        """How many different values of each kind were met, by what was done, the strictest first."""
        return {
            action: {kind: len(values) for kind, values in sorted(self._met[action].items())}
            for action in reversed(ACTIONS)
            if action in self._met
        }
