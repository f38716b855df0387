"""A finished draft as the file that leaves the office, on the department's own paper where there is one."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..documents import Document
from ..errors import NotFound
from ..gateway import LOWEST, classifications
from ..settings import Settings
from ..translation.bilingual import FORMATS
from .claims import with_badges
from .codec import draft_of
from .draft import Draft
from .export import MEDIA_TYPES, ExportedFile, export
from .orders import ORDERS, AnyOrder, AskOrder, documents_of
from .papers import fill, letterhead_of
from .release import marked_name
from .release_checks import check_policy, checks_of, language_of_draft
from .releasing import check_led_by_model
from .returning import sent
from .templates import Template, Templates

if TYPE_CHECKING:
    from .office import Office


async def issued(office: Office, key: str, form: str) -> ExportedFile:
    """A task's draft as its officers left it, as a file: one of `MEDIA_TYPES`; `same`, the original's format;
    `beside`, a PDF with each page beside its translation; or one of `FORMATS`, for a translator.

    Every file but a translator's, which is work and no text, says whether a person has accepted it, and marks
    what nobody has verified until then. Raises NotFound, InputError, DocumentError, MissingPart, and Refused
    where policy, a complaint or a person's lead keeps it in.
    """
    await office.complaints.check_issuable(key)
    task = await office.task(key)
    await check_led_by_model(office, task)
    if form in FORMATS:
        return await sent(office, task, form)
    made = draft_of(task)
    check_policy(await checks_of(office, task, made), office.settings.release_blocks)
    standing = await office.release.standing(key, made)
    shown = made if standing.is_final else with_badges(made)
    language = language_of_draft(made)
    draft = _marked(shown, task.classification, standing.sentence(language))
    if form in ("same", "beside"):
        write = office.original_format if form == "same" else office.beside_original
        name, data = await write(draft, task.order)
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return ExportedFile(marked_name(name, standing, language), data, media_type)
    order = ORDERS[task.kind].model_validate(task.order)  # type: ignore[index]  # kinds are TaskKind
    sources = await _sources(office, order, draft)
    data = issue(draft, form, task.order, sources, office.templates, office.settings)
    name = f"{draft.title[:60] or task.kind}.{form}"
    return ExportedFile(marked_name(name, standing, language), data, MEDIA_TYPES[form])


def _marked(draft: Draft, classification: str, standing: str) -> Draft:
    """The draft with its classification and its standing before the AI label, which every file carries; the
    lowest classification is not marked."""
    draft = replace(draft, label=f"{standing} · {draft.label}")
    if classification == LOWEST:
        return draft
    name = classifications().level(classification).name("zh-Hant-HK" if draft.variety.is_chinese else "en")
    return replace(draft, label=f"{name.upper()} · {draft.label}")


async def _sources(office: Office, order: AnyOrder, draft: Draft) -> Mapping[str, Document]:
    """The documents that the draft may cite, but for those that were removed."""
    if isinstance(order, AskOrder):
        cited = {citation.document for passage in draft.passages() for citation in passage.citations}
        return await office.library.those(sorted(cited))
    there = await office.shelf.cards_of(documents_of(order))
    return await office.shelf.documents(list(there))


def issue(
    draft: Draft,
    form: str,
    order: Mapping[str, Any],
    documents: Mapping[str, Document],
    templates: Templates,
    settings: Settings,
) -> bytes:
    """The draft in one of `export.MEDIA_TYPES`. Raises InputError, MissingPart."""
    template = _template_of(draft, order, templates)
    head = letterhead_of(settings, template, draft.variety)
    if template is not None and form == "docx":
        paper = templates.paper(template.name, "zh-HK" if draft.variety.is_chinese else "en")
        if paper is not None:
            return fill(paper.read_bytes(), template, draft, settings.department, head)
    return export(draft, form, documents, settings.department, head)


def _template_of(draft: Draft, order: Mapping[str, Any], templates: Templates) -> Template | None:
    """The template that a draft was written by; None for other tasks, and once it is gone."""
    if draft.kind != "draft":
        return None
    try:
        return templates.get(str(order.get("type", "")))
    except NotFound:
        return None
