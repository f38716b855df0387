"""The tamper-evident record of every model call and decision."""

from .anchor import Anchor, FileAnchor
from .chain import Entry, Head, Kind, Outcome
from .checkpoints import Checkpoints, Place
from .ledger import Ledger
from .notes import Checkpoint, PublicKey, Signed
from .reading import Fault, FaultKind
from .verify import Verification

__all__ = [
    "Anchor",
    "Checkpoint",
    "Checkpoints",
    "Entry",
    "Fault",
    "FaultKind",
    "FileAnchor",
    "Head",
    "Kind",
    "Ledger",
    "Outcome",
    "Place",
    "PublicKey",
    "Signed",
    "Verification",
]
