"""Names and addresses: bodies and laws that the source does not name; e-mail and web addresses changed."""

# ruff: noqa: ARG001  # all checks have the same signature, whatever they use
from __future__ import annotations

import re

from ...language import Termbase, TermHit, Variety
from .fault import Context, Fault

_ADDRESS = re.compile(
    r"[A-Za-z0-9_.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}|(?:https?://|www\.)[^\s，。；、）」》\u4e00-\u9fff]+"
)


def check_names(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Bodies and laws of the termbase that the translation names and the source does not."""
    named = {hit.term.id for hit in bodies(source, to.counterpart, context.termbase)}
    return [
        Fault(
            check="names", kind="added", severity="error", message=f"Not in the source: {hit.text}.",
            found=hit.text, start=hit.start, end=hit.end,
        )
        for hit in bodies(target, to, context.termbase)
        if hit.term.id not in named
    ]  # fmt: skip


def bodies(text: str, variety: Variety, termbase: Termbase) -> list[TermHit]:
    """The bodies and laws that a text names by the termbase."""
    return [hit for hit in termbase.find(text, variety) if hit.term.domain in ("organisation", "statute")]


def check_addresses(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """E-mail and web addresses, which a translation copies letter by letter."""
    wanted, found = _addresses(source), _addresses(target)
    missing = [address for address in wanted if address not in found]
    strange = [address for address in found if address not in wanted]
    faults = []
    for address in missing:
        start = found[strange[0]] if len(missing) == len(strange) == 1 else 0
        faults.append(
            Fault(
                check="addresses", kind="missing", severity="error", wanted=address,
                message=f"Not in the translation: {address}.", source_start=wanted[address],
                start=start, end=start + len(strange[0]) if len(missing) == len(strange) == 1 else 0,
                suggestion=address if len(missing) == len(strange) == 1 else "",
            )
        )  # fmt: skip
    return faults


def _addresses(text: str) -> dict[str, int]:
    return {match[0].rstrip(".,;:)"): match.start() for match in _ADDRESS.finditer(text)}
