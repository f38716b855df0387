"""`bauhinia summarise FILE...`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .classifying import ClassificationOption
from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption


def summarise(
    files: Annotated[list[Path], typer.Argument(help="Word, PDF, text, Markdown or HTML files.")],
    length: Annotated[
        Literal["short", "medium", "long"], typer.Option(help="About 5, 10 or 20 statements.")
    ] = "medium",
    audience: Annotated[
        Literal["executive", "officer", "public"], typer.Option(help="Who will read it.")
    ] = "officer",
    form: Annotated[Literal["bullets", "prose"], typer.Option(help="Bullets or running text.")] = "bullets",
    language: Annotated[
        Literal["en", "zh-HK", "both"], typer.Option(help="English, Traditional Chinese, or both.")
    ] = "en",
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    classification: ClassificationOption = "",
) -> None:
    """Summarise documents; every statement cites its place in them."""
    output = Output(out=out, as_json=as_json)

    from ..pilot.orders import SummariseOrder
    from .carrying import carry_out

    def order(documents: list[str]) -> SummariseOrder:
        return SummariseOrder(
            documents=documents, length=length, audience=audience, form=form, language=language
        )

    carry_out(files, order, output, password_stdin=password_stdin, classification=classification)
