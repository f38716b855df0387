"""Byte-level BPE tokenizers that llama.cpp reads the same way: trained on a corpus, or taken from a GGUF.

llama.cpp knows a pre-tokenizer (what splits a text before pairs are merged) by a name, and its converter
finds the name by a hash of the tokens of one text. A tokenizer that was trained anew gives other tokens, so
its hash is known to nobody: `pre_tokenizer_name` finds the name by the pre-tokenizer's own definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from ..errors import InputError
from .gguf_header import read_header

BEGIN = "<｜begin▁of▁sentence｜>"
END = "<｜end▁of▁sentence｜>"
PAD = "<｜▁pad▁｜>"
USER = "<｜User｜>"
ASSISTANT = "<｜Assistant｜>"
SPECIAL = (BEGIN, END, PAD, USER, ASSISTANT)
"""DeepSeek-V3's own special tokens, in the order of their ids."""

CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] }}"
    "{% elif message['role'] == 'user' %}" + "{{ '" + USER + "' + message['content'] }}"
    "{% elif message['role'] == 'assistant' %}" + "{{ '" + ASSISTANT + "' }}"
    "{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}" + "{{ '" + ASSISTANT + "' }}" + "{% endif %}"
)
"""DeepSeek-V3's turns; the `generation` marks tell the trainer which tokens are the assistant's."""

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_DEEPSEEK_WORDS = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA_WORDS = (
    rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_QWEN_WORDS = _LLAMA_WORDS.replace("{1,3}", "")


def _bytes(*, use_regex: bool) -> dict[str, Any]:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def _splits(*patterns: str) -> dict[str, Any]:
    """A pre-tokenizer that splits by each pattern in turn, then maps bytes to characters."""
    steps = [
        {"type": "Split", "pattern": {"Regex": each}, "behavior": "Isolated", "invert": False}
        for each in patterns
    ]
    return {"type": "Sequence", "pretokenizers": [*steps, _bytes(use_regex=False)]}


PRE_TOKENIZERS: Mapping[str, dict[str, Any]] = MappingProxyType(
    {
        "deepseek-v3": _splits(r"\p{N}{1,3}", "[一-龥\u3040-ゟ゠-ヿ]+", _DEEPSEEK_WORDS),
        "llama-bpe": _splits(_LLAMA_WORDS),
        "qwen2": _splits(_QWEN_WORDS),
        "smollm": {
            "type": "Sequence",
            "pretokenizers": [{"type": "Digits", "individual_digits": True}, _bytes(use_regex=True)],
        },
        "gpt-2": _bytes(use_regex=True),
    }
)
"""llama.cpp's names (`src/llama-vocab.cpp`) and the same pre-tokenizers in the `tokenizers` library."""


NORMALISERS: Mapping[str, dict[str, Any]] = MappingProxyType({"qwen2": {"type": "NFC"}})
"""What normalises the text before those pre-tokenizers; nothing does before the others."""


def train_tokenizer(train: Path, folder: Path, *, vocabulary: int, pre: str = "deepseek-v3") -> Path:
    """Train a byte-level BPE on the texts of a corpus's `train.jsonl`; write a Hugging Face tokenizer.

    `vocabulary` counts the special tokens and the 256 bytes. The same corpus gives the same tokenizer.
    Raises InputError when the corpus has no text, or too little for so many tokens.
    """
    from tokenizers import Tokenizer, decoders, models, trainers
    from tokenizers.pre_tokenizers import ByteLevel

    tokenizer = Tokenizer(models.BPE())
    _set_pre_tokenizer(tokenizer, pre)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=list(SPECIAL), initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(_texts(train), trainer)
    if (learned := tokenizer.get_vocab_size()) < vocabulary:
        raise InputError(
            f"The corpus gives {learned:,} tokens, and the architecture wants {vocabulary:,}.",
            hint="Add text to the corpus, or lower vocab_size in the architecture.",
        )
    _begin_each_text(tokenizer)
    _save(tokenizer, folder)
    return folder


def pre_tokenizer_name(folder: Path) -> str | None:
    """llama.cpp's name for the pre-tokenizer of a Hugging Face tokenizer; None when it is not in the table.

    The definition must be the same to the letter, and nothing may normalise the text before it, but for the
    NFC of Qwen2: llama.cpp normalises nothing, and text that is not in NFC is read differently there.
    """
    file = folder / "tokenizer.json"
    if not file.is_file():
        return None
    described = orjson.loads(file.read_bytes())
    defined = described.get("pre_tokenizer")
    name = next((name for name, known in PRE_TOKENIZERS.items() if known == defined), None)
    if described["model"].get("ignore_merges") or described.get("normalizer") != NORMALISERS.get(name or ""):
        return None
    return name


def with_pre_tokenizer(folder: Path, pre: str) -> None:
    """Give the tokenizer in a folder the pre-tokenizer of that name, its tokens left as they are.

    Transformers gives every BPE that it reads from a GGUF the splitting of GPT-2, whatever the file says.
    """
    from tokenizers import Tokenizer

    file = folder / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(file))
    _set_pre_tokenizer(tokenizer, pre)
    tokenizer.save(str(file))


def pre_of_gguf(gguf: Path) -> str:
    """The name of the pre-tokenizer that a GGUF asks for. Raises InputError when the table lacks it."""
    name = str(read_header(gguf).fields.get("tokenizer.ggml.pre", ""))
    if name not in PRE_TOKENIZERS:
        raise InputError(
            f"The tokenizer of {gguf.name} splits text in a way that the foundry does not know ({name!r}).",
            hint=f"It knows {', '.join(PRE_TOKENIZERS)}; add it to foundry/tokenizer.py.",
        )
    return name


def _set_pre_tokenizer(tokenizer: Any, pre: str) -> None:
    from tokenizers import Tokenizer

    # The library makes no pre-tokenizer from its description, only a whole tokenizer.
    described = orjson.loads(tokenizer.to_str())
    described["pre_tokenizer"] = PRE_TOKENIZERS[pre]
    described["normalizer"] = NORMALISERS.get(pre)
    told = Tokenizer.from_str(orjson.dumps(described).decode())
    tokenizer.pre_tokenizer, tokenizer.normalizer = told.pre_tokenizer, told.normalizer


def _begin_each_text(tokenizer: Any) -> None:
    """Every text begins with the begin token, as DeepSeek's does, here and in llama.cpp."""
    from tokenizers.processors import TemplateProcessing

    tokenizer.post_processor = TemplateProcessing(
        single=f"{BEGIN} $A",
        pair=f"{BEGIN} $A $B:1",
        special_tokens=[(BEGIN, tokenizer.token_to_id(BEGIN))],
    )


def _save(tokenizer: Any, folder: Path) -> None:
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        additional_special_tokens=[USER, ASSISTANT],
        add_bos_token=True,
        add_eos_token=False,
        clean_up_tokenization_spaces=False,
    )
    wrapped.chat_template = CHAT_TEMPLATE
    wrapped.save_pretrained(folder)


def _texts(train: Path) -> Iterator[str]:
    with train.open("rb") as rows:
        for row in rows:
            yield orjson.loads(row)["text"]
