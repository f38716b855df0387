#!/usr/bin/env python
"""Write the docs that the code can tell: docs/settings.md and docs/cli.md.

python scripts/write_docs.py           write them
python scripts/write_docs.py --check   fail where a file does not say what the code says
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic_settings import BaseSettings
from typer.testing import CliRunner

from bauhinia import settings
from bauhinia.cli import app

ROOT = Path(__file__).resolve().parent.parent
NOTE = "<!-- Written by scripts/write_docs.py; change the code, not this page. -->"


def settings_page() -> str:
    """Every setting: its variable, its default, what it means."""
    lines = [
        "# Settings",
        "",
        NOTE,
        "",
        "Each is an environment variable, or a line of a `.env` file in the folder that you start from "
        "(limits: the environment only). All have defaults: `make run` needs none.",
    ]
    for kind in (settings.Settings, settings.Limits):
        lines += ["", f"## {kind.__name__}", "", inspect.getdoc(kind) or "", ""]
        lines += ["| variable | default | meaning |", "|---|---|---|"]
        lines += _rows(kind)
    return "\n".join(lines) + "\n"


def _rows(kind: type[BaseSettings]) -> Iterator[str]:
    meanings = dict(_field_docstrings(kind))
    prefix = str(kind.model_config["env_prefix"])
    for name, field in kind.model_fields.items():
        if field.default_factory is not None:
            default = "a folder of this user"
        else:
            value = field.get_default()
            shown = value.get_secret_value() if hasattr(value, "get_secret_value") else value
            default = f"`{shown}`" if shown != "" else "empty"
        meaning = " ".join(meanings.get(name, "").split())
        yield f"| `{(prefix + name).upper()}` | {default} | {meaning.replace('|', '&#124;')} |"


def _field_docstrings(kind: type) -> Iterator[tuple[str, str]]:
    """The string right below each field of a class."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    for statement, following in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            yield statement.target.id, str(following.value.value)


def cli_page() -> str:
    """The help of every command."""
    lines = ["# The command line", "", NOTE]
    for path in _commands():
        lines += ["", f"## {' '.join(['bauhinia', *path])}", "", "```", _help(path), "```"]
    return "\n".join(lines) + "\n"


def _commands() -> Iterator[list[str]]:
    from typer.main import get_command

    def walk(command: object, path: list[str]) -> Iterator[list[str]]:
        yield path
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, [*path, name])

    yield from walk(get_command(app), [])


def _help(path: list[str]) -> str:
    environment = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    done = CliRunner().invoke(
        app, [*path, "--help"], prog_name="bauhinia", env=environment, terminal_width=78
    )
    assert done.exit_code == 0, done.output
    return done.output.strip()


PAGES = {"docs/settings.md": settings_page, "docs/cli.md": cli_page}


def main() -> int:
    """Exit status: 1 when `--check` finds a page that is not what the code says."""
    stale = []
    for name, make in PAGES.items():
        path = ROOT / name
        text = make()
        if "--check" not in sys.argv:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is not what the code says: run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
