"""A run: the stages of a recipe, one after the other, in one folder.

A stage that bears its mark is never done again; one that does not is begun or resumed. So a run may be killed
at any moment, and `resume` goes on where it was.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import Cancelled, Conflict, NotFound
from ..store.folder import only_process, open_lock
from . import base, live, surroundings
from .hushing import no_bars
from .kinds import KINDS
from .marks import DONE, digest, finished, outputs, plain, read_json, room_on_disk, write_json, write_whole
from .memory_reuse import keep_freed_memory
from .recipe import Recipe, Stage, read
from .report import Onlooker, Silent
from .taking import taken_over

RECIPE, RECORD, BASE, LOCK = "recipe.yaml", "run.json", "base", "run.lock"
SPENT = "spent.json"
"""In the folder of a stage that was interrupted: the time that went into it so far."""


@dataclass(slots=True, kw_only=True)
class Made:
    """What the stages so far have made, for those that follow."""

    corpus: Path | None = None
    models: dict[str, Path] = field(default_factory=dict)
    """Every model so far by the name of its stage, `base` first."""
    digests: dict[str, str] = field(default_factory=dict)
    """What each stage left, in one digest: the chain that a stage's inputs are known by."""
    beside: tuple[Path, ...] = ()
    """Other runs, whose stages may be taken over."""

    @property
    def model(self) -> Path:
        """The newest model."""
        return list(self.models.values())[-1]

    def add(self, stage: Stage, folder: Path) -> None:
        """Count in a stage that is done."""
        mark = finished(folder)
        assert mark is not None
        self.digests[stage.name] = digest(mark["outputs"])
        if stage.known.gives == "corpus":
            self.corpus = folder
        elif stage.known.gives == "model":
            self.models[stage.name] = folder / base.MODEL


def run(
    recipe: Recipe,
    folder: Path | None = None,
    *,
    beside: Sequence[Path] = (),
    watch: Onlooker | None = None,
) -> Path:
    """Do every stage of the recipe that is not done yet; the folder of the run, whole at the end.

    A stage that a run of `beside` did with the same inputs is taken over from it. Raises Conflict where the
    folder belongs to another recipe or another process works in it, Cancelled when the person stopped it, and
    what the stages raise.
    """
    folder = folder or default_folder(recipe)
    watch = watch or Silent()
    keep_freed_memory()
    with held(folder), _recorded(recipe, folder), room_on_disk(folder), live.page(folder):
        made = Made(beside=tuple(beside))
        for number, stage in enumerate(recipe.stages, 1):
            place = folder / stage.name
            done = finished(place) is not None
            watch.stage(stage.name, number, len(recipe.stages), done=done)
            if not done:
                if watch.stopped():
                    raise Cancelled("The run was stopped between two stages.", hint=_how_to_go_on(folder))
                _do(stage, recipe, folder, made, watch)
            made.add(stage, place)
    return folder


def resume(folder: Path, *, watch: Onlooker | None = None) -> Path:
    """Go on with the run in this folder. Raises NotFound where there is none, else as `run` does."""
    return run(recipe_of(folder), folder, watch=watch)


def recipe_of(folder: Path) -> Recipe:
    """The resolved recipe of a run. Raises NotFound."""
    if not (folder / RECIPE).is_file():
        raise NotFound(
            f"{folder} is no run: it has no {RECIPE}.",
            hint="Name a folder that `bauhinia foundry run` made; they are in `runs/` unless --out said so.",
        )
    return read(folder / RECIPE)


def record_of(folder: Path) -> dict[str, Any]:
    """What `run.json` of a run says. Raises NotFound."""
    recipe_of(folder)
    return read_json(folder / RECORD)


def newest_model(folder: Path) -> Path:
    """The last model that the run made, or its base. Raises NotFound before there is any."""
    places = [folder / stage.name for stage in recipe_of(folder).stages if stage.known.gives == "model"]
    made = [place for place in (folder / BASE, *places) if finished(place) is not None]
    if not made:
        raise NotFound(f"{folder} has no model yet.", hint=f"Run `bauhinia foundry resume {folder}`.")
    return made[-1] / base.MODEL


