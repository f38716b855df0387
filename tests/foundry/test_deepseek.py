"""A DeepSeek-V3 made from nothing, and what its experts did."""

import json
import sys
from pathlib import Path

import pytest

from bauhinia.errors import InputError, NotFound
from bauhinia.foundry.deepseek import (
    Architecture,
    experts_without_gradient,
    fresh,
    load_series,
    loads,
    summarise,
)
from bauhinia.foundry.tokenizer import train_tokenizer

sys.path.insert(0, str(Path(__file__).parent))
from made import MICRO, make_corpus


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A tokenizer of the size that the small architecture wants."""
    corpus = make_corpus(tmp_path_factory.mktemp("made") / "corpus")
    return train_tokenizer(corpus / "train.jsonl", corpus.parent / "words", vocabulary=MICRO.vocab_size)


def test_the_shipped_architecture_has_a_few_million_parameters_and_all_of_deepseek_v3s_parts():
    import torch
    from transformers import DeepseekV3ForCausalLM

    with torch.device("meta"):
        model = DeepseekV3ForCausalLM(Architecture.named("deepseek-v3-tiny").config())
    names = dict(model.named_parameters())
    assert sum(each.numel() for each in names.values()) == 5_702_528
    assert names["model.layers.1.self_attn.kv_a_proj_with_mqa.weight"].shape == (64 + 16, 256)
    assert names["model.layers.1.self_attn.q_a_proj.weight"].shape == (96, 256)
    assert names["model.layers.1.mlp.experts.gate_up_proj"].shape == (8, 2 * 128, 256)
    assert "model.layers.1.mlp.shared_experts.up_proj.weight" in names
    assert "model.layers.0.mlp.up_proj.weight" in names
    assert model.config.scoring_func == "sigmoid"
    assert (model.config.n_group, model.config.topk_group) == (4, 2)


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(NotFound) as refused:
        Architecture.named("deepseek-v9")
    assert "deepseek-v3-tiny" in refused.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("experts: 9", "At experts: Extra inputs are not permitted."),
        ("n_group: 3", "n_routed_experts must make n_group equal groups"),
        ("topk_group: 1\nnum_experts_per_tok: 3", "num_experts_per_tok must fit into topk_group groups"),
        ("first_k_dense_replace: 3", "must leave a layer with experts"),
        ("hidden_size: many", "At hidden_size: "),
        ("hidden_size: [", "while parsing"),
    ],
)
def test_an_architecture_that_cannot_be_is_refused_with_the_reason(change, said):
    lines = MICRO.model_dump() | {line.split(":")[0]: None for line in change.splitlines()}
    text = "\n".join(f"{name}: {value}" for name, value in lines.items() if value is not None)
    with pytest.raises(InputError) as refused:
        Architecture.parse(f"{text}\n{change}\n", "mine.yaml")
    assert said in refused.value.hint


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(words, tmp_path):
    from safetensors.numpy import load_file

    one, same, other = (
        load_file(fresh(MICRO, words, tmp_path / name, seed) / "model.safetensors")
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one.keys() == same.keys() == other.keys()
    assert all((one[name] == same[name]).all() for name in one)
    embedding = "model.embed_tokens.weight"
    assert (one[embedding] != other[embedding]).any()
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert (config["model_type"], config["scoring_func"]) == ("deepseek_v3", "sigmoid")


def test_making_weights_leaves_the_random_numbers_of_others_alone(words, tmp_path):
    import torch

    torch.manual_seed(3)
    wanted = torch.rand(4)
    torch.manual_seed(3)
    fresh(MICRO, words, tmp_path / "model", 1)
    assert torch.equal(torch.rand(4), wanted)


def test_a_tokenizer_with_more_tokens_than_rows_is_refused(words, tmp_path):
    with pytest.raises(InputError, match="640 tokens; micro has room for 600"):
        fresh(MICRO.model_copy(update={"vocab_size": 600}), words, tmp_path, 1)


def test_a_backward_pass_reaches_every_expert_and_one_that_it_misses_is_named(words, tmp_path):
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(fresh(MICRO, words, tmp_path / "model", 1))
    assert len(experts_without_gradient(model)) == 2 * 8
    tokens = torch.randint(5, MICRO.vocab_size, (4, 64))
    model(input_ids=tokens, labels=tokens).loss.backward()
    assert experts_without_gradient(model) == []
    model.zero_grad()
    # A bias as large as this keeps the experts of the first group from being chosen.
    model.model.layers[1].mlp.gate.e_score_correction_bias[:2] = -100
    model(input_ids=tokens, labels=tokens).loss.backward()
    assert experts_without_gradient(model) == ["1.0", "1.1"]


def test_the_load_of_experts_is_summed_up_by_layer(tmp_path):
    file = tmp_path / "losses.jsonl"
    rows = [
        {"step": 1, "loss": 3.0, "expert_load": [[1.0, 0.0], [0.5, 0.5]]},
        {"step": 2, "loss": 2.9},
        {"step": 3, "loss": 2.8, "expert_load": [[0.6, 0.4], [1.0, 0.0]]},
        {"step": 4, "loss": 2.8, "expert_load": [[0.6, 0.4], [1.0, 0.0]]},
        {"step": 5, "loss": 2.7, "expert_load": [[0.6, 0.4], [1.0, 0.0]]},
    ]
    file.write_text("\n".join(map(json.dumps, rows)) + '\n{"step": 6, "expert_lo')
    told = loads(file)
    assert [step for step, _ in told] == [1, 3, 4, 5]
    first, second = summarise(told)
    assert first._asdict() == {
        "layer": "1",
        "least": 0.8,
        "most": 1.2,
        "violation": 0.2,
        "violation_first": 1.0,
        "dead": 0,
    }
    assert (second.dead, second.violation, second.violation_first) == (1, 1.0, 0.0)
    series = load_series(told, "1")
    assert series["expert 0"] == [(1, 2.0), (3, 1.2), (4, 1.2), (5, 1.2)]
    assert summarise([]) == [] and load_series([], "1") == {}
