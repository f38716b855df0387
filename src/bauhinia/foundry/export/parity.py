"""Is a GGUF in llama.cpp the model that was trained? By loss, by the likeliest token, and by tokenization.

Both read the same tokens of held-out text. The loss is the mean of -ln p over the positions, in nats; the
gap is its relative difference; two models agree at a position when both think the same token likeliest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import orjson

from ...errors import InputError
from .served import NextToken, Served

PROBES = (
    "3 33 333 3333 1,234.50 2026-11-27 ①½ Ⅳ 一二三 ４５６",
    "佢哋今日喺中環食咗啲乜嘢㗎？我𨋢咗落嚟，唔該晒！",
    "香港特別行政區政府總部，添馬添美道2號。「引號」、頓號——破折號……",
    "国务院办公厅；发展和改革委员会（简体）",
    "I've don't we'll HE'S it's 'quoted' \"double\" naïve café coöperate",
    "  two spaces\n\n\nthree lines\t\ttabs\r\nreturn \u3000ideographic space ",
    "emoji 😀👩‍👩‍👧‍👦🇭🇰 zero\u200bwidth, \u202emarks, x\u0323 combining",
    "https://example.hk/a?b=c#d user@example.hk C++ snake_case camelCase x=y+1;",
    "ひらがな カタカナ 한국어 русский العربية हिन्दी ไทย",
)
"""Texts that tokenizers disagree on when they split differently."""


class Parity(NamedTuple):
    """How near a served GGUF is to the model that it was made from."""

    positions: int
    loss: float
    """Of the GGUF, nats a token."""
    loss_before: float
    """Of the model it was made from, over the same tokens."""
    gap: float
    """Relative difference of the two."""
    agreement: float
    """Share of positions where both think the same token likeliest."""


def windows(heldout: Sequence[Path], tokenizer: Path, *, positions: int, length: int) -> list[list[int]]:
    """Windows of at most `length` tokens of held-out text that predict at least `positions` tokens together.

    The files take turns, a row each. Raises InputError when they hold too little text.
    """
    from transformers import AutoTokenizer

    encode = AutoTokenizer.from_pretrained(tokenizer).encode
    rows = [_texts(file) for file in heldout]
    found: list[list[int]] = []
    missing = positions
    for turn in range(max(map(len, rows), default=0)):
        for texts in rows:
            if turn < len(texts) and missing > 0:
                tokens = list(encode(texts[turn]))[: min(length, missing + 1)]
                if len(tokens) > 1:
                    found.append(tokens)
                    missing -= len(tokens) - 1
    if missing > 0:
        raise InputError(
            f"The held-out text gives {positions - missing:,} positions; {positions:,} are to be compared.",
            hint="Hold out more text in the corpus, or lower `positions` of the export stage.",
        )
    return found


def read_by_transformers(model: Path, texts: Sequence[Sequence[int]]) -> list[list[NextToken]]:
    """What the model in a Hugging Face folder thinks of each text's tokens, in 32 bits."""
    import torch
    from transformers import AutoModelForCausalLM

    reader = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    answers = []
    with torch.inference_mode():
        for text in texts:
            logits = reader(input_ids=torch.tensor([text])).logits[0, :-1]
            stood = logits.log_softmax(-1).gather(1, torch.tensor(text[1:])[:, None])[:, 0]
            best = logits.argmax(-1)
            answers.append([NextToken(*each) for each in zip(stood.tolist(), best.tolist(), strict=True)])
    return answers


def compare(before: Sequence[Sequence[NextToken]], after: Sequence[Sequence[NextToken]]) -> Parity:
    """The same texts, read by the model and by the GGUF made from it."""
    pairs = [pair for one, other in zip(before, after, strict=True) for pair in zip(one, other, strict=True)]
    loss_before = -sum(one.log_probability for one, _ in pairs) / len(pairs)
    loss = -sum(other.log_probability for _, other in pairs) / len(pairs)
    return Parity(
        positions=len(pairs),
        loss=loss,
        loss_before=loss_before,
        gap=abs(loss - loss_before) / loss_before,
        agreement=sum(one.best == other.best for one, other in pairs) / len(pairs),
    )


def tokenized_otherwise(model: Path, served: Served, heldout: Sequence[Path], *, rows: int = 50) -> list[str]:
    """The texts, of the probes and of the first held-out rows, that the two tokenizers read differently."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    texts = [*PROBES, *(text for file in heldout for text in _texts(file)[:rows])]
    return [
        text
        for text in texts
        if list(tokenizer.encode(text)) != served.tokens(text, special=True)
        or list(tokenizer.encode(text, add_special_tokens=False)) != served.tokens(text)
    ]


def _texts(file: Path) -> list[str]:
    return [orjson.loads(line)["text"] for line in file.read_bytes().splitlines()]
