"""Personal data: how much is found, how much too much, and how fast, beside Presidio's default recognisers.

    PRESIDIO_PYTHON=/path/to/python python bench/privacy.py [--seconds S] [--all]

Over the labelled texts of `evaluation/sets/personal`; the published figures are of the held-out two thirds,
`--all` prints all. A finding is right where its kind is and at least half of what it and the label cover is
in both (titles of names left out). The macro F1 counts each kind the same. Speed is of the structured types,
on one core, over officers' papers (the library of `bench/retrieval.py` and `samples/`) in pages of 20 000
characters, some hundred findings a megabyte; beside it the labelled texts, which hold almost nothing else.

Presidio runs in the same run by its own interpreter, named by `PRESIDIO_PYTHON`; without it the row says that
it was not run. Its default recognisers know no Hong Kong number, its telephone numbers are those of other
regions, and its e-mail recogniser asks for a domain that exists, which `.example` does not; so its F1 over
the kinds that both have is given apart.
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
from bauhinia.evaluation.retrieval_corpus import load_papers
from bauhinia.privacy import KINDS, find_personal
from bauhinia.privacy import STRUCTURED as STRUCTURED_KINDS
from report import record

PEER = Path(__file__).parent / "peer_presidio.py"
SAMPLES = Path(__file__).parent.parent / "samples"
PAGE = 20_000
PEER_PAGES = 2
"""Pages that the peer is timed on: it takes minutes for all."""
BOTH_HAVE = ("phone", "email", "card")
"""Kinds that Presidio ships a recogniser for that is not another country's."""
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
    if peer and beside:
        show(NAMED.format(peer.name), beside)
        ours_f1, its_f1 = macro_f1(measured, BOTH_HAVE), macro_f1(beside, BOTH_HAVE)
        print(f"{', '.join(BOTH_HAVE)} alone: ours {ours_f1:.3f}, Presidio {its_f1:.3f}")
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
    labelled = paged(each.text for each in texts)
    record(
        "privacy.mb_per_second",
        speed(papers(), options.seconds, structured=True),
        "MB/s",
        beside=compared(peer, peer.megabytes_per_second if peer else None)
        | {
            "with names and addresses": speed(papers(), options.seconds, structured=False),
            "labelled texts": speed(labelled, options.seconds, structured=True),
        },
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
    timed = papers()[:PEER_PAGES]
    given = json.dumps({"texts": [each.text for each in texts], "timed": timed})
    done = subprocess.run([python, PEER], input=given, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    found = {
        each.text: [Span(*span) for span in spans] for each, spans in zip(texts, said["spans"], strict=True)
    }
    size = sum(len(page.encode()) for page in timed)
    return Peer(said["version"], found.__getitem__, size / 1e6 / said["seconds"])


def compared(peer: Peer | None, value: float | None) -> dict[str, float | str | None]:
    """The peer's figure; None where it was not run."""
    return {NAMED.format(peer.name) if peer else "Presidio (not run: PRESIDIO_PYTHON names none)": value}


def papers() -> list[str]:
    """Officers' papers: what is read most."""
    samples = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.md"))]
    return paged([*(paper.text for paper in load_papers()), *samples])


def paged(texts: Iterable[str]) -> list[str]:
    """The texts in pages of one length."""
    whole = "\n".join(texts)
    return [whole[start : start + PAGE] for start in range(0, len(whole), PAGE)]


def speed(pages: Sequence[str], seconds: float, *, structured: bool) -> float:
    """Megabytes of UTF-8 a second of one core."""
    size = sum(len(page.encode()) for page in pages)
    kinds = STRUCTURED_KINDS if structured else KINDS
    read = 0
    begun = time.process_time()
    while (spent := time.process_time() - begun) < seconds:
        for page in pages:
            find_personal(page, kinds=kinds)
        read += size
    return read / 1e6 / spent


def show(title: str, found: Mapping[str, Score]) -> None:
    """A table on standard output."""
    print(f"{title}: structured {macro_f1(found, STRUCTURED):.3f}, free {macro_f1(found, FREE):.3f}")
    for kind, score in found.items():
        rates = f"P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}"
        print(f"  {kind:22} {rates}  n {score.labelled}")


if __name__ == "__main__":
    main()