def corpus_of(folder: Path) -> Path:
    """The last corpus that the run built. Raises NotFound before there is any."""
    places = [folder / stage.name for stage in recipe_of(folder).stages if stage.known.gives == "corpus"]
    made = [place for place in places if finished(place) is not None]
    if not made:
        raise NotFound(f"{folder} has no corpus yet.", hint=f"Run `bauhinia foundry resume {folder}`.")
    return made[-1]


def export(folder: Path, out: Path | None = None, *, watch: Onlooker | None = None) -> Path:
    """Export the newest model of a run whose recipe has no export stage; the folder of the files.

    Raises what the export raises; one that is there already is left as it is.
    """
    stages = [stage for stage in recipe_of(folder).stages if stage.kind == "export"]
    if out is None and stages and finished(folder / stages[-1].name) is not None:
        return folder / stages[-1].name
    place, kind = out or folder / "export", KINDS["export"]
    if finished(place) is not None:
        return place
    timer, config = _Timer(place), kind.config_class()()
    given = {"model": newest_model(folder), "corpus": corpus_of(folder)}
    with held(folder), room_on_disk(folder):
        place.mkdir(parents=True, exist_ok=True)
        figures = kind.worker()(config, folder=place, report=watch or Silent(), **given)
        _mark(place, timer, figures, stage="export", kind="export")
    return place


def default_folder(recipe: Recipe) -> Path:
    """`runs/<recipe>-<hash>-<day>` here: the same recipe on the same day goes on where it was."""
    return Path("runs") / f"{recipe.name}-{recipe.hash[:8]}-{datetime.now(UTC):%Y%m%d}"


def _do(stage: Stage, recipe: Recipe, folder: Path, made: Made, watch: Onlooker) -> None:
    """One stage: its inputs, its work, its mark."""
    kind, place = stage.known, folder / stage.name
    place.mkdir(exist_ok=True)
    given: dict[str, Any] = {}
    if "corpus" in kind.takes:
        given["corpus"] = made.corpus
    if "seed" in kind.takes:
        given["seed"] = recipe.seed
    if "model" in kind.takes or "models" in kind.takes:
        _with_base(recipe, folder, made, watch)
        given |= {"model": made.model} if "model" in kind.takes else {"models": dict(made.models)}
    inputs = digest([stage.as_data(), recipe.seed, made.digests])
    if taken_over(stage.name, inputs, place, made.beside):
        return
    timer = _Timer(place)
    no_bars()
    try:
        with timer.kept():
            figures = kind.worker()(stage.config, folder=place, report=watch, **given)
    except Cancelled as stopped:
        raise Cancelled(stopped.message, hint=_how_to_go_on(folder)) from stopped
    for name in ("checkpoints", "unfinished"):
        if not getattr(stage.config, f"keep_{name}", False):
            shutil.rmtree(place / name, ignore_errors=True)
    _mark(place, timer, figures, stage=stage.name, kind=stage.kind, inputs=inputs)


class _Timer:
    """How long a stage has taken, the sessions before this one counted in unless they were killed."""

    def __init__(self, place: Path) -> None:
        self.began, self._spent = _now(), place / SPENT
        self._begun, self._cpu = time.monotonic(), _cpu_seconds()
        before = read_json(self._spent) if self._spent.is_file() else {}
        self._before = (before.get("seconds", 0.0), before.get("cpu_seconds", 0.0))

    def taken(self) -> dict[str, float]:
        """Seconds by the clock, and of processors."""
        clock, cpu = time.monotonic() - self._begun, _cpu_seconds() - self._cpu
        return {
            "seconds": round(self._before[0] + clock, 1),
            "cpu_seconds": round(self._before[1] + cpu, 1),
        }

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Where the stage does not end, the next session goes on counting from here."""
        try:
            yield
        except BaseException:
            with suppress(OSError):
                write_json(self._spent, self.taken())
            raise
        self._spent.unlink(missing_ok=True)


def _cpu_seconds() -> float:
    """Of this process and of the children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _mark(place: Path, timer: _Timer, figures: object, **said: str) -> None:
    """Say last of all that a stage is done: what it was, how long it took, its figures, what it left."""
    told = {**said, "began": timer.began, "ended": _now(), **timer.taken()}
    write_json(place / DONE, {**told, "figures": plain(figures), "outputs": outputs(place)})


