"""The register of AI uses: proposed by their owners, approved by others, asked by the gateway each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import Any, LiteralString

from psycopg.rows import class_row, dict_row

from ..errors import InputError, NotFound, NotPermitted
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check
from ..people.quotas import HONG_KONG
from ..store import LOCAL, Database, Remembered
from .months import months_on
from .tiers import TierId, tiers
from .uses import Approval, Proposal, Standing, Use, new_id, shipped, standing

REMEMBERED = 1.0
"""Seconds for which the register is not read anew."""
_LONGEST = 4_000
_SHIPPED_MONTHS = 12


class Register:
    """The register of one database, as one process knows it."""

    def __init__(self, database: Database, ledger: Ledger, model: str = "") -> None:
        self._database = database
        self._ledger = ledger
        self._model = model
        """What answers here. A model that is new here reopens every assessment before it."""
        self._remembered: Remembered[str, Mapping[str, Use]] = Remembered(REMEMBERED)

    async def standing(self, name: str, department: str) -> Standing:
        """Whether officers of that department may use it now. What changed is seen within a second; this
        process sees its own changes at once. Raises StoreError."""
        uses = await self._known()
        return standing(uses.get(name), name, department, _today())

    async def find(self, name: str) -> Use | None:
        """The entry, whoever's it is; None where there is none. Raises StoreError."""
        return (await self._known()).get(name)

    async def get(self, by: Officer, name: str) -> Use:
        """The entry as it is now. Raises NotFound."""
        self.forget()
        if not by.id or (found := await self.find(name)) is None:
            raise NotFound("The register has no such AI use.", hint="See the list on the page /register.")
        return found

    async def listed(self, by: Officer) -> list[Use]:
        """Every entry, those that are due first."""
        if not by.id:
            return []
        self.forget()
        uses = await self._known()
        return sorted(uses.values(), key=lambda use: (use.retired is not None, use.due or date.min, use.id))

    async def propose(self, by: Officer, proposal: Proposal) -> str:
        """Register a use of one's department; gives its id. It may be used once it is approved. Raises
        InputError."""
        _check_proposal(proposal)
        name = new_id()
        values = asdict(proposal) | {"id": name, "owner_name": by.name, "data": list(proposal.data)}
        await self._write(_PROPOSE, values)
        await self._record("propose", by, name)
        return name

    async def edit(self, by: Officer, name: str, proposal: Proposal) -> None:
        """Change an entry, as its owner or who may `govern`. A change of what matters reopens its
        assessment (D-3.2.1-21). Raises NotFound, NotPermitted, InputError."""
        use = await self._own(by, name)
        _check_proposal(proposal)
        changes = what_changed(use, proposal)
        values = asdict(proposal) | {"id": name, "data": list(proposal.data)}
        await self._write(_EDIT, values | {"why": f"changed: {', '.join(changes)}" if changes else None})
        await self._record("edit", by, name, ",".join(changes))

    async def approve(
        self, by: Officer, name: str, *, assessment: str, tier: TierId, argument: str, review_by: date
    ) -> None:
        """Rule on a use: its tier, why, and until when; `unacceptable` forbids it. Nobody rules on their own,
        but where nobody signs in. Raises NotFound, NotPermitted, InputError."""
        use = await self.get(by, name)
        if by.id != LOCAL:
            check(by, "review", Subject(id=use.owner, department=use.department or "\0"))
        if not argument.strip() or len(argument) > _LONGEST:
            raise InputError(
                "The tier needs its argument.", hint="Say in a few sentences why it is that tier."
            )
        if tier != "unacceptable" and not _today() <= review_by <= latest_review(tier):
            raise InputError(
                "The review date is out of bounds.",
                hint=f"Choose a day from today to {latest_review(tier):%d.%m.%Y}.",
            )
        values = {"use": name, "assessment": assessment, "tier": tier, "argument": argument.strip(),
                  "review_by": review_by, "by": by.id, "name": by.name}  # fmt: skip
        await self._write(_APPROVE, values)
        await self._record("approve", by, name, "self_reviewed" if by.id in (LOCAL, use.owner) else tier)

    async def reopen(self, by: Officer, name: str, why: str) -> None:
        """Ask for a new assessment. Raises NotFound, NotPermitted, InputError."""
        await self._own(by, name)
        if not why.strip():
            raise InputError("A reason is needed.", hint="Say what has changed.")
        await self._write(_REOPEN, {"id": name, "why": why.strip()[:_LONGEST]})
        await self._record("reopen", by, name)

    async def retire(self, by: Officer, name: str) -> None:
        """End a use at once. Raises NotFound, NotPermitted."""
        await self._own(by, name)
        await self._write(_RETIRE, {"id": name})
        await self._record("retire", by, name)

    def forget(self) -> None:
        """Read the register anew when it is next asked."""
        self._remembered.forget()

    async def _own(self, by: Officer, name: str) -> Use:
        use = await self.get(by, name)
        if use.shipped:
            raise InputError(
                "This use comes with the product.",
                hint="Retire nothing here: stop it on the page /switch, or approve it anew.",
            )
        if use.owner != by.id or use.department != by.department:
            check(by, "govern", Subject(id=use.owner, department=use.department))
        return use

    async def _known(self) -> Mapping[str, Use]:
        return await self._remembered.get("all", self._read)

    async def _read(self) -> Mapping[str, Use]:
        async with self._database.connection() as connection:
            seen = await connection.execute(
                "SELECT * FROM register_seen(%s, %s)", (shipped().version, self._model)
            )
            row = await seen.fetchone()
            assert row is not None
            approved = connection.cursor(row_factory=class_row(Approval))
            await approved.execute("SELECT * FROM approvals_in_force()")
            approvals = {each.use: each for each in await approved.fetchall()}
            registered = connection.cursor(row_factory=dict_row)
            await registered.execute("SELECT * FROM register_in_force()")
            rows = await registered.fetchall()
        uses = [*_shipped_uses(row[0]), *(_use(values) for values in rows)]
        return {use.id: _with(use, approvals.get(use.id, use.approval), self._model, row[1]) for use in uses}

    async def _write(self, statement: LiteralString, values: Mapping[str, Any]) -> None:
        written = await self._database.write(statement, values)
        self.forget()
        if not written:
            raise NotPermitted("This is another department's.", why="other_department", hint="Ask its owner.")

    async def _record(self, verb: str, by: Officer, name: str, why: str = "") -> None:
        await self._ledger.record(
            f"register.{verb}", officer=by.id, department=by.department, subject=name, why=why
        )


