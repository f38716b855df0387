"""What every kind of training does around its trainer: load, resume, watch, save, account for all of it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback

from ...errors import Cancelled, Conflict, InputError, MissingPart, StoreError
from ..report import Report
from . import checkpoints
from .attention import NAME, register
from .average import Average
from .changed import fingerprints, require_changed
from .config import TrainingConfig
from .figures import TrainingFigures
from .watching import LOSSES, SAMPLES, Log, Losses, Sampling, Stopping

MODEL = "model"
CHECKPOINTS = "checkpoints"
UNCHANGING = {"threads", "tracking", "checkpoint_every", "keep_checkpoints", "sample_every", "sample_prompts",
              "sample_tokens"}  # fmt: skip
"""Settings on which no loss depends: a run may go on with others."""


def processes() -> int:
    """How many train together (as torchrun and accelerate say it)."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Which of them this is."""
    return int(os.environ.get("RANK", "0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One training stage: what it starts from and where it writes."""

    config: TrainingConfig
    model: Path
    corpus: Path
    folder: Path
    seed: int
    report: Report

    @property
    def checkpoints(self) -> Path:
        """Where the checkpoints are."""
        return self.folder / CHECKPOINTS

    def digest(self, rows: str, base: dict[str, str]) -> str:
        """Of all that decides the losses: settings, seed, processes, rows, and the base's fingerprints."""
        settings = self.config.model_dump(mode="json", exclude=UNCHANGING)
        whole = json.dumps([settings, self.seed, processes(), rows, base], sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()

    def resumes_from(self, digest: str) -> Path | None:
        """The checkpoint to go on from, with the logs cut back to it."""
        checkpoint = checkpoints.latest(self.checkpoints)
        if checkpoint is not None and checkpoints.state_of(checkpoint)["digest"] != digest:
            raise Conflict(
                "The checkpoint here was made with other settings, another base or another corpus.",
                hint=f"Run with what it was made with, or remove {self.checkpoints.name}/ to start again.",
            )
        if rank() == 0:
            for name in (LOSSES, SAMPLES):
                checkpoints.cut_after(
                    self.folder / name, checkpoints.step_of(checkpoint) if checkpoint else 0
                )
        return checkpoint


def load_tokenizer(model: Path) -> Any:
    """The tokenizer beside a model; it pads with its end where it has nothing else."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    if tokenizer.eos_token_id is None:
        raise InputError(
            "The model's tokenizer has no sign for the end of a text.", hint="Set its eos_token."
        )
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(model: Path, attention: str) -> Any:
    """The model in float32: updates at these rates would be rounded away in bfloat16."""
    if attention == NAME:
        register()
    loaded = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, attn_implementation=attention)
    for parameter in loaded.parameters():
        parameter.requires_grad_(True)
    return loaded


def arguments(stage: Stage, *, steps: int, micro_batch: int) -> dict[str, Any]:
    """What is given to TRL's config of every kind of trainer."""
    config, gpu = stage.config, torch.cuda.is_available()
    recompute = gpu if config.recompute_activations is None else config.recompute_activations
    return {
        "output_dir": str(stage.checkpoints), "max_steps": steps, "seed": stage.seed,
        "per_device_train_batch_size": micro_batch,
        "gradient_accumulation_steps": config.batch // (micro_batch * processes()),
        "learning_rate": config.learning_rate, "weight_decay": config.weight_decay,
        "adam_beta1": config.beta_1, "adam_beta2": config.beta_2, "max_grad_norm": config.clip,
        "optim": "adamw_torch_fused", "bf16": gpu, "use_cpu": not gpu,
        "gradient_checkpointing": recompute, "logging_steps": 1, "logging_nan_inf_filter": False,
        "save_steps": config.checkpoint_every, "save_total_limit": None, "report_to": _tracker(stage),
        "disable_tqdm": True, "dataloader_pin_memory": gpu, "train_sampling_strategy": "sequential",
    } | _sharded(recompute)  # fmt: skip


def micro_batch(config: TrainingConfig) -> int:
    """Rows a process computes at once."""
    each, left = divmod(config.batch, processes())
    if left or (config.micro_batch and each % config.micro_batch):
        raise InputError(
            f"A batch of {config.batch} cannot be shared by {processes()} processes.",
            hint="Make batch a multiple of the processes, and of micro_batch times the processes.",
        )
    return config.micro_batch or each


@contextmanager
def quiet(threads: int | None) -> Iterator[None]:
    """Libraries keep to warnings that matter, and to the threads they are given."""
    import datasets

    level, before = transformers.logging.get_verbosity(), torch.get_num_threads()
    transformers.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    transformers.logging.disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    try:
        with warnings.catch_warnings():
            # TRL calls by their old names what Transformers has renamed.
            warnings.filterwarnings("ignore", ".*is deprecated and will be removed in v6", FutureWarning)
            yield
    finally:
        transformers.logging.set_verbosity(level)
        transformers.logging.enable_progress_bar()
        datasets.enable_progress_bars()
        torch.set_num_threads(before)


def require_room(
    folder: Path, parameters: int, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> None:
    """Two checkpoints and the model stand side by side for a moment; where they cannot, nothing is begun."""
    copies = 8  # two checkpoints of weights and two moments, and the model beside its former self
    needed = parameters * 4 * copies
    if free(folder) < needed:
        raise StoreError(
            f"The disk has {free(folder) / 2**30:.1f} GiB free, and training may need {needed / 2**30:.1f}.",
            hint="Make room, or put the run on another disk with --out.",
        )


@contextmanager
def when_full() -> Iterator[None]:
    """A disk that fills up on the way is told as such, by whichever library met it."""
    try:
        yield
    except Exception as error:
        if getattr(error, "errno", None) != errno.ENOSPC and "No space left on device" not in str(error):
            raise
        raise StoreError(
            "The disk is full; the last whole checkpoint is kept.", hint="Make room, and resume the run."
        ) from error


def run(
    stage: Stage,
    trainer: Any,
    *,
    tokenizer: Any,
    before: dict[str, str],
    checkpoint: Path | None,
    digest: str,
    losses: Losses,
    kept: list[Any],
    account: Callable[[], dict[str, Any]],
) -> TrainingFigures:
    """Train to the end, or to where the person stops it; save, check that all changed, tell the figures."""
    config = stage.config
    average = Average(config.ema, checkpoint) if config.ema else None
    stopping = Stopping(stage.report, _agreeing(trainer))
    trainer.remove_callback(PrinterCallback)
    for callback in (average, *kept, _sampling(stage, tokenizer), losses, stopping):
        if callback is not None:
            trainer.add_callback(callback)
    trainer.prepare(config, [part for part in (average, *kept) if hasattr(part, "save")], digest)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if stopping.stopped:
        raise Cancelled("The training was stopped, and its state is saved.", hint="Resume the run to go on.")
    if average:
        average.put_into(trainer.model)
    after = _save(stage, trainer, tokenizer)
    changed = require_changed(before, after) if rank() == 0 else len(before)
    figures = _figures(stage, changed, losses, account())
    trainer.accelerator.wait_for_everyone()
    if rank() == 0:
        figures.write(stage.folder)
        if not config.keep_checkpoints:
            shutil.rmtree(stage.checkpoints, ignore_errors=True)
    return figures


def new_losses(stage: Stage, checkpoint: Path | None) -> Losses:
    """The log of losses, going on after a checkpoint's last line."""
    lines = _lines(stage.folder / LOSSES) if checkpoint else []
    seconds = lines[-1]["seconds"] if lines else 0.0
    return Losses(Log(stage.folder / LOSSES, writes=rank() == 0), stage.report, seconds)


def parameters_of(model: Any) -> int:
    """Numbers that are trained; shared ones once."""
    return sum(parameter.numel() for parameter in model.parameters())


def _figures(stage: Stage, changed: int, losses: Losses, account: dict[str, Any]) -> TrainingFigures:
    lines = _lines(stage.folder / LOSSES)
    seconds = losses.seconds
    trained = account.get("tokens_trained", 0)
    return TrainingFigures(
        steps=len(lines),
        parameters_changed=changed,
        seconds=round(seconds, 3),
        tokens_per_second=round(trained / max(seconds, 1e-9), 3),
        loss_first=lines[0]["loss"],
        loss_last=lines[-1]["loss"],
        **account,
    )


def _save(stage: Stage, trainer: Any, tokenizer: Any) -> dict[str, str]:
    """Write the model whole and put it in place; the fingerprints of what was written."""
    model = trainer.accelerator.unwrap_model(trainer.model)
    if processes() > 1:
        model = _gathered(model, stage.model)
    if model is None:
        return {}
    part = stage.folder / f"{MODEL}.part"
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(part)
    tokenizer.save_pretrained(part)
    shutil.rmtree(stage.folder / MODEL, ignore_errors=True)
    part.replace(stage.folder / MODEL)
    return fingerprints(model.named_parameters())


def _gathered(model: Any, base: Path) -> Any:
    """The model with the shards of all processes, on the first; None on the others."""
    whole = {}
    for name, tensor in model.state_dict().items():
        full = tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
        if rank() == 0:
            whole[name] = full.cpu()
    if rank():
        return None
    fresh = load_model(base, "sdpa")
    fresh.load_state_dict(whole)
    return fresh


def _agreeing(trainer: Any) -> Callable[[bool], bool]:
    def agree(wish: bool) -> bool:
        if processes() == 1:
            return wish
        votes = torch.tensor(int(wish), device=trainer.args.device)
        return bool(trainer.accelerator.reduce(votes).item())

    return agree


def _sampling(stage: Stage, tokenizer: Any) -> Sampling | None:
    if not stage.config.sample_every:
        return None
    return Sampling(stage.config, tokenizer, Log(stage.folder / SAMPLES, writes=rank() == 0))


def _lines(path: Path) -> list[dict[str, Any]]:
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def _sharded(recompute: bool) -> dict[str, Any]:
    """FSDP2 where several processes train: each holds its share of the weights and of the optimizer."""
    if processes() == 1:
        return {}
    return {
        "fsdp": True,
        "fsdp_config": {"version": 2, "auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
                        "state_dict_type": "SHARDED_STATE_DICT", "reshard_after_forward": True,
                        "activation_checkpointing": recompute},
    }  # fmt: skip


def _tracker(stage: Stage) -> list[str]:
    chosen = stage.config.tracking
    if chosen == "none":
        return []
    from importlib.util import find_spec

    if find_spec(chosen) is None:
        raise MissingPart(
            f"{chosen} is not installed, and the recipe tracks with it.", hint=f"pip install {chosen}"
        )
    if chosen == "tensorboard":
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(stage.folder / "tensorboard")
    return [chosen]
