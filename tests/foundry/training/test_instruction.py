from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny

from bauhinia.errors import InputError
from bauhinia.foundry.report import Silent
from bauhinia.foundry.training import InstructionConfig, train
from bauhinia.foundry.training.instruction import conversation_pieces
from bauhinia.foundry.training.packing import IGNORED

TALK = [
    {"role": "user", "content": "邊度交表？"},
    {"role": "assistant", "content": "三樓。"},
    {"role": "user", "content": "幾點？"},
    {"role": "assistant", "content": "五點前。"},
]


def spoken(tokenizer: Any) -> str:
    """What would be trained of the talk."""
    (piece,) = conversation_pieces(tokenizer, [TALK])
    return str(tokenizer.decode([label for label in piece.labels if label != IGNORED]))


def test_only_what_the_assistant_says_and_its_stop_are_trained() -> None:
    assert spoken(tiny.make_tokenizer()) == "三樓。<|im_end|>\n五點前。<|im_end|>\n"


def test_a_template_without_marks_trains_the_same() -> None:
    tokenizer = tiny.make_tokenizer()
    tokenizer.chat_template = tiny.CHAT.replace("{% generation %}", "").replace("{% endgeneration %}", "")
    assert spoken(tokenizer) == "三樓。<|im_end|>\n五點前。<|im_end|>\n"


def test_a_conversation_in_which_nobody_answers_is_told_by_its_number() -> None:
    with pytest.raises(InputError, match="conversation 2 the assistant says nothing"):
        conversation_pieces(tiny.make_tokenizer(), [TALK, TALK[:1]])


def test_a_tokenizer_without_a_template_is_told() -> None:
    tokenizer = tiny.make_tokenizer()
    tokenizer.chat_template = None
    with pytest.raises(InputError, match="no chat template"):
        conversation_pieces(tokenizer, [TALK])


def test_a_stage_trains_all_of_it(base: Path, corpus: Path, tmp_path: Path) -> None:
    config = InstructionConfig(epochs=1, batch=4, length=64, learning_rate=1e-3, threads=1, replay_share=0.2)
    figures = train(config, model=base, corpus=corpus, folder=tmp_path, seed=1, report=Silent())
    pieces = conversation_pieces(
        tiny.make_tokenizer(), [row["messages"] for row in tiny.lines(corpus / "instructions.jsonl")]
    )
    learnt = sum(piece.targets for piece in pieces)
    assert figures.tokens_in == figures.tokens_trained
    assert learnt / figures.tokens_trained == pytest.approx(0.8, abs=0.03)
    assert figures.loss_last < figures.loss_first
