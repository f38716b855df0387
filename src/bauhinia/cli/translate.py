"""`bauhinia translate FILE --to zh-HK`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption


def translate(
    file: Annotated[Path, typer.Argument(help="A Word, PDF, text, Markdown or HTML file.")],
    to: Annotated[
        Literal["en", "zh-HK"], typer.Option(help="English, or Traditional Chinese as Hong Kong writes it.")
    ],
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    layout: Annotated[
        bool,
        typer.Option(help="Keep the file's looks, where --out has its suffix and the format can be written."),
    ] = True,
) -> None:
    """Translate a document paragraph by paragraph, with the termbase, and check it."""
    from ..documents.formats import SUFFIXES
    from ..documents.layout import LAYOUTS
    from ..pilot.orders import TranslateOrder
    from .carrying import carry_out

    kept = layout and SUFFIXES.get(file.suffix.lower()) in LAYOUTS
    output = Output(out=out, as_json=as_json, like=file if kept else None)
    carry_out(
        [file],
        lambda documents: TranslateOrder(document=documents[0], to=to, layout=layout),
        output,
        password_stdin=password_stdin,
    )
