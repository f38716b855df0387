"""`bauhinia serve` as a real process: where it is, how it stops, what it says when it cannot start."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

Start = Callable[..., "Process"]


class Process:
    """A server started from the command line."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from bauhinia.cli import main; main()", "serve", *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def address(self) -> tuple[str, int]:
        """Host and port, once the server prints them."""
        line = self.lines.get(timeout=60)
        url = urlsplit(line.split()[3])
        assert url.hostname is not None and url.port is not None
        return url.hostname, url.port

    def stop(self) -> str:
        """End it as a service manager does; gives what it wrote on standard error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            said = stream.read()
        self.process.wait(30)
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return said


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts servers on a fresh database; whatever still runs at the end is stopped."""
    started: list[Process] = []

    def one(*arguments: str, folder: str = "data") -> Process:
        where = {"BAUHINIA_DATABASE_URL": database_url, "BAUHINIA_DATA_FOLDER": str(tmp_path / folder)}
        started.append(Process(*arguments, **where))
        return started[-1]

    yield one
    for process in started:
        with suppress(ValueError):
            process.stop()


def test_it_says_where_it_is_answers_there_and_stops_in_good_order(start: Start) -> None:
    process = start("--port", "0")
    host, port = process.address()
    assert host == "127.0.0.1"
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request("GET", "/health")
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["status"]) == (200, "ok")
    connection.close()
    said = process.stop()
    assert process.process.returncode == -signal.SIGTERM
    assert "The model is ready." in said and "Stopping." in said
    assert "Traceback" not in said


def test_what_a_killed_server_left_running_goes_on_by_itself(start: Start, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """INSERT INTO tasks (id, kind, "order", status, officer, department)
            VALUES ('t1', 'compare', '{"documents": ["one", "two"]}', 'running', 'local', 'Pilot Department')"""
        )
    address = start("--port", "0").address()
    until, task = time.monotonic() + 30, {"status": ""}
    while task["status"] != "failed" and time.monotonic() < until:
        connection = http.client.HTTPConnection(*address, timeout=20)
        connection.request("GET", "/api/tasks/t1")
        task = json.loads(connection.getresponse().read())
        connection.close()
        time.sleep(0.05)
    assert (task["status"], task["message"]) == ("failed", "There is no such document on the shelf.")


def test_a_request_that_is_under_way_is_finished_before_it_stops(start: Start) -> None:
    process = start("--port", "0")
    address = process.address()
    connection, rest = slow_upload(address)
    with connection:
        time.sleep(0.5)
        process.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert process.process.poll() is None
        connection.sendall(rest)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 201 ")
    process.process.wait(20)
    assert "Traceback" not in process.stop()


