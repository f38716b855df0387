"""The real small model: its GGUF dequantised to a Hugging Face folder, exported again, and served.

It takes longer than the rest (98 MB of weights, 135 M parameters); `test_dense` does the same with a Llama
of a hundred thousand parameters.
"""

import asyncio

import pytest

from bauhinia.foundry.base import dequantise
from bauhinia.foundry.export import served
from bauhinia.foundry.export.convert import convert
from bauhinia.foundry.export.parity import PROBES, compare, read_by_transformers
from bauhinia.foundry.gguf_header import read_header
from bauhinia.foundry.tokenizer import pre_tokenizer_name
from bauhinia.models.weights import fetch
from bauhinia.settings import Settings

pytestmark = pytest.mark.model

TEXTS = (
    "The Highways Department repairs public roads and answers complaints within ten working days.",
    "佢哋今日去咗中環嘅圖書館。",
)


@pytest.fixture(scope="module")
def dequantised(tmp_path_factory):
    """The folder that training would start from, and the file that it came from."""
    weights = asyncio.run(fetch("smollm2-135m-instruct", Settings()))
    folder = tmp_path_factory.mktemp("smollm2") / "model"
    dequantise(weights, folder)
    return folder, weights


def test_smollm2_is_served_as_it_was_dequantised_and_reads_text_as_its_first_file_does(
    dequantised, converter_source, tmp_path
):
    from transformers import AutoTokenizer

    folder, weights = dequantised
    assert pre_tokenizer_name(folder) == "smollm"
    out = tmp_path / "model-f16.gguf"
    convert(folder, out, converter=converter_source, name="smollm2-again")
    assert read_header(out).fields["tokenizer.ggml.pre"] == "smollm"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = [tokenizer.encode(text) for text in TEXTS]
    with served(out, slots=2, threads=1) as again:
        parity = compare(read_by_transformers(folder, texts), again.read_all(texts))
        read_again = [again.tokens(text) for text in (*PROBES, *TEXTS)]
    assert parity.gap < 0.01
    assert parity.agreement >= 0.97  # of a few dozen positions, one may differ
    with served(weights, threads=1) as first:
        assert [first.tokens(text) for text in (*PROBES, *TEXTS)] == read_again
    assert [tokenizer.encode(text) for text in (*PROBES, *TEXTS)] == read_again
