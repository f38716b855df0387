"""The option that classifies the files of a command."""

from __future__ import annotations

from typing import Annotated

import typer

ClassificationOption = Annotated[
    str,
    typer.Option(
        "--classification",
        help="What the files are classified, such as restricted; the server's default if left out.",
    ),
]
