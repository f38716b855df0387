"""The converter's source is the pinned one, and what it runs in is a cage."""

import importlib.util
import json
import shutil
import subprocess
import sys

import pytest

from bauhinia.errors import InputError, MissingPart
from bauhinia.foundry.export import convert as converting
from bauhinia.foundry.export import converter as sources
from bauhinia.foundry.export.convert import CHILD, convert, keep_files
from bauhinia.settings import Settings

ORDER = {
    "model": "model",
    "kind": "f16",
    "name": "odd",
    "pre": None,
    "memory": 4_000_000_000,
    "seconds": 20,
    "bytes": 1_000_000,
}
BASE = """
class TextModel:
    def get_vocab_base_pre(self, tokenizer):
        raise NotImplementedError
    def _set_vocab_sentencepiece(self):
        raise ModuleNotFoundError("sentencepiece")
"""


def test_the_source_is_unpacked_once_and_found_again(converter_source):
    assert (converter_source / "convert_hf_to_gguf.py").is_file()
    assert (converter_source / "gguf-py" / "gguf" / "gguf_writer.py").is_file()
    assert sources.tree_digest(converter_source) == sources.TREE_SHA256
    assert not list(converter_source.rglob("*.pyc"))


def test_without_the_package_the_command_is_told(tmp_path):
    (tmp_path / sources.FILE).write_bytes(b"not the package")
    with pytest.raises(MissingPart, match="another digest") as missing:
        sources.converter(Settings(models_folder=tmp_path))
    assert "pip download --no-deps --no-binary :all: llama-cpp-python==" in missing.value.hint
    assert sources.SHA256 in missing.value.hint


def test_a_source_that_was_changed_is_not_run(converter_source, tmp_path):
    place = tmp_path / converter_source.name
    shutil.copytree(converter_source, place)
    # So that nothing is downloaded.
    (tmp_path / sources.FILE).write_bytes(b"not the package")
    settings = Settings(models_folder=tmp_path)
    assert sources.converter(settings) == place
    (place / "conversion" / "extra.py").write_text("raise SystemExit\n")
    with pytest.raises(MissingPart):
        sources.converter(settings)
    assert not place.exists()


def made(tmp_path, source):
    """A converter of our own."""
    place = tmp_path / "converter"
    (place / "conversion").mkdir(parents=True)
    (place / "gguf-py").mkdir()
    (place / "gguf-py" / "gguf.py").write_text("OURS = True\n")
    (place / "conversion" / "__init__.py").touch()
    (place / "conversion" / "base.py").write_text(BASE)
    (place / "convert_hf_to_gguf.py").write_text(source)
    return place


def run(tmp_path, source, **order):
    """A converter of our own in the cage; what it printed, and how it ended."""
    place = made(tmp_path, source)
    told = ORDER | {"converter": str(place), "out": str(tmp_path / "out.gguf")} | order
    return subprocess.run(
        [sys.executable, "-I", "-B", str(CHILD)],
        input=json.dumps(told).encode() + b"\n",
        env=converting._environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("deed", "refused"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "PermissionError: socket.connect"),
        ("import subprocess; subprocess.run(['true'])", "PermissionError: subprocess.Popen"),
        ("import os; os.system('true')", "PermissionError: os.system"),
        ("import os; os.fork()", "PermissionError: os.fork"),
        ("bytearray(10**12)", "MemoryError"),
        ("open('big', 'wb').write(bytes(2_000_000))", "OSError: [Errno 27] File too large"),
    ],
)
def test_the_cage_holds(tmp_path, deed, refused):
    ended = run(
        tmp_path, f"import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\ndef main():\n    {deed}\n"
    )
    assert ended.returncode == 1
    assert refused in ended.stderr.decode().splitlines()[-1]


