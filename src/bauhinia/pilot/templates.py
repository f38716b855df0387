"""Kinds of text that can be drafted: one or two files each, so that a department adds one without code.

A template is YAML. `lines` are laid out in order; a line is either fixed words, in which `{field}` stands for
a fact, or a part that the model writes. A fact that neither the instructions nor the sources give is left as
`[to be confirmed: ...]`. Beside it may lie a Word file of the same name, `memo.docx` or one a language,
`memo.zh-HK.docx`: the department's own paper, filled in by `layouts`.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from ..documents.output import Place
from ..errors import InputError, NotFound
from ..yaml_text import read_yaml
from .house_rules import RuleName

FOLDER = Path(__file__).parent / "templates"
Language = Literal["en", "zh-HK"]
Words = dict[Language, str]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Field(_Strict):
    """A fact that the text needs: an addressee, a reference, a date."""

    name: str
    label: Words
    """What it is, as a gap's words and as the model is asked for it."""
    given_by: Literal["any", "instructions"] = "any"
    """Where it may stand: who signs a reply is not found in the letter that is answered."""


class Line(_Strict):
    """A piece of the layout: either `words` or `write`."""

    name: str = ""
    """What a Word layout calls it; `line1`, `line2`, ... where it has no name."""
    kind: Literal["heading", "paragraph", "bullet"] = "paragraph"
    place: Place = ""
    """What the line is there for, which says how it is set."""
    words: Words | None = None
    """Fixed words, with `{field}` for facts."""
    write: Words | None = None
    """What the model is to write here."""
    sentences: int = 3
    """About how many sentences to write."""
    action: Words | None = None
    """Heading of a column at the right of what the model writes here: each sentence is then an item of its
    own, and the column says who has to act."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Line:
        if (self.words is None) == (self.write is None):
            raise ValueError("a line has either `words` or `write`")
        if self.action is not None and self.write is None:
            raise ValueError("a line has `action` only beside `write`")
        return self


class Template(_Strict):
    """One kind of text."""

    name: str
    title: Words
    purpose: Words
    """One sentence for the officer who chooses it."""
    tone: Words
    rules: dict[Language, list[str]]
    sources: Literal["facts", "received"] = "facts"
    """What the officer's documents are: facts to write from, or the letter that is being answered."""
    letterhead: bool = False
    """Whether it goes out on the department's paper."""
    numbered: bool = False
    """Paragraphs of the body count from 2: the first has no number."""
    house_rules: dict[Language, list[RuleName]] = {}
    """What a program puts right or points at in what the model wrote."""
    fields: list[Field] = []
    lines: list[Line]

    @cached_property
    def parts(self) -> list[tuple[int, Line]]:
        """The lines that the model writes, with their places in the layout."""
        return [(index, line) for index, line in enumerate(self.lines) if line.write is not None]

    def name_of(self, index: int) -> str:
        """What a Word layout calls the line at that place."""
        return self.lines[index].name or f"line{index + 1}"


class Templates:
    """The shipped templates and a department's own; one of the same name replaces the shipped one."""

    def __init__(self, own: Path | None = None) -> None:
        self.folders = [FOLDER, *([own] if own and own.is_dir() else [])]
        found = [read(path) for folder in self.folders for path in sorted(folder.glob("*.yaml"))]
        self._templates = {template.name: template for template in found}

    def get(self, name: str) -> Template:
        """Raises NotFound, naming what there is."""
        if name not in self._templates:
            known = ", ".join(self._templates)
            raise NotFound(f"There is no template named “{name}”.", hint=f"Choose one of: {known}.")
        return self._templates[name]

    def all(self) -> list[Template]:
        """Every template, the shipped ones first."""
        return list(self._templates.values())

    def paper(self, name: str, language: str) -> Path | None:
        """The department's Word layout for a template in a language; None where it has none."""
        for folder in reversed(self.folders):
            for path in (folder / f"{name}.{language}.docx", folder / f"{name}.docx"):
                if path.is_file():
                    return path
        return None


def read(path: Path) -> Template:
    """A template's file. Raises InputError when it is none, with the place and the reason."""
    try:
        return Template.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        fault = str(error).splitlines()
        where = " ".join(fault[1:3]) if isinstance(error, ValidationError) else fault[0]
        raise InputError(
            f"The template {path.name} cannot be used: {where.strip()}.",
            hint="Compare it with the shipped templates, or remove it from the templates folder.",
        ) from error
