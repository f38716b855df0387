"""Who answers for a text (D-2.2.4-01, D-3.2.1-04): the model, its ledger entries, the sources, the edits, and
every file that was issued of it, by whom and in which role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..provenance import Issued, Origin
from .codec import draft_of
from .labelling import edited_share, origin_of
from .orders import ORDERS, documents_of

if TYPE_CHECKING:
    from .office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Of one task's draft."""

    use: str
    origin: Origin | None
    edited: float
    """Share of the text that officers changed, 0 to 1."""
    sources: Sequence[str]
    """Names of the documents that it was made of, as far as they are still there."""
    issued: Sequence[Issued]


async def provenance_of(office: Office, key: str) -> Provenance:
    """Raises NotFound; InputError while there is no draft."""
    task = await office.task(key)
    draft = draft_of(task)
    order = ORDERS[task.kind].model_validate(task.order)  # type: ignore[index]  # kinds are TaskKind
    cards = await office.shelf.cards_of(documents_of(order))
    return Provenance(
        use=f"pilot.{task.kind}",
        origin=origin_of(draft),
        edited=edited_share(draft.passages()),
        sources=[card.name for card in cards.values()],
        issued=await office.labels.kept.of(key),
    )
