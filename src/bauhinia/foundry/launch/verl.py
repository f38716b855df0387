"""verl: reinforcement learning by GRPO with Megatron workers, as overrides of its own configuration."""

from __future__ import annotations

import json

from .job import Job
from .shell import CLUSTER, command, script

OPEN = "+"
"""Before a key that the configuration does not have yet, in a record that takes any."""
LEAST_MARGIN = 1024
"""Tokens beside a row's, for templates."""


def unsuited(job: Job) -> str:
    """Why it cannot run the job; empty where it can."""
    return job.uneven(1) if job.work.kind == "reward" else "verl is for rewards"


def files(job: Job) -> dict[str, str]:
    """The script of one stage, for the head of a Ray cluster."""
    told = [_written(key, value) for key, value in overrides(job).items()]
    run = command(["python3 -m verl.trainer.main_ppo"], told)
    environment = "export CUDA_DEVICE_MAX_CONNECTIONS=1 NCCL_NVLS_ENABLE=0"
    ray = (
        'if [ "$RANK" != 0 ]; then exec ray start --address "$MASTER_ADDR:6379" --block; fi\n'
        "ray start --head --port 6379\n"
        'until [ "$(ray status 2>/dev/null | grep -c " node_")" -ge "$NODES" ]; do sleep 5; done'
    )
    return {f"{job.name}.sh": script(job.header() + _warning(job), CLUSTER, environment, ray, run)}


def _warning(job: Job) -> str:
    """What its authors ask of a model that predicts further tokens, or is stored in FP8."""
    if not job.architecture.predictors:
        return ""
    return (
        "# First, in the model's config.json, set num_nextn_predict_layers to 0 and remove\n"
        "# quantization_config: verl trains neither layers that predict further tokens nor FP8.\n"
    )


def overrides(job: Job) -> dict[str, object]:
    """Keys of verl's configuration and their values; a key that is new begins with `+`."""
    return {"model_engine": "megatron", **_data(job), **_actor(job), **_rollout(job), **_trainer(job)}


