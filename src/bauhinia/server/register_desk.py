"""What the register's pages and API share: the officer's desk, and what the system knows of a use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from fastapi import Request

from ..gateway import classifications
from ..gateway.card import model_card
from ..gateway.route import endpoint_of
from ..guideline import Register, Use
from ..guideline.assessment import Known
from ..guideline.assessments import Assessment, Assessments, Signature
from ..guideline.due import Due, Status, dues, reminders, status
from ..guideline.forms import ServiceFile
from ..guideline.records import Record, UseRecords
from ..people import Officer
from ..people.quotas import HONG_KONG
from ..pilot.office import Office
from ..settings import Settings
from .state import office_of

BENCHMARKS = Path(__file__).parents[3] / "docs" / "benchmarks.json"
"""Beside the source alone: a wheel carries no results, and then none are filled in."""
MEASURED = str(Settings.model_fields["model"].default)
"""The model that those results are of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A use as the list shows it."""

    use: Use
    assessment: Assessment | None
    status: Status


class Results(NamedTuple):
    """Figures of the evaluation by name, and the day of the newest."""

    figures: dict[str, str]
    day: str


@dataclass(frozen=True, slots=True)
class Desk:
    """The register as one officer works with it."""

    office: Office
    officer: Officer
    register: Register
    assessments: Assessments
    records: UseRecords

    async def use(self, name: str) -> Use:
        """Raises NotFound."""
        return await self.register.get(self.officer, name)

    async def entries(self) -> list[Entry]:
        """Every use, those that want something first."""
        states = await self.assessments.states()
        entries = [self._entry(use, states.get(use.id)) for use in await self.register.listed(self.officer)]
        return sorted(entries, key=lambda entry: _ORDER.index(entry.status))

    async def entry(self, name: str) -> Entry:
        """Raises NotFound."""
        use = await self.use(name)
        return self._entry(use, await self.assessments.latest(use.id))

    def _entry(self, use: Use, assessment: Assessment | None) -> Entry:
        return Entry(use=use, assessment=assessment, status=status(use, assessment, today()))

    async def calendar(self) -> list[Due]:
        """All that is due, the earliest first."""
        uses = await self.register.listed(self.officer)
        return dues(uses, await self.records.last(), today())

    async def reminders(self) -> list[Due]:
        """What this officer is reminded of."""
        return reminders(self.officer, await self.calendar())

    async def open(self, use: Use) -> Assessment:
        """The assessment to go on with. Raises NotPermitted, Refused."""
        return await self.assessments.open(self.officer, use, await self.known(use))

    async def signatures(self, assessment: Assessment | None) -> list[Signature]:
        """Those of an assessment; none of none."""
        return await self.assessments.signatures(assessment.id) if assessment else []

    async def file(self, name: str, language: str) -> ServiceFile:
        """Everything that is kept of a use, for a file in `en` or `zh`. Raises NotFound."""
        entry = await self.entry(name)
        records: list[Record] = await self.records.of(entry.use.id)
        return ServiceFile(
            use=entry.use,
            assessment=entry.assessment,
            signatures=await self.signatures(entry.assessment),
            records=records,
            classification=named(entry.use.classification)[language],
        )

    async def known(self, use: Use) -> Known:
        """What the system can tell of the model, of where data goes and of what was measured."""
        settings = self.office.settings
        card = model_card(settings)
        measured = results() if settings.model == MEASURED and not settings.model_url else None
        return Known(
            model=card.title,
            address=settings.model_url,
            on_this_machine=endpoint_of(settings.model_url) == "local",
            licence=card.licence,
            digest=card.digest,
            level=named(use.classification),
            highest=named(await self.office.gateway.boundary.highest("model")),
            figures=measured.figures if measured else {},
            measured=measured.day if measured else "",
            today=today(),
        )


_ORDER: tuple[Status, ...] = (
    "overdue", "waiting", "reopened", "draft", "new", "approved", "forbidden", "retired",
)  # fmt: skip


def desk_of(request: Request) -> Desk:
    """The desk of whoever asks. Raises NotSignedIn."""
    office = office_of(request)
    register, ledger = office.gateway.register, office.gateway.ledger
    assessments = Assessments(office.database, ledger, register)
    return Desk(office, office.officer, register, assessments, UseRecords(office.database, ledger))


def today() -> date:
    """Today in Hong Kong."""
    return datetime.now(HONG_KONG).date()


def named(classification: str) -> dict[str, str]:
    """A classification's name by language; its own word for one that the list lost."""
    known = classifications()
    if classification not in known.ids:
        return {"en": classification, "zh": classification}
    level = known.level(classification)
    return {"en": level.en, "zh": level.zh_hant}


@lru_cache(maxsize=1)
def results() -> Results | None:
    """What the last measurements said of the model's work; None where the results are not here."""
    if not BENCHMARKS.exists():
        return None
    found = [
        each for each in json.loads(BENCHMARKS.read_text(encoding="utf-8")) if "quality." in each["name"]
    ]
    told = {each["name"]: f"{each['value']:g} {each['unit']}" for each in found}
    return Results(told, max((each["date"] for each in found), default=""))
