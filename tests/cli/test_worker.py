"""`bauhinia worker` as a real process, beside a server that leaves all work to it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()"]
SOURCE = "# Repair of footbridges\n\nThe Highways Department will repair 42 footbridges by 31 March 2027.\n"


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **os.environ,
        "BAUHINIA_DATABASE_URL": database_url,
        "BAUHINIA_DATA_FOLDER": str(tmp_path / "data"),
        "BAUHINIA_PORT": str(port),
        "BAUHINIA_JOBS": "0",
    }


@pytest.fixture
def processes() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def begin(processes: ExitStack, environment: dict[str, str], *verb: str) -> subprocess.Popen[str]:
    """A process, once it has said its first line; killed at the end."""
    process = subprocess.Popen(
        [*COMMAND, *verb], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    processes.callback(process.communicate)
    processes.callback(process.kill)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def asked(environment: dict[str, str], path: str) -> Any:
    with urllib.request.urlopen(
        f"http://127.0.0.1:{environment['BAUHINIA_PORT']}{path}", timeout=20
    ) as answer:
        return json.loads(answer.read())


def test_a_server_leaves_its_work_to_a_worker(
    environment: dict[str, str], processes: ExitStack, tmp_path: Path
) -> None:
    begin(processes, environment, "serve")
    source = tmp_path / "repairs.md"
    source.write_text(SOURCE, encoding="utf-8")
    order = subprocess.Popen(
        [*COMMAND, "summarise", "--json", str(source)], env=environment, stdout=subprocess.PIPE, text=True
    )
    processes.callback(order.communicate)
    processes.callback(order.kill)
    until = time.monotonic() + 60
    while not (tasks := asked(environment, "/api/tasks")) and time.monotonic() < until:
        time.sleep(0.1)
    assert [task["status"] for task in tasks] == ["queued"]
    worker = begin(processes, environment, "worker", "--jobs", "1")
    printed, _ = order.communicate(timeout=60)
    assert (order.returncode, json.loads(printed)["status"]) == (0, "done")
    worker.send_signal(signal.SIGTERM)
    _, said = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert "given back" in said and "Traceback" not in said


def test_a_worker_without_a_database_is_one_sentence(environment: dict[str, str]) -> None:
    nowhere = environment | {"BAUHINIA_DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    done = subprocess.run([*COMMAND, "worker"], env=nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The database cannot be reached.")
    assert "Traceback" not in done.stderr
