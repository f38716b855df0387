"""Links between the docs lead somewhere, and both READMEs tell the same."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split() if not name.startswith(("samples/", "src/"))]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def slug(heading: str) -> str:
    words = re.sub(r"[^\w\- ]", "", heading.lower())
    return words.strip().replace(" ", "-")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert place.exists(), f"{page.name} links to {target}"
        if fragment and place.suffix == ".md":
            assert fragment in [slug(text) for _, text in HEADING.findall(prose(place))], target


def test_both_readmes_have_the_same_sections_pictures_and_commands() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-HK.md"

    def shape(page: Path) -> list[int]:
        return [len(marks) for marks, _ in HEADING.findall(prose(page))]

    def pictures(page: Path) -> list[str]:
        return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", prose(page))

    def commands(page: Path) -> list[str]:
        found = FENCE.findall(page.read_text(encoding="utf-8"))
        return [line for block in found if block.startswith("```sh") for line in block.splitlines()]

    assert shape(english) == shape(chinese)
    assert pictures(english) == pictures(chinese)
    assert commands(english) == commands(chinese)
    assert "(README.zh-HK.md)" in prose(english)
    assert "(README.md)" in prose(chinese)
