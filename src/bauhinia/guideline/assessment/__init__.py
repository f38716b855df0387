"""The guided assessment: its questions, the tier that answers give, and what the system fills in itself."""

from .known import Known, in_eights
from .questionnaire import Answers, Question, Questionnaire, Section, missing, questionnaire
from .ruling import Ruling, rule

__all__ = [
    "Answers",
    "Known",
    "Question",
    "Questionnaire",
    "Ruling",
    "Section",
    "in_eights",
    "missing",
    "questionnaire",
    "rule",
]
