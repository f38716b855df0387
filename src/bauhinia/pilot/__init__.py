"""The officers' tasks: summarise, translate, draft, analyse, redraft, compare."""

from .draft import Citation, Draft, Finding, Passage, PassageKind, Section, Severity, TaskKind

__all__ = ["Citation", "Draft", "Finding", "Passage", "PassageKind", "Section", "Severity", "TaskKind"]
