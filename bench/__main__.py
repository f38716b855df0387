"""Every benchmark in turn: `python -m bench`; or some: `python -m bench start gateway`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
QUICK_FIRST = ("start", "gateway", "documents", "pipeline", "quality")
PARTS = {
    "__main__", "report", "in_process", "long_documents", "complete_files", "peer_readers", "dying_worker",
    "kept_vectors", "made_library", "peer_litellm", "peer_presidio", "obeying",
}  # fmt: skip
"""What benchmarks are made of."""


def main() -> int:
    """The number of benchmarks that failed."""
    there = {path.stem for path in HERE.glob("*.py")} - PARTS
    chosen = sys.argv[1:] or [name for name in QUICK_FIRST if name in there] + sorted(there - {*QUICK_FIRST})
    failed = []
    for name in chosen:
        print(f"== {name}", file=sys.stderr, flush=True)
        if subprocess.run([sys.executable, HERE / f"{name}.py"], check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
