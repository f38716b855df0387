"""A small corpus and small models, made by program."""

import json
import random
from pathlib import Path

from bauhinia.foundry.deepseek import Architecture

SUBJECTS = ("佢哋", "我哋", "部門", "市民", "運輸署", "圖書館", "巴士公司", "文員")
VERBS = ("今日去咗", "尋日睇咗", "聽日要交", "而家處理緊", "仲未收到", "已經批准")
THINGS = ("嗰份報告", "新嘅表格", "中環嘅地圖", "會議紀錄", "投訴信", "申請書", "巴士路線")
ENDS = ("。", "喎。", "，唔該晒！", "，得唔得呀？", "，下個禮拜再講。")
WHO = ("The department", "A clerk", "The library", "An officer", "The committee", "The harbour office")
DOES = ("received", "has approved", "will review", "returned", "did not find", "is printing")
WHAT = (
    "the annual report",
    "a new form",
    "the minutes",
    "an application",
    "two letters",
    "the map of Central",
)
WHEN = ("yesterday.", "on Monday 3 March 2025.", "before noon.", "in 2026, at a cost of $1,250.", "again.")

MICRO = Architecture(
    name="micro",
    vocab_size=640,
    hidden_size=64,
    intermediate_size=160,
    moe_intermediate_size=32,
    num_hidden_layers=3,
    first_k_dense_replace=1,
    num_attention_heads=2,
    q_lora_rank=32,
    kv_lora_rank=32,
    qk_nope_head_dim=32,
    qk_rope_head_dim=16,
    v_head_dim=32,
    n_routed_experts=8,
    num_experts_per_tok=2,
    n_shared_experts=1,
    n_group=4,
    topk_group=2,
    routed_scaling_factor=2.5,
    max_position_embeddings=256,
    rope_theta=10000.0,
)
"""The shape of DeepSeek-V3 with a quarter of a million parameters."""


def make_corpus(folder: Path) -> Path:
    """`train.jsonl` and held-out files of sentences that a small model learns fast."""
    chance = random.Random(6)
    (folder / "heldout").mkdir(parents=True)
    _write(folder / "train.jsonl", [_row(chance, number) for number in range(600)])
    _write(folder / "heldout" / "cantonese.jsonl", [_row(chance, 2 * each) for each in range(20)])
    _write(folder / "heldout" / "english.jsonl", [_row(chance, 2 * each + 1) for each in range(20)])
    return folder


def _row(chance: random.Random, number: int) -> dict[str, str]:
    kinds = (SUBJECTS, VERBS, THINGS, ENDS) if number % 2 == 0 else (WHO, DOES, WHAT, WHEN)
    joint = "" if number % 2 == 0 else " "
    text = "\n".join(joint.join(chance.choice(words) for words in kinds) for _ in range(6))
    language = "yue" if number % 2 == 0 else "en"
    return {
        "id": f"made-{number}",
        "text": text,
        "source": "made",
        "licence": "CC0-1.0",
        "language": language,
        "kind": "text",
    }


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
