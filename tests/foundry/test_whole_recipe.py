"""Every part of the foundry in one run, small: the real corpus, trainers and measures on a Llama of one layer.

`make rehearsal` does the same with real weights, and exports, releases and serves them: twenty minutes, so not here.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from bauhinia.foundry import recipe, run
from bauhinia.foundry.comparison import compare
from bauhinia.foundry.live import losses
from bauhinia.foundry.marks import digest_of_file, finished, read_json

TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
RECIPE = """
name: whole
title: Every part, small
base: {folder: %(base)s}
stages:
  - name: corpus
    kind: corpus
    sources:
      - {kind: jsonl, name: yue, path: %(yue)s, licence: CC0-1.0}
      - {kind: packages, most_characters: 30000}
      - {kind: termbase, most_characters: 2000}
    instructions: 12
    preferences: 12
  - name: pretraining
    kind: pretraining
    learning_rate: 1.0e-2
    batch: 2
    length: 128
    steps: %(steps)d
    replay_share: 0.25
  - {name: instruction, kind: instruction, learning_rate: 1.0e-3, batch: 1, length: 512, steps: 2}
  - {name: preference, kind: preference, learning_rate: 1.0e-4, batch: 2, length: 512, steps: 2}
  - name: evaluation
    kind: evaluation
    heldout: [cantonese, english]
    bytes_at_most: 1500
    window: 128
    stride: 64
    answer_tokens: 2
    every_model: true
"""
WHO = ("我琴日", "阿媽今朝", "佢哋成日", "細佬放工", "老師話", "嗰班人", "隔籬屋", "個司機")
DID = ("去咗東涌", "行咗去沙田", "搭巴士返屋企", "買咗嗰本書", "睇緊啲餸", "唔知點解", "覺得好靚", "冇帶遮")
THEN = (
    "跟住先食飯",
    "仲要等好耐",
    "真係幾開心",
    "點知落大雨",
    "冇人應佢",
    "下次唔會喇",
    "諗住聽日再嚟",
    "不過都算啦",
)


def texts(path: Path) -> Path:
    """Documents of sentences drawn from a few clauses, so that a small model can learn something."""
    draw = random.Random(1)
    rows = []
    for number in range(60):
        said = "".join(f"{draw.choice(WHO)}{draw.choice(DID)}，{draw.choice(THEN)}。" for _ in range(8))
        rows.append(json.dumps({"id": str(number), "text": said}, ensure_ascii=False))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def small_llama(folder: Path) -> Path:
    """A Llama that reads bytes, with SmolLM2's way of chatting."""
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    bpe = Tokenizer(models.BPE({word: n for n, word in enumerate([*special, *letters])}, []))
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    bpe.add_special_tokens(special)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(shape).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("whole")
    places = {"base": small_llama(folder / "base"), "yue": texts(folder / "yue.jsonl")}
    return RECIPE % {**places, "steps": 12}


def test_the_whole_recipe_runs_and_teaches(asked: str, tmp_path: Path) -> None:
    made = run.run(recipe.parse(asked, "whole.yaml"), tmp_path / "made")
    suites = read_json(made / "evaluation" / "results.json")["suites"]
    cantonese = suites["bpb.cantonese"]
    assert cantonese["interval"][1] < -0.05, "fresh weights learn something in 12 steps"
    assert {"before", "pretraining", "instruction", "after"} <= set(cantonese)
    assert suites["instructions"]["items"] == 70
    for stage in ("pretraining", "instruction", "preference"):
        mark = finished(made / stage)
        assert mark is not None
        assert mark["figures"]["tokens_trained"] > 0
        assert len(losses(made / stage)) == mark["figures"]["steps"]
        assert mark["outputs"]["model/model.safetensors"] == digest_of_file(
            made / stage / "model/model.safetensors"
        )
        assert not (made / stage / "checkpoints").exists()
    assert (made / "index.html").read_text(encoding="utf-8").count("<svg") == 3

    longer = recipe.parse(asked.replace("steps: 12", "steps: 13"), "whole.yaml")
    other = run.run(longer, tmp_path / "other", beside=(made,))
    corpus = finished(other / "corpus")
    assert corpus is not None
    assert corpus["taken_from"] == "made"
    told = compare((made, other))
    assert [row.what for row in told.asked] == ["stages.pretraining.steps"]
    assert told.partings[0].stage == "pretraining"