def slow_upload(address: tuple[str, int]) -> tuple[socket.socket, bytes]:
    """A request that is under way for as long as the rest of its body is not sent."""
    body = (
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        b"The Highways Department will repair 42 footbridges.\r\n--x--\r\n"
    )
    head = (
        f"POST /api/documents HTTP/1.1\r\nhost: {address[0]}:{address[1]}\r\n"
        f"content-type: multipart/form-data; boundary=x\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    connection = socket.create_connection(address, timeout=20)
    connection.sendall(head.encode() + body[:40])
    return connection, body[40:]


def get(address: tuple[str, int], path: str) -> tuple[int, dict[str, str]]:
    """Status and headers of a new request."""
    connection = http.client.HTTPConnection(*address, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, 20 s at most."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def in_flight(address: tuple[str, int]) -> float:
    connection = http.client.HTTPConnection(*address, timeout=20)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    (line,) = [line for line in text.splitlines() if line.startswith("bauhinia_http_requests_in_flight ")]
    return float(line.split()[1])


def test_while_it_stops_what_was_begun_is_finished_and_what_is_new_refused(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAUHINIA_METRICS", "loopback")
    process = start("--port", "0")
    address = process.address()
    uploads = [slow_upload(address) for _ in range(5)]
    until(lambda: in_flight(address) == 6)
    process.process.send_signal(signal.SIGTERM)
    until(lambda: get(address, "/health/ready")[0] == 503)
    assert get(address, "/health/live")[0] == 200
    for path in ("/api/tasks", "/", "/v1/models"):
        status, headers = get(address, path)
        assert (status, headers["retry-after"]) == (503, "5"), path
    for connection, rest in uploads:
        connection.sendall(rest)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 201 ")
        connection.close()
    process.process.wait(20)
    assert "Traceback" not in process.stop()


@pytest.fixture
def start_alone(database_folder: Path) -> Iterator[Start]:
    """Starts servers on an embedded database of their own."""
    started: list[Process] = []

    def one(**settings: str) -> Process:
        folder = {"BAUHINIA_DATA_FOLDER": str(database_folder / "data"), "BAUHINIA_DATABASE_URL": ""}
        started.append(Process("--port", "0", **folder, **settings))
        return started[-1]

    yield one
    for process in started:
        with suppress(ValueError):
            process.stop()


def runs(process: psutil.Process) -> bool:
    """Whether it is alive: not one that only its parent, which is not ours, has yet to bury."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def descendants(process: Process, folder: Path) -> list[psutil.Process]:
    """Its children, theirs, and PostgreSQL's processes in its folder, which no longer are its children."""
    found = psutil.Process(process.process.pid).children(recursive=True)
    for each in psutil.process_iter(["name", "cwd"]):
        if each.info["name"] == "postgres" and str(folder) in (each.info["cwd"] or ""):
            found.append(each)
    return found


@pytest.mark.parametrize("hurried", [False, True])
def test_nothing_is_left_behind_and_a_second_signal_does_not_wait(
    start_alone: Start, database_folder: Path, hurried: bool
) -> None:
    process = start_alone(BAUHINIA_STOP_SECONDS="120" if hurried else "1")
    address = process.address()
    until(lambda: get(address, "/health/ready")[0] == 200)
    connection, _ = slow_upload(address)
    left = descendants(process, database_folder)
    assert left, "PostgreSQL runs"
    process.process.send_signal(signal.SIGTERM)
    if hurried:
        until(lambda: get(address, "/health/ready")[0] == 503)
        process.process.send_signal(signal.SIGTERM)
    process.process.wait(30)
    connection.close()
    assert not [each for each in left if runs(each)]
    assert "Traceback" not in process.stop()


def test_a_port_in_use_is_one_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        process.process.wait(60)
        said = process.stop()
    assert process.process.returncode == 1
    assert said.startswith(f"Error: Something else already uses port {port} of 127.0.0.1.\n")
    assert "What to do: " in said and "Traceback" not in said


def test_two_servers_on_one_data_folder_is_one_sentence(start: Start) -> None:
    start("--port", "0").address()
    second = start("--port", "0")
    second.process.wait(60)
    said = second.stop()
    assert second.process.returncode == 1
    assert "Error: Another server" in said and "Traceback" not in said


def test_listening_beyond_this_machine_is_said_to_be_open(start: Start) -> None:
    process = start("--port", "0", "--host", "0.0.0.0")
    process.address()
    assert "whoever can reach this address" in process.stop()


def test_all_that_a_process_writes_is_json_lines_without_what_was_sent(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uvicorn's own words and those of the terminal among them."""
    monkeypatch.setenv("BAUHINIA_LOG_FORMAT", "json")
    process = start("--port", "0")
    address = process.address()
    until(lambda: get(address, "/health/ready")[0] == 200)
    for path in ("/MARKED", "/api/documents/MARKED?name=MARKED", "/api/tasks?MARKED"):
        get(address, path)
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(b"MARKED MARKED\r\n\r\n")
        connection.recv(4_096)
    said = process.stop()
    lines = [json.loads(line) for line in said.splitlines()]
    assert "MARKED" not in said
    assert sum(line["logger"] == "bauhinia.access" for line in lines) >= 4
    assert any(line["message"].startswith("Stopping.") for line in lines)