def _with_base(recipe: Recipe, folder: Path, made: Made, watch: Onlooker) -> None:
    """Prepare the base before the first stage that takes a model."""
    if BASE in made.models:
        return
    place, corpus = folder / BASE, {"corpus": made.corpus} if recipe.base.architecture else {}
    inputs = digest([recipe.base.model_dump(mode="json"), recipe.seed, made.digests if corpus else {}])
    if finished(place) is None:
        taken_over(BASE, inputs, place, made.beside)
    model = base.prepare(recipe.base, place, seed=recipe.seed, inputs=inputs, report=watch, **corpus)
    made.models = {BASE: model, **made.models}
    mark = finished(place)
    assert mark is not None
    made.digests[BASE] = digest(mark["outputs"])


def _how_to_go_on(folder: Path) -> str:
    return f"What was done is kept. Go on with `bauhinia foundry resume {folder}`."


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the only process at work in this folder, however it ends. Raises Conflict, naming the other."""
    folder.mkdir(parents=True, exist_ok=True)

    def in_use(holder: str) -> Conflict:
        return Conflict(
            f"Another process ({holder}) is at work in {folder}.",
            hint="Wait for it, stop it, or give this run a folder of its own with --out.",
        )

    with only_process(open_lock(folder / LOCK), in_use):
        yield


@contextmanager
def _recorded(recipe: Recipe, folder: Path) -> Iterator[None]:
    """Keep `recipe.yaml` and `run.json`: what is made, with what, when, and how each session ended."""
    record = _begin(recipe, folder)
    session = {"began": _now(), "process": os.getpid(), "code": surroundings.code(), "outcome": "running"}
    session["load"] = surroundings.load()
    record["sessions"].append(session)
    record |= {"status": "running"}
    write_json(folder / RECORD, record)
    try:
        yield
    except BaseException as error:
        outcome = "cancelled" if isinstance(error, Cancelled | KeyboardInterrupt) else "failed"
        _end(folder, record, session, outcome, why=getattr(error, "message", type(error).__name__))
        raise
    record["stages"] = {
        stage.name: {"kind": stage.kind, "seconds": mark["seconds"], "figures": mark["figures"]}
        for stage in recipe.stages
        if (mark := finished(folder / stage.name)) is not None
    }
    _end(folder, record, session, "finished")


def _begin(recipe: Recipe, folder: Path) -> dict[str, Any]:
    """The record so far, or a new one. Raises Conflict where the folder is another recipe's."""
    if (folder / RECORD).is_file():
        record = read_json(folder / RECORD)
        if record["hash"] != recipe.hash:
            raise Conflict(
                f"{folder} belongs to another recipe ({record['recipe']} {record['hash'][:8]}, not "
                f"{recipe.name} {recipe.hash[:8]}).",
                hint="A run keeps the recipe that it began with. Name another folder with --out.",
            )
        return record
    write_whole(folder / RECIPE, recipe.as_yaml())
    return {
        "recipe": recipe.name,
        "title": recipe.title,
        "hash": recipe.hash,
        "seed": recipe.seed,
        "began": _now(),
        "code": surroundings.code(),
        "environment": surroundings.environment(),
        "sessions": [],
    }


def _end(
    folder: Path, record: dict[str, Any], session: dict[str, Any], outcome: str, *, why: str = ""
) -> None:
    session |= {"ended": _now(), "outcome": outcome} | ({"why": why} if why else {})
    record |= {"status": outcome, "ended": session["ended"]}
    try:
        write_json(folder / RECORD, record)
    except OSError:
        # On a full disk the reason for stopping matters more than its record.
        if outcome == "finished":
            raise


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
