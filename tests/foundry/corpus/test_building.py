"""A corpus from end to end: counted, deterministic, held out, traced, withdrawn, and whole or not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bauhinia.errors import Cancelled, Conflict, InputError, MissingPart, NotFound
from bauhinia.evaluation import load_questions, load_summaries
from bauhinia.foundry.corpus import (
    CorpusConfig,
    build,
    check_files,
    check_standing,
    describe,
    pending,
    read_manifest,
    trace,
    withdraw,
)
from bauhinia.foundry.corpus.assembling import chosen
from bauhinia.foundry.corpus.config import HeldOut
from bauhinia.foundry.corpus.overlap import tokens
from bauhinia.foundry.report import Silent
from bauhinia.language import to_simplified

from .texts import english, lines_of, notice, talk, write_jsonl

Mixed = Callable[..., Path]
SECRET = "Z437626(A)"


def config_of(path: Path, **more: Any) -> CorpusConfig:
    source = {"kind": "jsonl", "path": path, "licence": "CC0-1.0"}
    defaults = {"instructions": 30, "preferences": 20, "held_out": {"share": 0.1}}
    return CorpusConfig.model_validate({"sources": [source], **defaults, **more})


def files_of(folder: Path) -> dict[str, bytes]:
    """Everything but the time it took."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    manifest = json.loads(found.pop("manifest.json"))
    manifest.pop("figures")
    return {**found, "manifest": json.dumps(manifest).encode()}


