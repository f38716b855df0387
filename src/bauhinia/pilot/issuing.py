"""A finished draft as the file that leaves the office, on the department's own paper where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..documents import Document
from ..errors import NotFound
from ..settings import Settings
from .draft import Draft
from .export import export
from .papers import fill, letterhead_of
from .templates import Template, Templates


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
