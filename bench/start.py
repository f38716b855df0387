"""How long the server takes to start, and how much memory it holds.

    python bench/start.py [--rounds 5]

From the spawn of `bauhinia serve` (with the shipped FakeModel: no weights) to the first 200 on `/health`,
the embedded database included. Beside it: the first start ever, which makes the database, and the floor, a
Python process that imports FastAPI and uvicorn and ends.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from report import record

PAUSE = 0.005
PATIENCE = 60.0


def main() -> None:
    """A first start, then several on the data folder it made."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    seconds, floors, sizes = [], [], []
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        with started(Path(folder)) as (pid, first):
            first_size = megabytes(pid)
        for _ in range(rounds):
            floors.append(floor())
            with started(Path(folder)) as (pid, took):
                seconds.append(took)
                sizes.append(megabytes(pid))
    record(
        "start.seconds",
        statistics.median(seconds),
        "s",
        beside={
            "first start, making the database": first,
            "import fastapi, uvicorn": statistics.median(floors),
        },
        target="<= 4",
    )
    record(
        "start.rss_mb",
        statistics.median(sizes),
        "MB",
        beside={"after the first start": first_size},
        target="<= 200",
    )


@contextmanager
def started(folder: Path) -> Iterator[tuple[int, float]]:
    """A server on this data folder: its process id, and the seconds it took to answer."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BAUHINIA_")}
    environment |= {"BAUHINIA_DATA_FOLDER": str(folder), "BAUHINIA_MODEL": "fake"}
    command = [str(Path(sys.executable).with_name("bauhinia")), "serve", "--port", str(port)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, began)
        yield process.pid, time.monotonic() - began
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen[bytes], began: float) -> None:
    """Until it answers 200. Raises RuntimeError when it ends or takes too long."""
    while time.monotonic() - began < PATIENCE and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as response:
            if response.status == 200:
                return
        time.sleep(PAUSE)
    raise RuntimeError("the server did not start")


def floor() -> float:
    """Seconds to import what any server on this stack imports."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import fastapi, uvicorn"], check=True)
    return time.monotonic() - began


def megabytes(pid: int) -> float:
    """Resident memory of a process, MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
