"""ms-swift's Megatron commands: text, instructions and preferences with full parameters, in safetensors."""

from __future__ import annotations

from .job import Job
from .shell import CLUSTER, command, options, script

FORMS = {"pretraining": "assistant", "instruction": "chat", "preference": "pairs"}
COMMANDS = {"pretraining": "pt", "instruction": "sft", "preference": "rlhf"}
ENVIRONMENT = """\
export PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True
export NNODES=$NODES NODE_RANK=$RANK MASTER_ADDR MASTER_PORT"""


def unsuited(job: Job) -> str:
    """Why it cannot run the job; empty where it can."""
    if job.work.kind not in COMMANDS:
        return "our rewards are programs that verl loads by path; use verl"
    return job.uneven(job.micro_batch)


def files(job: Job) -> dict[str, str]:
    """The script of one stage."""
    environment = f"{ENVIRONMENT} NPROC_PER_NODE={job.node_gpus}"
    run = command(["megatron", COMMANDS[job.work.kind]], options(arguments(job)))
    return {f"{job.name}.sh": script(job.header(), CLUSTER, environment, run)}


def arguments(job: Job) -> dict[str, object]:
    """The arguments of the command, by name; None where the tool's own default stands."""
    return {
        "model": job.model,
        "tuner_type": "full",
        "finetune": True,
        "dataset": job.data(FORMS[job.work.kind]),
        "load_from_cache_file": True,
        "split_dataset_ratio": 0.0,
        "max_length": job.work.length,
        "packing": True,
        **_layout(job),
        **_learning(job),
        **_experts(job),
        **(
            {"rlhf_type": "dpo", "beta": float(job.field("beta", 0.1))}
            if job.work.kind == "preference"
            else {}
        ),
        "save_safetensors": True,
        "output_dir": job.output,
        "add_version": False,
        "save_steps": int(job.field("checkpoint_every", 50)),
        "save_total_limit": 2,
        "logging_steps": 1,
        "dataloader_num_workers": 8,
        "dataset_num_proc": 8,
        "seed": job.seed,
    }


def _layout(job: Job) -> dict[str, object]:
    sharding = job.sharding
    recompute: dict[str, object] = {"recompute_granularity": "selective"}
    if sharding.checkpointing:
        recompute = {
            "recompute_granularity": "full",
            "recompute_method": "uniform",
            "recompute_num_layers": 1,
        }
    return {
        "tensor_model_parallel_size": sharding.tensor,
        "pipeline_model_parallel_size": sharding.pipeline,
        "decoder_last_pipeline_num_layers": job.last_stage_layers,
        "context_parallel_size": sharding.context,
        "sequence_parallel": sharding.tensor > 1,
        "micro_batch_size": job.micro_batch,
        "global_batch_size": job.work.rows,
        **recompute,
        "attention_backend": "flash",
        "cross_entropy_loss_fusion": True,
        # Megatron keeps FP32 masters; moments in BF16 leave room for them on the GPUs of the plan
        "use_precision_aware_optimizer": True,
        "exp_avg_dtype": "bf16",
        "exp_avg_sq_dtype": "bf16",
    }


def _learning(job: Job) -> dict[str, object]:
    wsd = job.field("schedule", "cosine") == "wsd"
    decay = max(1, round(job.work.steps * float(job.field("decay", 0.2))))
    first, second = job.betas
    return {
        "train_iters": job.work.steps,
        "lr": job.rate,
        "min_lr": job.least_rate,
        "lr_decay_style": "WSD" if wsd else "cosine",
        "lr_wsd_decay_iters": decay if wsd else None,
        "lr_warmup_iters": job.warm_up_steps,
        "weight_decay": float(job.field("weight_decay", 0.1)),
        "adam_beta1": first,
        "adam_beta2": second,
        "clip_grad": float(job.field("clip", 1.0)),
    }


def _experts(job: Job) -> dict[str, object]:
    if job.architecture.experts is None:
        return {}
    return {
        "expert_model_parallel_size": job.sharding.expert,
        "expert_tensor_parallel_size": 1,
        "moe_grouped_gemm": True,
        "moe_permute_fusion": True,
        "moe_shared_expert_overlap": job.architecture.experts.shared > 0,
        "moe_aux_loss_coeff": 0.0,
    }
