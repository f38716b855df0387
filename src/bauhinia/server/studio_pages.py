"""Pages on which songs and films are ordered, followed while they are made, heard, seen and taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

from fastapi import APIRouter, Form, Header, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..chat.guests import is_guest
from ..chat.music.brief import MOODS, themes
from ..chat.music.score import METRES
from ..chat.music.words import SongLanguage
from ..chat.studio import KEPT_DAYS, AnyOrder, FilmOrder, ScriptOrder, SongOrder, Studio
from ..chat.studio.missing import missing
from ..chat.studio.orders import LONGEST_REQUEST, SECOND, Kind
from ..chat.studio.studio import rate_of_guests
from ..chat.video.making import lacking
from ..chat.video.storyboard import LONGEST_SCRIPT, PALETTES, SubtitleLanguage
from ..errors import BauhiniaError, InputError
from ..language import Variety
from . import events
from .api import attachment
from .pages import SEE_OTHER, page
from .ranges import ranged
from .state import closing_of, office_of, settings_of
from .words import words_for

if TYPE_CHECKING:
    from ..jobs import Task

studio_router = APIRouter(include_in_schema=False)
SHORTEST, LONGEST = 30, 90
"""Seconds of a film."""
_SPOKEN = {Variety.ENGLISH.value: "en", Variety.SIMPLIFIED.value: "cmn"}
Chosen = Annotated[str, Form(max_length=20)]
Asked = Annotated[str, Form(max_length=LONGEST_REQUEST)]
Script = Annotated[str, Form(max_length=LONGEST_SCRIPT)]


def studio_of(request: Request) -> Studio:
    """The studio; where the server did not open one to work for all, one that works for its own visitors."""
    state = request.app.state
    if state.studio is None:
        state.studio = Studio(office_of(request))
    return cast(Studio, state.studio)


@studio_router.get("/chat/songs")
async def songs(request: Request) -> HTMLResponse:
    return await _songs(request)


@studio_router.post("/chat/songs/preview")
async def song_preview(request: Request, words: Asked = "") -> HTMLResponse:
    """What would be made of a request: nothing is made yet, and nothing kept."""
    if not (words := words.strip()):
        return await _songs(request, error=InputError("There is no request.", hint="Say what it is for."))
    try:
        brief = SongOrder(request=words).brief()
    except InputError as error:
        return await _songs(request, error=error, asked=words)
    return await _songs(request, asked=words, brief=brief)


@studio_router.post("/chat/songs")
async def song(
    request: Request,
    words: Asked = "",
    language: Chosen = "",
    mood: Chosen = "",
    metre: Chosen = "",
    lines: Chosen = "model",
) -> Response:
    """Order the song of a preview."""
    try:
        order = SongOrder.model_validate(
            {
                "request": words.strip(),
                "language": language or None,
                "mood": mood or None,
                "metre": metre or None,
                "words": lines,
            }
        )
        order.brief()
        return await _ordered(request, order)
    except (BauhiniaError, ValidationError) as error:
        return await _songs(request, error=_told(error), asked=words)


async def _songs(request: Request, *, error: BauhiniaError | None = None, **given: Any) -> HTMLResponse:
    shown = {"asked": "", "brief": None} | given
    choices: dict[str, Any] = {"languages": get_args(SongLanguage), "moods": MOODS, "metres": METRES}
    if shown["brief"]:
        choices["theme"] = themes()[shown["brief"].theme]["title"]
    return await _form(request, "songs.html", ("song",), error, **shown, **choices)


@studio_router.get("/chat/films")
async def films(request: Request, script: str = "") -> HTMLResponse:
    """The form; with a script that the model wrote for whoever asks, to be read and changed."""
    if not script:
        return await _films(request)
    order, written = await studio_of(request).script_of(script[:40])
    given = {"script": written["script"], "by": script[:40]}
    chosen = {"language": order.language, "second": order.second, "palette": order.palette}
    return await _films(request, given=given | chosen)


@studio_router.post("/chat/films/script")
async def film_script(
    request: Request, words: Asked = "", language: Chosen = "yue", second: Chosen = "", palette: Chosen = ""
) -> Response:
    """Have a model write the script: it is read before anything is made of it."""
    given = {"words": words, "language": language, "second": second, "palette": palette}
    try:
        chosen = _chosen(language, second or None, palette)
        order = ScriptOrder.model_validate({"request": words.strip(), **chosen})
        return await _ordered(request, order)
    except (BauhiniaError, ValidationError) as error:
        return await _films(request, error=_told(error), given=given)


@studio_router.post("/chat/films/preview")
async def film_preview(
    request: Request,
    script: Script = "",
    language: Chosen = "yue",
    second: Chosen = "",
    palette: Chosen = "",
    by: Chosen = "",
) -> HTMLResponse:
    """The scenes of a script: nothing is made yet, and nothing kept."""
    given = {"script": script, "language": language, "second": second, "palette": palette, "by": by}
    try:
        order = await _film_order(request, given)
        board = order.storyboard()
        if texts := lacking(board):
            raise InputError(
                f"{len(texts)} texts are not in the second language, such as “{texts[0][:30]}”.",
                hint="Write them behind ` || `, or choose subtitles in one language.",
            )
    except (BauhiniaError, ValidationError) as error:
        return await _films(request, error=_told(error), given=given)
    return await _films(request, given=given, board=board)


@studio_router.post("/chat/films")
async def film(
    request: Request,
    script: Script = "",
    language: Chosen = "yue",
    second: Chosen = "",
    palette: Chosen = "",
    by: Chosen = "",
) -> Response:
    """Order the film of a preview."""
    given = {"script": script, "language": language, "second": second, "palette": palette, "by": by}
    try:
        order = await _film_order(request, given)
        order.storyboard()
        return await _ordered(request, order)
    except (BauhiniaError, ValidationError) as error:
        return await _films(request, error=_told(error), given=given)


async def _film_order(request: Request, given: dict[str, str]) -> FilmOrder:
    """Which model wrote the script is read from where it was kept, not from the form. Raises NotFound,
    ValidationError."""
    written_by = ""
    if given["by"]:
        _, written = await studio_of(request).script_of(given["by"])
        written_by = written["model"]
    chosen = _chosen(given["language"], given["second"], given["palette"])
    return FilmOrder.model_validate({"script": given["script"].strip(), **chosen, "written_by": written_by})


def _chosen(language: str, second: str | None, palette: str) -> dict[str, str | None]:
    """`second` is empty for subtitles in one language, None for what goes with the language."""
    usual = cast("dict[str, str]", SECOND).get(language)
    return {
        "language": language,
        "second": usual if second is None else second or None,
        "palette": palette or PALETTES[0],
    }


async def _films(request: Request, *, error: BauhiniaError | None = None, **given: Any) -> HTMLResponse:
    spoken = _SPOKEN.get(words_for(request).language, "yue")
    usual = {"words": "", "script": "", "by": "", "palette": PALETTES[0]}
    usual |= {"language": spoken, "second": cast("dict[str, str]", SECOND)[spoken]}
    shown = {"board": None, **given, "given": usual | given.get("given", {})}
    choices = {
        "languages": get_args(SongLanguage),
        "seconds": get_args(SubtitleLanguage),
        "palettes": PALETTES,
        "longest_script": LONGEST_SCRIPT,
        "shortest": SHORTEST,
        "longest_film": LONGEST,
    }
    return await _form(request, "films.html", ("film", "script"), error, **shown, **choices)


async def _form(
    request: Request, template: str, kinds: tuple[Kind, ...], error: BauhiniaError | None, **shown: Any
) -> HTMLResponse:
    studio = studio_of(request)
    return page(
        request,
        template,
        status=error.status if error else 200,
        error=error,
        missing=missing(kinds[0], settings_of(request)),
        pieces=[piece for piece in await studio.tasks.list() if piece.kind in kinds],
        place=await studio.place(),
        longest=LONGEST_REQUEST,
        kept_days=KEPT_DAYS,
        subject=_subject,
        **shown,
    )


def _subject(piece: Task) -> str:
    """What a piece is about, for a list."""
    text = str(piece.order.get("request") or piece.order.get("script", "")).lstrip("# \n")
    return text.partition("\n")[0].partition(" || ")[0][:80]


def _told(error: BauhiniaError | ValidationError) -> BauhiniaError:
    if isinstance(error, BauhiniaError):
        return error
    field = ".".join(str(part) for part in error.errors()[0]["loc"])
    return InputError(f"The field {field} cannot be used.", hint="Fill it in, or choose one that is listed.")


async def _ordered(request: Request, order: AnyOrder) -> Response:
    studio, by = studio_of(request), office_of(request).officer
    if lacks := missing("song" if isinstance(order, SongOrder) else "film", settings_of(request)):
        raise lacks[0]
    if is_guest(by):
        rate_of_guests(studio, request.client.host if request.client else "")
    return RedirectResponse(f"/chat/made/{await studio.start(order, by=by)}", SEE_OTHER)


@studio_router.get("/chat/made/{piece}")
async def made(request: Request, piece: str) -> HTMLResponse:
    """A piece: how far it is, or what became of it."""
    studio = studio_of(request)
    row = await studio.get(piece)
    draft = row.draft or {}
    return page(
        request,
        "made.html",
        piece=row,
        made=draft.get("made"),
        written=draft if row.kind == "script" and draft else None,
        place=await studio.place(piece) if row.status == "queued" else None,
        kept_days=KEPT_DAYS,
        subject=_subject(row),
        back="/chat/songs" if row.kind == "song" else "/chat/films",
    )


@studio_router.get("/chat/made/{piece}/live")
async def live(request: Request, piece: str, last_event_id: Annotated[str, Header()] = "") -> Response:
    """How far it is, as server-sent events."""
    studio = studio_of(request)
    row = await studio.get(piece)
    seen = int(last_event_id) if last_event_id.isdecimal() else 0
    if not row.is_open and 0 < row.told <= seen:
        return events.nothing_more()
    return events.stream(studio.events(piece), closing_of(request), after=seen)


@studio_router.get("/chat/made/{piece}/file/{name}")
async def file(
    request: Request, piece: str, name: str, part: Annotated[str, Header(alias="range")] = ""
) -> Response:
    """One of its files: in parts where a player asks for parts, to be kept where a person does."""
    data, media_type = await studio_of(request).file(piece, name)
    headers = {"cache-control": "private, max-age=3600"}
    if "keep" in request.query_params:
        headers["content-disposition"] = attachment(name)
    return ranged(data, media_type, part, headers)


@studio_router.post("/chat/made/{piece}/{verb}")
async def change(request: Request, piece: str, verb: Literal["cancel", "resume", "delete"]) -> Response:
    """Stop its making, go on with it, or forget it."""
    studio = studio_of(request)
    row = await studio.get(piece)
    back = "/chat/songs" if row.kind == "song" else "/chat/films"
    match verb:
        case "cancel":
            await studio.tasks.cancel(piece)
        case "resume":
            await studio.tasks.resume(piece)
        case "delete":
            await studio.delete(piece)
            return RedirectResponse(back, SEE_OTHER)
    return RedirectResponse(f"/chat/made/{piece}", SEE_OTHER)
