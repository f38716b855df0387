"""What is watched while a model trains: losses, bits per byte, samples, experts, a wish to stop."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from ...errors import InputError
from ..report import Report
from .collating import Collator
from .config import PretrainingConfig, TrainingConfig
from .moments import Moment, Watcher
from .packing import Row

LOSSES = "losses.jsonl"
SAMPLES = "samples.jsonl"
TOLD = {"reward": "reward", "rewards/margins": "margin", "rewards/accuracies": "accuracy"}
"""What the trainers of preferences and rewards log besides the loss, by the name it has in `losses.jsonl`."""


class Log:
    """Lines of JSON, each written through to the file before the next step; only one process writes."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self._path = path
        self._writes = writes

    def add(self, line: dict[str, Any]) -> None:
        """One line more."""
        if self._writes:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Losses(Watcher):
    """`losses.jsonl`, and the report's progress. `extra` holds what others add to the line of the step."""

    def __init__(self, log: Log, report: Report, seconds_before: float) -> None:
        self._log = log
        self._report = report
        self._before = seconds_before
        self._started = time.monotonic()
        self.extra: dict[str, Any] = {}
        self.tokens: Callable[[], int] = lambda: 0
        self.first: float | None = None
        self.last = math.nan

    @property
    def seconds(self) -> float:
        """Seconds of training, the runs before this one counted in."""
        return self._before + time.monotonic() - self._started

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:  # noqa: ARG002
        """A line a step."""
        logs = given["logs"]
        if "loss" not in logs:
            return
        if not math.isfinite(logs["loss"]):
            raise InputError(
                f"The loss of step {state.global_step} is no number.",
                hint="Use a lower learning_rate, or clip; the last checkpoint is kept.",
            )
        line = {
            "step": state.global_step, "loss": logs["loss"], "lr": logs["learning_rate"],
            "tokens": self.tokens(), "seconds": round(self.seconds, 3), **self.extra,
            **{short: logs[name] for name, short in TOLD.items() if name in logs},
        }  # fmt: skip
        self._log.add(line)
        self.extra = {}
        self.last = logs["loss"]
        self._report.step(state.global_step, state.max_steps, f"loss {self.last:.3f}")

    def began(self, moment: Moment) -> None:  # noqa: ARG002
        """The clock starts when the model does."""
        self._started = time.monotonic()


class Stopping(Watcher):
    """Saves and ends when the person asked to stop; all processes agree on it, step by step."""

    def __init__(self, report: Report, agree: Callable[[bool], bool]) -> None:
        self._report = report
        self._agree = agree
        self.stopped = False

    def stepped(self, moment: Moment) -> None:
        """Ask; the last step is not worth stopping at."""
        if not moment.last and self._agree(self._report.stopped()):
            self.stopped = True
            moment.end()


class HeldOut:
    """A held-out set as rows: its bits per byte under a model, which is left as it was."""

    def __init__(self, rows: Sequence[Row], bytes_: int, batch: int, collator: Collator) -> None:
        self._rows = rows
        self._bytes = bytes_
        self._batch = batch
        self._collator = collator

    def bits_per_byte(self, model: Any, device: Any) -> float:
        """The loss in bits, over the text's bytes in UTF-8."""
        training = model.training
        model.eval()
        total = 0.0
        with torch.no_grad(), _autocast(device):
            for start in range(0, len(self._rows), self._batch):
                rows = [as_item(row) for row in self._rows[start : start + self._batch]]
                inputs = {
                    name: part.to(device) if isinstance(part, torch.Tensor) else part
                    for name, part in self._collator(rows).items()
                }
                total -= float(model(**inputs, use_cache=False, fused_lm_head=True).log_probs.double().sum())
        model.train(training)
        return total / math.log(2) / self._bytes


