"""The pages: HTML made on the server; the browser's scripts only add comfort."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode, urlsplit

import jinja2
from fastapi import APIRouter, Form, Header, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..chat.studio.orders import ORDERS as STUDIO
from ..documents.formats import SUFFIXES
from ..errors import BauhiniaError, InputError, NotFound
from ..gateway import classifications
from ..guideline.audience import notice_for
from ..guideline.case_kinds import case_kinds
from ..guideline.notice_texts import risks_beside
from ..guideline.wordings import said
from ..jobs import PassageReady, Task, TaskEvent, as_json
from ..knowledge.arrivals import KIND as INGEST
from ..language import Variety, to_simplified
from ..people import signed_in
from ..people.permissions import reach
from ..people.quotas import HONG_KONG
from ..pilot.claims import badges
from ..pilot.codec import draft_of, from_json
from ..pilot.draft import Draft, Passage, TaskKind
from ..pilot.orders import ORDERS, USUAL_STORIES
from ..pilot.scanning import KIND
from ..pilot.stories import FORMATS_OF
from . import events
from .api import attachment, uploaded
from .care import care_of
from .comparing import RowView, change_views, row_views
from .edits import revision_of
from .ordering import ONE_DOCUMENT, documents_of, order_from_form
from .release_view import release_view
from .state import closing_of, limits_of, office_of, readiness_of, settings_of
from .view import (
    Numbers,
    asides_of,
    finding_view,
    groups_of,
    passage_view,
    section_view,
    stretches,
    text_language,
)
from .words import COOKIE, LANGUAGES, Words, words_for, words_of

if TYPE_CHECKING:
    from ..pilot.shelf import Card
    from ..pilot.templates import Language, Template, Templates

PAGE_WORDS = {"pptx": "slide", "xlsx": "sheet"}
"""What a page is called in formats that have no pages."""
pages_router = APIRouter(include_in_schema=False)

TEMPLATES = Path(__file__).parent / "templates"
YEAR_SECONDS = 365 * 86_400
SEE_OTHER = 303
OPENAI_ROUTES = (
    ("POST", "/v1/chat/completions", "A chat completion, as OpenAI's API has it"),
    ("POST", "/v1/embeddings", "Embeddings, as OpenAI's API has them"),
    ("GET", "/v1/models", "The models that can be asked"),
)


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    """The templates; an unknown name in one is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        LANGUAGES=LANGUAGES,
        administers=lambda officer: reach(officer, "see") is not None,
        other_language=other_language,
        text_language=text_language,
        stretches=stretches,
        suffixes=",".join(SUFFIXES),
        classified=lambda level, words: classifications().level(level).name(words.language),
        levels=classifications().ids,
        case_kinds=case_kinds(),
        told=lambda text, words: said(text, words.language),
        in_script=in_script,
        notice_for=notice_for,
    )
    environment.filters["moment"] = moment
    return environment


def in_script(en: str, zh: str, words: Words) -> str:
    """A name of our data in the reader's language."""
    if words.language == "en":
        return en
    return to_simplified(zh) if words.language == "zh-Hans" else zh


