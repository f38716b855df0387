"""What becomes of each kind of personal data that an AI use is given, and why: the policy, which is data.

The strictest of three speaks: what ships (`policies.yaml`) or what the programme set in its place, never
milder than the floor of the kind's group, and what the officer's department set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..yaml_text import read_yaml

Action = Literal["allow", "pseudonymise", "redact", "block"]
ACTIONS: tuple[Action, ...] = get_args(Action)
"""The mildest first."""
Where = Literal["local", "remote"]
WHERES: tuple[Where, ...] = get_args(Where)
Group = Literal["identifier", "particular"]
Source = Literal["shipped", "programme", "department"]


class Said(BaseModel):
    """Words in the three languages of the interface."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh_hant: str = Field(alias="zh-Hant-HK")
    zh_hans: str = Field(alias="zh-Hans")

    def __call__(self, language: str) -> str:
        """The words in that language, by its BCP 47 tag; in English for any other."""
        return {"zh-Hant-HK": self.zh_hant, "zh-Hans": self.zh_hans}.get(language, self.en)


class Kind(Said):
    """A kind of personal data: its names, and how grave it is."""

    group: Group


class Default(BaseModel):
    """What ships for one group of kinds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    local: Action
    remote: Action
    why: Said

    def action(self, where: Where) -> Action:
        """For a model there."""
        return self.local if where == "local" else self.remote


class Answers(BaseModel):
    """Why a group of kinds is taken out of answers where nobody gave it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Said


class Policies(BaseModel):
    """The shipped policy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edition: str
    floors: dict[Group, Action]
    defaults: dict[Group, Default]
    uses: dict[str, dict[Group, Default]]
    answers: dict[Group, Answers]
    kinds: dict[str, Kind]

    @model_validator(mode="after")
    def _nothing_below_its_floor(self) -> Policies:
        for groups in (self.defaults, *self.uses.values()):
            for group, default in groups.items():
                for action in (default.local, default.remote):
                    if stricter(self.floors[group], action) != action:
                        raise ValueError(f"{action} is milder than the floor of {group}")
        return self

    def default(self, use: str, kind: str) -> Default:
        """What ships for this kind in that AI use."""
        group = self.kinds[kind].group
        return self.uses.get(use, {}).get(group, self.defaults[group])

    def floor(self, kind: str) -> Action:
        """The mildest action that anybody may set."""
        return self.floors[self.kinds[kind].group]

    @cached_property
    def never_new_in_answers(self) -> frozenset[str]:
        """Kinds that an answer may hold only as they were given."""
        return frozenset(kind for kind, about in self.kinds.items() if about.group in self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRule:
    """A rule that somebody set: a row of `privacy_rules`."""

    id: int
    department: str
    """Empty: the programme's, for all departments."""
    use: str
    """Empty for every AI use."""
    kind: str
    place: str
    """`local`, `remote`, or empty for both."""
    action: Action
    why: str
    set_by: str

    def holds(self, use: str, kind: str, where: Where) -> bool:
        """Whether it is about this."""
        return kind == self.kind and self.use in ("", use) and self.place in ("", where)

    @property
    def exactness(self) -> tuple[bool, bool]:
        """The more exact of two rules of the programme counts."""
        return self.use != "", self.place != ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is in force for one kind in one AI use, with a model in one place."""

    kind: str
    action: Action
    source: Source
    why: Said | str
    """The shipped reason, or that of whoever set the rule."""

    def reason(self, language: str) -> str:
        """Why, in a language of the interface; in their own words where somebody set it."""
        return self.why if isinstance(self.why, str) else self.why(language)


Rules = Mapping[str, Rule]
"""By kind."""


def stricter(one: Action, other: Action) -> Action:
    """The stricter of two actions."""
    return max(one, other, key=ACTIONS.index)


@lru_cache(maxsize=1)
def policies() -> Policies:
    """The shipped policy."""
    text = files(__package__).joinpath("policies.yaml").read_text(encoding="utf-8")
    return Policies.model_validate(read_yaml(text))


def rules_for(use: str, where: Where, department: str, were_set: Iterable[SetRule] = ()) -> dict[str, Rule]:
    """What is in force for that department's officers in that AI use."""
    rules = list(were_set)
    return {kind: _rule(use, kind, where, department, rules) for kind in policies().kinds}


def _rule(use: str, kind: str, where: Where, department: str, were_set: list[SetRule]) -> Rule:
    holding = [rule for rule in were_set if rule.holds(use, kind, where)]
    rule = _of_programme(use, kind, where, [each for each in holding if not each.department])
    for each in holding:
        if each.department == department and stricter(rule.action, each.action) != rule.action:
            rule = Rule(kind=kind, action=each.action, source="department", why=each.why)
    return rule


def _of_programme(use: str, kind: str, where: Where, were_set: list[SetRule]) -> Rule:
    default = policies().default(use, kind)
    if not were_set:
        return Rule(kind=kind, action=default.action(where), source="shipped", why=default.why)
    chosen = max(were_set, key=lambda rule: rule.exactness)
    action = stricter(policies().floor(kind), chosen.action)
    return Rule(kind=kind, action=action, source="programme", why=chosen.why)
