"""A model of a few thousand parameters with a tokenizer of bytes, and a corpus of a few lines: made, not fetched."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CHAT = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' }}"
    "{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] + '<|im_end|>\n' }}"
    "{% endgeneration %}{% else %}{{ message['content'] + '<|im_end|>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CANTONESE = ("今日落雨，記得帶遮。", "佢哋喺圖書館等緊你。", "呢份表格要交去邊度？", "唔該幫我睇下呢封信。")
ENGLISH = (
    "The office opens at nine.",
    "Please sign both copies of the form.",
    "Records are kept for seven years.",
)


def make_model(folder: Path, *, kind: str = "llama", seed: int = 1) -> Path:
    """A Hugging Face folder: random weights of a small shape, and the tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(_shape(kind), dtype=torch.float32)
    model.save_pretrained(folder)
    make_tokenizer().save_pretrained(folder)
    return folder


def make_tokenizer() -> Any:
    """Bytes, and the two signs of a chat."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(alphabet)}
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|pad|>"
    )
    tokenizer.chat_template = CHAT
    return tokenizer


def make_corpus(folder: Path, *, rows: int = 60, seed: int = 1) -> Path:
    """Files as the corpus stage writes them."""
    chance = random.Random(seed)

    def text(sentences: tuple[str, ...]) -> str:
        return "".join(chance.choice(sentences) for _ in range(chance.randint(1, 12)))

    learnt = [_row(f"yue-{i}", text(CANTONESE), "yue", "text") for i in range(rows)]
    replay = [_row(f"en-{i}", text(ENGLISH), "en", "replay") for i in range(rows // 2)]
    write(folder / "train.jsonl", [*learnt, *replay])
    write(
        folder / "heldout/cantonese.jsonl", [_row("h-yue", text(CANTONESE), "yue", "text") for _ in range(4)]
    )
    write(folder / "heldout/english.jsonl", [_row("h-en", text(ENGLISH), "en", "text") for _ in range(4)])
    write(folder / "instructions.jsonl", [_instruction(i, chance) for i in range(rows)])
    write(folder / "preferences.jsonl", [_preference(i, chance) for i in range(rows // 2)])
    return folder


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """A JSONL file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def losses(folder: Path) -> list[dict[str, Any]]:
    """A stage's losses without the seconds, which no two runs share."""
    return [
        {key: value for key, value in line.items() if key != "seconds"}
        for line in lines(folder / "losses.jsonl")
    ]


def _row(id_: str, text: str, language: str, kind: str) -> dict[str, Any]:
    return {
        "id": id_,
        "text": text,
        "source": "made",
        "licence": "Apache-2.0",
        "language": language,
        "kind": kind,
    }


def _instruction(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"i-{number}", "source": "made", "licence": "Apache-2.0", "language": "yue",
        "messages": [
            {"role": "user", "content": chance.choice(CANTONESE)},
            {"role": "assistant", "content": chance.choice(CANTONESE)},
        ],
    }  # fmt: skip


def _preference(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "id": f"p-{number}", "source": "made", "licence": "Apache-2.0", "language": "yue",
        "prompt": [{"role": "user", "content": chance.choice(CANTONESE)}],
        "chosen": [{"role": "assistant", "content": chance.choice(CANTONESE)}],
        "rejected": [{"role": "assistant", "content": chance.choice(ENGLISH)}],
    }  # fmt: skip


def _shape(kind: str) -> Any:
    from transformers import DeepseekV3Config, LlamaConfig, Qwen2Config

    common: dict[str, Any] = {
        "vocab_size": 264, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 512,
        "bos_token_id": 256, "eos_token_id": 257, "pad_token_id": 258,
    }  # fmt: skip
    if kind == "llama":
        return LlamaConfig(**common, tie_word_embeddings=True)
    if kind == "qwen2":
        return Qwen2Config(**common)
    experts: dict[str, Any] = {
        "moe_intermediate_size": 32, "n_routed_experts": 4, "n_shared_experts": 1, "num_experts_per_tok": 2,
        "n_group": 1, "topk_group": 1, "first_k_dense_replace": 1, "q_lora_rank": 32, "kv_lora_rank": 16,
        "qk_rope_head_dim": 8, "qk_nope_head_dim": 8, "v_head_dim": 16,
    }  # fmt: skip
    return DeepseekV3Config(**common | {"num_key_value_heads": 4} | experts)
