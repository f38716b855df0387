"""Tokenizers that llama.cpp reads the same way."""

import json
import sys
from pathlib import Path

import pytest

from bauhinia.errors import InputError
from bauhinia.foundry.tokenizer import (
    PRE_TOKENIZERS,
    SPECIAL,
    pre_of_gguf,
    pre_tokenizer_name,
    train_tokenizer,
    with_pre_tokenizer,
)

sys.path.insert(0, str(Path(__file__).parent))
from made import make_corpus

TEXT = "佢哋今日去咗中環，I've 1234 reports.\n\n"


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """A corpus's rows."""
    return make_corpus(tmp_path_factory.mktemp("made") / "corpus") / "train.jsonl"


@pytest.fixture
def words(train, tmp_path):
    """A tokenizer of those rows."""
    return train_tokenizer(train, tmp_path / "words", vocabulary=640)


def test_a_trained_tokenizer_loses_nothing_and_begins_each_text(words):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(words)
    tokens = tokenizer.encode(TEXT)
    assert len(tokenizer) == 640
    assert tokens[0] == tokenizer.bos_token_id == 0
    assert tokenizer.decode(tokens[1:]) == TEXT
    assert tokenizer.convert_ids_to_tokens(range(5)) == list(SPECIAL)
    assert tokenizer.encode("<｜User｜>", add_special_tokens=False) == [3]
    odd = "𠮷 \u0000 😀"
    assert tokenizer.decode(tokenizer.encode(odd, add_special_tokens=False)) == odd


def test_the_chat_template_writes_deepseeks_turns_and_marks_the_assistants(words):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(words)
    messages = [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "Hello"}]
    assert tokenizer.apply_chat_template(messages, tokenize=False) == (
        "<｜begin▁of▁sentence｜><｜User｜>你好<｜Assistant｜>Hello<｜end▁of▁sentence｜>"
    )
    told = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
    theirs = [token for token, mine in zip(told["input_ids"], told["assistant_masks"], strict=True) if mine]
    assert tokenizer.decode(theirs) == "Hello<｜end▁of▁sentence｜>"


def test_the_same_corpus_gives_the_same_tokenizer(train, words, tmp_path):
    again = train_tokenizer(train, tmp_path / "again", vocabulary=640)
    assert (again / "tokenizer.json").read_bytes() == (words / "tokenizer.json").read_bytes()


def test_a_corpus_with_too_little_text_is_refused(train, tmp_path):
    with pytest.raises(InputError, match="tokens, and the architecture wants 50,000"):
        train_tokenizer(train, tmp_path / "words", vocabulary=50_000)
    assert not (tmp_path / "words").exists()


@pytest.mark.parametrize("pre", PRE_TOKENIZERS)
def test_a_pre_tokenizer_is_known_by_its_definition(words, pre):
    with_pre_tokenizer(words, pre)
    assert pre_tokenizer_name(words) == pre


def test_one_that_differs_in_anything_is_not_taken_for_a_known_one(words):
    assert pre_tokenizer_name(words) == "deepseek-v3"
    file = words / "tokenizer.json"
    described = json.loads(file.read_text())
    described["normalizer"] = {"type": "NFKC"}
    file.write_text(json.dumps(described))
    assert pre_tokenizer_name(words) is None
    described["normalizer"] = {"type": "NFC"}  # Qwen2's, not DeepSeek's
    file.write_text(json.dumps(described))
    assert pre_tokenizer_name(words) is None
    described["normalizer"] = None
    described["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = r"\p{N}{1,2}"
    file.write_text(json.dumps(described))
    assert pre_tokenizer_name(words) is None
    file.unlink()
    assert pre_tokenizer_name(words) is None


def test_digits_are_split_as_the_pre_tokenizer_says(words):
    from tokenizers import Tokenizer

    pieces = {}
    for pre in ("deepseek-v3", "smollm", "qwen2", "gpt-2"):
        with_pre_tokenizer(words, pre)
        tokenizer = Tokenizer.from_file(str(words / "tokenizer.json"))
        pieces[pre] = [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str("12345")]
    assert pieces == {
        "deepseek-v3": ["123", "45"],
        "smollm": list("12345"),
        "qwen2": list("12345"),
        "gpt-2": ["12345"],
    }


def test_a_file_that_asks_for_an_unknown_pre_tokenizer_is_refused(tmp_path):
    from gguf import GGUFWriter

    file = tmp_path / "odd.gguf"
    writer = GGUFWriter(file, "llama")
    writer.add_tokenizer_pre("poro-chat")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    with pytest.raises(InputError, match="poro-chat"):
        pre_of_gguf(file)
