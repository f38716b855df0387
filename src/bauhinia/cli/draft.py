"""`bauhinia draft --type reply --source FILE "instructions"`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .classifying import ClassificationOption
from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption


def draft(
    instructions: Annotated[
        str, typer.Argument(help="What the text is to say; `-` reads them from standard input.")
    ],
    type_: Annotated[
        str,
        typer.Option(
            "--type",
            help="reply, letter, memo, minutes, ...; `bauhinia templates list` names all.",
        ),
    ] = "reply",
    source: Annotated[
        list[Path] | None, typer.Option("--source", "-s", help="A file to take facts from; repeatable.")
    ] = None,
    language: Annotated[Literal["en", "zh-HK"], typer.Option(help="English or Traditional Chinese.")] = "en",
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    classification: ClassificationOption = "",
) -> None:
    """Draft a reply, memo, circular and so on; facts come only from the instructions and the sources."""
    output = Output(out=out, as_json=as_json)
    if instructions == "-" and password_stdin:
        raise typer.BadParameter(
            "standard input holds the instructions already.", param_hint="--password-stdin"
        )
    words = typer.get_text_stream("stdin").read() if instructions == "-" else instructions
    if not words.strip():
        raise typer.BadParameter("say what the text is to be about.", param_hint="INSTRUCTIONS")

    from ..pilot.orders import DraftOrder
    from .carrying import carry_out

    def order(documents: list[str]) -> DraftOrder:
        return DraftOrder(type=type_, instructions=words, documents=documents, language=language)

    carry_out(source or [], order, output, password_stdin=password_stdin, classification=classification)
