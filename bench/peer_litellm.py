"""LiteLLM's proxy with its database, for `gateway.py` to measure beside the product.

    python bench/peer_litellm.py FOLDER        # once, about four minutes: pip, npm, its database client
    LITELLM_FOLDER=FOLDER python bench/gateway.py

The proxy runs as its users run it: one worker, its PostgreSQL (the same build and settings as the product's),
a key of its own with a budget, prices, a row of spending a request. Its database client wants a native engine
from a host of Prisma's own; `peer_litellm_engine/` has the same engine as WebAssembly in its place, in a
process of its own that no figure counts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bauhinia.store.postgres import EmbeddedPostgres, binaries

LITELLM = "litellm[proxy]==1.108.7"
CLIENT = "prisma==0.15.0"
ENGINE = Path(__file__).parent / "peer_litellm_engine"
MASTER_KEY = "sk-bench-0123456789abcdef"
DATABASE = "litellm"
PSQL = (str(binaries() / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")


@dataclass(frozen=True)
class Made:
    """What `make` left in a folder."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter that can import LiteLLM."""
        return self.folder / "venv" / "bin" / "python"

    @property
    def engine(self) -> Path:
        """The program that stands in for Prisma's native query engine."""
        return self.folder / "engine" / "query_engine.cjs"

    @property
    def packages(self) -> Path:
        """Where the interpreter's packages lie."""
        return next((self.folder / "venv" / "lib").glob("python*/site-packages"))


def make(folder: Path) -> None:
    """Install LiteLLM and its database client into `folder`. Raises CalledProcessError where a step fails."""
    made = Made(folder.absolute())
    shutil.copytree(ENGINE, made.engine.parent, dirs_exist_ok=True)
    made.engine.chmod(0o755)
    run("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", cwd=made.engine.parent)
    run(sys.executable, "-m", "venv", str(made.folder / "venv"))
    run(str(made.python), "-m", "pip", "install", "--quiet", LITELLM, CLIENT)
    command_line = made.engine.parent / "node_modules" / "prisma" / "build" / "index.js"
    schema = made.packages / "litellm" / "proxy" / "schema.prisma"
    settings = {
        "PATH": f"{made.python.parent}:{os.environ['PATH']}",
        "PRISMA_CLI_QUERY_ENGINE_TYPE": "binary",
        "PRISMA_QUERY_ENGINE_BINARY": str(made.engine),
        "PRISMA_SCHEMA_ENGINE_BINARY": str(made.engine),
        # The engine's version is not read out of a file that is no program of Prisma's.
        "PRISMA_PY_DEBUG_GENERATOR": "1",
    }
    run("node", str(command_line), "generate", "--schema", str(schema), settings=settings)


def run(*command: str, cwd: Path | None = None, settings: dict[str, str] | None = None) -> None:
    """Run one step of the making; what it prints is shown."""
    subprocess.run(command, cwd=cwd, env=os.environ | (settings or {}), check=True)


def found() -> Made | None:
    """What LITELLM_FOLDER names, or None where it names nothing that was made."""
    made = Made(Path(os.environ.get("LITELLM_FOLDER", "")).absolute())
    return made if os.environ.get("LITELLM_FOLDER") and made.python.exists() else None


@contextmanager
def database(made: Made, folder: Path) -> Iterator[str]:
    """A cluster of its own in `folder` with LiteLLM's tables; its address."""
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    try:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        url = postgres.url(DATABASE).replace("@/", "@localhost/")
        migrations = made.packages / "litellm_proxy_extras" / "migrations"
        for migration in sorted(migrations.glob("*/migration.sql")):
            run(
                *PSQL, "-d", url, "-f", str(migration), settings={"PGOPTIONS": "-c client_min_messages=error"}
            )
        yield url
    finally:
        postgres.stop()


def command(made: Made, folder: Path, url: str, upstream: str, model: str, port: int) -> list[str]:
    """How the proxy is started, its configuration written into `folder`."""
    config = folder / "litellm.yaml"
    config.write_text(
        f"model_list:\n- model_name: {model}\n  litellm_params:\n    model: openai/{model}\n"
        f"    api_base: {upstream}\n    api_key: none\n"
        "    input_cost_per_token: 0.000001\n    output_cost_per_token: 0.000002\n"
        f"general_settings:\n  master_key: {MASTER_KEY}\n  database_url: {url}\n"
    )
    return [str(made.python.with_name("litellm")), "--config", str(config), "--port", str(port)]


def settings(made: Made, url: str) -> dict[str, str]:
    """The environment that the proxy needs: no price list from outside, its tables as they are."""
    return {
        "DATABASE_URL": url,
        "DISABLE_SCHEMA_UPDATE": "true",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_LOG": "ERROR",
        "LITELLM_SALT_KEY": "sk-salt-of-the-benchmark",
        "PATH": f"{made.python.parent}:{os.environ['PATH']}",
        "PRISMA_QUERY_ENGINE_BINARY": str(made.engine),
    }


def a_key(port: int, model: str, patience: float = 60) -> str:
    """A key with a budget that is never used up, once the proxy takes it.

    Raises RuntimeError when it does not in `patience` seconds: it makes views of its database as it starts.
    """
    until = time.monotonic() + patience
    key = str(_post(port, "/key/generate", MASTER_KEY, {"max_budget": 1_000_000})["key"])
    question = {"model": model, "messages": [{"role": "user", "content": "Good morning"}]}
    while True:
        try:
            _post(port, "/v1/chat/completions", key, question)
        except urllib.error.HTTPError as error:
            if time.monotonic() > until:
                raise RuntimeError(f"LiteLLM does not take its key: {error.read()[:500]!r}") from error
            time.sleep(1)
        else:
            return key


def rows_of_spending(url: str, wanted: int, patience: float = 60) -> int:
    """How many requests its database has a row for; it writes them by and by, so this waits for `wanted`."""
    until, rows = time.monotonic() + patience, 0
    with psycopg.connect(url, autocommit=True) as connection:
        while rows < wanted and time.monotonic() < until:
            time.sleep(1)
            with suppress(psycopg.Error):
                found = connection.execute('SELECT count(*) FROM "LiteLLM_SpendLogs" WHERE total_tokens > 0')
                rows = int((found.fetchone() or (0,))[0])
    return rows


def _post(port: int, path: str, key: str, body: dict[str, object]) -> dict[str, object]:
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data=json.dumps(body).encode(), headers=headers
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, object] = json.load(response)
        return answer


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python bench/peer_litellm.py FOLDER")
    make(Path(sys.argv[1]))
    print(f"LiteLLM is ready. Measure it: LITELLM_FOLDER={sys.argv[1]} python bench/gateway.py")
