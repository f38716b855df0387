"""What every task of the pilot gives back: one record, whatever the task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..documents import Anchor
from ..documents.comparison import Comparison
from ..gateway import Usage
from ..language import Variety
from ..provenance import Origin

TaskKind = Literal["summarise", "translate", "draft", "analyse", "ask", "compare", "redraft"]
PassageKind = Literal["heading", "paragraph", "bullet", "table_cell", "row"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A claim tied to a place in a source document."""

    document: str
    """Id of the document."""
    anchor: Anchor
    quote: str
    """The characters at the anchor."""
    support: float = 0.0
    """Cosine similarity of claim and quote, -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that failed: what is wrong, where, and what the officer should do."""

    check: str
    """Stable id: `numbers`, `names`, `terms`, `script`, `language`, `support`, `omission`, ..."""
    severity: Severity
    message: str
    """A sentence for the officer, in English."""
    values: dict[str, str] = field(default_factory=dict)
    """What the message is about, for interfaces in other languages: `missing`, `added`, `term`, ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One unit of a draft: a paragraph, a bullet, a table row."""

    id: str
    """`p0`, `p1`, ... in order."""
    kind: PassageKind
    text: str
    level: int = 0
    run_on: bool = False
    """Continues the paragraph of the passage before it: prose is joined, yet cited by the statement."""
    source: Anchor | None = None
    """Translation: the place this passage translates."""
    source_text: str = ""
    unit: str = ""
    """Translation with the layout kept: the unit of the file that this passage translates."""
    tagged_source: str = ""
    """Translation: what was translated, with the tags of its unit; `source_text` is its words."""
    tagged: str = ""
    """The model's translation of that unit with its tags; `text` is its words, as they were last edited."""
    citations: tuple[Citation, ...] = ()
    findings: tuple[Finding, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    """A row's cells by column id; `text` is then empty."""
    original: str | None = None
    """The model's text, where an officer has changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of passages in one language: a draft in two languages has two sections."""

    language: str
    """A `Variety` value."""
    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a task gives back."""

    kind: TaskKind
    title: str
    sections: tuple[Section, ...]
    findings: tuple[Finding, ...] = ()
    """Findings about the whole draft."""
    usage: Usage = Usage()
    seconds: float = 0.0
    label: str = ""
    """The AI label's sentence, for the screen; a file's says more (`labelling`)."""
    origin: Origin | None = None
    """Which model wrote it, when, and where the ledger says so; None where no model was asked."""
    model: str = ""
    layout: str = ""
    """A translation that can go back into its file: the file's format, `docx`; else empty."""
    comparison: Comparison | None = None
    """Of two versions: every block of both, side by side. `Citation.document` tells the two apart."""

    @property
    def variety(self) -> Variety:
        """What its first section is written in; English while there is none."""
        return Variety(self.sections[0].language) if self.sections else Variety.ENGLISH

    def passages(self) -> tuple[Passage, ...]:
        """Every passage of every section, in order."""
        return tuple(passage for section in self.sections for passage in section.passages)
