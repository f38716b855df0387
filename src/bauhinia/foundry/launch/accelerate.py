"""`accelerate` on one node or many: its FSDP2 file, and the script that starts our own trainer under it."""

from __future__ import annotations

import json
from typing import Any

import yaml

from .job import Job
from .shell import CLUSTER, command, options, script

KINDS = frozenset({"pretraining", "instruction", "preference", "reward"})
TRAINER = "bauhinia.foundry.training.launched"


def unsuited(job: Job) -> str:
    """Why accelerate cannot run the job; empty where it can."""
    if job.sharding.pipeline > 1 or job.sharding.expert > 1:
        return "accelerate's FSDP2 cuts neither pipelines nor experts"
    return ""


def files(job: Job) -> dict[str, str]:
    """The configuration, the job of our trainer, and the script of one stage."""
    return {
        f"{job.name}.yaml": job.header() + yaml.safe_dump(configuration(job), sort_keys=False),
        f"{job.name}.json": json.dumps(trainer_job(job), ensure_ascii=False, indent=1) + "\n",
        f"{job.name}.sh": _script(job),
    }


def configuration(job: Job) -> dict[str, Any]:
    """What accelerate's `ClusterConfig` reads."""
    sharding = job.sharding
    found: dict[str, Any] = {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": "FSDP",
        "mixed_precision": "bf16",
        "num_machines": job.nodes,
        "num_processes": sharding.gpus,
        "machine_rank": 0,
        "main_process_ip": "127.0.0.1",
        "main_process_port": 29500,
        "rdzv_backend": "static" if job.nodes == 1 else "c10d",
        "same_network": True,
        "main_training_function": "main",
        "fsdp_config": {
            "fsdp_version": 2,
            "fsdp_reshard_after_forward": sharding.zero == 3,
            "fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
            "fsdp_state_dict_type": "SHARDED_STATE_DICT",
            "fsdp_activation_checkpointing": sharding.checkpointing,
            "fsdp_offload_params": False,
            "fsdp_cpu_ram_efficient_loading": True,
        },
    }
    if sharding.tensor > 1 or sharding.context > 1:
        found["parallelism_config"] = {
            "parallelism_config_dp_replicate_size": 1,
            "parallelism_config_dp_shard_size": sharding.data,
            "parallelism_config_tp_size": sharding.tensor,
            "parallelism_config_cp_size": sharding.context,
        }
    return found


def trainer_job(job: Job) -> dict[str, Any]:
    """What our trainer's own program reads; its paths are those of a run, seen from the run's folder."""
    config = {key: value for key, value in job.work.fields.items() if key not in ("name", "kind")}
    return {
        "stage": {"kind": job.work.kind, "config": config},
        "model": job.run_model,
        "corpus": job.corpus,
        "folder": job.work.name,
        "seed": job.seed,
    }


def launch_options(job: Job) -> dict[str, object]:
    """Options of `accelerate launch` itself: this node's place in the cluster."""
    return {
        "config_file": f"$HERE/accelerate/{job.name}.yaml",
        "num_machines": "$NODES",
        "machine_rank": "$RANK",
        "main_process_ip": "$MASTER_ADDR",
        "main_process_port": "$MASTER_PORT",
    }


def _script(job: Job) -> str:
    run = "RUN=${RUN:?the folder of the run, whose corpus and base are there}"
    told = [*options(launch_options(job)), f"-m {TRAINER}", f'"$HERE/accelerate/{job.name}.json"']
    return script(job.header(), CLUSTER, run, 'cd "$RUN"', command(["accelerate", "launch"], told))
