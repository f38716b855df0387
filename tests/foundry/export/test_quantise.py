"""GGUF files read, and written with fewer bits."""

import numpy
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, quants

from bauhinia.errors import InputError
from bauhinia.foundry.export.quantise import quantise, tensor_types
from bauhinia.foundry.gguf_header import read_header

SHAPES = {
    "token_embd.weight": (40, 64),
    "blk.0.ffn_up.weight": (96, 64),
    "blk.0.ffn_up_exps.weight": (3, 16, 64),
    "blk.0.attn_odd.weight": (8, 40),
}


@pytest.fixture
def source(tmp_path):
    """A small GGUF of 16-bit weights, with fields of every kind."""
    path = tmp_path / "model-f16.gguf"
    chance = numpy.random.default_rng(1)
    writer = GGUFWriter(path, "llama")
    writer.add_file_type(1)
    writer.add_name("小 model")
    writer.add_token_list(["<s>", "你", "好"])
    writer.add_token_types([3, 1, 1])
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_add_bos_token(True)
    for name, shape in SHAPES.items():
        writer.add_tensor(name, chance.standard_normal(shape).astype("f2"))
    writer.add_tensor("output_norm.weight", numpy.ones(64, dtype="f4"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_the_head_of_a_file_is_read_as_the_gguf_package_reads_it(source):
    header, reader = read_header(source), GGUFReader(source)
    assert header.fields["general.name"] == "小 model"
    assert header.fields["tokenizer.ggml.add_bos_token"] is True
    assert header.fields["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)
    assert "tokenizer.ggml.tokens" not in header.fields
    assert [each.name for each in header.tensors] == [each.name for each in reader.tensors]
    assert [header.data + each.place for each in header.tensors] == [
        each.data_offset for each in reader.tensors
    ]
    assert [list(each.shape) for each in header.tensors] == [each.shape.tolist() for each in reader.tensors]


@pytest.mark.parametrize(("kind", "worst", "number"), [("q8_0", 0.03, 7), ("q4_1", 0.3, 3), ("q4_0", 0.5, 2)])
def test_each_tensor_gets_the_type_that_suits_it(source, tmp_path, kind, worst, number):
    out = tmp_path / "out.gguf"
    quantise(source, out, kind)
    made, given = GGUFReader(out), GGUFReader(source)
    types = {each.name: each.tensor_type.name for each in made.tensors}
    assert types == {
        "token_embd.weight": "Q8_0",
        "blk.0.ffn_up.weight": kind.upper(),
        "blk.0.ffn_up_exps.weight": kind.upper(),
        "blk.0.attn_odd.weight": "F16",
        "output_norm.weight": "F32",
    }
    assert tensor_types(out) == {kind: list(types.values()).count(kind) for kind in types.values()}
    for one, other in zip(made.tensors, given.tensors, strict=True):
        assert one.shape.tolist() == other.shape.tolist()
        weights = quants.dequantize(one.data, one.tensor_type)
        original = quants.dequantize(other.data, other.tensor_type)
        assert numpy.abs(weights - original).max() < (worst if one.tensor_type.name == kind.upper() else 0.03)
    named = made.fields.keys() - {"general.file_type"}
    assert all(made.fields[name].contents() == given.fields[name].contents() for name in named)
    assert made.fields["general.file_type"].contents() == number


def test_what_is_quantised_already_is_not_quantised_again(source, tmp_path):
    out = tmp_path / "q8.gguf"
    quantise(source, out, "q8_0")
    with pytest.raises(InputError, match=r"quantised already \(Q8_0\)"):
        quantise(out, tmp_path / "q4.gguf", "q4_0")
    assert not (tmp_path / "q4.gguf").exists()


@pytest.mark.parametrize("left", [10, 100, 0.5])
def test_a_file_that_ends_too_soon_is_refused_and_leaves_nothing(source, tmp_path, left):
    data = source.read_bytes()
    short = tmp_path / "short.gguf"
    short.write_bytes(data[: left if isinstance(left, int) else int(len(data) * left)])
    with pytest.raises(InputError, match="damaged"):
        quantise(short, tmp_path / "out.gguf", "q4_0")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model-f16.gguf", "short.gguf"]


def test_what_is_no_gguf_is_refused(tmp_path):
    path = tmp_path / "model.gguf"
    path.write_bytes(b"PK\3\4" + bytes(60))
    with pytest.raises(InputError, match="not a GGUF"):
        read_header(path)
    assert GGMLQuantizationType.Q4_0 == 2
