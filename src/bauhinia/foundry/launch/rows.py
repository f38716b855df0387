"""Turn a run's corpus into the rows that other trainers read. It needs nothing but Python.

    python rows.py FORM CORPUS OUT.jsonl [--replay 0.25]

text       a document a row, for NeMo Automodel's `preprocess_megatron_dataset.py`
assistant  a document as an assistant's message, for ms-swift's `megatron pt`
chat       messages, for ms-swift's `megatron sft` and NeMo Automodel's ChatDataset
pairs      messages with the answer that was rejected, for ms-swift's `megatron rlhf --rlhf_type dpo`
prompts    messages without their answer, for verl
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Write the rows, whole or not at all; the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("form", choices=FORMS)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--replay", type=float, default=None, help="Share of the characters to replay.")
    given = parser.parse_args(arguments)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    beside = given.out.with_name(given.out.name + ".part")
    count = 0
    with beside.open("w", encoding="utf-8") as file:
        for row in FORMS[given.form](given.corpus, given.replay):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    if not count:
        beside.unlink()
        print(f"{given.corpus} has no rows for the form {given.form}.", file=sys.stderr)
        return 1
    beside.replace(given.out)
    print(f"{given.out}: {count} rows")
    return 0


def text(corpus: Path, replay: float | None) -> Iterator[Row]:
    """A document a row; those to replay among the others, so that they are the share that is asked for."""
    rows = list(read(corpus / "train.jsonl"))
    new = [row for row in rows if row.get("kind") != "replay"]
    again = [row for row in rows if row.get("kind") == "replay"]
    if replay is None:
        yield from ({"text": row["text"]} for row in rows)
        return
    if not again and replay:
        raise SystemExit(f"{corpus} has nothing to replay; run without --replay, or with --replay 0.")
    written, replayed, place = 0, 0, 0
    for row in new:
        written += len(row["text"])
        yield {"text": row["text"]}
        while replayed < written * replay / (1 - replay):
            chosen = again[place % len(again)]["text"]
            replayed, place = replayed + len(chosen), place + 1
            yield {"text": chosen}


def assistant(corpus: Path, replay: float | None) -> Iterator[Row]:
    """The same, each as what an assistant says."""
    for row in text(corpus, replay):
        yield {"messages": [{"role": "assistant", "content": row["text"]}]}


def chat(corpus: Path, _replay: float | None) -> Iterator[Row]:
    """Conversations."""
    for row in read(corpus / "instructions.jsonl"):
        yield {"messages": row["messages"]}


def pairs(corpus: Path, _replay: float | None) -> Iterator[Row]:
    """What was chosen, with what was rejected beside it."""
    for row in read(corpus / "preferences.jsonl"):
        yield {
            "messages": [*row["prompt"], *row["chosen"]],
            "rejected_response": row["rejected"][-1]["content"],
        }


def prompts(corpus: Path, _replay: float | None) -> Iterator[Row]:
    """What is asked, each once: of the preferences, and of the instructions up to their last answer."""
    seen: set[str] = set()
    asked = [(row, row["prompt"]) for row in read(corpus / "preferences.jsonl", needed=False)]
    asked += [(row, row["messages"][:-1]) for row in read(corpus / "instructions.jsonl", needed=False)]
    for row, messages in asked:
        key = json.dumps(messages, ensure_ascii=False)
        if messages and key not in seen:
            seen.add(key)
            yield {
                "data_source": row.get("source", ""),
                "prompt": messages,
                "reward_model": {"style": "rule", "ground_truth": ""},
                "extra_info": {"id": row.get("id", ""), "prompt": messages[-1]["content"]},
            }


def read(path: Path, *, needed: bool = True) -> Iterator[Row]:
    """The rows of a file."""
    if not path.is_file():
        if needed:
            raise SystemExit(f"There is no {path}; run the corpus stage first.")
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


FORMS: dict[str, Callable[[Path, float | None], Iterator[Row]]] = {
    "text": text,
    "assistant": assistant,
    "chat": chat,
    "pairs": pairs,
    "prompts": prompts,
}

if __name__ == "__main__":
    sys.exit(main())