def _data(job: Job) -> dict[str, object]:
    work = job.work
    return {
        "algorithm.adv_estimator": "grpo",
        "algorithm.use_kl_in_reward": False,
        "data.train_files": job.data("prompts"),
        "data.val_files": job.data("prompts"),
        "data.train_batch_size": max(1, work.rows // _generations(job)),
        "data.max_prompt_length": work.prompt,
        "data.max_response_length": work.answer,
        "data.filter_overlong_prompts": True,
        "data.truncation": "error",
        "data.seed": job.seed,
        "reward.custom_reward_function.path": "reward.py",
        "reward.custom_reward_function.name": "compute_score",
    }


def _actor(job: Job) -> dict[str, object]:
    beta = float(job.field("beta", 0.0))
    actor = "actor_rollout_ref.actor"
    found: dict[str, object] = {
        "actor_rollout_ref.model.path": job.model,
        f"{actor}.optim.lr": job.rate,
        f"{actor}.optim.lr_warmup_steps": job.warm_up_steps,
        f"{actor}.optim.weight_decay": float(job.field("weight_decay", 0.1)),
        f"{actor}.optim.clip_grad": float(job.field("clip", 1.0)),
        f"{actor}.ppo_mini_batch_size": max(1, job.work.rows // _generations(job)),
        f"{actor}.use_dynamic_bsz": True,
        f"{actor}.ppo_max_token_len_per_gpu": job.work.length + LEAST_MARGIN,
        f"{actor}.use_kl_loss": beta > 0,
        f"{actor}.kl_loss_coef": beta,
    }
    for part in ("actor", "ref"):
        found |= _megatron(job, f"actor_rollout_ref.{part}.megatron")
    found[f"{actor}.megatron.optimizer_offload"] = True
    transformer = f"{actor}.megatron.override_transformer_config"
    if job.sharding.checkpointing:
        found |= {
            f"{transformer}.recompute_granularity": "full",
            f"{transformer}.recompute_method": "uniform",
            f"{transformer}.recompute_num_layers": 1,
        }
    if job.last_stage_layers is not None:
        found[f"{OPEN}{transformer}.num_layers_in_last_pipeline_stage"] = job.last_stage_layers
    return found


def _megatron(job: Job, place: str) -> dict[str, object]:
    sharding = job.sharding
    return {
        f"{place}.tensor_model_parallel_size": sharding.tensor,
        f"{place}.pipeline_model_parallel_size": sharding.pipeline,
        f"{place}.expert_model_parallel_size": sharding.expert,
        f"{place}.expert_tensor_parallel_size": 1,
        f"{place}.context_parallel_size": sharding.context,
        f"{place}.param_offload": True,
        f"{place}.use_mbridge": True,
    }


def _rollout(job: Job) -> dict[str, object]:
    rollout = "actor_rollout_ref.rollout"
    return {
        f"{rollout}.name": "vllm",
        f"{rollout}.tensor_model_parallel_size": _rollout_gpus(job),
        f"{rollout}.gpu_memory_utilization": 0.6,
        f"{rollout}.n": _generations(job),
        f"{rollout}.temperature": float(job.field("temperature", 1.0)),
        f"{rollout}.log_prob_use_dynamic_bsz": True,
        f"{rollout}.log_prob_max_token_len_per_gpu": job.work.length + LEAST_MARGIN,
        "actor_rollout_ref.ref.log_prob_use_dynamic_bsz": True,
        "actor_rollout_ref.ref.log_prob_max_token_len_per_gpu": job.work.length + LEAST_MARGIN,
    }


def _trainer(job: Job) -> dict[str, object]:
    return {
        "trainer.project_name": job.recipe,
        "trainer.experiment_name": job.name,
        "trainer.logger": ["console", "tensorboard"],
        "trainer.nnodes": job.nodes,
        "trainer.n_gpus_per_node": job.node_gpus,
        "trainer.total_training_steps": job.work.steps,
        "trainer.total_epochs": job.work.steps,
        "trainer.save_freq": int(job.field("checkpoint_every", 50)),
        "trainer.test_freq": -1,
        "trainer.val_before_train": False,
        "trainer.resume_mode": "auto",
        "trainer.default_local_dir": job.output,
    }


def _generations(job: Job) -> int:
    return int(job.field("generations", 4))


def _rollout_gpus(job: Job) -> int:
    """GPUs that one copy of the model writes on: the fewest that hold its weights with as much again."""
    from ..planning import count

    needed = 2 * 2 * count(job.architecture).total / (job.hardware.memory_gb * 1e9)
    size = 1
    while size < needed and size < job.sharding.gpus:
        size *= 2
    return size


def _written(key: str, value: object) -> str:
    if isinstance(value, bool):
        return f"{key}={value}"
    if isinstance(value, list):
        return f"{key}='{json.dumps(value, separators=(',', ':'))}'"
    return f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}"


def reward(job: Job) -> str:
    """The file that verl loads its reward from: the foundry's own, so Bauhinia is installed beside verl."""
    names = tuple(job.field("rewards", ("same_script",)))
    characters = int(job.field("answer_characters", 200))
    return (
        job.header()
        + '"""The reward that verl loads by path: the mean of rewards of the foundry."""\n\n'
        + "from bauhinia.foundry.training.config import RewardConfig\n"
        + "from bauhinia.foundry.training.rewards import reward_of\n\n"
        + f"CONFIG = RewardConfig(rewards={names!r}, answer_characters={characters})\n"
        + "REWARDS = [reward_of(name, CONFIG) for name in CONFIG.rewards]\n\n\n"
        + "def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):\n"
        + '    """A number from 0 to 1 for one answer."""\n'
        + '    question = (extra_info or {}).get("prompt", "")\n'
        + "    return sum(reward(question, solution_str) for reward in REWARDS) / len(REWARDS)\n"
    )
