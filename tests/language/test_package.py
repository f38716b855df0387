"""What the package loads, and when: the process that reads a stranger's file starts fast."""

from __future__ import annotations

import subprocess
import sys

LANGUAGE = "[name for name in sys.modules if name.startswith('bauhinia.language.')]"


def _printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_no_module_stands_in_the_place_of_a_name() -> None:
    code = (
        "import importlib, pkgutil, types, bauhinia.language as package\n"
        "for each in pkgutil.iter_modules(package.__path__):\n"
        "    importlib.import_module(f'bauhinia.language.{each.name}')\n"
        "print([name for name in package.__all__ if isinstance(getattr(package, name), types.ModuleType)])"
    )
    assert _printed(code).strip() == "[]"


def test_reading_a_file_loads_no_more_of_it_than_it_needs() -> None:
    code = f"import sys, bauhinia.documents.child; print(*{LANGUAGE})"
    assert _printed(code).split() == ["bauhinia.language.hidden_characters"]
