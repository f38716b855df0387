"""A plan for a person: in the terminal, as Markdown, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .actual import ActualCost
from .making import Plan
from .tables import Table, actual_tables, plan_tables, published_table

if TYPE_CHECKING:
    from rich.console import Group

__all__ = ["as_data", "as_json", "as_markdown", "published_markdown", "render"]


def render(plan: Plan | ActualCost) -> Group:
    """The tables and the assumptions, for rich to draw."""
    from rich import box
    from rich.console import Group
    from rich.table import Table as Drawn
    from rich.text import Text

    drawn: list[Drawn | Text] = []
    for table in _tables(plan):
        grid = Drawn(title=table.title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
        for number, column in enumerate(table.columns):
            grid.add_column(column, justify="left" if number == 0 or len(table.columns) == 2 else "right")
        for row in table.rows:
            grid.add_row(*(Text(cell) for cell in row))
        drawn.append(grid)
    drawn += [Text(line) for line in _remarks(plan)]
    return Group(*drawn)


def as_markdown(plan: Plan | ActualCost) -> str:
    """The same as Markdown."""
    parts = [markdown_table(table) for table in _tables(plan)]
    parts.append(
        "\n".join(f"- {line}" if line else line for line in _remarks(plan)).replace("\n\n- ", "\n- ")
    )
    return "\n\n".join(parts) + "\n"


def as_data(plan: Plan | ActualCost) -> dict[str, Any]:
    """The same as plain data, with the sums."""
    data = plan.model_dump(mode="json")
    names = ("hours", "gpu_hours", "hkd", "kwh") if isinstance(plan, Plan) else ("seconds", "hkd", "kwh")
    data["total"] = {name: getattr(plan, name) for name in names}
    return data


def as_json(plan: Plan | ActualCost) -> str:
    """The same as JSON, for another program."""
    return json.dumps(as_data(plan), ensure_ascii=False, indent=1)


def published_markdown() -> str:
    """The check against published figures, as a Markdown table."""
    return markdown_table(published_table())


def markdown_table(table: Table) -> str:
    """One table under its title."""
    lines = [f"**{table.title}**", ""] if table.title else []
    lines.append(_row(table.columns))
    lines.append(_row("---" if number == 0 else "---:" for number, _ in enumerate(table.columns)))
    lines += [_row(row) for row in table.rows]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _tables(plan: Plan | ActualCost) -> Iterator[Table]:
    return plan_tables(plan) if isinstance(plan, Plan) else actual_tables(plan)


def _remarks(plan: Plan | ActualCost) -> Iterator[str]:
    if isinstance(plan, Plan):
        yield from (f"{stage.name}: {note}." for stage in plan.stages for note in stage.notes)
        if plan.not_counted:
            yield f"Within the lost time, and not counted by themselves: {', '.join(plan.not_counted)}."
    elif plan.unfinished:
        yield f"Not finished, and not counted: {', '.join(plan.unfinished)}."
    yield from plan.assumptions
