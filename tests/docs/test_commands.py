"""Commands that the docs show exist, with the options that they show."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bauhinia.cli import app

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "README.zh-HK.md", "CONTRIBUTING.md"]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def shown(page: str) -> Iterator[list[str]]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
                words.pop(0)
            if words:
                yield words


def verbs() -> dict[str, Any]:
    commands: dict[str, Any] = get_command(app).commands  # type: ignore[attr-defined]
    return commands


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for words in shown(page):
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= targets, words


@pytest.mark.parametrize("page", PAGES)
def test_bauhinia_commands_exist(page: str) -> None:
    for words in shown(page):
        if words[0].split("/")[-1] != "bauhinia":
            continue
        command = verbs().get(words[1])
        assert command is not None, words
        rest = words[2:]
        while rest and hasattr(command, "commands"):
            command, rest = command.commands[rest[0]], rest[1:]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= known | {"--help"}, words


def test_the_readme_starts_with_two_commands() -> None:
    made = [words[1] for words in shown("README.md") if words[0] == "make"]
    assert made[:2] == ["run", "test"]
