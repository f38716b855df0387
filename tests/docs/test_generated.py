"""Pages and pictures that the code can tell say what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bauhinia.settings import Limits, Settings

ROOT = Path(__file__).parents[2]


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", ["write_docs.py", "draw_architecture.py", "write_sizing.py"])
def test_a_generated_page_is_what_the_code_says(script: str) -> None:
    done = run(script, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", [Settings, Limits])
def test_every_setting_is_documented(kind: type[Settings] | type[Limits]) -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in kind.model_fields:
        variable = f"{kind.model_config['env_prefix']}{name}".upper()
        row = next((line for line in page.splitlines() if line.startswith(f"| `{variable}` |")), "")
        assert row, f"{variable} is not in docs/settings.md"
        assert row.split("|")[3].strip(), f"{variable} has no meaning: write a string below its field"


def test_the_picture_shows_the_door_alone_before_the_models() -> None:
    picture = (ROOT / "docs" / "images" / "architecture.svg").read_text(encoding="utf-8")
    assert picture.count('class="through"') == 1
    assert "prefers-color-scheme: dark" in picture
