"""Instruction tuning: conversations of which only what the assistant says, and its stop, is predicted."""

from __future__ import annotations

from typing import Any

from ...errors import InputError
from . import rows, stage
from .config import InstructionConfig
from .figures import TrainingFigures
from .packing import IGNORED, Piece, pack
from .pretraining import train_packed
from .stage import Stage

Messages = list[dict[str, str]]


def instruct(work: Stage) -> TrainingFigures:
    """Learn to answer as the corpus's conversations do."""
    assert isinstance(work.config, InstructionConfig)
    tokenizer = stage.load_tokenizer(work.model)
    conversations = [row["messages"] for row in rows.read_rows(work.corpus / rows.INSTRUCTIONS)]
    pieces = conversation_pieces(tokenizer, conversations)
    return train_packed(work, tokenizer, pack(pieces, work.config.length))


def conversation_pieces(tokenizer: Any, conversations: list[Messages]) -> list[Piece]:
    """Each conversation with its mask; one in which the assistant says nothing is refused by its number."""
    template = training_template(tokenizer)
    pieces = []
    for number, messages in enumerate(conversations, start=1):
        piece = _marked(tokenizer, messages, template) if template else _compared(tokenizer, messages)
        if not piece.targets:
            raise InputError(
                f"In conversation {number} the assistant says nothing.", hint="Leave it out of the corpus."
            )
        pieces.append(piece)
    return pieces


def training_template(tokenizer: Any) -> str | None:
    """A chat template that marks what the assistant says: the model's own, or TRL's for it, or none."""
    from trl.chat_template_utils import get_training_chat_template, has_generation_markers

    own: str | None = tokenizer.chat_template
    if not own:
        raise InputError(
            "The model's tokenizer has no chat template.",
            hint="Begin from a model with one, or tune no instructions.",
        )
    if has_generation_markers(own):
        return own
    try:
        template: str | None = get_training_chat_template(tokenizer)
    except ValueError:
        return None
    return template


def _marked(tokenizer: Any, messages: Messages, template: str) -> Piece:
    told = tokenizer.apply_chat_template(
        messages, chat_template=template, return_dict=True, return_assistant_tokens_mask=True
    )
    ids = told["input_ids"]
    kept = told["assistant_masks"]
    return _piece(ids, [bool(bit) for bit in kept])


def _compared(tokenizer: Any, messages: Messages) -> Piece:
    """Where nothing is marked: what an answer adds to the conversation before it."""
    whole = _ids(tokenizer, messages)
    kept = [False] * len(whole)
    for place, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = _ids(tokenizer, messages[:place], add_generation_prompt=True)
        until = _ids(tokenizer, messages[: place + 1])
        if whole[: len(until)] != until or until[: len(before)] != before:
            raise InputError(
                "The model's chat template writes a message in another way once another follows.",
                hint="Use conversations of one question and one answer, or a template with generation marks.",
            )
        kept[len(before) : len(until)] = [True] * (len(until) - len(before))
    return _piece(whole, kept)


def _ids(tokenizer: Any, messages: Messages, *, add_generation_prompt: bool = False) -> list[int]:
    told = tokenizer.apply_chat_template(
        messages, return_dict=True, add_generation_prompt=add_generation_prompt
    )
    ids: list[int] = told["input_ids"]
    return ids


def _piece(ids: list[int], kept: list[bool]) -> Piece:
    labels = [token if keep else IGNORED for token, keep in zip(ids, kept, strict=True)]
    return Piece(list(ids), [IGNORED, *labels[1:]])