def moment(at: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
    """A time as clocks in Hong Kong show it, wherever the server runs."""
    return at.astimezone(HONG_KONG).strftime(form)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language."""
    words = words_for(request)
    html = (
        _templates()
        .get_template(template)
        .render(
            request=request,
            words=words,
            here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
            readiness=readiness_of(request),
            officer=signed_in(),
            usual_level=settings_of(request).classification,
            **values,
        )
    )
    headers = {"content-language": words.language, "vary": "Cookie, Accept-Language"}
    return HTMLResponse(html, status, headers=headers)


def error_page(request: Request, error: BauhiniaError) -> HTMLResponse:
    """A failure as a page."""
    return page(request, "error.html", status=error.status, error=error)


@pages_router.get("/")
async def workspace(request: Request) -> HTMLResponse:
    return await _workspace(request)


async def _workspace(request: Request, *, error: BauhiniaError | None = None) -> HTMLResponse:
    return page(
        request,
        "workspace.html",
        status=error.status if error else 200,
        entries=await office_of(request).shelf.cards(),
        limits=limits_of(request),
        chosen=request.query_params.getlist("document"),
        received=await office_of(request).sharing.received(),
        error=error,
        **await care_of(request),
    )


@pages_router.get("/shelf")
async def shelf(request: Request) -> HTMLResponse:
    """The list of documents alone, for the workspace after an upload."""
    asked = request.query_params
    return page(
        request,
        "parts/shelf.html",
        entries=await office_of(request).shelf.cards(),
        chosen=asked.getlist("document"),
        pick=pick if (pick := asked.get("pick")) in ("radio", "two") else "checkbox",
        removable="removable" in asked,
    )


@pages_router.post("/documents")
async def add_document(request: Request) -> Response:
    """An upload without scripts."""
    try:
        sent = await uploaded(request)
        entry = await office_of(request).add(
            sent.data, sent.name, sent.password, classification=sent.classification
        )
    except InputError as error:
        return await _workspace(request, error=error)
    return RedirectResponse(f"/?{urlencode({'document': entry.id})}", SEE_OTHER)


@pages_router.post("/documents/{document}/remove")
async def remove_document(request: Request, document: str) -> Response:
    await office_of(request).remove(document)
    return RedirectResponse("/", SEE_OTHER)


@pages_router.get("/documents/{document}")
async def reader(request: Request, document: str) -> HTMLResponse:
    return await _document(request, document, "reader.html")


@pages_router.get("/documents/{document}/text")
async def document_text(request: Request, document: str) -> HTMLResponse:
    """A document's blocks alone, for the source pane."""
    return await _document(request, document, "parts/document.html")


async def _document(request: Request, document: str, template: str) -> HTMLResponse:
    office = office_of(request)
    entry, read = await office.shelf.card(document), await office.shelf.document(document)
    return page(
        request,
        template,
        entry=entry,
        shares=await office.sharing.given("document", document),
        departments=await office.accounts.department_names(),
        groups=groups_of(read),
        asides=asides_of(read),
        page_word=PAGE_WORDS.get(read.format, "page"),
    )


@pages_router.get("/summarise")
@pages_router.get("/translate")
@pages_router.get("/redraft")
@pages_router.get("/draft")
@pages_router.get("/analyse")
@pages_router.get("/compare")
async def order_page(request: Request) -> HTMLResponse:
    kind, chosen = _kind(request), request.query_params.getlist("document")
    begun = {key: value for key, value in request.query_params.items() if key == "type"}
    if kind == "compare":
        chosen = await _earlier_first(request, chosen)
    return await _order_page(request, kind, chosen, begun)


async def _earlier_first(request: Request, chosen: Sequence[str]) -> list[str]:
    """The documents in the order in which they came: of two versions the later one usually comes later."""
    cards = reversed(await office_of(request).shelf.cards())
    return [card.id for card in cards if card.id in chosen]


@pages_router.post("/summarise")
@pages_router.post("/translate")
@pages_router.post("/redraft")
@pages_router.post("/draft")
@pages_router.post("/analyse")
@pages_router.post("/compare")
async def place_order(request: Request) -> Response:
    kind = _kind(request)
    form = await request.form()
    try:
        task = await office_of(request).start(order_from_form(kind, form))
    except InputError as error:
        chosen = [str(value) for value in form.getlist("document")]
        values = {key: str(value) for key, value in form.items()}
        values["stories"] = " ".join(str(value) for value in form.getlist("stories"))
        return await _order_page(request, kind, chosen, values, error=error)
    return RedirectResponse(f"/tasks/{task}", SEE_OTHER)


def _kind(request: Request) -> TaskKind:
    for kind in ORDERS:
        if request.url.path == f"/{kind}":
            return kind
    raise AssertionError(request.url.path)


async def _order_page(
    request: Request,
    kind: TaskKind,
    chosen: Sequence[str],
    values: dict[str, str],
    *,
    error: BauhiniaError | None = None,
) -> HTMLResponse:
    office = office_of(request)
    entries = await office.shelf.cards()
    return page(
        request,
        f"{kind}.html",
        status=error.status if error else 200,
        entries=entries,
        limits=limits_of(request),
        chosen=chosen,
        stories=FORMATS_OF,
        usual_stories=" ".join(USUAL_STORIES),
        values=values,
        error=error,
        kind=kind,
        risks=risks_beside(kind, office.notices),
        pick="two" if kind == "compare" else "radio" if kind in ONE_DOCUMENT else "checkbox",
        preferred=_preferred(kind, [card for card in entries if card.id in chosen], words_for(request)),
        templates=[_named(template, words_for(request)) for template in office.templates.all()],
        **await care_of(request),
    )


def _preferred(kind: TaskKind, chosen: Sequence[Card], words: Words) -> str:
    """The output language that is offered first: of a translation the other one than the document's, and none
    before a document is chosen; else the interface's."""
    if kind == "translate":
        return other_language(chosen[0].variety) if chosen else ""
    return "en" if words.language == "en" else "zh-HK"


def other_language(variety: str) -> str:
    """The official language that a document of that variety is translated into."""
    return "en" if Variety(variety).is_chinese else "zh-HK"


def _named(template: Template, words: Words) -> dict[str, str]:
    """A template's name, title and purpose in the reader's language and script."""
    if words.language == "en":
        return {"name": template.name, "title": template.title["en"], "purpose": template.purpose["en"]}
    title, purpose = template.title["zh-HK"], template.purpose["zh-HK"]
    if words.language == "zh-Hans":
        title, purpose = to_simplified(title), to_simplified(purpose)
    return {"name": template.name, "title": title, "purpose": purpose}


@pages_router.get("/templates")
async def kinds_of_text(request: Request) -> HTMLResponse:
    """What can be drafted, and what is wrong with the department's own templates."""
    from ..pilot.template_lint import lint

    office, words = office_of(request), words_for(request)
    own = office.settings.data_folder / "templates"
    return page(
        request,
        "templates.html",
        templates=[_laid_open(template, office.templates, words) for template in office.templates.all()],
        faults=await asyncio.to_thread(lint, own) if own.is_dir() else [],
    )


def _laid_open(template: Template, templates: Templates, words: Words) -> dict[str, Any]:
    """A template with its lines and rules in the reader's language and script."""
    language: Language = "en" if words.language == "en" else "zh-HK"

    def said(text: str) -> str:
        return to_simplified(text) if words.language == "zh-Hans" else text

    lines = [
        {"text": said((line.write or line.words or {}).get(language, "")), "written": line.write is not None}
        for line in template.lines
    ]
    return {
        **_named(template, words),
        "lines": [line for line in lines if line["text"]],
        "rules": [said(rule) for rule in template.rules.get(language, [])],
        "own_paper": templates.paper(template.name, language) is not None,
    }


@pages_router.get("/templates/{name}/paper")
async def blank(request: Request, name: str, language: Literal["en", "zh-HK"] = "en") -> Response:
    """A template's layout as a Word file with fields."""
    from ..pilot.blank_papers import blank_paper
    from ..pilot.export import MEDIA_TYPES

    office = office_of(request)
    data = await asyncio.to_thread(blank_paper, office.templates.get(name), language, office.settings)
    headers = {"content-disposition": attachment(f"{name}.{language}.docx")}
    return Response(data, media_type=MEDIA_TYPES["docx"], headers=headers)


@pages_router.get("/tasks")
async def history(request: Request) -> HTMLResponse:
    office = office_of(request)
    names = {entry.id: entry.title or entry.name for entry in await office.shelf.cards()}
    tasks = await office.tasks.list()
    titles = {task.id: _subject(task, names) for task in tasks}
    return page(request, "history.html", tasks=tasks, titles=titles)


def _subject(task: Task, names: dict[str, str]) -> str:
    """What a task was about, from its order."""
    asked = task.order.get("question") or task.order.get("instructions", "")
    found = [names[document] for document in documents_of(task.order) if document in names]
    return " · ".join(dict.fromkeys(filter(None, [asked[:80], *found])))


@pages_router.get("/tasks/{task}")
async def task_page(request: Request, task: str) -> Response:
    office = office_of(request)
    row = await office.task(task)
    if row.kind == INGEST:
        return RedirectResponse(f"/knowledge/arrivals/{task}", SEE_OTHER)
    if row.kind in STUDIO:
        return RedirectResponse(f"/chat/made/{task}", SEE_OTHER)
    if row.kind == KIND:  # its progress and its result are on the shelf
        return RedirectResponse("/", SEE_OTHER)
    draft = draft_of(row) if row.draft else None
    words = words_for(request)
    sources = documents_of(row.order)
    entries = await office.shelf.cards_of(sources)
    revision = await revision_of(office, row, draft) if draft and row.own else None
    sections = [
        section_view(
            number, section, words, revision, library=row.kind == "ask", badges=badges(draft) if draft else {}
        )
        for number, section in enumerate(draft.sections if draft else ())
    ]
    released = draft is not None and row.status == "done"
    rows = await _rows(request, draft, [source for source in sources if source in entries])
    return page(
        request,
        "task.html",
        task=row,
        shares=await office.sharing.given("task", task),
        departments=await office.accounts.department_names(),
        draft=draft,
        release=await release_view(request, row, draft, words) if draft and released else None,
        sections=sections,
        rows=rows,
        changes=change_views(draft.sections[0].passages, rows) if draft and draft.comparison else [],
        findings=[finding_view(finding, words) for finding in (draft.findings if draft else ())],
        sources=[entries[source] for source in sources if source in entries],
        removed=sum(source not in entries for source in sources),
        subject=_subject(row, {key: entry.title or entry.name for key, entry in entries.items()}),
        kept_back=await office.complaints.is_withdrawn(task),
        about=await office.complaints.about(task),
        **await care_of(request),
    )


@pages_router.get("/tasks/{task}/passages/{passage}")
async def passage_of_translation(request: Request, task: str, passage: str) -> HTMLResponse:
    """A translated passage alone, as its page shows it after an edit."""
    office, words = office_of(request), words_for(request)
    row = await office.task(task)
    draft = draft_of(row)
    revision = await revision_of(office, row, draft)
    found = next((each for each in draft.passages() if each.id == passage), None)
    if revision is None or found is None:
        raise NotFound("There is no such passage of a translation.", hint="Reload the page.")
    view = passage_view(found, draft.variety.value, Numbers(), words, revision)
    return page(request, "parts/one_passage.html", view=view)


@pages_router.get("/tasks/{task}/editor")
async def editor(request: Request, task: str) -> HTMLResponse:
    """The side-by-side editor of a finished translation."""
    row = await office_of(request).tasks.get(task)
    if row.kind != "translate" or row.status != "done":
        raise InputError("Only a finished translation can be edited side by side.", hint="Open one.")
    english = row.order["to"] == "en"
    source, target = ("zh-Hant-HK", "en") if english else ("en", "zh-Hant-HK")
    return page(request, "editor.html", task=row, source=source, target=target)


async def _rows(request: Request, draft: Draft | None, sources: Sequence[str]) -> list[RowView]:
    """Both versions side by side, while both are on the shelf."""
    if draft is None or draft.comparison is None or len(sources) != 2:
        return []
    old, new = (await office_of(request).shelf.documents(sources)).values()
    return row_views(draft.comparison, old, new)


@pages_router.get("/tasks/{task}/live")
async def live(request: Request, task: str, last_event_id: Annotated[str, Header()] = "") -> Response:
    """The task's events for its page: as the API's, with each passage's HTML beside it."""
    office = office_of(request)
    row = await office.tasks.get(task)
    seen = int(last_event_id) if last_event_id.isdecimal() else 0
    if not row.is_open and 0 < row.told <= seen:
        return events.nothing_more()
    shape = _with_html(words_for(request))
    return events.stream(office.events(task), closing_of(request), after=seen, shape=shape)


def _with_html(words: Words) -> Callable[[TaskEvent], dict[str, Any]]:
    numbers: dict[int, Numbers] = {}
    partial = _templates().get_template("parts/live_passage.html")

    def shape(event: TaskEvent) -> dict[str, Any]:
        if not isinstance(event, PassageReady):
            return as_json(event)
        passage = from_json(Passage, event.passage)
        shown = passage.text or "".join(passage.columns.values())
        counted = numbers.setdefault(event.section, Numbers())
        view = passage_view(passage, text_language(shown), counted, words)
        return {
            "section": event.section,
            "passage": passage.id,
            "html": partial.render(view=view, words=words, section=event.section),
        }

    return shape


@pages_router.post("/tasks/{task}/cancel")
async def cancel(request: Request, task: str) -> Response:
    await office_of(request).tasks.cancel(task)
    return RedirectResponse(f"/tasks/{task}", SEE_OTHER)


@pages_router.post("/tasks/{task}/resume")
async def resume(request: Request, task: str) -> Response:
    await office_of(request).tasks.resume(task)
    return RedirectResponse(f"/tasks/{task}", SEE_OTHER)


@pages_router.get("/about")
async def about(request: Request) -> HTMLResponse:
    office = office_of(request)
    return page(
        request,
        "about.html",
        limits=limits_of(request),
        model=office.gateway.model,
    )


@pages_router.get("/api")
async def api_page(request: Request) -> HTMLResponse:
    """What the API takes, from the routes themselves."""
    paths = request.app.openapi()["paths"]
    routes = [
        (method.upper(), path, operation["summary"])
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    return page(request, "api.html", routes=[*routes, *OPENAI_ROUTES])


@pages_router.post("/language")
async def choose_language(
    language: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Keep the reader's choice and go back to where they were, on this site only."""
    if language not in LANGUAGES:
        raise InputError("That language is not offered.", hint="Choose one of the languages at the top.")
    answer = RedirectResponse(own_path(next), SEE_OTHER)
    answer.set_cookie(COOKIE, language, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
    return answer


def own_path(address: str) -> str:
    """The path of an address of ours; the workspace for anything else."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if ours and address.isprintable() else "/"


@pages_router.get("/words/{language}.json")
async def catalogue(language: str) -> Response:
    """An interface language's words, for the scripts."""
    if language not in LANGUAGES:
        raise InputError("That language is not offered.", hint="Choose one of the languages at the top.")
    import orjson

    words = words_of(language)
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(orjson.dumps(words.entries), media_type="application/json", headers=headers)
