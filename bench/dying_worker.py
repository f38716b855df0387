"""A worker process that is made to be killed: for `faults.py` and `tests/jobs/test_killing.py`.

    python bench/dying_worker.py FOLDER         settings from the environment

Its work is a job of many steps, each a question to FakeModel through the whole gateway, ledger and all. It
says `begun` on standard output when it takes a job up, and appends to FOLDER/log `call KEY TIME PID` before
the model answers and `kept KEY TIME PID` after a checkpoint is committed. Where FOLDER/kill names a point of
a step, the first worker to reach it takes the file away and kills itself there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bauhinia.gateway import Answer, Ask, Gateway, Message
from bauhinia.jobs import Point, Progress, Report, Steps, Tasks, Trade
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.models.backend import ChatRequest
from bauhinia.people import Officer, acting_as
from bauhinia.settings import Settings
from bauhinia.store import Database

LEASE_SECONDS = 1.0
OFFICER = Officer(id="clerk", department="Works", name="Clerk")


class Log:
    """Lines that are in the file once they are written, however the process ends."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(self, word: str, key: str) -> None:
        """One line."""
        os.write(self._file, f"{word} {key} {time.time():.6f} {os.getpid()}\n".encode())


def killing_itself(folder: Path, log: Log) -> Any:
    """The hook of `Steps`."""
    order = folder / "kill"

    def reached(point: Point, key: str) -> None:
        if order.exists() and order.read_text() == point:
            order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if point == "after commit":
            log.say("kept", key)

    return reached


def work_through(gateway: Gateway) -> Any:
    """The job: so many questions to the model, one after another."""

    async def work(order: dict[str, Any], report: Report, steps: Steps, task: str) -> dict[str, Any]:
        print("begun", task, flush=True)
        answers = []
        for number in range(order["steps"]):
            key = f"{order['name']}/{number}"

            async def ask(key: str = key) -> str:
                question = Ask(
                    officer=OFFICER,
                    use="pilot.summarise",
                    messages=(Message("user", key),),
                    reply_in=None,
                    max_tokens=50,
                    task=task,
                )
                async for event in gateway.exchange(question):
                    if isinstance(event, Answer):
                        return event.text
                raise AssertionError("an exchange ends with an answer or an error")

            answers.append(await steps.run(key, ask))
            report(Progress(phase="map", section=number + 1, of=order["steps"]))
        return {"answers": answers}

    return work


async def main(folder: Path) -> None:
    """Work until killed, or told to stop."""
    settings, log = Settings(), Log(folder)

    def reply(request: ChatRequest) -> str:
        key = request.messages[-1].content
        log.say("call", key)
        return f"The answer to {key}"

    Steps.reached = killing_itself(folder, log)
    async with Database.open(settings) as database:
        pause = float(os.environ.get("DYING_WORKER_PAUSE", "0.02"))
        model = FakeModel(reply, first_delay=pause)
        gateway = Gateway(settings, database, backend=model, embedder=FakeEmbedder())
        await gateway.start()
        trade = Trade(
            functions={"work": work_through(gateway)},
            versions={},
            acting_for=lambda *_: acting_as(OFFICER),
            pauses=(0.5,) * 50,
        )
        tasks = Tasks(database, trade, lease_seconds=LEASE_SECONDS)
        tasks.work_for_all(1)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()
        await tasks.close()
        await gateway.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
