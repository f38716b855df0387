"""`bauhinia redraft FILE --manner plain`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .classifying import ClassificationOption
from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption


def redraft(
    file: Annotated[Path, typer.Argument(help="A document to be written anew.")],
    manner: Annotated[
        Literal["shorter", "formal", "plain", "executive", "public"],
        typer.Option(help="Shorter, formal, in plain language, for a head of department or for the public."),
    ],
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    classification: ClassificationOption = "",
) -> None:
    """Rewrite a document paragraph by paragraph; figures and names stay. A .docx shows tracked changes."""
    output = Output(out=out, as_json=as_json)

    from ..pilot.orders import RedraftOrder
    from .carrying import carry_out

    carry_out(
        [file],
        lambda documents: RedraftOrder(document=documents[0], manner=manner),
        output,
        password_stdin=password_stdin,
        classification=classification,
    )
