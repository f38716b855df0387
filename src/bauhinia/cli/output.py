"""Where a draft goes: the terminal, a file, or JSON for another program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

FORMATS = ("docx", "pdf", "odt", "md", "csv")

OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Write the draft to this .docx, .pdf, .odt, .md or .csv file."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the task and its draft as JSON.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the options say. Raises BadParameter."""

    out: Path | None = None
    as_json: bool = False
    like: Path | None = None
    """A file whose looks the draft keeps when it is written with the same suffix."""
    beside: bool = False
    """Each page of a PDF beside its translation."""

    @property
    def format(self) -> str:
        """The file's format by the end of its name; `same` where it is that of the file it was made from."""
        assert self.out is not None
        if self.beside:
            return "beside"
        if self.like is not None and self.out.suffix.lower() == self.like.suffix.lower():
            return "same"
        return self.out.suffix.lstrip(".").lower()

    def __post_init__(self) -> None:
        """Before any work, refuse a file that could not be written after it."""
        if self.out is None:
            return
        if self.format not in (*FORMATS, "same", "beside"):
            raise typer.BadParameter(
                f"{self.out.name} ends in none of .{', .'.join(FORMATS)}.", param_hint="--out"
            )
        if not self.out.absolute().parent.is_dir():
            raise typer.BadParameter(f"there is no folder {self.out.absolute().parent}.", param_hint="--out")

    def write(self, data: bytes) -> None:
        """Write the file, and say so on standard error."""
        assert self.out is not None
        written_to(self.out, data)


def written_to(path: Path, data: bytes) -> None:
    """Write a file, and say so on standard error."""
    path.write_bytes(data)
    typer.echo(f"Written: {path}", err=True)
