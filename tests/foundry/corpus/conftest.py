"""Sources for the corpus's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .texts import english, notice, talk, write_jsonl


@pytest.fixture
def mixed(tmp_path: Path) -> Callable[..., Path]:
    """Writes a source of 60 rows in three languages, with further rows if given."""

    def write(*more: dict[str, Any]) -> Path:
        rows = [
            {"id": f"{name}-{number}", "text": make(number)}
            for name, make in (("talk", talk), ("notice", notice), ("english", english))
            for number in range(20)
        ]
        return write_jsonl(tmp_path / "source" / "rows.jsonl", [*rows, *more])

    return write
