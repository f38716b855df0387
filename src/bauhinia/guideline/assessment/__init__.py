"""The guided assessment: its questions, the tier that answers give, and what the system fills in itself."""

from .known import Known
from .questionnaire import Answers, Question, Questionnaire, Section, missing, questionnaire
from .ruling import Ruling, rule

__all__ = [
    "Answers",
    "Known",
    "Question",
    "Questionnaire",
    "Ruling",
    "Section",
    "missing",
    "questionnaire",
    "rule",
]
