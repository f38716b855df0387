"""Assessments as they are kept: filled in by the officers of a department, signed by the owner of the use,
approved or returned by others, and from then on as they were signed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Literal, LiteralString

import orjson
from psycopg.types.json import Jsonb

from ..errors import Conflict, InputError, NotFound, Refused
from ..language import to_simplified
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check, may
from ..people.quotas import HONG_KONG
from ..store import LOCAL, Connection, Database
from .assessment import Known, Question, Ruling, Section, missing, questionnaire, rule
from .months import months_on
from .records import UseRecords, post_of
from .register import Register, latest_review
from .tiers import TierId
from .uses import Proposal, Use

State = Literal["draft", "submitted", "approved"]
Outcome = Literal["signed", "approved", "returned"]
_LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One assessment of one use."""

    id: str
    use: str
    department: str
    version: str
    state: State
    round: int
    """Rises each time that it is returned."""
    answers: dict[str, Any]
    marks: dict[str, dict[str, str]]
    """Of each answer the `name` of who gave it and `at` when; an empty name is the system's."""
    opened_by: str
    opened: datetime
    changed: datetime
    signed_by: str | None
    digest: str | None
    tier: TierId | None

    @property
    def ruling(self) -> Ruling | None:
        """The tier that its answers give; None before the first section is answered."""
        return rule(questionnaire(), self.answers)

    @property
    def sections(self) -> list[Section]:
        """What is asked, as far as the answers tell already."""
        ruling = self.ruling
        if ruling is not None and ruling.tier == "unacceptable":
            return questionnaire().asked(None, self.answers)
        return questionnaire().asked(ruling.tier if ruling else None, self.answers)

    def missing(self) -> list[Question]:
        """Every question that is asked and lacks a whole answer."""
        return [question for section in self.sections for question in missing(section, self.answers)]

    def stopping(self) -> list[tuple[Question, str]]:
        """Every answer with which it cannot be signed, and what to do, in English."""
        found = []
        for section in self.sections:
            for question in section.questions:
                if (why := question.stopping(self.answers.get(question.id))) is not None:
                    found.append((question, why.en))
        return found

    @property
    def complete(self) -> int:
        """How many of its sections are answered."""
        return sum(not missing(section, self.answers) for section in self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed, approved or returned it, and why."""

    round: int
    outcome: Outcome
    owner: str
    officer: str
    name: str
    post: str
    note: str
    digest: str
    entry: int
    """Its row in the ledger."""
    at: datetime

    @property
    def self_reviewed(self) -> bool:
        """Whether owner and reviewer are one person, as where nobody signs in."""
        return self.outcome == "approved" and self.officer == self.owner


class Assessments:
    """The assessments of one database."""

    def __init__(self, database: Database, ledger: Ledger, register: Register) -> None:
        self._database = database
        self._ledger = ledger
        self._register = register
        self._records = UseRecords(database, ledger)

    async def open(self, by: Officer, use: Use, known: Known) -> Assessment:
        """The use's open assessment, or a new one that begins from the last approved. What the system knows
        is filled in, and brought up to date where nobody has changed it. Raises NotPermitted, Refused."""
        check_may_fill(by, use)
        if use.retired is not None:
            raise Refused("This use was retired.", stage="assess", hint="Register a new one.")
        last = await self.latest(use.id)
        if last is None or last.state == "approved":
            await self._begin(by, use, known, last)
        elif last.state == "draft":
            answers, marks = _filled(last.answers, last.marks, known.answers(questionnaire(), use))
            if answers != last.answers:
                await self._save(last.id, answers, marks)
        found = await self.latest(use.id)
        if found is None:
            raise NotFound("This assessment is another department's.", hint="Ask the owner of the use.")
        return found

    async def latest(self, use: str) -> Assessment | None:
        """The use's newest assessment that the officer may see."""
        found = await self._read(_SEEN + " WHERE use = %s ORDER BY opened DESC LIMIT 1", (use,))
        return found[0] if found else None

    async def get(self, key: str) -> Assessment:
        """Raises NotFound."""
        if not (found := await self._read(_SEEN + " WHERE id = %s", (key,))):
            raise NotFound("There is no such assessment.", hint="Open it from the page of its use.")
        return found[0]

    async def states(self) -> dict[str, Assessment]:
        """The newest of each use, as far as the officer may see them."""
        found = await self._read(_NEWEST, ())
        return {each.use: each for each in found}

    async def signatures(self, key: str) -> list[Signature]:
        """In the order in which they were given."""
        return await self._database.rows(Signature, _SIGNATURES, (key,))

    async def answer(self, by: Officer, key: str, given: Mapping[str, Any]) -> Assessment:
        """Keep answers, by the ids of their questions; None takes one out. What several people answer at once
        is all kept, question by question. Raises InputError, NotFound, NotPermitted, Conflict."""
        assessment = await self.get(key)
        check_may_fill(by, await self._register.get(by, assessment.use))
        if assessment.state != "draft":
            raise Conflict(
                "This assessment has been signed.", hint="It is changed once a reviewer returns it."
            )
        mark = {"name": by.name, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        answers, marks, gone = {}, {}, []
        for name, value in given.items():
            read = _read_answer(questionnaire().question(name), value, assessment.answers.get(name))
            if read == assessment.answers.get(name):
                continue
            marks[name] = mark
            if read is None:
                gone.append(name)
            else:
                answers[name] = read
        if marks:
            await self._save(key, answers, marks, gone)
        return await self.get(key)

    async def sign(self, by: Officer, key: str) -> Assessment:
        """Sign it as the owner of its use. Raises InputError naming what is missing, Refused for an
        unacceptable use, NotPermitted, Conflict."""
        assessment = await self.get(key)
        use = await self._register.get(by, assessment.use)
        _check_may_sign(by, use)
        ruling = _checked(assessment)
        if ruling.tier == "unacceptable":
            await self._record("sign", by, use, "unacceptable", done=False)
            raise Refused(
                "This use is of unacceptable risk: it may not be built or run, and cannot be signed.",
                stage="assess",
                hint=f"{ruling.argument.en} Change what it is for, or retire it.",
            )
        await self._check_records(use, assessment, ruling.tier)
        digest = digest_of(assessment, use, ruling)
        async with self._database.connection() as connection:
            values: dict[str, Any] = {"id": key, "by": by.id, "digest": digest, "tier": ruling.tier}
            values["changed"] = assessment.changed
            if not (await connection.execute(_SUBMIT, values)).rowcount:
                raise _moved_on()
            entry = await self._record("sign", by, use, f"{key}:{digest}")
            await _add_signature(connection, by, assessment, "signed", by.id, digest, entry)
        return await self.get(key)

    async def approve(self, by: Officer, key: str, note: str = "") -> Assessment:
        """Approve it as a reviewer who did not sign it; with the last one that its tier needs, the use may
        go on. Raises NotPermitted, Conflict, NotFound, InputError."""
        assessment = await self._submitted(key)
        use = await self._register.get(by, assessment.use)
        check_may_review(by, use, assessment)
        ruling = _checked(assessment)
        if digest_of(assessment, use, ruling) != assessment.digest:
            raise Conflict(
                "The use has changed since this was signed.", hint="Return it, so that its owner signs anew."
            )
        if not await self._has_approved(assessment, by):
            self_reviewed = by.id in (use.owner, assessment.signed_by)
            why = f"{'self_reviewed:' if self_reviewed else ''}{key}:{assessment.digest}"
            await self._sign_as_reviewer(by, use, assessment, "approved", note, why)
        if await self.still_needed(assessment, by) == 0:
            await self._register.approve(
                by, use.id, assessment=key, tier=ruling.tier, argument=ruling.argument.en,
                review_by=review_by(assessment, ruling.tier),
            )  # fmt: skip
            await self._database.write(_APPROVED, {"id": key})
        return await self.get(key)

    async def give_back(self, by: Officer, key: str, note: str) -> Assessment:
        """Return it to be changed, as a reviewer, with a note that says what; whoever signed it takes it back
        without one. Raises NotPermitted, Conflict, NotFound, InputError."""
        assessment = await self._submitted(key)
        use = await self._register.get(by, assessment.use)
        if by.id != assessment.signed_by:
            check_may_review(by, use, assessment)
            if not note.strip():
                raise InputError("Returning it takes a note.", hint="Say what is to be changed.")
        await self._sign_as_reviewer(by, use, assessment, "returned", note, key)
        await self._database.write(_RETURN, {"id": key, "round": assessment.round})
        return await self.get(key)

    async def still_needed(self, assessment: Assessment, by: Officer) -> int:
        """How many more have to approve. On a machine that nobody signs in to there is only one."""
        if assessment.tier is None:
            return 0
        needed = 1 if by.id == LOCAL else questionnaire().reviewers[assessment.tier]
        given = [
            each
            for each in await self.signatures(assessment.id)
            if each.outcome == "approved" and each.round == assessment.round
        ]
        return max(0, needed - len(given))

    async def _begin(self, by: Officer, use: Use, known: Known, last: Assessment | None) -> None:
        """A new draft; two who begin at once get the same one."""
        old = _still_fitting(last.answers) if last else {}
        marks = {name: last.marks[name] for name in old if last and name in last.marks}
        answers, marks = _filled(old, marks, known.answers(questionnaire(), use))
        key = f"as-{secrets.token_hex(6)}"
        values = (key, use.id, questionnaire().version, Jsonb(answers), Jsonb(marks))
        async with self._database.connection() as connection:
            begun = (await connection.execute(_BEGIN, values)).rowcount
        if begun:
            await self._record("open", by, use, key)

    async def _submitted(self, key: str) -> Assessment:
        if (assessment := await self.get(key)).state != "submitted":
            raise _moved_on()
        return assessment

    async def _has_approved(self, assessment: Assessment, by: Officer) -> bool:
        return any(
            each.officer == by.id and each.outcome == "approved" and each.round == assessment.round
            for each in await self.signatures(assessment.id)
        )

    async def _sign_as_reviewer(
        self, by: Officer, use: Use, assessment: Assessment, outcome: Outcome, note: str, why: str
    ) -> None:
        if len(note) > _LONGEST_NOTE:
            raise InputError(
                f"The note is longer than {_LONGEST_NOTE} characters.", hint="Say it more shortly."
            )
        assert assessment.signed_by is not None and assessment.digest is not None
        entry = await self._record("approve" if outcome == "approved" else "return", by, use, why)
        async with self._database.connection() as connection:
            await _add_signature(
                connection,
                by,
                assessment,
                outcome,
                assessment.signed_by,
                assessment.digest,
                entry,
                note.strip(),
            )

    async def _check_records(self, use: Use, assessment: Assessment, tier: TierId) -> None:
        """What must have been recorded before: the yearly audit, and the report of a trial that has ended."""
        last = await self._records.last()
        after_trial = tier == "high" and assessment.answers.get("stage") == "after"
        if after_trial and (use.id, "trial_report") not in last:
            raise InputError(
                "No report of a trial that passed is recorded.", hint="Record it on the page of the use."
            )
        if tier == "limited" and await self._is_a_year_old(use):
            audit = last.get((use.id, "annual_audit"))
            if audit is None or months_on(audit.held, questionnaire().audit_months) < _today():
                raise InputError(
                    "No audit of the last twelve months is recorded.",
                    hint="An auditor or reviewer records it on the page of the use.",
                )

    async def _is_a_year_old(self, use: Use) -> bool:
        async with self._database.connection() as connection:
            cursor = await connection.execute(_FIRST_APPROVED, (use.id,))
            row = await cursor.fetchone()
        first: datetime | None = row[0] if row else None
        if first is None:
            return False
        return months_on(first.astimezone(HONG_KONG).date(), questionnaire().audit_months) <= _today()

    async def _save(
        self, key: str, answers: Mapping[str, Any], marks: Mapping[str, Any], gone: list[str] | None = None
    ) -> None:
        values = {"id": key, "answers": Jsonb(answers), "marks": Jsonb(marks), "gone": gone or []}
        if not await self._database.write(_SAVE, values):
            raise _moved_on()

    async def _record(self, verb: str, by: Officer, use: Use, why: str, *, done: bool = True) -> int:
        return await self._ledger.record(
            f"assessment.{verb}", officer=by.id, department=by.department, subject=use.id, done=done, why=why
        )

    async def _read(self, query: LiteralString, values: tuple[str, ...]) -> list[Assessment]:
        return await self._database.rows(Assessment, query, values)


def may_fill(by: Officer, use: Use) -> bool:
    """Whether that officer may answer for that use: anybody of its department, or who governs it."""
    if use.department == by.department and use.department:
        return True
    return may(by, "govern", Subject(id=use.owner, department=use.department or "\0")) == "ok"


def check_may_fill(by: Officer, use: Use) -> None:
    """Raises NotPermitted."""
    if not may_fill(by, use):
        check(by, "govern", Subject(id=use.owner, department=use.department or "\0"))


def may_sign(by: Officer, use: Use) -> bool:
    """Whether that officer signs for that use: its owner, or who governs it."""
    return use.owner == by.id or may(by, "govern", _subject(use)) == "ok"


def may_review(by: Officer, use: Use, assessment: Assessment) -> bool:
    """Whether that officer approves or returns it: not who signed it or owns the use, but where nobody signs
    in (D-3.2.2-02)."""
    if by.id == LOCAL:
        return True
    return all(may(by, "review", subject) == "ok" for subject in _owners(use, assessment))


def check_may_review(by: Officer, use: Use, assessment: Assessment) -> None:
    """Raises NotPermitted."""
    if by.id == LOCAL:
        return
    for subject in _owners(use, assessment):
        check(by, "review", subject)


def digest_of(assessment: Assessment, use: Use, ruling: Ruling) -> str:
    """SHA-256 of everything that is signed, as 64 hexadecimal digits: what the register says of the use, the
    questionnaire's version, the answers, the tier and its argument."""
    facts = {name: value for name, value in asdict(use).items() if name in Proposal.__dataclass_fields__}
    signed = {
        "use": {"id": use.id, **facts},
        "version": assessment.version,
        "answers": assessment.answers,
        "tier": ruling.tier,
        "argument": ruling.argument.model_dump(),
    }
    return sha256(orjson.dumps(signed, option=orjson.OPT_SORT_KEYS)).hexdigest()


def review_by(assessment: Assessment, tier: TierId) -> date:
    """The last day of an approval given today: as long as the tier lets, and a trial no longer than it lasts
    (D-3.2.2-08)."""
    latest = latest_review(tier)
    end = _trial_end(assessment, tier)
    return latest if end is None else min(latest, end)


def _subject(use: Use) -> Subject:
    """The shipped uses are of every department: nobody whose reach is their own may touch them."""
    return Subject(id=use.owner, department=use.department or "\0")


def _owners(use: Use, assessment: Assessment) -> list[Subject]:
    """Who owns the use and who signed for it."""
    signed = Subject(id=assessment.signed_by or "", department=use.department or "\0")
    return [_subject(use), signed]


def _check_may_sign(by: Officer, use: Use) -> None:
    if not may_sign(by, use):
        check(by, "govern", _subject(use))


def _checked(assessment: Assessment) -> Ruling:
    """The ruling of an assessment that can be signed. Raises InputError."""
    ruling = assessment.ruling
    if (lacking := assessment.missing()) or ruling is None:
        questions = ", ".join(f"“{question.text.en}”" for question in lacking[:3])
        raise InputError(
            f"{len(lacking)} questions are not answered yet.", hint=f"Answer them, then sign: {questions}"
        )
    if stops := assessment.stopping():
        question, why = stops[0]
        raise InputError(f"“{question.text.en}” stops this assessment.", hint=why)
    if (end := _trial_end(assessment, ruling.tier)) is not None and end < _today():
        raise InputError("The trial would have ended already.", hint="Set a day that is still to come.")
    return ruling


def _trial_end(assessment: Assessment, tier: TierId) -> date | None:
    """The last day of the trial that a high-risk use begins with."""
    if tier != "high" or assessment.answers.get("stage") != "trial":
        return None
    return date.fromisoformat(assessment.answers["trial_end"])


def _filled(
    answers: Mapping[str, Any], marks: Mapping[str, dict[str, str]], known: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The answers with what the system knows, where no officer has said anything."""
    new = {name: value for name, value in known.items() if not marks.get(name, {}).get("name")}
    mark = {"name": "", "at": datetime.now(UTC).isoformat(timespec="seconds")}
    changed = {name: mark for name, value in new.items() if answers.get(name) != value}
    return {**answers, **new}, {**marks, **changed}


def _still_fitting(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Of earlier answers those that today's questionnaire takes."""
    kept = {}
    for section in questionnaire().sections:
        for question in section.questions:
            value = answers.get(question.id)
            try:
                if _is_bilingual(value) or question.read(value) is not None:
                    kept[question.id] = value
            except InputError:
                continue
    return kept


def _read_answer(question: Question, given: Any, before: Any) -> Any:
    """What an officer gave, as it is kept: the system's words in the reader's language stay the system's."""
    read = question.read(given)
    if _is_bilingual(before) and read in (before["en"], before["zh"], to_simplified(before["zh"])):
        return before
    return read


def _is_bilingual(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"en", "zh"}


async def _add_signature(
    connection: Connection,
    by: Officer,
    assessment: Assessment,
    outcome: Outcome,
    owner: str,
    digest: str,
    entry: int,
    note: str = "",
) -> None:
    post = await post_of(connection, by)
    values = (assessment.id, assessment.round, outcome, owner, by.name, post, note, digest, entry)
    await connection.execute(_SIGN, values)


def _moved_on() -> Conflict:
    return Conflict(
        "Somebody else has dealt with this assessment.", hint="Reload the page to see how it stands."
    )


def _today() -> date:
    return datetime.now(HONG_KONG).date()


_FIRST_APPROVED: LiteralString = "SELECT min(approved) FROM use_approvals WHERE use = %s"
_SEEN: LiteralString = (
    "SELECT id, use, department, version, state, round, answers, marks, opened_by, opened, changed,"
    " signed_by, digest, tier FROM assessments"
)
_NEWEST: LiteralString = f"SELECT DISTINCT ON (use) * FROM ({_SEEN}) AS seen ORDER BY use, opened DESC"  # noqa: S608  # our own words
_SIGNATURES: LiteralString = (
    "SELECT round, outcome, owner, officer, name, post, note, digest, entry, at FROM assessment_signatures"
    " WHERE assessment = %s ORDER BY number"
)
_BEGIN: LiteralString = (
    "INSERT INTO assessments (id, use, version, answers, marks)"
    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_SAVE: LiteralString = (
    "UPDATE assessments SET answers = (answers || %(answers)s) - %(gone)s::text[],"
    " marks = marks || %(marks)s, changed = now() WHERE id = %(id)s AND state = 'draft'"
)
_SUBMIT: LiteralString = (
    "UPDATE assessments SET state = 'submitted', signed_by = %(by)s, digest = %(digest)s, tier = %(tier)s"
    " WHERE id = %(id)s AND state = 'draft' AND changed = %(changed)s"
)
_APPROVED: LiteralString = (
    "UPDATE assessments SET state = 'approved' WHERE id = %(id)s AND state = 'submitted'"
)
_RETURN: LiteralString = (
    "UPDATE assessments SET state = 'draft', round = round + 1, signed_by = NULL, digest = NULL, tier = NULL"
    " WHERE id = %(id)s AND state = 'submitted' AND round = %(round)s"
)
_SIGN: LiteralString = (
    "INSERT INTO assessment_signatures (assessment, round, outcome, owner, name, post, note, digest, entry)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
