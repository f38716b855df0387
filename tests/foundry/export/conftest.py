"""A trained DeepSeek of a quarter of a million parameters, exported; and the converter, fetched once a machine."""

import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bauhinia.foundry.export import ExportConfig, ExportFigures, export
from bauhinia.foundry.report import Silent
from bauhinia.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1]))
from made import MICRO, make_corpus

HELDOUT = ("cantonese", "english")


class Exported(NamedTuple):
    """A model that was trained and exported, and what is known of it."""

    model: Path
    corpus: Path
    folder: Path
    figures: ExportFigures
    losses: Path


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """A small corpus."""
    return make_corpus(tmp_path_factory.mktemp("made") / "corpus")


@pytest.fixture(scope="session")
def words(corpus):
    """A tokenizer of that corpus."""
    from bauhinia.foundry.tokenizer import train_tokenizer

    return train_tokenizer(corpus / "train.jsonl", corpus.parent / "words", vocabulary=MICRO.vocab_size)


@pytest.fixture(scope="session")
def trained(corpus, words, tmp_path_factory):
    """The folder of a training stage: a fresh DeepSeek, trained until it knows the corpus's sentences."""
    from bauhinia.foundry.deepseek import fresh
    from bauhinia.foundry.training import PretrainingConfig, train

    folder = tmp_path_factory.mktemp("run") / "pretraining"
    config = PretrainingConfig(
        learning_rate=6e-3, steps=60, batch=8, length=64, replay_share=0.0, expert_bias=0.01, threads=1
    )
    base = fresh(MICRO, words, folder.parent / "base", 3)
    train(config, model=base, corpus=corpus, folder=folder, seed=3, report=Silent())
    return folder


@pytest.fixture(scope="session")
def exported(trained, corpus):
    """That model, exported."""
    model, folder = trained / "model", trained.parent / "export"
    config = ExportConfig(positions=1000, window=64, threads=1)
    figures = export(config, model=model, corpus=corpus, folder=folder, report=Silent())
    return Exported(model, corpus, folder, figures, trained / "losses.jsonl")


@pytest.fixture(scope="session")
def converter_source():
    """The converter's source, in the cache of this machine."""
    from bauhinia.foundry.export.converter import converter

    return converter(Settings())
