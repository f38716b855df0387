"""Does a model still do as it is told? Items that a program marks: no judge, no opinion.

Half are answered freely and checked; half are a choice between continuations, decided by which of them the
model finds likelier, so that a small model's figure is more than noise.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ..errors import InputError

ANSWERS_AT_ONCE = 40
RESAMPLES = 1000
_LIST_LINE = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*\S")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Json(_Record):
    """The answer is JSON, or holds one block of it, with these keys."""

    check: Literal["json"]
    keys: tuple[str, ...] = ()

    def passes(self, answer: str) -> bool:
        found = re.search(r"```(?:json)?\s*(.*?)```", answer, re.DOTALL)
        try:
            value = json.loads(found[1] if found else answer)
        except ValueError:
            return False
        return isinstance(value, dict | list) and all(key in value for key in self.keys)


class Words(_Record):
    """The answer has so many words."""

    check: Literal["words"]
    least: int = 1
    most: int

    def passes(self, answer: str) -> bool:
        return self.least <= len(answer.split()) <= self.most


class Items(_Record):
    """The answer is a list of so many lines, each with a bullet or a number."""

    check: Literal["items"]
    count: int

    def passes(self, answer: str) -> bool:
        return sum(bool(_LIST_LINE.match(line)) for line in answer.splitlines()) == self.count


class Language(_Record):
    """Most letters of the answer are of this script."""

    check: Literal["language"]
    script: Literal["latin", "chinese"]

    def passes(self, answer: str) -> bool:
        chinese, latin = len(_CHINESE.findall(answer)), len(_LATIN.findall(answer))
        if self.script == "chinese":
            return chinese > 0 and chinese * 3 > latin
        return latin > 0 and chinese * 20 < latin


class Holds(_Record):
    """The answer holds one of these, whatever the case, and none of those."""

    check: Literal["holds"]
    any_of: tuple[str, ...] = ("",)
    none_of: tuple[str, ...] = ()

    def passes(self, answer: str) -> bool:
        lower = answer.lower()
        return any(text.lower() in lower for text in self.any_of) and not any(
            text.lower() in lower for text in self.none_of
        )


class Shape(_Record):
    """The answer, trimmed, matches this pattern whole."""

    check: Literal["shape"]
    pattern: str

    def passes(self, answer: str) -> bool:
        return re.fullmatch(self.pattern, answer.strip(), re.DOTALL) is not None


Check = Annotated[Json | Words | Items | Language | Holds | Shape, Field(discriminator="check")]


class Answered(_Record):
    """An item that the model answers freely."""

    kind: Literal["answered"]
    id: str
    prompt: str
    check: Check


class Chosen(_Record):
    """An item whose right continuation must be likelier, per byte, than each wrong one."""

    kind: Literal["chosen"]
    id: str
    prompt: str
    right: str
    wrong: tuple[str, ...]


Item = Annotated[Answered | Chosen, Field(discriminator="kind")]
_ITEM: TypeAdapter[Answered | Chosen] = TypeAdapter(Item)


class Marked(NamedTuple):
    """One item as a model did it."""

    id: str
    kind: str
    passed: bool
    answer: str
    """What it said, or the continuation that it found likeliest."""


@cache
def suite() -> tuple[Answered | Chosen, ...]:
    """The shipped items."""
    text = files(__package__).joinpath("suites", "instructions.jsonl").read_text(encoding="utf-8")
    return tuple(_ITEM.validate_json(line) for line in text.splitlines() if line.strip())


def mark(
    model: Any,
    tokenizer: Any,
    *,
    answer_tokens: int,
    items: Sequence[Answered | Chosen] | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Marked]:
    """Every item marked, in order. Raises InputError where the model has no chat template."""
    if not tokenizer.chat_template:
        raise InputError(
            "The model has no chat template, so it cannot be asked to follow instructions.",
            hint="Set `instructions: false` in the evaluation stage of the recipe.",
        )
    items = suite() if items is None else items
    model.eval()
    found: dict[str, Marked] = {}
    answered = [item for item in items if isinstance(item, Answered)]
    for begin in range(0, len(answered), ANSWERS_AT_ONCE):
        told(len(found), len(items))
        batch = answered[begin : begin + ANSWERS_AT_ONCE]
        for item, answer in zip(batch, _answers(model, tokenizer, batch, answer_tokens), strict=True):
            found[item.id] = Marked(item.id, item.kind, item.check.passes(answer), answer)
    for chosen in (item for item in items if isinstance(item, Chosen)):
        told(len(found), len(items))
        likeliest = _likeliest(model, tokenizer, chosen)
        found[chosen.id] = Marked(chosen.id, chosen.kind, likeliest == chosen.right, likeliest)
    return [found[item.id] for item in items]


def change(before: Sequence[Marked], after: Sequence[Marked]) -> tuple[float, tuple[float, float]]:
    """By how much the share that passed changed, with its 95 % interval over the choice of items, paired."""
    gained = [int(b.passed) - int(a.passed) for a, b in zip(before, after, strict=True)]
    draw = random.Random(0)  # noqa: S311  # resampling, no secret
    found = sorted(sum(draw.choices(gained, k=len(gained))) / len(gained) for _ in range(RESAMPLES))
    interval = (found[int(0.025 * RESAMPLES)], found[int(0.975 * RESAMPLES) - 1])
    return sum(gained) / len(gained), interval


def _asked(tokenizer: Any, prompt: str) -> list[int]:
    """The prompt as a user's turn, with the answer about to begin."""
    text = tokenizer.apply_chat_template(
        [{"role": "user", "content": prompt}], tokenize=False, add_generation_prompt=True
    )
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids


def _answers(model: Any, tokenizer: Any, items: Sequence[Answered], most: int) -> list[str]:
    """Greedy answers. Prompts are padded on the left and masked, so each is answered as if alone."""
    import torch

    prompts = [_asked(tokenizer, item.prompt) for item in items]
    longest = max(map(len, prompts))
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    device = next(model.parameters()).device
    ids = torch.tensor([[padding] * (longest - len(p)) + p for p in prompts], device=device)
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts], device=device)
    with torch.inference_mode():
        written = model.generate(
            input_ids=ids,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=most,
            pad_token_id=padding,
            eos_token_id=tokenizer.eos_token_id,
        )
    return [tokenizer.decode(row[longest:], skip_special_tokens=True).strip() for row in written]


def _likeliest(model: Any, tokenizer: Any, item: Chosen) -> str:
    """The continuation with the highest log-likelihood per byte."""
    import torch

    prompt = _asked(tokenizer, item.prompt)
    choices = (item.right, *item.wrong)
    rows = [prompt + tokenizer(choice, add_special_tokens=False)["input_ids"] for choice in choices]
    longest = max(map(len, rows))
    device = next(model.parameters()).device
    ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=device)
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=device)
    with torch.inference_mode():
        logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits.float()
        scores = torch.log_softmax(logits[:, len(prompt) - 1 : -1], dim=-1)
        said = scores.gather(-1, ids[:, len(prompt) :, None]).squeeze(-1) * mask[:, len(prompt) :]
    each = [float(said[n].sum()) / len(choice.encode()) for n, choice in enumerate(choices)]
    return choices[each.index(max(each))]
