"""A trained model exported, served by the embedded llama.cpp, and compared with the original."""

import hashlib
import json
import math
import socket
import sys
from pathlib import Path

import psutil
import pytest
import yaml

from bauhinia.errors import Cancelled, InputError, ModelError
from bauhinia.foundry.deepseek import loads, summarise
from bauhinia.foundry.export import ExportConfig, export, served
from bauhinia.foundry.export.exporting import _problems
from bauhinia.foundry.export.parity import (
    PROBES,
    Parity,
    compare,
    read_by_transformers,
    tokenized_otherwise,
    windows,
)
from bauhinia.foundry.export.served import NextToken
from bauhinia.foundry.gguf_header import read_header
from bauhinia.foundry.report import Silent
from bauhinia.models import ChatRequest, EmbeddedBackend, Message, llama_child, open_backend, whole
from bauhinia.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1]))
from made import MICRO

HELDOUT = ("cantonese", "english")


def test_a_deepseek_is_trained_with_its_experts_at_work(exported):
    rows = [json.loads(line) for line in exported.losses.read_text().splitlines()]
    assert rows[-1]["loss"] < 0.6 * rows[0]["loss"]
    layers = summarise(loads(exported.losses))
    assert [layer.dead for layer in layers] == [0, 0]
    assert all(layer.violation < 1.0 for layer in layers)


def test_the_gguf_that_is_served_is_the_model_that_was_trained(exported):
    f16 = exported.figures.files["f16"]
    assert f16.positions == 1000
    assert f16.loss_before < 0.7 * math.log(MICRO.vocab_size)
    assert f16.gap < 0.01
    assert f16.agreement >= 0.99
    assert exported.figures.problems == ()
    assert exported.figures.gguf_loss_gap == f16.gap


def test_coarser_files_are_smaller_and_their_loss_stands_beside_the_originals(exported):
    told = json.loads((exported.folder / "export.json").read_text())
    assert list(told["files"]) == ["model-f16.gguf", "model-q8_0.gguf", "model-q4_0.gguf"]
    sizes = [each["bytes"] for each in told["files"].values()]
    assert sizes == sorted(sizes, reverse=True)
    gaps = [each["loss_gap"] for each in told["files"].values()]
    assert gaps[0] <= gaps[1] < 0.01
    assert gaps[2] < 0.1
    assert told["original"]["positions"] == 1000
    for name, each in told["files"].items():
        assert each["sha256"] == hashlib.sha256((exported.folder / name).read_bytes()).hexdigest()
    assert "Q4_0" in told["files"]["model-q4_0.gguf"]["tensors"]
    assert told["converter"]["package"] == "llama-cpp-python"
    kept = exported.folder / "safetensors" / "model.safetensors"
    assert kept.read_bytes() == (exported.model / "model.safetensors").read_bytes()
    assert told["safetensors"]["safetensors/model.safetensors"]["bytes"] == kept.stat().st_size


def test_the_routing_of_deepseek_v3_is_written_down(exported):
    fields = read_header(exported.folder / "model-f16.gguf").fields
    assert fields["general.architecture"] == "deepseek2"
    assert fields["deepseek2.expert_gating_func"] == 2  # sigmoid
    assert fields["deepseek2.expert_group_count"] == 4
    assert fields["tokenizer.ggml.pre"] == "deepseek-v3"
    assert fields["deepseek2.attention.key_length_mla"] == 32 + 16


def test_the_served_tokenizer_and_chat_template_are_the_trained_ones(exported):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(exported.model)
    heldout = [exported.corpus / "heldout" / f"{name}.jsonl" for name in HELDOUT]
    messages = [
        {"role": "system", "content": "You write notices."},
        {"role": "user", "content": "你好"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "再嚟"},
    ]
    with served(exported.folder / "model-f16.gguf", threads=1) as model:
        assert tokenized_otherwise(exported.model, model, heldout) == []
        assert model.text(tokenizer.encode(PROBES[1], add_special_tokens=False)) == PROBES[1]
        prompt = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        # The server adds the begin token itself.
        assert model.prompt(messages) == prompt.removeprefix("<｜begin▁of▁sentence｜>")


def test_a_wrong_pre_tokenizer_is_noticed(exported, tmp_path):
    file = tmp_path / "other.gguf"
    file.write_bytes((exported.folder / "model-f16.gguf").read_bytes())
    place = read_header(file).places["tokenizer.ggml.pre"]
    with file.open("r+b") as damaged:
        damaged.seek(place + 8)
        damaged.write(b"bailingmoe2")  # as long a name; it splits every digit
    heldout = [exported.corpus / "heldout" / f"{name}.jsonl" for name in HELDOUT]
    with served(file, threads=1) as model:
        otherwise = tokenized_otherwise(exported.model, model, heldout)
    assert otherwise
    (problem,) = _problems(exported.figures.files["f16"], otherwise)
    assert "as other tokens" in problem


