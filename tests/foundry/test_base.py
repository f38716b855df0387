"""Where a run's weights begin: a GGUF turned back into floats, a folder, or none that can be used."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import gguf
import numpy as np
import pytest

from bauhinia.errors import InputError, MissingPart, NotFound
from bauhinia.foundry import base
from bauhinia.foundry.marks import finished
from bauhinia.foundry.recipe import Base
from bauhinia.foundry.tokenizer import pre_tokenizer_name
from bauhinia.settings import get_settings

WIDE, HEADS, KEY_HEADS, INNER, WORDS = 64, 4, 2, 96, 320


def tiny_llama(path: Path) -> dict[str, np.ndarray]:
    """A Llama of one layer as a q8_0 GGUF with a tokenizer of bytes; its tensors as they were before."""
    draw = np.random.default_rng(5)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(128)
    writer.add_embedding_length(WIDE)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDE // HEADS)
    writer.add_vocab_size(WORDS)
    _add_tokenizer(writer)
    shapes = {
        "token_embd.weight": (WORDS, WIDE),
        "blk.0.attn_q.weight": (WIDE, WIDE),
        "blk.0.attn_k.weight": (WIDE // HEADS * KEY_HEADS, WIDE),
        "blk.0.attn_v.weight": (WIDE // HEADS * KEY_HEADS, WIDE),
        "blk.0.attn_output.weight": (WIDE, WIDE),
        "blk.0.ffn_gate.weight": (INNER, WIDE),
        "blk.0.ffn_up.weight": (INNER, WIDE),
        "blk.0.ffn_down.weight": (WIDE, INNER),
    }
    made = {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    for name, tensor in made.items():
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quantize(tensor, kind), raw_dtype=kind)
    for name in ("blk.0.attn_norm.weight", "blk.0.ffn_norm.weight", "output_norm.weight"):
        writer.add_tensor(name, np.ones(WIDE, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return made


def _add_tokenizer(writer: gguf.GGUFWriter) -> None:
    from tokenizers.pre_tokenizers import ByteLevel

    letters = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *sorted(ByteLevel.alphabet()), "an", "th"]
    letters += [f"<unused{n}>" for n in range(WORDS - len(letters))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(letters)
    writer.add_token_types([3, 3, 3, *[1] * (WORDS - 3)])
    writer.add_token_merges(["a n", "t h"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template("{% for m in messages %}{{ m['content'] }}{% endfor %}")


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """The settings know a model called `tiny`, whose file is on this machine."""
    weights = tmp_path / "weights"
    weights.mkdir()
    made = tiny_llama(weights / "tiny.gguf")
    data = (weights / "tiny.gguf").read_bytes()
    entry = {
        "name": "tiny",
        "title": "Tiny",
        "file": "tiny.gguf",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": "Apache-2.0",
        "context": 128,
        "kind": "rehearsal",
        "sources": [],
    }
    (tmp_path / "catalogue.yaml").write_text(json.dumps([entry]), encoding="utf-8")
    monkeypatch.setenv("BAUHINIA_CATALOGUE", str(tmp_path / "catalogue.yaml"))
    monkeypatch.setenv("BAUHINIA_MODEL_PATH", str(weights))
    get_settings.cache_clear()
    return made


def test_a_gguf_becomes_a_folder_of_floats_with_its_tokenizer(
    tmp_path: Path, catalogue: dict[str, np.ndarray]
) -> None:
    from safetensors.numpy import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = base.prepare(Base(model="tiny"), tmp_path / "base", seed=1)
    weights = load_file(model / "model.safetensors")
    got, made = weights["model.embed_tokens.weight"], catalogue["token_embd.weight"]
    assert got.dtype == np.float32
    assert np.abs(got - made).max() < 0.02, "q8_0 rounds to a 127th of the largest of 32 weights"
    tokenizer = AutoTokenizer.from_pretrained(model)
    assert tokenizer.decode(tokenizer("than 巴士")["input_ids"]) == "than 巴士"
    assert tokenizer.chat_template
    assert pre_tokenizer_name(model) == "smollm", "it splits text as the file says, and not as GPT-2"
    assert AutoModelForCausalLM.from_pretrained(model).num_parameters() == sum(
        tensor.size for tensor in weights.values()
    )
    origin = base.origin(tmp_path / "base")
    assert (origin["name"], origin["licence"]) == ("tiny", "Apache-2.0")


def test_the_base_is_made_once(tmp_path: Path, catalogue: dict[str, np.ndarray]) -> None:
    model = base.prepare(Base(model="tiny"), tmp_path / "base", seed=1)
    stamp = (model / "model.safetensors").stat().st_mtime_ns
    assert base.prepare(Base(model="tiny"), tmp_path / "base", seed=1) == model
    assert (model / "model.safetensors").stat().st_mtime_ns == stamp


def test_what_a_killed_preparation_left_is_not_taken_for_a_base(
    tmp_path: Path, catalogue: dict[str, np.ndarray]
) -> None:
    for left in ("unfinished", "model"):
        (tmp_path / "base" / left).mkdir(parents=True, exist_ok=True)
        (tmp_path / "base" / left / "model.safetensors").write_bytes(b"half")
    model = base.prepare(Base(model="tiny"), tmp_path / "base", seed=1)
    assert (model / "model.safetensors").stat().st_size > 1000
    assert finished(tmp_path / "base") is not None
    assert not (tmp_path / "base" / "unfinished").exists()


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "config.json").write_text("{}")
    (given / "model.safetensors").write_text("weights")
    (given / "README.md").write_text("---\nlicense: mit\n---\n")
    model = base.prepare(Base(folder=given), tmp_path / "base", seed=1)
    assert (model / "model.safetensors").read_text() == "weights"
    assert base.origin(tmp_path / "base")["licence"] == "mit"


def test_a_folder_that_holds_no_model_says_how_to_get_it(tmp_path: Path) -> None:
    wanted = Base(folder=tmp_path / "nowhere", repository="deepseek-ai/DeepSeek-V3-Base")
    with pytest.raises(MissingPart) as refused:
        base.prepare(wanted, tmp_path / "base", seed=1)
    assert "hf download deepseek-ai/DeepSeek-V3-Base --local-dir" in refused.value.hint


def test_a_model_that_the_catalogue_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        base.prepare(Base(model="nonesuch"), tmp_path / "base", seed=1)


def test_fresh_weights_need_a_corpus_for_their_tokenizer(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        base.prepare(Base(architecture="deepseek-v3-tiny"), tmp_path / "base", seed=1)
    assert "needs a corpus" in refused.value.message
