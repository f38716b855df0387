"""`bauhinia analyse FILE... "question"` and `bauhinia analyse FILE... --table`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .classifying import ClassificationOption
from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption


def analyse(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE... [QUESTION]", help="Files, then the question unless --table is given."
        ),
    ],
    table: Annotated[
        bool,
        typer.Option("--table", help="List obligations, dates, amounts and parties instead of answering."),
    ] = False,
    language: Annotated[
        Literal["en", "zh-HK"], typer.Option(help="The table's language; a question is answered in its own.")
    ] = "en",
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    classification: ClassificationOption = "",
) -> None:
    """Answer a question from documents with citations, or set out what they oblige."""
    output = Output(out=out, as_json=as_json)
    files, question = ([Path(word) for word in words], "") if table else _files_and_question(words)

    from ..pilot.orders import AnalyseOrder
    from .carrying import carry_out

    def order(documents: list[str]) -> AnalyseOrder:
        mode: Literal["question", "table"] = "table" if table else "question"
        return AnalyseOrder(documents=documents, mode=mode, question=question, language=language)

    carry_out(files, order, output, password_stdin=password_stdin, classification=classification)


def _files_and_question(words: list[str]) -> tuple[list[Path], str]:
    """The last word is the question, unless it names a file: then the question was forgotten."""
    *files, question = words
    if not files or not question.strip() or Path(question).is_file():
        raise typer.BadParameter(
            "ask a question after the files, in quotes, or give --table.", param_hint="QUESTION"
        )
    return [Path(file) for file in files], question
