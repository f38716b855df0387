"""The tamper-evident record of every model call and decision."""

from .anchor import Anchor, FileAnchor
from .chain import Entry, Head, Kind, Outcome
from .ledger import Ledger
from .verify import Fault, FaultKind, Verification

__all__ = [
    "Anchor",
    "Entry",
    "Fault",
    "FaultKind",
    "FileAnchor",
    "Head",
    "Kind",
    "Ledger",
    "Outcome",
    "Verification",
]