def test_the_cage_inherits_nothing_and_takes_the_converters_own_gguf(tmp_path, monkeypatch):
    monkeypatch.setenv("BAUHINIA_MODEL_KEY", "secret")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    source = (
        "import gguf, json, os, sys\n"
        "def main():\n"
        "    print(json.dumps([dict(os.environ), gguf.OURS, sys.argv[1:], sys.path]))\n"
    )
    ended = run(tmp_path, source)
    environment, ours, arguments, path = json.loads(ended.stdout)
    assert ours
    assert not [name for name in environment if name.startswith("BAUHINIA_")]
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert "/nowhere" not in path
    assert arguments == [
        "--outfile", str(tmp_path / "out.gguf"), "--outtype", "f16", "--model-name", "odd", "model",
    ]  # fmt: skip


NAMING = """
from conversion.base import TextModel
{by_hash}
def main():
    print(TextModel().get_vocab_base_pre(None))
    try:
        TextModel()._set_vocab_sentencepiece()
    except FileNotFoundError:
        pass
"""


def test_the_name_that_we_know_counts_where_the_converter_knows_none(tmp_path):
    ended = run(tmp_path, NAMING.format(by_hash=""), pre="deepseek-v3")
    assert (ended.returncode, ended.stdout) == (0, b"deepseek-v3\n")


def test_a_name_that_the_converter_knows_by_its_hash_counts_before_ours(tmp_path):
    """SmolLM2 has no token of two digits, so GPT-2's splitting gives the same tokens, and the same hash."""
    by_hash = "TextModel.get_vocab_base_pre = lambda self, tokenizer: 'smollm'"
    ended = run(tmp_path, NAMING.format(by_hash=by_hash), pre="gpt-2")
    assert (ended.returncode, ended.stdout) == (0, b"smollm\n")


def test_a_models_own_code_is_not_shown_to_the_converter(tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "deepseek_v3", "auto_map": {"AutoConfig": "odd.Odd"}}')
    (model / "tokenizer_config.json").write_text('{"auto_map": {}, "add_bos_token": true}')
    (model / "odd.py").write_text("raise SystemExit\n")
    (model / "model.safetensors").write_bytes(b"weights")
    with converting._shown(model) as shown:
        assert sorted(file.name for file in shown.iterdir()) == [
            "config.json",
            "model.safetensors",
            "tokenizer_config.json",
        ]
        told = json.loads((shown / "config.json").read_text())
        assert told == {"model_type": "deepseek_v3", "scoring_func": "sigmoid"}
        assert json.loads((shown / "tokenizer_config.json").read_text()) == {"add_bos_token": True}
    assert "auto_map" in (model / "config.json").read_text()
    assert sorted(file.name for file in keep_files(model, tmp_path / "kept")) == [
        "config.json",
        "model.safetensors",
        "tokenizer_config.json",
    ]


def test_a_model_that_cannot_be_converted_leaves_nothing(tmp_path):
    source = "def main():\n    open(sys.argv[2], 'w').write('half')\n    raise SystemExit('Model Odd is not supported')\n"
    converter = made(tmp_path, f"import sys\n{source}")
    model = tmp_path / "model"
    model.mkdir()
    out = tmp_path / "out" / "model.gguf"
    out.parent.mkdir()
    with pytest.raises(InputError, match="There are no weights"):
        convert(model, out, converter=converter, name="odd")
    (model / "config.json").write_text('{"architectures": ["OddForCausalLM"], "model_type": "odd"}')
    (model / "model.safetensors").write_bytes(bytes(64))
    with pytest.raises(InputError, match=r"could not convert this model \(it ended with 1\)") as refused:
        convert(model, out, converter=converter, name="odd")
    assert refused.value.hint == "It said: Model Odd is not supported"
    assert not list(out.parent.iterdir())


def test_a_sentencepiece_model_says_which_package_is_missing(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(bytes(64))
    (tmp_path / "tokenizer.model").write_bytes(b"pieces")
    if importlib.util.find_spec("sentencepiece") is None:
        with pytest.raises(MissingPart, match="sentencepiece"):
            convert(tmp_path, tmp_path / "out.gguf", converter=tmp_path, name="odd")
