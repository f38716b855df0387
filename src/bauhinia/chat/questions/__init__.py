"""The scripted questions in four languages, and how they are asked."""

from .asking import Outcome, ask, ask_all
from .making import Question, questions

__all__ = ["Outcome", "Question", "ask", "ask_all", "questions"]
