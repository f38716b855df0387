"""The rehearsal of the foundry: three runs, then releases and their use by the product's own commands.

All of it goes on where it was when it is stopped: runs resume, and a command that was done is not done again.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from ..errors import Cancelled, InputError, ModelUnavailable
from ..foundry.marks import read_json, write_json
from ..foundry.recipe import load
from ..foundry.report import Onlooker
from ..foundry.run import run

MAIN, WITHOUT, TINY = "rehearsal", "rehearsal-without-replay", "deepseek-tiny"
RECORD = "rehearsed.json"
RELEASED, RELEASED_TINY = "smollm2-cantonese", "deepseek-tiny-rehearsal"
PACKAGE = Path(__file__).parents[1]
FROM_SCRATCH = PACKAGE / "evaluation" / "gates" / "from_scratch.yaml"
SAMPLE = Path("samples") / "circular-en.md"
QUESTION = "What is the capital of France?"
READY_SECONDS = 300.0
ANSWER_TOKENS = 24
SHOWN_LINES = 60
"""Of what a command printed, so many lines are kept for the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What the rehearsal did with the product's own commands, once."""

    name: str
    command: str
    """As a person would type it."""
    seconds: float
    printed: tuple[str, ...]


def rehearse(folder: Path, *, watch: Onlooker) -> Path:
    """Rehearse it all in this folder; `rehearsed.json` in it says what was done.

    Raises Cancelled when the person stops it, InputError where a command of it fails, and what runs raise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _timed(folder):
        main = run(load(MAIN), folder / MAIN, watch=watch)
        run(load(WITHOUT), folder / WITHOUT, beside=(main,), watch=watch)
        run(load(TINY), folder / TINY, beside=(main,), watch=watch)
        deeds = _Deeds(folder, watch)
        deeds.release(MAIN, RELEASED)
        deeds.release(TINY, RELEASED_TINY, "--gate", str(FROM_SCRATCH))
        deeds.summarise(RELEASED)
    return folder


class _Deeds:
    """The commands, each done once and noted when it is done."""

    def __init__(self, folder: Path, watch: Onlooker) -> None:
        self._folder, self._watch = folder, watch

    def release(self, made: str, name: str, *options: str) -> None:
        """Release a run, check the release whole, and serve it through the gateway."""
        place = str(self._folder / made)
        self._once("release", name, lambda: self._run("foundry", "release", place, "--name", name, *options))
        self._once("verify", name, lambda: self._run("foundry", "verify", name))
        self._once("serve", name, lambda: self._asked(name))

    def summarise(self, name: str) -> None:
        """Let the released model summarise a circular."""
        sample = PACKAGE.parents[1] / SAMPLE
        asked = ("summarise", str(sample), "--length", "short")
        self._once("summarise", name, lambda: self._run(*asked, model=name))

    def _once(self, verb: str, name: str, work: Callable[[], tuple[str, str]]) -> None:
        record = record_of(self._folder)
        if f"{verb} {name}" in record["deeds"]:
            return
        if self._watch.stopped():
            raise Cancelled("The rehearsal was stopped.", hint="The same command goes on where it was.")
        self._watch.stage(f"{verb} {name}", 1, 1, done=False)
        began = time.monotonic()
        command, printed = work()
        deed = Deed(
            name=f"{verb} {name}",
            command=command,
            seconds=round(time.monotonic() - began, 1),
            printed=tuple(_without_paths(printed, self._folder).strip().splitlines()[:SHOWN_LINES]),
        )
        record["deeds"][deed.name] = asdict(deed)
        write_json(self._folder / RECORD, record)

    def _run(self, *arguments: str, model: str = "fake") -> tuple[str, str]:
        """One command to its end. Raises InputError with what it said where it fails."""
        done = subprocess.run(
            [*_program(), *arguments],
            env=_environment(self._folder, model),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        typed = _typed(arguments, model, self._folder)
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise InputError(
                f"`{typed}` failed: {' '.join(said[-8:])}", hint="Mend that, then rehearse again: it goes on."
            )
        return typed, done.stdout

    def _asked(self, name: str) -> tuple[str, str]:
        """Serve the release, ask it a question at `/v1/chat/completions`, and stop the server."""
        with _server(self._folder, name) as address:
            models = _fetched(f"{address}/v1/models")
            question = {"role": "user", "content": QUESTION}
            body = {"model": name, "messages": [question], "max_tokens": ANSWER_TOKENS, "temperature": 0}
            answer = _fetched(f"{address}/v1/chat/completions", body)
        told = {
            "models": [model["id"] for model in models["data"]],
            "answer": answer["choices"][0]["message"]["content"],
            "usage": answer["usage"],
            "label": answer["bauhinia"]["label"]["text"],
        }
        return _typed(("serve",), name, self._folder), json.dumps(told, ensure_ascii=False, indent=1)


def record_of(folder: Path) -> dict[str, Any]:
    """What was rehearsed in a folder so far."""
    path = folder / RECORD
    return read_json(path) if path.is_file() else {"deeds": {}, "sessions": []}


@contextmanager
def _timed(folder: Path) -> Iterator[None]:
    """Note how long each session took, however it ended."""
    began = time.monotonic()
    try:
        yield
    finally:
        record = record_of(folder)
        record["sessions"].append(round(time.monotonic() - began, 1))
        write_json(folder / RECORD, record)


@contextmanager
def _server(folder: Path, model: str) -> Iterator[str]:
    """`bauhinia serve` with a released model, ready; its address. Raises ModelUnavailable."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    log = folder / f"serve-{model}.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*_program(), "serve", "--port", str(port)],
            env=_environment(folder, model),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            _until_ready(address, process, log)
            yield address
        finally:
            process.terminate()
            process.wait()


def _until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if _fetched(f"{address}/health/ready")["status"] == "ready":
                return
        except (URLError, OSError):
            pass
        time.sleep(0.5)
    last = " ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:])
    raise ModelUnavailable(f"The released model was not served: {last}", hint=f"See {log}.")


def _fetched(address: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body is not None else None
    request = Request(address, data=data, headers={"Content-Type": "application/json"})  # noqa: S310  # our own
    with urlopen(request, timeout=READY_SECONDS) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found


def _program() -> list[str]:
    return [sys.executable, "-c", "from bauhinia.cli import main; main()"]


def _typed(arguments: Sequence[str], model: str, folder: Path) -> str:
    """A command as a person would type it, with no path of this machine in it."""
    words = _without_paths(" ".join(arguments), folder)
    return f"{'' if model == 'fake' else f'BAUHINIA_MODEL={model} '}bauhinia {words}"


def _without_paths(text: str, folder: Path) -> str:
    """Paths of this machine as they are from the source tree, with the rehearsal in its usual place."""
    for place, name in (
        (f"{PACKAGE.parents[1]}/", ""),
        (str(folder.absolute()), "runs/rehearsal"),
        (f"{folder}/", "runs/rehearsal/"),
    ):
        text = text.replace(place, name)
    return text


def _environment(folder: Path, model: str) -> dict[str, str]:
    """This process's, with a data folder of the rehearsal's own, and none of a server's other settings."""
    kept = ("BAUHINIA_MODELS_FOLDER", "BAUHINIA_HUB_URL")
    mine = {k: v for k, v in os.environ.items() if not k.startswith("BAUHINIA_") or k in kept}
    data = str((folder / "data").absolute())
    return {**mine, "BAUHINIA_DATA_FOLDER": data, "BAUHINIA_MODEL": model, "COLUMNS": "110"}
