"""What is made, with its files, its checks, its label, and what a model gave that was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ...people import Officer
from ...provenance import Labelling, Origin, Record, new_id
from ..labelled import label_by
from ..reading_aloud import SpeechLanguage
from ..tools.result import HONG_KONG
from ..work import Check, Label

PROGRAM = "bauhinia-composer"
"""What composes, draws and speaks here, as labels name it."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class MadeFile(_Record):
    """A file of a piece."""

    name: str
    media_type: str
    size: int


class Looked(_Record):
    """A check, kept."""

    name: str
    passed: bool
    detail: str


class Made(_Record):
    """What a maker gives: everything but where it is kept."""

    title: str
    model: str = ""
    """Which model had a part in it, and which part; empty for none."""
    label: str
    """The visible label that its files carry."""
    lines: tuple[str, ...]
    """What it says, for the page."""
    left_out: tuple[tuple[str, str], ...] = ()
    """What the model gave that a program did not take, each with the reason."""
    tune: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Of a song, each line's syllables with their notes in numbers."""
    files: Mapping[str, tuple[bytes, str]]
    """Contents and media types by name."""
    checks: tuple[Looked, ...]

    @property
    def described(self) -> tuple[MadeFile, ...]:
        """Its files without their contents."""
        return tuple(
            MadeFile(name=name, media_type=media_type, size=len(data))
            for name, (data, media_type) in self.files.items()
        )


class Gathered:
    """A `LeftOut` that keeps what it is told, each text once."""

    def __init__(self) -> None:
        self._rows: dict[str, str] = {}

    def __call__(self, text: str, reason: str) -> None:
        self._rows.setdefault(text, reason)

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Text and reason."""
        return tuple(self._rows.items())


def looked(checks: Sequence[Check]) -> tuple[Looked, ...]:
    """The checks, to be kept."""
    return tuple(Looked(name=each.name, passed=each.passed, detail=each.detail) for each in checks)


def label_of(labels: Labelling, officer: Officer, use: str, language: SpeechLanguage, *models: str) -> Label:
    """The label of a piece by our program, and by those `models` that had a part in it."""
    now = datetime.now(HONG_KONG).isoformat(timespec="seconds")
    record = Record(
        id=new_id(),
        use=use,
        origin=Origin(model=", ".join(filter(None, (PROGRAM, *models))), made_at=now),
        department=officer.department,
        issued_at=now,
        language={"yue": "zh-Hant-HK", "cmn": "zh-Hans", "en": "en"}[language],
    )
    return label_by(labels, record, officer)
