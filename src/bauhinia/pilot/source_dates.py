"""The sources of a draft with their dates; those that may be out of date are flagged (D-3.1-07, D-3.1-25)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from .draft import Draft
from .orders import ORDERS, documents_of

if TYPE_CHECKING:
    from .office import Office


class SourceDate(NamedTuple):
    """A source, and how old our copy of it is."""

    id: str
    name: str
    added: datetime
    """When this copy came here; a file that came again counts anew."""
    in_library: bool
    days: int
    is_stale: bool
    """Whether it is older than the setting `stale_days` allows without a word."""


async def source_dates(office: Office, draft: Draft, order: Mapping[str, Any]) -> list[SourceDate]:
    """The documents that the task worked on, and those of the library that it cites; without what is gone."""
    cited = sorted({citation.document for passage in draft.passages() for citation in passage.citations})
    cards = await office.shelf.cards_of(documents_of(ORDERS[draft.kind].model_validate(order)))
    kept = await office.library.kept_of([key for key in cited if key not in cards])
    limit = office.settings.stale_days
    found = [(card.id, card.title or card.name, card.created, False) for card in cards.values()]
    found += [(each.id, each.title or each.name, each.added, True) for each in kept]
    return [_dated(*each, limit=limit) for each in found]


def _dated(key: str, name: str, added: datetime, in_library: bool, *, limit: int) -> SourceDate:
    days = (datetime.now(UTC) - added).days
    return SourceDate(key, name, added, in_library, days, days > limit)
