"""What is wrong with a department's template, before an officer finds out: its YAML and its Word layout."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from ..errors import InputError
from .papers import names_of
from .templates import Language, Template, read

LANGUAGES: tuple[Language, ...] = ("en", "zh-HK")
_SMART = "“”‘’"


class Fault(NamedTuple):
    """One thing wrong with one file."""

    file: str
    severity: Literal["error", "warning"]
    message: str
    """What is wrong and what to do, in a sentence or two."""


def lint(folder: Path) -> list[Fault]:
    """Every fault of the templates in a folder, file by file."""
    faults: list[Fault] = []
    templates: dict[str, Template] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            template = read(path)
        except InputError as error:
            faults.append(Fault(path.name, "error", f"{error.message} {error.hint}"))
            continue
        templates[path.stem] = template
        faults += [Fault(path.name, severity, message) for severity, message in _of_template(template, path)]
    for path in sorted(folder.glob("*.docx")):
        template_or_none = templates.get(
            path.name.removesuffix(".docx").removesuffix(".en").removesuffix(".zh-HK")
        )
        faults += [Fault(path.name, "error", message) for message in _of_paper(path, template_or_none)]
    return faults


_Said = Iterator[tuple[Literal["error", "warning"], str]]


def _of_template(template: Template, path: Path) -> _Said:
    if template.name != path.stem:
        yield "error", f"Its name is “{template.name}”, but the file's is “{path.stem}”: make them the same."
    if not template.parts:
        yield "warning", "Nothing is left for the model to write: no line has `write`."
    yield from _of_names(template)
    yield from _of_languages(template)
    yield from _of_fields(template)


def _of_names(template: Template) -> _Said:
    names = [line.name for line in template.lines if line.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield "error", f"Two lines are named “{name}”: a Word layout could not tell them apart."
    for name in names:
        if not name.isidentifier():
            yield "error", f"“{name}” cannot be a line's name: use letters, digits and _ only."


def _of_languages(template: Template) -> _Said:
    for language in LANGUAGES:
        for what, words in (
            ("title", template.title),
            ("purpose", template.purpose),
            ("tone", template.tone),
        ):
            if not words.get(language):
                yield "error", f"Its {what} has no words in {language}."
        if not template.rules.get(language):
            yield "warning", f"It has no rules in {language}: the model is told only the tone."
        for index, line in enumerate(template.lines):
            if line.write is not None and not line.write.get(language):
                yield "error", f"Line {index + 1} does not say in {language} what the model is to write."
            if line.action is not None and not line.action.get(language):
                yield "error", f"The column `action` of line {index + 1} has no heading in {language}."


def _of_fields(template: Template) -> _Said:
    declared = {field.name for field in template.fields}
    used: set[str] = set()
    for index, line in enumerate(template.lines):
        for language, words in (line.words or {}).items():
            fields = _fields_in(words)
            if fields is None:
                yield "error", f"Line {index + 1} has an odd brace in {language}: write {{{{ for a plain one."
                continue
            used |= fields
            for name in sorted(fields - declared):
                yield "error", f"Line {index + 1} uses {{{name}}}, which is not among `fields`."
    for name in sorted(declared - used):
        yield "warning", f"The field “{name}” is asked for, but no line uses it."


def _fields_in(words: str) -> set[str] | None:
    """The fields that a line's words use; None where its braces do not match."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(words) if name is not None}
    except ValueError:
        return None


def _of_paper(path: Path, template: Template | None) -> Iterator[str]:
    if template is None:
        yield "There is no template (.yaml) of this name beside it, so nothing will ever fill it in."
        return
    from docxtpl import DocxTemplate
    from jinja2 import Environment, TemplateError

    try:
        layout = DocxTemplate(path)
        layout.init_docx()
        used = layout.get_undeclared_template_variables(Environment(autoescape=True))
        text = layout.get_xml()
    except TemplateError as error:
        yield f"Its fields cannot be read: {error}. Type each field in one go, with plain quotation marks."
        return
    except (KeyError, ValueError, OSError) as error:
        yield f"It is no Word file that can be opened ({type(error).__name__}). Save it again as .docx."
        return
    for name in sorted(used - names_of(template)):
        known = ", ".join(sorted(names_of(template)))
        yield f"It asks for “{name}”, which the template does not have. It has: {known}."
    if any(mark in piece.partition("}")[0] for piece in text.split("{{")[1:] for mark in _SMART):
        yield "A field holds typographic quotation marks: type plain ones."
    missing = [name for index, _ in template.parts if (name := template.name_of(index)) not in used]
    if missing and "body" not in used:
        yield f"What the model writes would be lost: it uses neither “body” nor {', '.join(missing)}."
    if any(line.action for line in template.lines) and ".action" not in text:
        yield "Who has to act would be lost: give it a place with {{ paragraph.action }}."
