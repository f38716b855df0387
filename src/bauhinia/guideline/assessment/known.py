"""What the system knows of a use before anybody answers: filled in, and marked as its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from ..data_files import data_file
from ..months import months_on
from ..uses import Use
from .questionnaire import Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the server can tell of the model that answers, of where data goes and of what was measured."""

    model: str
    """Its title, or its name where it has none."""
    address: str = ""
    """Where it is asked; empty: it runs in this server."""
    on_this_machine: bool = True
    licence: str = ""
    """SPDX identifier; empty where it is not known."""
    digest: str = ""
    """SHA-256 of its file."""
    level: Mapping[str, str]
    """The name of the use's classification, by language `en` and `zh`."""
    highest: Mapping[str, str]
    """The name of the highest classification that the model may see."""
    figures: Mapping[str, str] = field(default_factory=dict)
    """What this system's evaluation measured of this model, by the figure's name: `99.61 %`."""
    measured: str = ""
    """On which day."""
    today: date

    def fills(self, use: Use) -> dict[str, Any]:
        """Answers by the names that questions give them in `fill`; those that are not known are absent."""
        filled: dict[str, Any] = {
            "audience": use.audience,
            "oversight": use.oversight,
            "found": "found",
            "model_card": self._model_card(),
            "deployed": "own" if self.on_this_machine else "cloud",
            "data_flow": self._data_flow(use),
            "sheet": self._sheet(use),
            "owner": use.owner_name,
            "in_a_year": months_on(self.today, 12).isoformat(),
        }
        if self.licence:
            filled["licence"] = "open"
        if self.on_this_machine:
            filled["places"] = ["hong_kong"]
        if self.figures:
            filled["tests"] = self._tests()
        return {name: value for name, value in filled.items() if value}

    def answers(self, questions: Questionnaire, use: Use) -> dict[str, Any]:
        """The same by the ids of the questions."""
        fills = self.fills(use)
        found: dict[str, Any] = {}
        for section in questions.sections:
            for question in section.questions:
                if question.fill in fills:
                    found[question.id] = fills[question.fill]
                elif rows := {row.id: fills[row.fill] for row in question.rows if row.fill in fills}:
                    found[question.id] = rows
        return found

    def _model_card(self) -> dict[str, str]:
        if not self.digest:
            key = "model_elsewhere" if self.address else "model_unknown"
            return _said(key, title=self.model, address=self.address)
        place = _words()["place"]["own" if self.on_this_machine else "cloud"]
        values = {"title": self.model, "licence": self.licence, "digest": in_eights(self.digest)}
        return _said("model_card", **values, place=place["en"], place_zh=place["zh"])

    def _tests(self) -> dict[str, str]:
        words, found = _words(), {}
        for language in ("en", "zh"):
            told = [
                words["figure"][language].format(name=name[language], value=self.figures[key])
                for key, name in words["figures"].items()
                if key in self.figures
            ]
            said = words["separator"][language].join(told)
            found[language] = words["tests"][language].format(day=self.measured, figures=said)
        return found

    def _data_flow(self, use: Use) -> dict[str, str]:
        words = _words()
        place = words["place"]["own" if self.on_this_machine else "cloud"]
        data = {"en": ", ".join(use.data), "zh": "、".join(use.data)} if use.data else words["no_data"]
        return _said(
            "data_flow",
            **{"data": data["en"], "data_zh": data["zh"]},
            **{"level": self.level["en"], "level_zh": self.level["zh"]},
            **{"highest": self.highest["en"], "highest_zh": self.highest["zh"]},
            **{"place": place["en"], "place_zh": place["zh"]},
        )

    def _sheet(self, use: Use) -> dict[str, str]:
        values = {"purpose": _sentence(use.purpose), "model": self.model, "owner": use.owner_name}
        english = _said("sheet", name=use.title_en or use.title_zh, **values)["en"]
        return {"en": english, "zh": _said("sheet", name=use.title_zh or use.title_en, **values)["zh"]}


def in_eights(digest: str) -> str:
    """A digest in groups of eight digits, so that a line of a table can break in it."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _said(key: str, **values: str) -> dict[str, str]:
    return {language: words.format(**values) for language, words in _words()[key].items()}


def _sentence(text: str) -> str:
    return text if text.endswith((".", "。", "!", "?", "！", "？")) else f"{text}."


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return data_file("assessment/known.yaml", dict[str, Any])
