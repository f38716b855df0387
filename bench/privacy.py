"""Personal data: how much is found, how much too much, and how fast, beside Presidio's default recognisers.

    PRESIDIO_PYTHON=/path/to/python python bench/privacy.py [--seconds S] [--all]

Over the labelled texts of `evaluation/sets/personal`; the published figures are of the held-out two thirds,
`--all` prints all. A finding is right where its kind is and at least half of what it and the label cover is
in both (titles of names left out). The macro F1 counts each kind the same. Speed is of the structured types,
on one core, over the texts of the set joined into pages of 20 000 characters. Presidio runs in the same run
by its own interpreter, named by `PRESIDIO_PYTHON`; without it the row says that it was not run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bauhinia.evaluation.personal import (
    FREE,
    STRUCTURED,
    Find,
    PersonalText,
    Score,
    Span,
    load_personal,
    macro_f1,
    scores,
)
from bauhinia.privacy import STRUCTURED as STRUCTURED_KINDS
from bauhinia.privacy import find_personal
from report import record

PEER = Path(__file__).parent / "peer_presidio.py"
PAGE = 20_000
NAMED = "Presidio {} (patterns; no name model)"


class Peer(NamedTuple):
    """What Presidio found, and how fast."""

    name: str
    find: Find
    megabytes_per_second: float


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long the speed is measured")
    parser.add_argument("--all", action="store_true", help="print the figures of all texts too")
    options = parser.parse_args()
    texts = load_personal()
    held_out = [each for each in texts if each.split == "held_out"]
    peer = ask_presidio(texts)
    if options.all:
        show("all", scores(texts, ours))
    measured = scores(held_out, ours)
    show("held out", measured)
    show("held out, exactly", scores(held_out, ours, exact=True))
    beside = scores(held_out, peer.find) if peer else None
    if beside:
        show(NAMED.format(peer.name if peer else ""), beside)
    for name, kinds, target in (
        ("structured", STRUCTURED, ">= 0.95"),
        ("names_addresses", FREE, ">= 0.85"),
    ):
        record(
            f"privacy.macro_f1.{name}",
            macro_f1(measured, kinds),
            "F1",
            beside=compared(peer, macro_f1(beside, kinds) if beside else None)
            | {"exact spans": macro_f1(scores(held_out, ours, exact=True), kinds)}
            | {kind: measured[kind].f1 for kind in kinds},
            target=target,
        )
    record(
        "privacy.mb_per_second",
        speed(texts, options.seconds, structured=True),
        "MB/s",
        beside=compared(peer, peer.megabytes_per_second if peer else None)
        | {"with names and addresses": speed(texts, options.seconds, structured=False)},
        target=">= 5",
    )


def ours(text: str) -> Iterable[Span]:
    """What our recognisers find."""
    return [Span(each.kind, each.start, each.end) for each in find_personal(text)]


def ask_presidio(texts: Sequence[PersonalText]) -> Peer | None:
    """Presidio over the same texts; None where no interpreter that has it is named."""
    python = os.environ.get("PRESIDIO_PYTHON", "")
    if not python:
        return None
    given = json.dumps([each.text for each in texts])
    done = subprocess.run([python, PEER], input=given, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    found = {
        each.text: [Span(*span) for span in spans] for each, spans in zip(texts, said["spans"], strict=True)
    }
    size = sum(len(each.text.encode()) for each in texts)
    return Peer(said["version"], found.__getitem__, size / 1e6 / said["seconds"])


def compared(peer: Peer | None, value: float | None) -> dict[str, float | str | None]:
    """The peer's figure; None where it was not run."""
    return {NAMED.format(peer.name if peer else "not run: PRESIDIO_PYTHON"): value}


def speed(texts: Sequence[PersonalText], seconds: float, *, structured: bool) -> float:
    """Megabytes of UTF-8 a second of one core."""
    whole = "\n".join(each.text for each in texts)
    pages = [whole[start : start + PAGE] for start in range(0, len(whole), PAGE)]
    size = sum(len(page.encode()) for page in pages)
    kinds = {"kinds": STRUCTURED_KINDS} if structured else {}
    read = 0
    begun = time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        for page in pages:
            find_personal(page, **kinds)
        read += size
    return read / 1e6 / spent


def show(title: str, found: Mapping[str, Score]) -> None:
    """A table on standard output."""
    print(f"{title}: structured {macro_f1(found, STRUCTURED):.3f}, free {macro_f1(found, FREE):.3f}")
    for kind, score in found.items():
        print(f"  {kind:22} P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}  n {score.labelled}")


if __name__ == "__main__":
    main()
