"""The demonstration: its steps, its summary, and the pages written from what was really seen."""

from __future__ import annotations

import asyncio
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer

from .. import __version__
from ..errors import InputError
from ..pilot import Draft
from ..pilot.orders import AnalyseOrder, DraftOrder, SummariseOrder, TranslateOrder
from .carrying import MakeOrder, do_task
from .environment import get_settings
from .places import Here, Place
from .rendering import draft_lines, harmless, rate
from .watching import Watcher, watching

COLUMNS = ("task", "document", "seconds", "read", "written", "written/s", "statements", "cited", "findings")
BEGIN, END = "<!-- demo: begin -->", "<!-- demo: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One task of the demonstration, and the command that does the same."""

    name: str
    file: str
    command: str
    order: MakeOrder
    long: bool = False


REPLY = (
    "回覆投訴人。解釋噪音管制條例下晚上七時至翌日早上七時進行建築工程須領有許可證，"
    "本處會於六月一日前派員視察，冷氣機滴水個案已轉介食物環境衞生署跟進。"
)
QUESTION = "By what date must old USB devices be returned, and to whom?"
CANTONESE = "歇涼中心今年有幾多個？可以坐到幾多人？"

STEPS = (
    Step(
        name="summarise",
        file="circular-en.docx",
        command="bauhinia summarise samples/circular-en.docx --length short",
        order=lambda documents: SummariseOrder(documents=documents, length="short"),
    ),
    Step(
        name="translate",
        file="press-release-tc.docx",
        command="bauhinia translate samples/press-release-tc.docx --to en",
        order=lambda documents: TranslateOrder(document=documents[0], to="en"),
    ),
    Step(
        name="draft",
        file="complaint-letter-yue.docx",
        command=(
            "bauhinia draft --type reply --language zh-HK --source samples/complaint-letter-yue.docx "
            f'"{REPLY}"'
        ),
        order=lambda documents: DraftOrder(
            type="reply", instructions=REPLY, documents=documents, language="zh-HK"
        ),
    ),
    Step(
        name="analyse: question",
        file="circular-en.docx",
        command=f'bauhinia analyse samples/circular-en.docx "{QUESTION}"',
        order=lambda documents: AnalyseOrder(documents=documents, question=QUESTION),
    ),
    Step(
        name="analyse: question",
        file="press-release-tc.docx",
        command=f'bauhinia analyse samples/press-release-tc.docx "{CANTONESE}"',
        order=lambda documents: AnalyseOrder(documents=documents, question=CANTONESE),
    ),
    Step(
        name="analyse: table",
        file="tender-notice-en.pdf",
        command="bauhinia analyse samples/tender-notice-en.pdf --table",
        order=lambda documents: AnalyseOrder(documents=documents, mode="table"),
    ),
    Step(
        name="translate",
        file="legco-reply-en.pdf",
        command="bauhinia translate samples/legco-reply-en.pdf --to zh-HK",
        order=lambda documents: TranslateOrder(document=documents[0], to="zh-HK"),
        long=True,
    ),
    Step(
        name="summarise",
        file="consultation-paper-en.pdf",
        command="bauhinia summarise samples/consultation-paper-en.pdf --language both",
        order=lambda documents: SummariseOrder(documents=documents, language="both"),
        long=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A step that was carried out."""

    step: Step
    draft: Draft
    lines: tuple[str, ...]

    def row(self) -> tuple[str, ...]:
        """Its line of the summary table."""
        passages = [passage for passage in self.draft.passages() if passage.kind != "heading"]
        findings = len(self.draft.findings) + sum(len(passage.findings) for passage in passages)
        return (
            self.step.name,
            self.step.file,
            f"{self.draft.seconds:.1f}",
            str(self.draft.usage.prompt_tokens),
            str(self.draft.usage.completion_tokens),
            f"{rate(self.draft):.1f}",
            str(len(passages)),
            str(sum(bool(passage.citations) for passage in passages)),
            str(findings),
        )


def demonstrate(samples: Path, *, long: bool) -> list[Shown]:
    """Carry out the steps and print them. Ctrl-C stops, after a summary of what was done."""
    steps = [step for step in STEPS if long or not step.long]
    missing = [step.file for step in steps if not (samples / step.file).is_file()]
    if missing:
        raise InputError(
            f"The sample {missing[0]} is not in {samples}.",
            hint="Run this in a checkout of the project, or name the folder: bauhinia demo --samples FOLDER.",
        )
    shown: list[Shown] = []
    try:
        asyncio.run(_all(steps, samples, shown))
    finally:
        if shown:
            _print_summary(shown)
    return shown


async def _all(steps: Sequence[Step], samples: Path, shown: list[Shown]) -> None:
    """Each step in turn, in an office that is gone afterwards: the officer's own shelf stays as it is."""
    from ..pilot.office import open_office

    with tempfile.TemporaryDirectory(prefix="bauhinia-demo-") as folder:
        own = {"data_folder": Path(folder), "database_url": "", "blobs_url": ""}
        settings = get_settings().model_copy(update=own)
        with watching() as watcher:
            watcher.says("Opening an office for the demonstration")
            async with open_office(settings) as office:
                for step in steps:
                    shown.append(await _one(Here(office), step, samples, watcher))


async def _one(place: Place, step: Step, samples: Path, watcher: Watcher) -> Shown:
    data = (samples / step.file).read_bytes()
    done = await do_task(place, [(step.file, data)], step.order, watcher)
    lines = tuple(harmless(line) for line in draft_lines(done.draft, done.names))
    with watcher.pausing():
        print("\n".join([f"$ {step.command}", "", *lines, ""]), flush=True)
    return Shown(step=step, draft=done.draft, lines=lines)


def _print_summary(shown: Sequence[Shown]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*COLUMNS, title="What was done")
    for each in shown:
        table.add_row(*each.row())
    Console(markup=False, highlight=False, width=None if os.isatty(1) else 130).print(table)


def write_pages(folder: Path, shown: Sequence[Shown]) -> None:
    """Write docs/demo.md, and the summary with one draft between the marks of both READMEs."""
    page = folder / "docs" / "demo.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join(_page_lines(shown)) + "\n", encoding="utf-8")
    typer.echo(f"Written: {page}", err=True)
    for name in ("README.md", "README.zh-HK.md"):
        readme = folder / name
        text = readme.read_text(encoding="utf-8")
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if begin and end:
            inside = "\n".join(_excerpt_lines(shown))
            readme.write_text(f"{before}{BEGIN}\n{inside}\n{END}{after}", encoding="utf-8")
            typer.echo(f"Written: {readme}", err=True)


def _page_lines(shown: Sequence[Shown]) -> Iterator[str]:
    yield from ("# The demonstration", "")
    yield "<!-- Written by `bauhinia demo --write .`; nothing here was edited by hand. -->"
    yield from ("", f"What `make demo` printed, whole, on {_machine()}.", "")
    yield from (*_table_lines(shown), "")
    for each in shown:
        yield from (f"## {each.step.name.capitalize()}: {each.step.file}", "")
        yield from ("```sh", each.step.command, "```", "", "```text", *each.lines, "```", "")


def _excerpt_lines(shown: Sequence[Shown]) -> Iterator[str]:
    """The first draft, and the table of all."""
    first = shown[0]
    yield from ("", "```text", f"$ {first.step.command}", "", *first.lines, "```", "")
    yield from (*_table_lines(shown), "")
    yield from (f"({_machine()})", "")


def _table_lines(shown: Sequence[Shown]) -> Iterator[str]:
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|---|---|" + "---:|" * (len(COLUMNS) - 2)
    for each in shown:
        yield "| " + " | ".join(each.row()) + " |"


def _machine() -> str:
    """The machine, the version, the commit and the day."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    commit = f", commit {done.stdout.strip()}" if done.returncode == 0 else ""
    day = datetime.now(UTC).date().isoformat()
    return f"{os.cpu_count()} cores, {platform.machine()}, Bauhinia {__version__}{commit}, {day}"
