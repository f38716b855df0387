"""What the rehearsal of the foundry reached: held-out Cantonese and English, and the served DeepSeek's loss.

    python bench/foundry.py [FOLDER]

Without a folder everything is rehearsed first (`bauhinia foundry rehearse`, some twenty minutes on two idle
cores); with one, the figures are those of the rehearsal that it holds. Beside each stands the run without
replay, in which as many local tokens are read and English gets worse.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from report import record

MAIN, WITHOUT, SMALL = "rehearsal", "rehearsal-without-replay", "deepseek-tiny"


def main() -> None:
    """Rehearse unless it was done; record."""
    if len(sys.argv) > 1:
        keep(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory(prefix="bauhinia-rehearsal-") as name:
        bauhinia = str(Path(sys.executable).with_name("bauhinia"))
        subprocess.run(
            [bauhinia, "foundry", "rehearse", name, "--write", str(Path(name) / "out")], check=True
        )
        keep(Path(name))


def keep(folder: Path) -> None:
    """The figures of a rehearsal."""
    kept, forgot = suites(folder / MAIN), suites(folder / WITHOUT)
    cantonese, english = kept["bpb.cantonese"], kept["bpb.english"]
    record(
        "foundry.cantonese_bpb_drop",
        -100 * cantonese["change"],
        "%",
        beside=told(cantonese) | {"without replay": -100 * forgot["bpb.cantonese"]["change"]},
        target=">= 35",
    )
    record(
        "foundry.english_bpb_rise",
        100 * english["change"],
        "%",
        beside=told(english) | {"without replay": 100 * forgot["bpb.english"]["change"]},
        target="< 2",
    )
    exported = json.loads((folder / SMALL / "export" / "export.json").read_text("utf-8"))
    f16 = exported["files"]["model-f16.gguf"]
    beside = {"top-1 agreement, %": 100 * f16["top1_agreement"], "loss as served": f16["loss"]}
    record("foundry.gguf_loss_gap", 100 * f16["loss_gap"], "%", beside=beside, target="< 1")


def suites(run: Path) -> dict[str, Any]:
    """What a run's evaluation found."""
    found: dict[str, Any] = json.loads((run / "evaluation" / "results.json").read_text("utf-8"))["suites"]
    return found


def told(suite: dict[str, Any]) -> dict[str, float]:
    """Before and after, bits per byte, and how much was held out."""
    return {name: suite[name] for name in ("before", "after", "documents")}


if __name__ == "__main__":
    main()
