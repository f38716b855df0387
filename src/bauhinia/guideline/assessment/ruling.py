"""Which tier the answers give a use, with the argument in words (D-2.1.2-10).

The guideline gives no test (A-01 in its list of ambiguities). Ours: each answer may ask for a tier and says
why. The highest that is asked for is the tier, and the reasons that ask for it are its argument. An owner may
argue another tier, and whoever reviews sees both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..tiers import TIERS, Named, TierId, tiers
from .questionnaire import Answers, Option, Questionnaire, missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The tier of a use, and why."""

    found: TierId
    """The one that the answers give."""
    tier: TierId
    """The one that is signed for: the owner's, where a reason for it was given."""
    reasons: tuple[Named, ...]
    """Why the answers give what they give."""
    argument: Named
    """All of it in words, the owner's own reason too."""

    @property
    def lowered(self) -> bool:
        """Whether the owner argues a lower tier than the answers give."""
        return TIERS.index(self.tier) < TIERS.index(self.found)


def rule(questions: Questionnaire, answers: Answers) -> Ruling | None:
    """None until every question of the first section is answered."""
    if missing(questions.asked(None, answers)[0], answers):
        return None
    options = [option for option in _chosen(questions, answers) if option.tier and option.because]
    found: TierId = max((each.tier for each in options if each.tier), key=TIERS.index, default="low")
    reasons = tuple(each.because for each in options if each.tier == found and each.because)
    reasons = reasons or (questions.arguments["low"],)
    claimed = _claimed(answers) if found != "unacceptable" else None
    sentences = [*reasons]
    if claimed is not None:
        sentences.append(_claim_in_words(questions, claimed, str(answers["claim_reason"])))
    argument = _joined([*sentences, questions.arguments["closing"]])
    return Ruling(found=found, tier=claimed or found, reasons=reasons, argument=argument)


def _chosen(questions: Questionnaire, answers: Answers) -> Iterator[Option]:
    for question in questions.sections[0].questions:
        yield from question.chosen(answers.get(question.id))


def _claimed(answers: Answers) -> TierId | None:
    """The tier that the owner argues instead, once there is a reason for it."""
    claim = answers.get("claim")
    if not answers.get("claim_reason"):
        return None
    return next((tier for tier in TIERS if tier == claim), None)


def _claim_in_words(questions: Questionnaire, claimed: TierId, reason: str) -> Named:
    words, tier = questions.arguments["claimed"], tiers().tiers[claimed]
    return Named(
        en=words.en.replace("{tier}", tier.en.lower()).replace("{reason}", reason),
        zh=words.zh.replace("{tier}", tier.zh).replace("{reason}", reason),
    )


def _joined(sentences: Sequence[Named]) -> Named:
    return Named(en=" ".join(each.en for each in sentences), zh="".join(each.zh for each in sentences))
