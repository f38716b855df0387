"""A GGUF in the embedded llama.cpp, for measuring: the same child process that serves the product's models.

What measures a raw model stands outside the one door on purpose; nothing that answers a person uses this.
"""

from __future__ import annotations

import http.client
import importlib.util
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from ...errors import InputError, MissingPart, ModelError
from ...models import llama_child
from ...models.embedded import BATCH_TOKENS, CACHE_MIB, STOP_SECONDS, choose_threads

REQUEST_SECONDS = 300.0
FORCE = 1e6
"""Added to the logit of the token that must come; what is reported is the probability without it."""
LISTED = (64, 4096, 1 << 24)
"""How many of the likeliest tokens are asked for, in turn, until the wanted one is among them."""


class NextToken(NamedTuple):
    """What the model thought of one token of a text."""

    log_probability: float
    """Of the token that stands there, nats."""
    best: int
    """The token that the model would have put there."""


class Served:
    """A model that answers on loopback while `served` holds it. For one thread; `read_all` makes its own."""

    def __init__(self, address: str, key: str, slots: int = 1) -> None:
        self.url = f"{address}/v1"
        self.key = key
        self.slots = slots
        self._address = address
        self._parts: set[int] = set()
        """Tokens that the server reports nothing of."""
        self._whole: int | None = None
        self._slot = -1
        """The server's slot that reads; -1 leaves it to the server."""
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=REQUEST_SECONDS)

    def close(self) -> None:
        """Close the connection; the model runs on."""
        self._connection.close()

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """The text's tokens; `special` adds what begins a text and reads special tokens as such."""
        body = {"content": text, "add_special": special, "parse_special": special}
        return list(self._ask("/tokenize", body)["tokens"])

    def text(self, tokens: Sequence[int]) -> str:
        """The tokens as text."""
        return str(self._ask("/detokenize", {"tokens": list(tokens)})["content"])

    def prompt(self, messages: Sequence[dict[str, str]]) -> str:
        """The messages as the model's chat template writes them, ready for an answer."""
        return str(self._ask("/apply-template", {"messages": list(messages)})["prompt"])

    def complete(self, prompt: str | Sequence[int], *, tokens: int) -> str:
        """What the model writes next, the likeliest token each time."""
        body = {
            "prompt": prompt if isinstance(prompt, str) else list(prompt),
            "n_predict": tokens,
            "temperature": 0,
        }
        return str(self._ask("/completion", body)["content"])

    def read(self, tokens: Sequence[int]) -> list[NextToken]:
        """What the model thinks of every token but the first, given those before it.

        One request a token: the beginning is in the model's cache, so each reads one token more.
        """
        return [self._next(tokens[:at], tokens[at]) for at in range(1, len(tokens))]

    def read_all(self, texts: Sequence[Sequence[int]]) -> list[list[NextToken]]:
        """`read` each text, as many at once as the server has slots: it then reads them in one batch."""
        waiting = iter(enumerate(texts))
        answers: list[list[NextToken]] = [[] for _ in texts]

        def work(slot: int) -> None:
            with closing(Served(self._address, self.key)) as reader:
                reader._slot = slot
                for place, text in waiting:
                    answers[place] = reader.read(text)

        with ThreadPoolExecutor(self.slots) as pool:
            for done in [pool.submit(work, slot) for slot in range(self.slots)]:
                done.result()
        return answers

    def _next(self, before: Sequence[int], token: int) -> NextToken:
        if token not in self._parts:
            for told in self._forced(before, token, listed=1):
                return NextToken(float(told["logprob"]), int(told["top_logprobs"][0]["id"]))
            # The server reports nothing of a token whose bytes are no whole character.
            self._parts.add(token)
        for listed in LISTED:
            (told,) = self._forced(before, self._whole_token(), listed=listed)
            best = int(told["top_logprobs"][0]["id"])
            for each in told["top_logprobs"]:
                if each["id"] == token:
                    return NextToken(float(each["logprob"]), best)
        raise ModelError(f"The model that is measured has no token {token}.")

    def _forced(self, before: Sequence[int], token: int, *, listed: int) -> list[dict[str, Any]]:
        """What the server reports when this token must come; `listed` tokens are reported beside it."""
        body = {
            "prompt": list(before),
            "n_predict": 1,
            "temperature": 0,
            "n_probs": listed,
            "logit_bias": [[token, FORCE]],
            "cache_prompt": True,
            "id_slot": self._slot,
        }
        told = self._ask("/completion", body).get("completion_probabilities", [])
        assert all(each["id"] == token for each in told), "the forced token comes"
        return list(told)

    def _whole_token(self) -> int:
        if self._whole is None:
            self._whole = self.tokens("a")[0]
        return self._whole

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        told = orjson.dumps(body)
        try:
            status, content = self._post(path, told, headers)
        except (OSError, http.client.HTTPException):
            # The server closes a connection that nobody used for some seconds; a new one serves as well.
            self._connection.close()
            try:
                status, content = self._post(path, told, headers)
            except (OSError, http.client.HTTPException) as error:
                raise ModelError("The model that is measured stopped answering.") from error
        if status != 200:
            said = content.decode(errors="replace")[:200]
            raise ModelError(f"The model that is measured answered HTTP {status}: {said}")
        return orjson.loads(content)

    def _post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        self._connection.request("POST", path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()


@contextmanager
def served(gguf: Path, *, context: int = 1024, slots: int = 1, threads: int = 0) -> Iterator[Served]:
    """Serve a GGUF on loopback, for measuring, until the block ends.

    Raises MissingPart without xllamacpp, InputError when llama.cpp cannot load the file.
    """
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingPart(
            "Measuring a GGUF needs the package xllamacpp, which is not installed.",
            hint='Run `pip install "bauhinia[embedded]"`.',
        )
    order = {
        "model": str(gguf),
        "alias": gguf.stem,
        "key": secrets.token_urlsafe(24),
        "context": context,
        "slots": slots,
        "threads": choose_threads(threads),
        "batch": BATCH_TOKENS,
        "cache_mib": CACHE_MIB,
    }
    with TemporaryFile() as said, _child(said) as child:
        model = Served(_started(child, order, said), str(order["key"]), slots)
        with closing(model):
            yield model


@contextmanager
def _child(said: Any) -> Iterator[subprocess.Popen[bytes]]:
    """The serving process; ends with the block."""
    script = [sys.executable, "-P", str(llama_child.__file__)]
    with subprocess.Popen(
        script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=None
    ) as child:
        try:
            yield child
        finally:
            assert child.stdin is not None
            with suppress(OSError):
                child.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
            child.kill()


def _started(child: subprocess.Popen[bytes], order: dict[str, Any], said: Any) -> str:
    """The address of a child that has loaded its model. Raises InputError."""
    assert child.stdin is not None and child.stdout is not None
    with suppress(BrokenPipeError):
        child.stdin.write(orjson.dumps(order) + b"\n")
        child.stdin.flush()
    line = child.stdout.readline()
    answer = orjson.loads(line) if line else {}
    if "address" not in answer:
        said.seek(0)
        last = said.read().decode(errors="replace").strip().splitlines()[-1:]
        raise InputError(
            f"llama.cpp could not load {Path(order['model']).name}.",
            hint=f"It said: {last[0] if last else answer.get('error', 'nothing')}",
        )
    return str(answer["address"])