def rejected(folder: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for source in read_manifest(folder)["sources"]:
        counts.update(source["rows"]["rejected"])
    return counts


def test_the_same_configuration_gives_the_same_bytes_whoever_works(mixed: Mixed, tmp_path: Path) -> None:
    path = mixed()
    write_jsonl(path.parent / "more.jsonl", [{"text": talk(number)} for number in range(60, 80)])
    config = config_of(path.parent)
    figures = build(config, tmp_path / "a", report=Silent())
    before = files_of(tmp_path / "a")
    other = build(config.model_copy(update={"seed": 5}), tmp_path / "a", report=Silent())
    again = build(config, tmp_path / "a", report=Silent())
    two = build(config.model_copy(update={"workers": 2}), tmp_path / "b", report=Silent())
    assert before == files_of(tmp_path / "a") == files_of(tmp_path / "b")
    assert figures.digest == again.digest == two.digest != other.digest


def test_rows_are_as_agreed_and_none_is_lost(mixed: Mixed, tmp_path: Path) -> None:
    figures = build(config_of(mixed()), tmp_path / "out", report=Silent())
    train = lines_of(tmp_path / "out" / "train.jsonl")
    assert {tuple(row) for row in train} == {("id", "text", "source", "licence", "language", "kind")}
    assert {row["language"] for row in train} == {"yue", "zh-Hant", "en"}
    held = {name: lines_of(tmp_path / "out" / "heldout" / f"{name}.jsonl") for name in figures.heldout}
    assert set(held) == {"cantonese", "chinese", "english"} and all(held.values())
    assert (
        figures.read == 60 == len(train) + sum(map(len, held.values())) + rejected(tmp_path / "out").total()
    )
    assert len({row["id"] for row in train}) == len(train) == figures.rows
    (source,) = read_manifest(tmp_path / "out")["sources"]
    assert source["licence"] == "CC0-1.0" and len(source["sha256"]) == 64 and source["rows"]["read"] == 60
    assert not list((tmp_path / "out").glob(".building*")) and not list((tmp_path / "out").rglob("*.part"))
    check_files(tmp_path / "out")
    assert figures.rows_per_second == read_manifest(tmp_path / "out")["figures"]["rows_per_second"] > 0


def test_every_kind_of_bad_row_is_a_counted_rejection(mixed: Mixed, tmp_path: Path) -> None:
    leak = next(row.text for row in load_summaries() if row.language == "zh-HK")
    personal = f"何美玲 {SECRET} 電話6234 5678 電郵meiling.ho@example.com 地址：沙田安樂街7號9樓C室，以上係會員資料嚟㗎。"
    path = mixed(
        {"text": personal},
        {"text": f"{english(30)}\n\n{leak[:200]}"},
        {"text": to_simplified(leak)[:300]},
        {"text": "哈哈哈" * 60},
        {"text": notice(31), "licence": "CC-BY-NC-4.0"},
        {"text": talk(31), "consent": False},
        {"text": talk(3).replace("蚊", "文", 1)},
        {"text": talk(5) + " "},
        {"text": "這次會議將於下星期舉行，請準時出席。这次会议将于下星期举行，请准时出席。"},
        {"text": "Это не наш язык, и здесь ему не место."},
        {"nothing": 1},
    )
    build(config_of(path), tmp_path / "out", report=Silent())
    counts = rejected(tmp_path / "out")
    assert {reason for reason in counts if not reason.startswith("duplicates")} == {
        "personal.too_personal",
        "decontaminated.evaluation_leak",
        "quality.repeated_phrases",
        "allowed.licence_not_allowed",
        "allowed.opted_out",
        "script.script_mixed",
        "language.unknown_language",
        "readable.no_text",
    }
    assert counts["decontaminated.evaluation_leak"] == 2 and counts["duplicates.near_duplicate"] == 2
    everything = b"".join(files_of(tmp_path / "out").values()).decode()
    assert "Z437626" not in everything and "meiling" not in everything
    leaked = lines_of(tmp_path / "out" / "rejected" / "decontaminated.jsonl")
    assert {row["leaked"]["set"] for row in leaked} == {"evaluation/sets/summaries.jsonl"}
    assert [row["text"] for row in lines_of(tmp_path / "out" / "rejected" / "allowed.jsonl")] == ["", ""]


def test_no_question_of_an_evaluation_set_reaches_training(mixed: Mixed, tmp_path: Path) -> None:
    poison = [{"text": f"{talk(40 + n)}\n{row.question}"} for n, row in enumerate(load_questions())]
    build(config_of(mixed(*poison)), tmp_path / "out", report=Silent())
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.jsonl"))
    long_enough = [row.question for row in load_questions() if len(tokens(row.question)) >= 10]
    assert len(long_enough) > 10 and [question for question in long_enough if question in kept] == []


def test_a_document_of_an_evaluation_set_goes_whole(tmp_path: Path) -> None:
    # the question has been asked about one page; the other page is of the same document
    leak = next(row.text for row in load_summaries() if row.language == "zh-HK")
    rows = [
        {"id": "paper", "text": leak[:300]},
        {"id": "paper", "text": talk(1)},
        {"id": "other", "text": talk(2)},
    ]
    build(config_of(write_jsonl(tmp_path / "rows.jsonl", rows)), tmp_path / "out", report=Silent())
    assert rejected(tmp_path / "out")["assembling.evaluation_document"] == 1
    assert [row["text"] for row in lines_of(tmp_path / "out" / "train.jsonl")] == [talk(2)]


def test_whole_documents_are_held_out_and_nothing_of_them_is_trained_on(tmp_path: Path) -> None:
    rows = [{"id": f"d{number // 4}", "text": talk(number)} for number in range(80)]
    rows += [{"id": f"copier-{number}", "text": f"{notice(number)}\n{talk(number)}"} for number in range(80)]
    build(config_of(write_jsonl(tmp_path / "rows.jsonl", rows)), tmp_path / "out", report=Silent())
    where: dict[str, set[str]] = {}
    for origin in lines_of(tmp_path / "out" / "origins.jsonl"):
        if origin["source"] == "jsonl":
            where.setdefault(origin["document"], set()).add(origin["in"])
    assert all(len(files) == 1 for files in where.values())
    held = lines_of(tmp_path / "out" / "heldout" / "cantonese.jsonl")
    train = "".join(row["text"] for row in lines_of(tmp_path / "out" / "train.jsonl"))
    assert len(held) >= 4
    # 18 characters of a held-out row stand nowhere in training: the copier's rows went
    assert [row["id"] for row in held if row["text"].split("\n")[1][:20] in train] == []
    assert rejected(tmp_path / "out")["assembling.held_out_leak"] >= 1


def test_documents_are_held_out_by_digest_up_to_their_share() -> None:
    sizes: Counter[str] = Counter({f"d{number}": 100 for number in range(50)})
    rule = HeldOut(share=0.1, most_characters=10_000)
    held = chosen(sizes, rule, 0)
    assert len(held) == 5 and held == chosen(Counter(dict(reversed(sizes.items()))), rule, 0)
    assert chosen(sizes, HeldOut(share=0.5, most_characters=300), 0) < chosen(sizes, HeldOut(share=0.5), 0)
    assert chosen(Counter({"only": 9}), rule, 0) == frozenset()
    assert len(chosen(Counter({"a": 9, "b": 9}), rule, 0)) == 1


def test_a_row_is_traced_withdrawn_and_never_built_again(mixed: Mixed, tmp_path: Path) -> None:
    path = mixed()
    twin = write_jsonl(tmp_path / "twin" / "rows.jsonl", [{"id": "t", "text": talk(2).replace("，", " ")}])
    config = config_of(path, withdrawals=tmp_path / "register.jsonl")
    out = tmp_path / "out"
    build(config, out, report=Silent())
    gone = next(row for row in lines_of(out / "train.jsonl") if row["text"] == talk(2))
    origin = trace(out, gone["id"])
    assert (origin.source, origin.licence, origin.document, origin.place) == (
        "jsonl",
        "CC0-1.0",
        "talk-2",
        "rows.jsonl:3#0",
    )
    assert origin.path == path.as_posix() and origin.found_in == "train"
    when = datetime(2026, 11, 27, tzinfo=UTC)
    assert withdraw(out, gone["id"], reason="Asked for by its writer", now=when) == 1
    assert pending(out) == [gone["id"]]
    with pytest.raises(Conflict, match="1 rows of this corpus were withdrawn"):
        check_standing(out)
    (entry,) = lines_of(tmp_path / "register.jsonl")
    assert entry["reason"] == "Asked for by its writer" and entry["recorded"] == "2026-11-27T00:00:00+00:00"
    second = {"kind": "jsonl", "name": "twin", "path": twin, "licence": "CC0-1.0"}
    build(
        config_of(
            path, sources=[config.sources[0].model_dump(), second], withdrawals=tmp_path / "register.jsonl"
        ),
        out,
        report=Silent(),
    )
    assert rejected(out)["allowed.withdrawn"] == 2
    assert talk(2) not in [row["text"] for row in lines_of(out / "train.jsonl")]
    assert pending(out) == [] and read_manifest(out)["withdrawn"]["rows"] == 1
    check_standing(out)


def test_a_source_and_a_document_can_be_withdrawn(mixed: Mixed, tmp_path: Path) -> None:
    config, out = config_of(mixed()), tmp_path / "out"
    build(config, out, report=Silent())
    assert withdraw(out, "notice-4", reason="The office asked") == 1
    build(config, out, report=Silent())
    assert rejected(out)["allowed.withdrawn"] == 1
    assert withdraw(out, "jsonl", reason="The licence was not theirs to give") > 40
    build(config, out, report=Silent())
    assert lines_of(out / "train.jsonl") == [] and rejected(out)["allowed.withdrawn"] == 60
    with pytest.raises(NotFound, match="no row, document or source called x"):
        withdraw(out, "x", reason="Why not")
    with pytest.raises(InputError, match="needs a reason"):
        withdraw(out, "jsonl", reason=" ")


def test_rows_made_by_program_are_traced_and_withdrawn_too(mixed: Mixed, tmp_path: Path) -> None:
    config, out = config_of(mixed()), tmp_path / "out"
    build(config, out, report=Silent())
    taught = lines_of(out / "instructions.jsonl")
    assert trace(out, taught[0]["id"]).found_in == "instructions"
    withdraw(out, taught[0]["id"], reason="Found to be wrong")
    build(config, out, report=Silent())
    assert taught[0]["id"] not in [row["id"] for row in lines_of(out / "instructions.jsonl")]


def test_opt_out_lists_are_honoured(mixed: Mixed, tmp_path: Path) -> None:
    (tmp_path / "optout.txt").write_text("talk-1\nhttps://a.example/\n", encoding="utf-8")
    path = mixed({"text": talk(50), "url": "https://a.example/page"})
    build(config_of(path, opt_outs=[tmp_path / "optout.txt"]), tmp_path / "out", report=Silent())
    assert rejected(tmp_path / "out")["allowed.opted_out"] == 2


def test_a_source_that_nobody_answers_for_is_refused_before_any_work(mixed: Mixed, tmp_path: Path) -> None:
    for source, message in (
        ({"kind": "jsonl", "path": mixed(), "licence": ""}, "has no licence"),
        ({"kind": "jsonl", "path": mixed(), "licence": "consent"}, "rests on consent"),
        ({"kind": "public", "set": "words-hk", "path": mixed().parent}, "has no licence"),
    ):
        with pytest.raises(InputError, match=message):
            build(CorpusConfig.model_validate({"sources": [source]}), tmp_path / "out", report=Silent())
    assert not (tmp_path / "out").exists()


def test_tables_tell_what_is_in_it(mixed: Mixed, tmp_path: Path) -> None:
    build(config_of(mixed({"text": "哈哈哈" * 60})), tmp_path / "out", report=Silent())
    told = describe(tmp_path / "out", samples=1)
    assert "| jsonl | CC0-1.0 | 61 |" in told and "| quality | repeated_phrases | 1 | jsonl |" in told
    assert "| quality | repeated_phrases | jsonl | 哈哈哈" in told and "rows read a second" in told


def test_a_manifest_that_was_changed_or_is_not_there_is_no_corpus(mixed: Mixed, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(NotFound, match="no finished corpus"):
        read_manifest(out)
    build(config_of(mixed()), out, report=Silent())
    with (out / "train.jsonl").open("ab") as file:
        file.write(b'{"id":"smuggled"}\n')
    with pytest.raises(InputError, match="not what its manifest was written for"):
        check_files(out)
    text = (out / "manifest.json").read_text(encoding="utf-8")
    (out / "manifest.json").write_text(text.replace('"CC0-1.0"', '"MIT"'), encoding="utf-8")
    with pytest.raises(InputError, match="not as it was written"):
        read_manifest(out)


class Stopping(Silent):
    """Stops when it is asked for the so-manieth time."""

    def __init__(self, after: int) -> None:
        self.left = after

    def stopped(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("after", [0, 2, 4])
def test_a_build_that_was_stopped_goes_on_to_the_same_corpus(
    mixed: Mixed, tmp_path: Path, after: int
) -> None:
    config = config_of(mixed())
    whole = build(config, tmp_path / "whole", report=Silent())
    with pytest.raises(Cancelled):
        build(config, tmp_path / "out", report=Stopping(after))
    assert not (tmp_path / "out" / "manifest.json").exists()
    assert not (tmp_path / "out" / "train.jsonl").exists()
    assert build(config, tmp_path / "out", report=Silent()).digest == whole.digest
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")


CHILD = """
import resource, signal, sys
from pathlib import Path
from bauhinia.errors import BauhiniaError
from bauhinia.foundry.corpus import CorpusConfig, build
from bauhinia.foundry.corpus.overlap import tokens
from bauhinia.foundry.report import Silent

class Told(Silent):
    def step(self, done, total, note=""):
        print("step", done, flush=True)

limit = int(sys.argv[3])
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    build(CorpusConfig.model_validate_json(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), report=Told())
except BauhiniaError as error:
    print(type(error).__name__, error.message, error.hint)
"""


def _child(tmp_path: Path, config: CorpusConfig, out: Path, limit: int = 0) -> subprocess.Popen[str]:
    (tmp_path / "config.json").write_text(config.model_dump_json(), encoding="utf-8")
    source = Path(__file__).parents[3] / "src"
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path / "config.json"), str(out), str(limit)],
        env={**os.environ, "PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("at", ["step 0", "step 4"])
def test_a_build_that_was_killed_goes_on_to_the_same_corpus(mixed: Mixed, tmp_path: Path, at: str) -> None:
    config, out = config_of(mixed()), tmp_path / "out"
    child = _child(tmp_path, config, out)
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == at:
            time.sleep(0.05)
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert not (out / "manifest.json").exists()
    build(config, out, report=Silent())
    build(config, tmp_path / "whole", report=Silent())
    assert files_of(out) == files_of(tmp_path / "whole")


@pytest.mark.parametrize(("limit", "workers"), [(2_000, 2), (9_000, 1)])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    mixed: Mixed, tmp_path: Path, limit: int, workers: int
) -> None:
    """The kernel refuses to let any file grow past the limit, as a full disk would."""
    out = tmp_path / "out"
    path = mixed()
    write_jsonl(path.parent / "more.jsonl", [{"text": talk(number)} for number in range(60, 80)])
    config = config_of(path.parent)
    build(config, out, report=Silent())
    before = files_of(out)
    more = config.model_copy(update={"seed": 1, "workers": workers})
    child = _child(tmp_path, more, out, limit)
    told, _ = child.communicate()
    assert child.returncode == 0 and "MissingPart The disk is full: the corpus was not written." in told
    assert files_of(out) == before and not list(out.glob(".building*")) and not list(out.rglob("*.part"))


def test_a_disk_without_room_is_told_before_any_work(
    mixed: Mixed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sparse" / "rows.jsonl"
    path.parent.mkdir()
    with path.open("wb") as file:
        file.truncate(1 << 42)  # takes no room itself
    with pytest.raises(MissingPart, match="GB of disk while it is built"):
        build(config_of(path), tmp_path / "out", report=Silent())
    assert not list((tmp_path / "out").iterdir())
