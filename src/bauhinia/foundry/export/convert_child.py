"""The process that runs llama.cpp's converter, and nothing else.

`convert` starts this file as a script, isolated (`python -I`), in an environment of its own. It reads one
line of JSON from standard input: `converter` (where its source lies), `model` (a Hugging Face folder), `out`
(the GGUF to write), `kind` (`f16`, `q8_0`...), `name` (the model's), `pre` (the pre-tokenizer's name where we
know it, else null), and `memory`, `seconds` and `bytes`, which the kernel holds it to. It opens no
connection and starts no process. It imports nothing of the product.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
from typing import Any

FORBIDDEN = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
    }
)


def main() -> None:
    """Convert as the order says; exit with 0 when the file is written."""
    order = json.loads(sys.stdin.buffer.readline())
    _confine(order)
    sys.path.insert(0, order["converter"])
    # Before every installed package: the converter needs the gguf that it came with.
    sys.path.insert(0, f"{order['converter']}/gguf-py")
    sys.addaudithook(_refuse)
    import convert_hf_to_gguf  # type: ignore[import-not-found]  # lies in the converter's source

    _do_without_sentencepiece()
    if order["pre"]:
        _name_pre_tokenizer(order["pre"])
    arguments = ["--outfile", order["out"], "--outtype", order["kind"], "--model-name", order["name"]]
    sys.argv = ["convert_hf_to_gguf.py", *arguments, order["model"]]
    convert_hf_to_gguf.main()


def _do_without_sentencepiece() -> None:
    """Where `sentencepiece` is not installed, no model has a tokenizer of that kind.

    The converter imports it for every Llama, and only then looks whether the model has a file for it.
    """
    from conversion.base import TextModel  # type: ignore[import-not-found]  # lies in the converter's source

    def none(_model: Any) -> None:
        raise FileNotFoundError("tokenizer.model")

    if importlib.util.find_spec("sentencepiece") is None:
        TextModel._set_vocab_sentencepiece = none


def _name_pre_tokenizer(name: str) -> None:
    """Tell the converter the pre-tokenizer's name where its own list of hashes does not have it."""
    from conversion.base import TextModel

    by_hash = TextModel.get_vocab_base_pre

    def found(self: Any, tokenizer: Any) -> str:
        try:
            return str(by_hash(self, tokenizer))
        except NotImplementedError:
            return name

    TextModel.get_vocab_base_pre = found


def _confine(order: dict[str, Any]) -> None:
    """Ask the kernel to hold this process to its limits, for good."""
    for what, most in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_CPU, order["seconds"]),
        (resource.RLIMIT_FSIZE, order["bytes"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FORBIDDEN:
        raise PermissionError(f"{event} is not for the converter")


if __name__ == "__main__":
    main()
