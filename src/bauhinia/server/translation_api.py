"""The API of termbases and of the translation memory, for the department of the officer who asks."""

from __future__ import annotations

import asyncio
import mimetypes
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ..language import Term
from ..pilot.corrections import candidates, term_of
from ..pilot.revision import terms_of
from ..pilot.translate import TARGET
from ..translation.memory import LEAST, Segment
from ..translation.mining import Candidate
from ..translation.term_files import read_terms, write_terms
from ..translation.termbases import ImportReport, Termbases, holding
from .api import attachment, uploaded
from .state import limits_of, office_of

if TYPE_CHECKING:
    from ..pilot.office import Office

translation_router = APIRouter()
To = Literal["en", "zh-HK"]
MOST_TEXT = 20_000


class TermBody(BaseModel):
    """A term of the department's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    en: list[str] = Field(min_length=1, max_length=50)
    """The preferred form, then the admitted ones."""
    zh: list[str] = Field(min_length=1, max_length=50)
    forbidden_en: list[str] = Field(default=[], max_length=50)
    forbidden_zh: list[str] = Field(default=[], max_length=50)
    domain: str = ""
    source: str = ""
    note: str = ""

    def term(self) -> Term:
        """As the termbase has it."""
        return Term(
            self.id, self.en[0], self.zh[0], tuple(self.en[1:]), tuple(self.zh[1:]),
            tuple(self.forbidden_en), tuple(self.forbidden_zh), self.domain, self.source, self.note,
        )  # fmt: skip


class Verdict(BaseModel):
    """What an officer says of a candidate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str = Field(min_length=1, max_length=200)
    zh: str = Field(min_length=1, max_length=200)
    take: bool
    """Into the department's termbase; else it is not proposed again."""


class SegmentBody(BaseModel):
    """A confirmed translation; tagged text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1, max_length=MOST_TEXT)
    target: str = Field(min_length=1, max_length=MOST_TEXT)
    to: To
    before: str | None = Field(default=None, max_length=MOST_TEXT)
    after: str | None = Field(default=None, max_length=MOST_TEXT)


class LookUpBody(BaseModel):
    """A segment to look up; tagged text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1, max_length=MOST_TEXT)
    to: To
    before: str | None = Field(default=None, max_length=MOST_TEXT)
    after: str | None = Field(default=None, max_length=MOST_TEXT)
    least: int = Field(default=LEAST, ge=LEAST, le=101)


@translation_router.get("/api/terms", summary="The terms that hold for the department")
async def list_terms(request: Request, words: str = "") -> list[dict[str, Any]]:
    office = office_of(request)
    merged = await terms_of(office)
    return [asdict(term) for term in holding(merged.terms, words)]


@translation_router.post("/api/terms", status_code=201, summary="Add a term, or replace the one of its id")
async def put_term(request: Request, body: TermBody) -> dict[str, Any]:
    office = office_of(request)
    term = body.term()
    await Termbases(office.database).put(office.officer.department, term, by=office.officer.name)
    return asdict(term)


@translation_router.post("/api/terms/import", summary="Take over a .tbx, .csv or .xlsx file (multipart)")
async def import_terms(request: Request) -> dict[str, Any]:
    return asdict(await taken_over(request))


async def taken_over(request: Request) -> ImportReport:
    """Take over the terms of the form's file. Raises DocumentError, BadTermbase."""
    office = office_of(request)
    sent = await uploaded(request)
    file = await read_terms(sent.data, sent.name, limits_of(request))
    return await Termbases(office.database).load(office.officer.department, file, by=office.officer.name)


@translation_router.get("/api/terms/export", summary="The department's own terms as .tbx, .csv or .xlsx")
async def export_terms(request: Request, format: Literal["tbx", "csv", "xlsx"] = "tbx") -> Response:  # noqa: A002
    office = office_of(request)
    terms = await Termbases(office.database).terms(office.officer.department)
    headers = {"content-disposition": attachment(f"terms.{format}")}
    kind = mimetypes.guess_type(f"terms.{format}")[0] or "application/x-tbx"
    return Response(await asyncio.to_thread(write_terms, terms, format), media_type=kind, headers=headers)


@translation_router.get(
    "/api/terms/candidates", summary="Terms that officers' corrections and confirmed translations suggest"
)
async def list_candidates(request: Request) -> list[dict[str, Any]]:
    office = office_of(request)
    found = await candidates(office.database, office.officer.department)
    return [{**asdict(one), "dice": round(one.dice, 3)} for one in found]


@translation_router.post("/api/terms/candidates", summary="Add a candidate to the termbase, or dismiss it")
async def judge_candidate(request: Request, verdict: Verdict) -> dict[str, Any]:
    return asdict(await judged(office_of(request), verdict))


async def judged(office: Office, verdict: Verdict) -> Term:
    """Put a candidate into the department's termbase, or note that it is not wanted. Raises InputError."""
    term = term_of(Candidate(en=verdict.en, zh=verdict.zh, pairs=0, only_en=0, only_zh=0))
    termbases, own = Termbases(office.database), office.officer.department
    keep = termbases.put if verdict.take else termbases.dismiss
    await keep(own, term, by=office.officer.name)
    return term


@translation_router.post(
    "/api/memory", status_code=201, summary="Confirm a translation; it is learnt at once"
)
async def confirm(request: Request, body: SegmentBody) -> dict[str, Any]:
    office = office_of(request)
    segment = Segment(
        source=body.source, target=body.target, to=TARGET[body.to], before=body.before, after=body.after,
        department=office.officer.department, confirmed_by=office.officer.name,
    )  # fmt: skip
    return asdict(await office.memory.learn([segment]))


@translation_router.post("/api/memory/look-up", summary="The best matches of a segment, with their scores")
async def look_up(request: Request, body: LookUpBody) -> list[dict[str, Any]]:
    office = office_of(request)
    matches = await office.memory.look_up(
        body.source, TARGET[body.to], department=office.officer.department,
        before=body.before, after=body.after, least=body.least,
    )  # fmt: skip
    return [asdict(match) for match in matches]
