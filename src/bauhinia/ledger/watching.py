"""The ledger read again by the server itself, at its start and daily; what is found is an entry."""

from __future__ import annotations

import asyncio
import logging

from ..errors import BauhiniaError
from .ledger import Ledger
from .verify import Verification

logger = logging.getLogger(__name__)

DEED = "ledger.verify"
_DAY_SECONDS = 86_400


async def verify_daily(ledger: Ledger, department: str) -> None:
    """Read it now and every day, until cancelled."""
    while True:
        try:
            await read_again(ledger, department)
        except BauhiniaError as error:
            logger.error("the ledger could not be read again: %s", error.message)
        await asyncio.sleep(_DAY_SECONDS)


async def read_again(ledger: Ledger, department: str) -> Verification:
    """Read every row by one process beside this one, and note what was found. Raises StoreError."""
    found = await ledger.verify(processes=1)
    for fault in found.faults[:1]:
        logger.critical("the ledger is not as it was written: entry %d is %s", fault.seq, fault.kind)
    await ledger.record(
        DEED,
        officer="operator",
        department=department,
        subject=str(found.entries if found.ok else found.faults[0].seq),
        done=found.ok,
        why="" if found.ok else found.faults[0].kind,
    )
    return found
