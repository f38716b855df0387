"""Running a stage's tasks: in this process, or in several that are started for it.

datatrove's own pool starts its processes from the program that called it, and hangs for ever where that
program has no guard against being started twice. Ours are `python -m bauhinia.foundry.corpus.working`; each
ends when the process that started it does, so that a build that was killed leaves nobody writing.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor

from ... import errors
from ...errors import BauhiniaError, Cancelled
from ..report import Report
from .config import CorpusConfig
from .rows import whole
from .stages import StageName, Stages

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LOOK = 0.1
_LITTLE = 50_000_000
"""Bytes of rows that one process compares in the time that others take to start."""


def run_stage(stages: Stages, name: StageName, report: Report) -> None:
    """Every task of a stage that is not done yet. Raises Cancelled, and what a task raised."""
    marks = stages.work / "logs" / name / "completions"
    left = [rank for rank in range(stages.count(name)) if not (marks / f"{rank:05d}").is_file()]
    if stages.config.workers > 1 and len(left) > 1 and _is_worth_it(stages, name):
        _run_elsewhere(stages, name, left, report)
        return
    for rank in left:
        _check(report)
        run_task(stages, name, rank)


def _is_worth_it(stages: Stages, name: StageName) -> bool:
    """Whether a stage is more work than starting processes for it."""
    kept = sum(file.stat().st_size for file in (stages.work / "kept").glob("*.jsonl"))
    return name == "filter" or kept > _LITTLE


def run_task(stages: Stages, name: StageName, rank: int) -> None:
    """One task, its mark left when it is done."""
    # one of datatrove's stages draws a bar of its own
    with contextlib.redirect_stderr(io.StringIO()) if name == "clusters" else contextlib.nullcontext():
        _executor(stages, name)._run_for_rank(rank, local_rank=1)


def _executor(stages: Stages, name: StageName) -> LocalPipelineExecutor:
    return LocalPipelineExecutor(
        stages.pipeline(name),
        tasks=stages.count(name),
        workers=1,
        logging_dir=str(stages.work / "logs" / name),
    )


def _check(report: Report) -> None:
    if report.stopped():
        raise Cancelled("The corpus was not finished.", hint="Build it again: it goes on from here.")


def _run_elsewhere(stages: Stages, name: StageName, ranks: list[int], report: Report) -> None:
    """The tasks dealt out to as many processes as the configuration says."""
    order = stages.work / "order.json"
    with whole(order) as part:
        part.write_text(stages.config.model_dump_json(), encoding="utf-8")
    hands = [ranks[at :: stages.config.workers] for at in range(min(stages.config.workers, len(ranks)))]
    children = [_start(stages, name, hand) for hand in hands]
    try:
        while any(child.poll() is None for child in children):
            _check(report)
            time.sleep(_LOOK)
        for child in children:
            _tell(child)
    finally:
        for child in children:
            child.kill()
            child.communicate()


def _start(stages: Stages, name: StageName, ranks: list[int]) -> subprocess.Popen[bytes]:
    folders = [str(stages.folder), str(stages.work)]
    return subprocess.Popen(
        [sys.executable, "-m", __name__, name, *folders, *map(str, ranks)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def _tell(child: subprocess.Popen[bytes]) -> None:
    """Raise what the child said that it failed of."""
    if child.returncode == 0:
        return
    said, _ = child.communicate()
    try:
        told = json.loads(said)
    except ValueError:
        raise RuntimeError(f"a process of the corpus ended with {child.returncode}") from None
    if "errno" in told:
        raise OSError(told["errno"], os.strerror(told["errno"]))
    raise getattr(errors, told["code"])(told["message"], hint=told["hint"])


def main(arguments: list[str]) -> int:
    """One of those processes: the stage's name, the corpus's folder, the work folder, and tasks."""
    name, folder, work, *ranks = arguments
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        config = CorpusConfig.model_validate_json((Path(work) / "order.json").read_bytes())
        stages = Stages(config, Path(folder), Path(work))
        for rank in ranks:
            run_task(stages, name, int(rank))  # type: ignore[arg-type]
    except BauhiniaError as error:
        print(json.dumps({"code": error.code, "message": error.message, "hint": error.hint}))
        return 1
    except OSError as error:
        if error.errno not in FULL:
            raise
        print(json.dumps({"errno": error.errno}))
        return 1
    return 0


def _end_with_parent() -> None:
    """The other end of the standard input is the process that started this one."""
    # the file itself: a buffer's lock would be held when the program ends
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
