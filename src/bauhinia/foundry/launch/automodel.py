"""NeMo Automodel: the YAML of a full-parameter run, FSDP2 with pipelines and experts, from safetensors.

The layout, the backend and the pipeline's fields are those of its own DeepSeek recipes (32 nodes of 8 H100).
"""

from __future__ import annotations

from typing import Any

import yaml

from .job import Job
from .shell import CLUSTER, command, script

KINDS = frozenset({"pretraining", "instruction"})
COMPONENTS = "nemo_automodel.components"
TOKENIZER = "nemo_automodel._transformers.auto_tokenizer.NeMoAutoTokenizer.from_pretrained"


def unsuited(job: Job) -> str:
    """Why it cannot run the job; empty where it can."""
    if job.work.kind not in KINDS:
        return "NeMo Automodel trains on text and on instructions only"
    return job.uneven(_local_batch(job))


def files(job: Job) -> dict[str, str]:
    """The recipe and the script of one stage."""
    return {
        f"{job.name}.yaml": job.header() + yaml.safe_dump(configuration(job), sort_keys=False, width=100),
        f"{job.name}.sh": _script(job),
    }


def configuration(job: Job) -> dict[str, Any]:
    """What `TrainFinetuneRecipeForNextTokenPrediction` reads, section by section."""
    work = job.work
    found: dict[str, Any] = {
        "recipe": "TrainFinetuneRecipeForNextTokenPrediction",
        "seed": job.seed,
        "step_scheduler": {
            "global_batch_size": work.rows,
            "local_batch_size": _local_batch(job),
            "max_steps": work.steps,
            "num_epochs": max(1, int(job.field("epochs", 1))),
            "ckpt_every_steps": int(job.field("checkpoint_every", 50)),
            "save_checkpoint_every_epoch": False,
        },
        "dist_env": {"backend": "nccl", "timeout_minutes": 30},
        "rng": {"_target_": f"{COMPONENTS}.training.rng.StatefulRNG", "seed": job.seed, "ranked": True},
        "model": _model(job),
        "checkpoint": {
            "enabled": True,
            "checkpoint_dir": job.output,
            "model_save_format": "safetensors",
            "save_consolidated": "final",
            "max_recent_checkpoints": 2,
            # the hub holds DeepSeek-V3 in FP8
            "dequantize_base_checkpoint": job.first and job.architecture.latent is not None,
        },
        "distributed": _distributed(job),
        "loss_fn": {"_target_": f"{COMPONENTS}.loss.masked_ce.MaskedCrossEntropy", "fp32_upcast": True},
        "dataset": _dataset(job),
        "dataloader": _dataloader(job),
        "optimizer": {
            "_target_": "torch.optim.AdamW",
            "lr": job.rate,
            "betas": list(job.betas),
            "eps": 1e-8,
            "weight_decay": float(job.field("weight_decay", 0.1)),
        },
        "lr_scheduler": {
            "lr_decay_style": "WSD" if job.field("schedule", "cosine") == "wsd" else "cosine",
            "lr_warmup_steps": job.warm_up_steps,
            "min_lr": job.least_rate,
        },
        "clip_grad_norm": {"max_norm": float(job.field("clip", 1.0))},
    }
    if found["lr_scheduler"]["lr_decay_style"] == "WSD":
        found["lr_scheduler"] |= {
            "wsd_decay_steps": max(1, round(work.steps * float(job.field("decay", 0.2)))),
            "lr_wsd_decay_style": "cosine",
        }
    if job.architecture.experts:
        found["moe_metrics"] = {"enabled": True, "mode": "brief"}
    return found


def _local_batch(job: Job) -> int:
    """Rows of a GPU at once; a pipeline needs as many as it has stages, and is busier with twice as many."""
    stages = job.sharding.pipeline
    if stages == 1:
        return job.micro_batch
    twice = 2 * stages * job.micro_batch
    return stages * job.micro_batch if job.uneven(twice) else twice


