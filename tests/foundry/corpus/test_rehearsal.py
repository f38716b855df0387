"""The rehearsal's corpus, from what packages carry: built within its time, and fit to train on."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bauhinia.foundry.corpus import CorpusConfig, build, read_manifest, rehearsal
from bauhinia.foundry.corpus.config import CataloguesSource
from bauhinia.foundry.corpus.steps.decontamination import evaluation_index
from bauhinia.foundry.report import Silent

from .texts import lines_of

CATALOGUES = Path("/usr/share/locale/zh_HK/LC_MESSAGES")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Without the catalogues where a machine has none: every other source is the same everywhere."""
    config = rehearsal()
    if not list(CATALOGUES.glob("gtk*.mo")):
        kept = tuple(source for source in config.sources if not isinstance(source, CataloguesSource))
        config = CorpusConfig(sources=kept)
    folder = tmp_path_factory.mktemp("rehearsal")
    began = time.process_time()
    build(config, folder, report=Silent())
    return folder, time.process_time() - began


def test_it_is_built_in_under_a_minute(corpus: tuple[Path, float]) -> None:
    # of this process's own time: what else the machine does is not its doing
    assert corpus[1] < 60


def test_it_has_cantonese_parallel_text_and_english_to_replay(corpus: tuple[Path, float]) -> None:
    folder, _ = corpus
    train = lines_of(folder / "train.jsonl")
    characters = {
        name: sum(len(row["text"]) for row in train if row["kind"] == name)
        for name in ("text", "parallel", "replay")
    }
    assert characters["text"] > 150_000 and characters["replay"] > 150_000 and characters["parallel"] > 20_000
    assert {row["language"] for row in train if row["kind"] == "text"} == {"yue"}
    assert {row["language"] for row in train if row["kind"] == "replay"} == {"en"}
    manifest = read_manifest(folder)
    assert {"cantonese", "english", "parallel"} <= set(manifest["heldout"])
    assert manifest["heldout"]["cantonese"]["documents"] >= 3
    assert manifest["instructions"]["rows"] >= 200 and manifest["preferences"]["rows"] >= 100


def test_nothing_in_it_is_of_an_evaluation_set(corpus: tuple[Path, float]) -> None:
    folder, _ = corpus
    index = evaluation_index(())
    rows = [
        row
        for name in ("train", "heldout/cantonese", "heldout/english")
        for row in lines_of(folder / f"{name}.jsonl")
    ]
    assert [row["id"] for row in rows if index.find(row["text"])] == []
    samples = next(each for each in read_manifest(folder)["sources"] if each["name"] == "samples")
    assert samples["rows"]["kept"] == 0 and samples["rows"]["read"] > 10


def test_each_row_has_a_licence_that_permits_training(corpus: tuple[Path, float]) -> None:
    from bauhinia.foundry.corpus.steps.allowed import permits

    folder, _ = corpus
    allowed = CorpusConfig.model_fields["licences"].default
    for name in ("train", "instructions", "preferences"):
        assert all(permits(row["licence"], allowed) for row in lines_of(folder / f"{name}.jsonl"))
