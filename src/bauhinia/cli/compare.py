"""`bauhinia compare OLD NEW`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .classifying import ClassificationOption
from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption


def compare(
    old: Annotated[Path, typer.Argument(help="The earlier version, or the original.")],
    new: Annotated[Path, typer.Argument(help="The later version, or its counterpart in the other language.")],
    language: Annotated[
        Literal["en", "zh-HK"], typer.Option(help="The language that the changes are told in.")
    ] = "en",
    overview: Annotated[
        bool, typer.Option("--overview", help="Have the model open with an overview; else none is needed.")
    ] = False,
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    classification: ClassificationOption = "",
) -> None:
    """Tell what changed between two versions; a .docx has it as tracked changes."""
    output = Output(out=out, as_json=as_json)

    from ..pilot.orders import CompareOrder
    from .carrying import carry_out

    def order(documents: list[str]) -> CompareOrder:
        return CompareOrder(documents=documents, language=language, overview=overview)

    carry_out([old, new], order, output, password_stdin=password_stdin, classification=classification)