def _model(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = {
        "_target_": "nemo_automodel.NeMoAutoModelForCausalLM.from_pretrained",
        "pretrained_model_name_or_path": job.model,
    }
    if job.architecture.experts:
        found["backend"] = {
            "_target_": f"{COMPONENTS}.models.common.BackendConfig",
            "attn": "te",
            "linear": "te",
            "rms_norm": "torch_fp32",
            "rope_fusion": False,
            "experts": "torch_mm",
            "dispatcher": "deepep",
            "fake_balanced_gate": False,
            "enable_hf_state_dict_adapter": True,
            "enable_fsdp_optimizations": True,
        }
    return found


def _distributed(job: Job) -> dict[str, Any]:
    sharding = job.sharding
    found: dict[str, Any] = {
        "strategy": "fsdp2",
        "tp_size": sharding.tensor,
        "cp_size": sharding.context,
        "pp_size": sharding.pipeline,
        "ep_size": sharding.expert,
        "sequence_parallel": False,
        "activation_checkpointing": sharding.checkpointing,
    }
    if sharding.pipeline > 1:
        found["pipeline"] = {
            "pp_schedule": "interleaved1f1b",
            "pp_microbatch_size": job.micro_batch,
            "round_virtual_stages_to_pp_multiple": "down",
            "scale_grads_in_schedule": False,
            "patch_inner_model": False,
            "patch_causal_lm_model": False,
            "layers_per_stage": 2,
        }
    if sharding.expert > 1:
        found["moe"] = {"reshard_after_forward": False, "wrap_outer_model": False}
    return found


def _dataset(job: Job) -> dict[str, Any]:
    if job.work.kind == "pretraining":
        return {
            "_target_": f"{COMPONENTS}.datasets.llm.megatron_dataset.MegatronPretraining",
            "paths": f"data/{job.name}_text_document",
            "index_mapping_dir": f"data/{job.name}-index",
            "tokenizer": {"_target_": TOKENIZER, "pretrained_model_name_or_path": job.model},
            "seq_length": job.work.length,
            "split": "1.0, 0.0, 0.0",
            "splits_to_build": "train",
            "seed": job.seed,
        }
    return {
        "_target_": f"{COMPONENTS}.datasets.llm.chat_dataset.ChatDataset",
        "path_or_dataset_id": job.data("chat"),
        "split": "train",
        "seq_length": job.work.length,
        "padding": "do_not_pad",
        "truncation": True,
        "shuffle_seed": job.seed,
    }


def _dataloader(job: Job) -> dict[str, Any]:
    found: dict[str, Any] = {"_target_": "torchdata.stateful_dataloader.StatefulDataLoader"}
    if job.work.kind == "pretraining":
        return found | {"collate_fn": "torch.utils.data.default_collate", "dataloader_type": "single"}
    # every stage of a pipeline sees rows of one length
    length = job.work.length if job.sharding.pipeline > 1 else 128
    collate = {"_target_": f"{COMPONENTS}.datasets.utils.default_collater", "pad_seq_len_divisible": length}
    return found | {"collate_fn": collate, "shuffle": True}


def _script(job: Job) -> str:
    """Text is made into Megatron's index by the tool's own program first; `AUTOMODEL` is a checkout of it."""
    parts = [CLUSTER]
    if job.work.kind == "pretraining":
        prepare = command(
            ["python", '"$AUTOMODEL/tools/preprocess_megatron_dataset.py"'],
            [
                f"--input {job.data('text')}",
                "--json-keys text",
                f"--output-prefix {job.name}",
                "--output-path data",
                f"--workers {8 * job.node_gpus}",
                "--append-eod",
                f"--pretrained-model-name-or-path {job.model}",
            ],
        )
        parts += [
            "AUTOMODEL=${AUTOMODEL:?a checkout of NVIDIA-NeMo/Automodel}",
            f'if [ "$RANK" = 0 ] && [ ! -e data/{job.name}_text_document.idx ]; then',
            prepare,
            "fi",
            f"until [ -e data/{job.name}_text_document.idx ]; do sleep 10; done",
        ]
    run = command(
        ["torchrun"],
        [
            f"--nproc_per_node={job.node_gpus}",
            '--nnodes="$NODES"',
            '--node_rank="$RANK"',
            "--rdzv_backend=c10d",
            '--rdzv_endpoint="$MASTER_ADDR:$MASTER_PORT"',
            f"-m nemo_automodel.cli.app automodel/{job.name}.yaml",
        ],
    )
    return script(job.header(), *parts, run)