def what_changed(use: Use, proposal: Proposal) -> list[str]:
    """Which of the fields that an assessment rests on are others now."""
    rests_on = ("purpose", "data", "classification", "model", "audience", "oversight")
    return [field for field in rests_on if getattr(use, field) != getattr(proposal, field)]


def latest_review(tier: TierId) -> date:
    """The last day for which an approval may be given today."""
    return months_on(_today(), tiers().tiers[tier].review_months)


def _shipped_uses(seen: datetime) -> list[Use]:
    """Those of this version, approved by whoever ships them on the day that it was first run here."""
    first = seen.astimezone(HONG_KONG).date()
    return [
        _use(
            each,
            id=name,
            shipped=True,
            approval=Approval(
                use=name,
                assessment="shipped",
                tier=each["tier"],
                argument=each["argument_en"],
                review_by=months_on(first, _SHIPPED_MONTHS),
                approved_by="",
                approved_name="Bauhinia",
                approved=seen,
            ),
        )
        for name, each in shipped().uses.items()
    ]


def _use(values: Mapping[str, Any], **more: Any) -> Use:
    known = {field.name: values[field.name] for field in fields(Use) if field.name in values}
    return Use(**(known | {"data": tuple(values["data"])} | more))


def _with(use: Use, approval: Approval | None, model: str, model_seen: datetime) -> Use:
    """The use as approved, reopened where the model that answers first came here after that."""
    use = replace(use, approval=approval)
    if approval is None or model_seen <= approval.approved:
        return use
    if use.reopened is not None and use.reopened <= model_seen and use.is_reopened:
        return use
    return replace(use, reopened=model_seen, reopened_why=f"changed: model, now {model}")


def _check_proposal(proposal: Proposal) -> None:
    texts = (proposal.title_en or proposal.title_zh, proposal.purpose)
    if not all(text.strip() for text in texts):
        raise InputError(
            "A use needs a title and a purpose.", hint="Say what it is for in a sentence or two."
        )
    if any(len(text) > _LONGEST for text in (*texts, proposal.title_zh, *proposal.data)):
        raise InputError(f"A text is longer than {_LONGEST} characters.", hint="Say it more shortly.")


def _today() -> date:
    return datetime.now(HONG_KONG).date()


_PROPOSE: LiteralString = """
INSERT INTO uses (id, owner_name, kind, title_en, title_zh, purpose, data, classification, model, audience,
    oversight)
VALUES (%(id)s, %(owner_name)s, %(kind)s, %(title_en)s, %(title_zh)s, %(purpose)s, %(data)s,
    %(classification)s, %(model)s, %(audience)s, %(oversight)s)
"""
_EDIT: LiteralString = """
UPDATE uses SET title_en = %(title_en)s, title_zh = %(title_zh)s, purpose = %(purpose)s, data = %(data)s,
    classification = %(classification)s, model = %(model)s, audience = %(audience)s,
    oversight = %(oversight)s,
    reopened = CASE WHEN %(why)s::text IS NULL THEN reopened ELSE now() END,
    reopened_why = coalesce(%(why)s, reopened_why)
WHERE id = %(id)s
"""
_APPROVE: LiteralString = """
INSERT INTO use_approvals (use, assessment, tier, argument, review_by, approved_by, approved_name)
VALUES (%(use)s, %(assessment)s, %(tier)s, %(argument)s, %(review_by)s, %(by)s, %(name)s)
"""
_REOPEN: LiteralString = "UPDATE uses SET reopened = now(), reopened_why = %(why)s WHERE id = %(id)s"
_RETIRE: LiteralString = "UPDATE uses SET retired = now() WHERE id = %(id)s AND retired IS NULL"
