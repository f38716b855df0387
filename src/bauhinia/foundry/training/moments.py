"""When something looks at a training: as it begins, and after each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transformers import TrainerCallback


@dataclass(frozen=True, slots=True)
class Moment:
    """A point of a training."""

    step: int
    steps: int
    model: Any
    device: Any
    rank: int
    _control: Any

    @property
    def last(self) -> bool:
        """Whether no step follows."""
        return self.step >= self.steps

    def every(self, steps: int) -> bool:
        """Whether it is time for what is done every so many steps, and at the end."""
        return self.last or self.step % steps == 0

    def end(self) -> None:
        """Save, and train no further."""
        self._control.should_save = True
        self._control.should_training_stop = True


class Watcher(TrainerCallback):
    """Looks at a training."""

    def began(self, moment: Moment) -> None:
        """The weights are in place, and those of the checkpoint where there is one."""

    def stepped(self, moment: Moment) -> None:
        """A step is done; its loss is told next, and a checkpoint made after that."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """As the Trainer calls it."""
        self.began(_moment(args, state, control, given["model"]))

    def on_step_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """As the Trainer calls it."""
        self.stepped(_moment(args, state, control, given["model"]))


def _moment(args: Any, state: Any, control: Any, model: Any) -> Moment:
    return Moment(state.global_step, state.max_steps, model, args.device, args.process_index, control)
