"""Recipes: typed, whole, and refused with the key and the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bauhinia.errors import InputError, NotFound
from bauhinia.foundry import recipe

pytestmark = pytest.mark.usefixtures("stubs")

GOOD = """
name: good
title: A good one
base: {model: smollm2-135m-instruct}
stages:
  - {name: corpus, kind: stub-corpus, steps: 5}
  - {name: training, kind: stub-training}
"""


def test_a_recipe_is_resolved_to_its_defaults_and_reads_back_the_same() -> None:
    read = recipe.parse(GOOD, "good.yaml")
    assert [stage.config.steps for stage in read.stages] == [5, 3]
    assert "fail: ''" in read.as_yaml()
    again = recipe.parse(read.as_yaml(), "again.yaml")
    assert again == read
    assert again.hash == read.hash


def test_the_hash_is_of_what_is_made_and_not_of_what_it_is_called() -> None:
    read = recipe.parse(GOOD, "good.yaml")
    assert recipe.parse(GOOD.replace("A good one", "Another"), "x.yaml").hash == read.hash
    assert recipe.parse(GOOD.replace("steps: 5", "steps: 6"), "x.yaml").hash != read.hash
    assert recipe.parse(GOOD + "seed: 8\n", "x.yaml").hash != read.hash


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (GOOD.replace("steps: 5", "stepz: 5"), "in stage 'corpus', the key `stepz` is unknown"),
        (
            GOOD.replace("steps: 5", "steps: many"),
            "in stage 'corpus', `steps`: input should be a valid integer",
        ),
        (GOOD + "optimiser: adam\n", "the key `optimiser` is unknown"),
        (GOOD.replace("title: A good one\n", ""), "the key `title` is missing"),
        (
            GOOD.replace("stub-training", "os.system"),
            "stage 'training' has the kind 'os.system'; there are corpus",
        ),
        (
            GOOD.replace("{model:", "{folder: here, model:"),
            "`base`: a base is exactly one of model, folder and",
        ),
        (GOOD.replace("{model:", "{modle:"), "the key `base.modle` is unknown"),
        (GOOD.replace("name: training", "name: corpus"), "two stages are called 'corpus'"),
        (GOOD.replace("stub-corpus", "stub-evaluation"), "stage 'corpus' needs a corpus"),
        (GOOD.replace("name: good", "name: ../up"), "`name`: string should match pattern"),
        (GOOD.replace("name: training", "name: ../up"), "stage 2 needs a `name` of small letters"),
        (GOOD.replace("title: A", "title: !!python/object/apply:os.getcwd []\nx: A"), "it is not YAML"),
        (GOOD + "seed: 3\nseed: 4\n", "the key `seed` stands twice"),
        ("- a list", "it holds no record of keys"),
        ("name: x", "`stages` must be a list of at least one stage"),
    ],
)
def test_what_is_wrong_is_told_with_its_key_and_place(broken: str, sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        recipe.parse(broken, "good.yaml")
    assert refused.value.message.startswith("The recipe good.yaml cannot be used: ")
    assert sentence in refused.value.message


def test_an_unknown_name_says_which_recipes_there_are() -> None:
    with pytest.raises(NotFound) as refused:
        recipe.load("nonesuch")
    assert "rehearsal" in refused.value.hint
    with pytest.raises(NotFound):
        recipe.load("nonesuch.yaml")


def test_a_file_is_a_recipe_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert recipe.load(str(path)).name == "good"


@pytest.mark.parametrize("name", recipe.shipped())
def test_every_shipped_recipe_is_whole(name: str) -> None:
    read = recipe.load(name)
    assert read.name == name
    assert recipe.parse(read.as_yaml(), "resolved.yaml") == read
    assert [stage.kind for stage in read.stages][:2] == ["corpus", "pretraining"]
