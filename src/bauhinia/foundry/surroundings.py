"""Where a run happened: the code, machine and packages that a second run would need to be the same."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .. import __version__

PACKAGES = (
    "accelerate",
    "datatrove",
    "gguf",
    "numpy",
    "pycantonese",
    "safetensors",
    "tokenizers",
    "torch",
    "transformers",
    "trl",
    "xllamacpp",
)
"""Those whose version can change a run's figures."""
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG")


def code() -> dict[str, Any]:
    """The version of this product, and the commit where it runs from a checkout."""
    found: dict[str, Any] = {"version": __version__}
    tree = Path(__file__).parents[3]
    if (tree / ".git").exists() and (commit := _git(tree, "rev-parse", "HEAD")):
        found |= {"commit": commit, "changed": bool(_git(tree, "status", "--porcelain", "--", "src"))}
    return found


def environment() -> dict[str, Any]:
    """The machine and what is installed on it."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": _memory(),
        "accelerators": _accelerators(),
        "variables": {name: os.environ[name] for name in THREAD_VARIABLES if name in os.environ},
        "packages": dict(_packages()),
    }


def load() -> float:
    """How many processes wanted a processor over the last minute: other people's work slows a run."""
    return round(os.getloadavg()[0], 1)


def _git(tree: Path, *arguments: str) -> str:
    if shutil.which("git") is None:
        return ""
    done = subprocess.run(["git", "-C", tree, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _packages() -> list[tuple[str, str]]:
    found = []
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> int:
    import psutil

    return int(psutil.virtual_memory().total)


def _accelerators() -> list[str]:
    if sys.platform != "linux" or shutil.which("nvidia-smi") is None:
        return []
    query = ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()] if done.returncode == 0 else []