class Measuring(Watcher):
    """Bits per byte of the target and the replay set; ends the training where the second rises too far."""

    def __init__(
        self, config: PretrainingConfig, losses: Losses, target: HeldOut | None, replay: HeldOut | None
    ) -> None:
        self._config = config
        self._losses = losses
        self._sets = {"target_bpb": target, "replay_bpb": replay}
        self.state: dict[str, Any] = {"start": None, "now": None, "above": 0}
        self.stopped_early = ""

    def began(self, moment: Moment) -> None:
        """What the model knew before; a resumed run has it from its checkpoint."""
        if self.state["start"] is None:
            self.state["start"] = self._measure(moment)

    def stepped(self, moment: Moment) -> None:
        """Measure where it is time."""
        if not moment.every(self._config.measure_every):
            return
        now = self.state["now"] = self._measure(moment)
        self._losses.extra.update(now)
        if self._too_high(now):
            self.stopped_early = (
                f"bits per byte of the replay set rose from {self.state['start']['replay_bpb']:.3f} "
                f"to {now['replay_bpb']:.3f} by step {moment.step}"
            )
            moment.end()

    def _too_high(self, now: dict[str, float]) -> bool:
        bound = self._config.stop_above
        if bound is None or "replay_bpb" not in now:
            return False
        above = now["replay_bpb"] > self.state["start"]["replay_bpb"] * (1 + bound)
        self.state["above"] = self.state["above"] + 1 if above else 0
        return bool(self.state["above"] >= self._config.patience)

    def _measure(self, moment: Moment) -> dict[str, float]:
        sets = ((name, held) for name, held in self._sets.items() if held)
        return {name: held.bits_per_byte(moment.model, moment.device) for name, held in sets}

    def save(self, checkpoint: Path, rank: int) -> None:
        """The measurements that a resumed run compares with."""
        if rank == 0:
            (checkpoint / "measured.json").write_text(json.dumps(self.state))

    def load(self, checkpoint: Path) -> None:
        """Those of a checkpoint."""
        self.state = json.loads((checkpoint / "measured.json").read_text())


class Sampling(Watcher):
    """What the model makes of a few prompts, greedily: no random number is drawn, so no loss changes."""

    def __init__(self, config: TrainingConfig, tokenizer: Any, log: Log) -> None:
        self._config = config
        self._tokenizer = tokenizer
        self._log = log

    def stepped(self, moment: Moment) -> None:
        """Sample where it is time."""
        if not moment.every(self._config.sample_every):
            return
        model = moment.model
        model.eval()
        for prompt in self._config.sample_prompts:
            inputs = self._tokenizer(prompt, return_tensors="pt").to(moment.device)
            with torch.no_grad(), _autocast(moment.device):
                ids = model.generate(
                    **inputs,
                    do_sample=False,
                    max_new_tokens=self._config.sample_tokens,
                    pad_token_id=self._tokenizer.pad_token_id,
                )
            text = self._tokenizer.decode(ids[0, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
            self._log.add({"step": moment.step, "prompt": prompt, "text": text})
        model.train()


class Experts(Watcher):
    """Counts what each expert is given, and evens it by the routing bias, as DeepSeek-V3 does."""

    def __init__(self, model: Any, rate: float, losses: Losses, total: Callable[[Any], Any]) -> None:
        self._rate = rate
        self._losses = losses
        self._total = total
        self._routers = [part for part in model.modules() if hasattr(part, "e_score_correction_bias")]
        self._loads = [torch.zeros_like(part.e_score_correction_bias) for part in self._routers]
        for load, router in zip(self._loads, self._routers, strict=True):
            router.register_forward_hook(_counting(load))

    def __bool__(self) -> bool:
        return bool(self._routers)

    def stepped(self, moment: Moment) -> None:  # noqa: ARG002
        """Move each bias by one step towards an even load."""
        shares = []
        for load, router in zip(self._loads, self._routers, strict=True):
            given = self._total(load.to(router.e_score_correction_bias.device))
            router.e_score_correction_bias += self._rate * torch.sign(given.mean() - given)
            shares.append([round(share, 4) for share in (given / given.sum().clamp(min=1)).tolist()])
            load.zero_()
        self._losses.extra["expert_load"] = shares


def as_item(row: Row) -> dict[str, Any]:
    """A row as the collator takes it."""
    return {"input_ids": row.ids, "labels": row.labels, "seq_lengths": row.lengths}


def _counting(load: torch.Tensor) -> Callable[[Any, Any, Any], None]:
    def count(router: Any, _inputs: Any, outputs: Any) -> None:
        if router.training:
            chosen = outputs[-1].reshape(-1)
            load.add_(torch.bincount(chosen, minlength=load.numel()).to(load))

    return count


def _autocast(device: Any) -> Any:
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda")
