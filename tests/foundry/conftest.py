"""Fixtures of the foundry: kinds of stages that take no time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def stubs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kinds of `stub_stages.py` may be named in recipes."""
    monkeypatch.syspath_prepend(str(HERE))
    import stub_stages

    from bauhinia.foundry import kinds

    for name, kind in stub_stages.registered().items():
        monkeypatch.setitem(kinds.KINDS, name, kind)
    yield
    sys.modules.pop("stub_stages", None)
