"""The page of the rehearsal is written from run folders, and says what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bauhinia.errors import InputError
from bauhinia.foundry import recipe, surroundings, writing
from bauhinia.foundry.corpus import CorpusConfig, build
from bauhinia.foundry.marks import DONE, write_json, write_whole
from bauhinia.foundry.report import Silent

LINES = "我琴日喺{}買咗本舊書，老闆話仲有好多未整理，叫我第{}日再嚟睇。阿媽話間舖開咗成廿年，街坊個個都識。"
SUITE = {
    "bpb.cantonese": {"before": 3.431, "after": 2.1, "change": -0.388, "interval": [-0.4, -0.37]},
    "bpb.english": {"before": 1.09, "after": 1.1, "change": 0.0092, "interval": [0.002, 0.016]},
    "instructions": {
        "before": 0.714,
        "after": 0.7,
        "change": -0.014,
        "interval": [-0.06, 0.03],
        "kept": True,
        "by_kind": {
            "before": {"answered": [23, 34], "chosen": [27, 36]},
            "after": {"answered": [22, 34], "chosen": [27, 36]},
        },
    },
}
FILE = {"bytes": 271_000_000, "loss": 3.0101, "loss_gap": 0.0003, "top1_agreement": 0.997}


@pytest.fixture
def rehearsed(tmp_path: Path) -> Path:
    """A rehearsal's folder: three finished runs as their stages would leave them, and the deeds."""
    folder = tmp_path / "rehearsed"
    corpus = built(tmp_path)
    for name in (writing.MAIN, writing.WITHOUT, writing.TINY):
        finish(folder / name, name, corpus)
    deed = {
        "name": "summarise x",
        "command": "bauhinia summarise x",
        "seconds": 61.5,
        "printed": ["- A <b>point</b>."],
    }
    write_json(folder / writing.RECORD, {"deeds": {"summarise x": deed}, "sessions": [700.4, 300.0]})
    return folder


def built(tmp_path: Path) -> Path:
    rows = [{"id": str(n), "text": LINES.format("東涌沙田荃灣元朗"[n % 8], n) * 3} for n in range(40)]
    source = tmp_path / "rows.jsonl"
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    config = CorpusConfig.model_validate(
        {"sources": [{"kind": "jsonl", "path": source, "licence": "CC0-1.0"}]}
    )
    build(config, tmp_path / "corpus", report=Silent())
    return tmp_path / "corpus"


def finish(folder: Path, name: str, corpus: Path) -> None:
    asked = recipe.load(name)
    write_whole(folder / "recipe.yaml", asked.as_yaml())
    told: dict[str, Any] = {}
    for stage in asked.stages:
        place = folder / stage.name
        place.mkdir()
        figures: dict[str, Any] = {}
        if stage.kind == "corpus":
            write_whole(place / "manifest.json", (corpus / "manifest.json").read_text(encoding="utf-8"))
        elif stage.known.gives == "model":
            figures = {"steps": 3, "tokens_in": 768, "tokens_trained": 765, "tokens_per_second": 110.4}
            figures |= {"parameters": 134_515_008, "loss_first": 4.1, "loss_last": 2.9}
            log = [{"step": n, "loss": 4 - n / 4, "expert_load": [[0.3, 0.2, 0.5]]} for n in (1, 2, 3)]
            log[-1]["target_bpb"] = 2.2
            write_whole(place / "losses.jsonl", "".join(json.dumps(row) + "\n" for row in log))
        elif stage.kind == "evaluation":
            write_json(place / "results.json", {"suites": SUITE})
        elif stage.kind == "export":
            files = {f"model-{kind}.gguf": FILE for kind in ("f16", "q8_0", "q4_0")}
            write_json(place / "export.json", {"files": files, "original": {"loss": 3.01}, "problems": []})
        taken = {"taken_from": writing.MAIN} if stage.kind == "corpus" and name != writing.MAIN else {}
        write_json(
            place / DONE, {"seconds": 12.0, "cpu_seconds": 20.4, "figures": figures, "outputs": {}, **taken}
        )
        told[stage.name] = {"kind": stage.kind, "seconds": 12.0, "figures": figures}
    record = {"recipe": name, "title": asked.title, "hash": asked.hash, "began": "2026-11-27T11:00:00+00:00"}
    record |= {"environment": surroundings.environment(), "code": surroundings.code(), "stages": told}
    write_json(folder / "run.json", record | {"status": "finished", "sessions": [{"load": 99.0}]})


def test_the_page_says_what_the_runs_say(rehearsed: Path, tmp_path: Path) -> None:
    page = tmp_path / "docs" / "foundry.md"
    write_whole(page, f"# Before\n\n{writing.BEGIN}\nold\n{writing.END}\n\n## After\n")
    assert writing.write_page(rehearsed, tmp_path) == page
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Before\n\n" + writing.BEGIN)
    assert text.endswith(writing.END + "\n\n## After\n")
    assert "\nold\n" not in text
    assert "| Cantonese, bits per byte | 3.431 | 2.100 | -38.8% (-40.0% to -37.0%) | 2.100 |" in text
    assert "`foundry.cantonese_bpb_drop` is 38.8%" in text
    assert "`foundry.english_bpb_rise` is 0.9%" in text
    assert "23 → 22 of 34 answered as told, 27 → 27 of 36 rightly chosen; following is kept." in text
    assert "| rehearsal | pretraining | 3 | 768 | 765 | 110 | 134,515,008 | 4.100 | 2.900 |" in text
    assert "| deepseek-tiny | model-f16.gguf | 271.0 | 3.0101 | 0.030% | 99.70% |" in text
    assert "| deepseek-tiny | corpus | taken from rehearsal |  |" in text
    assert "| rehearsal | corpus | 12 | 20 |" in text
    assert "| 1 | 0.60 | 1.50 | 0.50 | 0.50 | 0 |" in text
    assert "In all 1,000 s in 2 sessions, on a machine that other work kept busy (load 99 on " in text
    assert "$ bauhinia summarise x\n- A <b>point</b>." in text
    assert str(tmp_path) not in text
    for name in ("bits", "losses", "deepseek", "experts"):
        picture = (tmp_path / "docs" / "images" / f"foundry-{name}.svg").read_text(encoding="utf-8")
        assert picture.startswith("<svg")
        assert f"images/foundry-{name}.svg" in text
    writing.write_page(rehearsed, tmp_path)
    assert page.read_text(encoding="utf-8") == text


def test_every_line_of_a_table_has_as_many_cells_as_its_head(rehearsed: Path) -> None:
    width = 0
    for line in "\n".join(writing.block(rehearsed)).splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        cells = line.replace("\\|", "").count("|")
        width = width or cells
        assert cells == width, line


def test_a_page_without_its_marks_is_left_alone(rehearsed: Path, tmp_path: Path) -> None:
    page = tmp_path / "docs" / "foundry.md"
    write_whole(page, "# By hand\n")
    with pytest.raises(InputError) as refused:
        writing.write_page(rehearsed, tmp_path)
    assert "has no place for the figures" in refused.value.message
    assert page.read_text(encoding="utf-8") == "# By hand\n"


def test_the_shipped_page_has_its_marks() -> None:
    text = (Path(__file__).parents[2] / writing.PAGE).read_text(encoding="utf-8")
    assert text.count(writing.BEGIN) == text.count(writing.END) == 1
    assert text.rstrip().splitlines()[-1]
    assert "## What this does not do" in text
