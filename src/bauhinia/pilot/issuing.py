"""A finished draft as the file that leaves the office, on the department's own paper where there is one."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..documents import Document
from ..errors import NotFound
from ..jobs import Task
from ..provenance import Record, sentence_of
from ..settings import Settings
from ..translation.bilingual import FORMATS
from .claims import with_badges
from .codec import draft_of
from .draft import Draft
from .export import MEDIA_TYPES, ExportedFile, export
from .labelling import record_of
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

    The only way out: the file is labelled, or it is not given. Every file but a translator's, which is work
    and no text, says whether a person has accepted it, and marks what nobody has verified until then. Raises
    NotFound, InputError, DocumentError, MissingPart, StoreError, and Refused where policy, a complaint or a
    person's lead keeps it in.
    """
    await office.complaints.check_issuable(key)
    task = await office.task(key)
    await check_led_by_model(office, task)
    draft = draft_of(task)
    record = record_of(task, draft, office.officer)
    if form in FORMATS:
        file = await sent(office, task, form, sentence_of(record))
    else:
        file, record = await _standing(office, task, draft, record, form)
    data = await office.labels.labelled(
        file.data, file.name, record, officer=office.officer, sources=_made_of(task, draft)
    )
    return file._replace(data=data)


async def _standing(
    office: Office, task: Task, draft: Draft, record: Record, form: str
) -> tuple[ExportedFile, Record]:
    """The file that says whether a person has accepted it, and the record that says so too."""
    check_policy(await checks_of(office, task, draft), office.settings.release_blocks)
    standing = await office.release.standing(task.id, draft)
    language = language_of_draft(draft)
    marking = " · ".join(filter(None, (record.marking, standing.sentence(language))))
    record = replace(record, marking=marking)
    shown = draft if standing.is_final else with_badges(draft)
    file = await _written(office, task, replace(shown, label=sentence_of(record)), form)
    return file._replace(name=marked_name(file.name, standing, language)), record


async def _written(office: Office, task: Task, draft: Draft, form: str) -> ExportedFile:
    """The file with the visible label, not yet signed."""
    if form in ("same", "beside"):
        write = office.original_format if form == "same" else office.beside_original
        name, data = await write(draft, task.order)
        return ExportedFile(name, data, mimetypes.guess_type(name)[0] or "application/octet-stream")
    sources = await _sources(office, _order_of(task), draft)
    data = issue(draft, form, task.order, sources, office.templates, office.settings)
    return ExportedFile(f"{draft.title[:60] or task.kind}.{form}", data, MEDIA_TYPES[form])


def _order_of(task: Task) -> AnyOrder:
    return ORDERS[task.kind].model_validate(task.order)  # type: ignore[index]  # kinds are TaskKind


def _made_of(task: Task, draft: Draft) -> list[str]:
    """The ids of the documents that the draft was made of, or cites."""
    cited = {citation.document for passage in draft.passages() for citation in passage.citations}
    return sorted({*documents_of(_order_of(task)), *cited})


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
