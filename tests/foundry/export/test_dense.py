"""The dense models that DeepSeek's distillations are (Qwen2, Llama) and Gemma 3: trained, exported, served."""

import json

import pytest

from bauhinia.foundry.export import served
from bauhinia.foundry.export.convert import convert
from bauhinia.foundry.export.parity import compare, read_by_transformers, tokenized_otherwise, windows
from bauhinia.foundry.export.quantise import quantise
from bauhinia.foundry.tokenizer import train_tokenizer

SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 2,
}
GEMMA = {"head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 32}


def shape_of(family, tokens):
    from transformers import Gemma3TextConfig, LlamaConfig, Qwen2Config

    if family == "qwen2":
        return Qwen2Config(**SHAPE, vocab_size=tokens)
    if family == "llama":
        return LlamaConfig(**SHAPE, vocab_size=tokens)
    layers = ["sliding_attention", "full_attention"]
    return Gemma3TextConfig(**SHAPE, **GEMMA, vocab_size=tokens, layer_types=layers)


def words_of(family, words, folder):
    """The tokenizer as Transformers reads it for this family: it gives Qwen2 an end token of its own."""
    from transformers import AutoTokenizer

    AutoTokenizer.from_pretrained(words).save_pretrained(folder)
    shape_of(family, 640).save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)


def trained(family, words, corpus, folder):
    """A model of that family, saved fresh, loaded again, and trained for a few steps of a plain loop."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(5)
    tokenizer = words_of(family, words, folder / "fresh")
    AutoModelForCausalLM.from_config(shape_of(family, len(tokenizer))).save_pretrained(folder / "fresh")
    model = AutoModelForCausalLM.from_pretrained(folder / "fresh", dtype=torch.float32)
    rows = [json.loads(line)["text"] for line in (corpus / "train.jsonl").read_text().splitlines()]
    tokens = torch.tensor([token for row in rows for token in tokenizer.encode(row)])
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for step in range(40):
        batch = tokens[step * 256 : (step + 1) * 256].view(4, 64)
        loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        assert all(parameter.grad is not None for parameter in model.parameters())
        optimiser.step()
        optimiser.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    model.save_pretrained(folder / "model")
    tokenizer.save_pretrained(folder / "model")
    return folder / "model"


@pytest.mark.parametrize(
    ("family", "pre", "architecture"),
    [("qwen2", "qwen2", "qwen2"), ("llama", "llama-bpe", "llama"), ("gemma3", "gpt-2", "gemma3")],
)
def test_a_dense_model_is_served_as_it_was_trained(
    family, pre, architecture, corpus, converter_source, tmp_path
):
    from bauhinia.foundry.gguf_header import read_header

    words = train_tokenizer(corpus / "train.jsonl", tmp_path / "words", vocabulary=640, pre=pre)
    model = trained(family, words, corpus, tmp_path)
    f16, q4 = tmp_path / "model-f16.gguf", tmp_path / "model-q4_0.gguf"
    convert(model, f16, converter=converter_source, name=family)
    quantise(f16, q4, "q4_0")
    fields = read_header(f16).fields
    assert (fields["general.architecture"], fields["tokenizer.ggml.pre"]) == (architecture, pre)
    heldout = [corpus / "heldout" / "cantonese.jsonl", corpus / "heldout" / "english.jsonl"]
    texts = windows(heldout, model, positions=300, length=64)
    before = read_by_transformers(model, texts)
    with served(f16, slots=2, threads=1) as reader:
        assert tokenized_otherwise(model, reader, heldout) == []
        parity = compare(before, reader.read_all(texts))
    assert parity.gap < 0.01
    assert parity.agreement >= 0.99
    with served(q4, slots=2, threads=1) as reader:
        assert compare(before, reader.read_all(texts)).gap < 0.2