def test_what_the_served_model_thinks_of_each_token_is_what_the_original_thinks(exported):
    """Also of bytes that are no whole character, of the end of a text, and of texts read at once."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(exported.model)
    texts = [tokenizer.encode(text) for text in ("佢哋𠮷\ufffd 😀 wörd\n", "A clerk received", "市民")]
    texts[0].append(tokenizer.eos_token_id)
    with served(exported.folder / "model-f16.gguf", slots=2, threads=1) as model:
        alone = [model.read(text) for text in texts]
        together = model.read_all(texts)
    expected = read_by_transformers(exported.model, texts)
    for answers in (alone, together):
        assert [len(each) for each in answers] == [len(text) - 1 for text in texts]
        for ours, theirs in zip(answers, expected, strict=True):
            for one, other in zip(ours, theirs, strict=True):
                assert one.log_probability == pytest.approx(other.log_probability, abs=0.1)
    assert compare(expected, alone).gap < 0.01


def test_a_connection_that_the_server_closed_is_opened_again_and_a_dead_server_is_told(exported):
    with served(exported.folder / "model-f16.gguf", threads=1) as model:
        tokens = model.tokens("市民")
        model._connection.sock.shutdown(socket.SHUT_RDWR)
        assert model.tokens("市民") == tokens
        # Others may be left by tests before in the same process, such as one that tracks shared memory.
        (child,) = (each for each in psutil.Process().children() if llama_child.__file__ in each.cmdline())
        child.kill()
        child.wait()
        with pytest.raises(ModelError, match="stopped answering"):
            model.tokens("市民")
    assert not psutil.pid_exists(child.pid)


async def test_the_product_serves_the_file(exported, tmp_path):
    file = exported.folder / "model-q8_0.gguf"
    entry = {
        "name": "micro",
        "title": "A small DeepSeek-V3",
        "file": file.name,
        "bytes": file.stat().st_size,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "licence": "CC0-1.0",
        "context": MICRO.max_position_embeddings,
        "kind": "rehearsal",
        "sources": [],
    }
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text(yaml.safe_dump([entry]))
    settings = Settings(
        model="micro", model_path=file, catalogue=catalogue, model_threads=1, model_context=256
    )
    backend = open_backend(settings)
    assert isinstance(backend, EmbeddedBackend)
    await backend.start()
    try:
        request = ChatRequest(messages=(Message("user", "The library"),), max_tokens=8)
        answer = await whole(backend.chat(request))
    finally:
        await backend.stop()
    assert answer.finish.usage.completion_tokens > 0
    assert backend.digest == entry["sha256"]


def test_a_stopped_export_leaves_no_marker(exported, tmp_path):
    class Impatient(Silent):
        def stopped(self) -> bool:
            return True

    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "export.json").write_text("{}")
    with pytest.raises(Cancelled):
        export(
            ExportConfig(), model=exported.model, corpus=exported.corpus, folder=folder, report=Impatient()
        )
    assert not (folder / "export.json").exists()
    assert not list(folder.glob("*.gguf"))


def test_a_corpus_without_that_text_is_refused_before_anything_is_converted(exported, tmp_path):
    config = ExportConfig(heldout=("mandarin",))
    with pytest.raises(InputError, match="no held-out text called 'mandarin'"):
        export(config, model=exported.model, corpus=exported.corpus, folder=tmp_path, report=Silent())
    config = ExportConfig(positions=1_000_000)
    with pytest.raises(InputError, match="1,000,000 are to be compared"):
        export(config, model=exported.model, corpus=exported.corpus, folder=tmp_path, report=Silent())
    assert not list(tmp_path.iterdir())


def test_the_files_take_turns_until_there_are_enough_positions(exported):
    heldout = [exported.corpus / "heldout" / f"{name}.jsonl" for name in HELDOUT]
    texts = windows(heldout, exported.model, positions=100, length=40)
    assert len(texts) == 3
    assert all(len(text) <= 40 for text in texts)
    assert sum(len(text) - 1 for text in texts) == 100


def test_the_comparison_counts_positions_not_texts():
    before = [[NextToken(-1.0, 5), NextToken(-2.0, 6)], [NextToken(-3.0, 7)]]
    after = [[NextToken(-1.0, 5), NextToken(-2.6, 9)], [NextToken(-3.0, 7)]]
    found = compare(before, after)
    assert found == Parity(3, pytest.approx(2.2), 2.0, pytest.approx(0.1), pytest.approx(2 / 3))
    assert [each.split(" differs")[0] for each in _problems(found, [])] == [
        "The loss of the f16 file",
        "The f16 file thinks the same token likeliest at 66.7% of positions; 99% is the least allowed.",
    ]


def test_what_is_no_gguf_is_not_served(tmp_path):
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(InputError, match="could not load model"), served(file):
        pass
