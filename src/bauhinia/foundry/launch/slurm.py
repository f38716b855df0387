"""Slurm: a batch file for any script of the others, one task a node."""

from __future__ import annotations

import math

from .job import Job

SPARE = 1.25
"""Time asked for, beside the time planned."""
CPUS_A_GPU = 8


def directives(job: Job) -> dict[str, str | None]:
    """Options of sbatch; None where the option takes no value."""
    return {
        "job-name": f"{job.recipe}-{job.name}",
        "nodes": str(job.nodes),
        "ntasks-per-node": "1",
        "gpus-per-node": str(job.node_gpus),
        "cpus-per-task": str(CPUS_A_GPU * job.node_gpus),
        "mem": "0",
        "exclusive": None,
        "time": limit(job.hours),
        "output": f"{job.name}-%j.out",
        "open-mode": "append",
        "requeue": None,
    }


def batch(job: Job, launcher: str) -> str:
    """The batch file that runs a launcher's script of this job on every node."""
    given = [
        f"#SBATCH --{name}" + ("" if value is None else f"={value}")
        for name, value in directives(job).items()
    ]
    return "\n".join(
        [
            "#!/usr/bin/env bash",
            *given,
            job.header()
            + "# Submit it from the folder of the launch files; add your own partition and account.",
            "set -euo pipefail",
            'MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)',
            "export MASTER_ADDR MASTER_PORT=${MASTER_PORT:-29500}",
            f"srun --kill-on-bad-exit=1 bash {launcher}/{job.name}.sh",
            "",
        ]
    )


def limit(hours: float) -> str:
    """The time asked for, as sbatch reads it: days-hours:minutes:seconds, at least half an hour."""
    minutes = max(30, math.ceil(hours * SPARE * 60))
    days, rest = divmod(minutes, 24 * 60)
    return f"{days}-{rest // 60:02}:{rest % 60:02}:00"
