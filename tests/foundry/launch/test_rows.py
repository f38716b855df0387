"""A corpus in the forms that other trainers read, by the script that is emitted, run as it is emitted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bauhinia.foundry.launch.emitting import _source

TRAIN = [
    {"id": "1", "text": "香港" * 30, "kind": "text", "language": "yue"},
    {"id": "2", "text": "government " * 10, "kind": "replay", "language": "en"},
    {"id": "3", "text": "天氣" * 30, "kind": "parallel", "language": "mixed"},
]
QUESTION = {"role": "user", "content": "幾點開門？"}
ANSWER = {"role": "assistant", "content": "九點。"}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    pair = {"prompt": [QUESTION], "chosen": [ANSWER], "rejected": [{**ANSWER, "content": "9am."}], "id": "p"}
    conversation = {"id": "i", "source": "forms", "messages": [QUESTION, ANSWER]}
    for name, rows in (("train", TRAIN), ("preferences", [pair]), ("instructions", [conversation])):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def rows(form: str, corpus: Path, *more: str) -> list[dict[str, Any]]:
    """What the emitted script writes, run in isolation from this product."""
    script = corpus.parent / "rows.py"
    script.write_text(_source("rows.py"), encoding="utf-8")
    out = corpus.parent / "out.jsonl"
    subprocess.run(
        [sys.executable, "-I", "-S", script, form, corpus, out, *more], check=True, capture_output=True
    )
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_text_is_a_document_a_row(corpus: Path) -> None:
    assert rows("text", corpus) == [{"text": row["text"]} for row in TRAIN]


def test_what_is_replayed_is_the_share_asked_for(corpus: Path) -> None:
    written = rows("text", corpus, "--replay", "0.25")
    replayed = sum(len(row["text"]) for row in written if "government" in row["text"])
    whole = sum(len(row["text"]) for row in written)

    # never less, and never more than one document over
    assert replayed / whole >= 0.25
    assert (replayed - 110) / (whole - 110) < 0.25
    assert rows("text", corpus, "--replay", "0") == [{"text": TRAIN[0]["text"]}, {"text": TRAIN[2]["text"]}]


def test_ms_swift_reads_documents_as_an_assistants(corpus: Path) -> None:
    first = rows("assistant", corpus)[0]

    assert first == {"messages": [{"role": "assistant", "content": TRAIN[0]["text"]}]}


def test_conversations_and_pairs(corpus: Path) -> None:
    assert rows("chat", corpus) == [{"messages": [QUESTION, ANSWER]}]
    assert rows("pairs", corpus) == [{"messages": [QUESTION, ANSWER], "rejected_response": "9am."}]


def test_verls_prompts_are_each_asked_once(corpus: Path) -> None:
    [only] = rows("prompts", corpus)

    assert only["prompt"] == [QUESTION]
    assert only["extra_info"]["prompt"] == QUESTION["content"]
    assert set(only) == {"data_source", "prompt", "reward_model", "extra_info"}


def test_a_missing_file_leaves_nothing_half_written(corpus: Path) -> None:
    (corpus / "preferences.jsonl").unlink()

    with pytest.raises(subprocess.CalledProcessError) as failed:
        rows("pairs", corpus)
    assert b"run the corpus stage first" in failed.value.stderr
    assert not (corpus.parent / "out.jsonl").exists()
