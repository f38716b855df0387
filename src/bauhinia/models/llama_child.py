"""The process that runs llama.cpp, and nothing else: a crash in native code ends it and not the server.

`EmbeddedBackend` starts this file as a script. It reads one line of JSON from standard input (below), loads
the model, answers with one line of JSON on standard output (`{"address": ...}` or `{"error": ...}`), and
serves on loopback until its standard input ends or its parent is gone. What llama.cpp prints goes to
standard error. It imports nothing of the product, so that it starts fast and stays small.

The line: `model` path, `alias` name, `key` API key, `context` tokens a slot, `slots`, `threads`,
`batch` tokens read at a time, `cache_mib` memory for prompts read before.
"""

from __future__ import annotations

import json
import os
import select
import sys
import threading
from typing import Any

PARENT_SECONDS = 1.0
"""How often it looks whether its parent is still there."""


def main() -> None:
    """Serve until the parent lets go."""
    answer_to = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    parent = os.getppid()
    order = json.loads(sys.stdin.buffer.readline())
    watcher = threading.Thread(target=_leave_with_parent, args=(parent,))
    watcher.start()
    try:
        server = _serve(order)
    except Exception as error:
        print(json.dumps({"error": f"{error}"}), file=answer_to, flush=True)
        os._exit(1)
    print(json.dumps({"address": server.listening_address}), file=answer_to, flush=True)
    watcher.join()


def _serve(order: dict[str, Any]) -> Any:
    """The running `xllamacpp.Server`; raises RuntimeError when the model cannot be loaded."""
    # OpenMP reads this when xllamacpp is loaded. Threads that wait must sleep: spinning ones take the core
    # that another process or their own fellow needs, and slow the model twentyfold on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.model_alias = {order["alias"]}
    params.api_keys = [order["key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.n_parallel = order["slots"]
    params.n_ctx = order["context"] * order["slots"]
    params.n_batch = params.n_ubatch = order["batch"]
    params.cache_ram_mib = order["cache_mib"]
    params.verbosity = 2
    for threads in (params.cpuparams, params.cpuparams_batch):
        threads.n_threads = order["threads"]
        threads.poll = 0
    return xllamacpp.Server(params)


def _leave_with_parent(parent: int) -> None:
    """End the process when standard input ends or the parent has died."""
    while os.getppid() == parent:
        readable, _, _ = select.select([0], [], [], PARENT_SECONDS)
        if readable and not os.read(0, 4096):
            break
    os._exit(0)


if __name__ == "__main__":
    main()
