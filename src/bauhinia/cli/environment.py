"""The settings, for every verb: imported only when a verb runs, and a wrong one told in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from ..settings import Settings


def get_settings() -> Settings:
    """The process's settings. Raises InputError, naming the variable that cannot be used."""
    from pydantic import ValidationError

    from ..settings import get_settings as read

    try:
        return read()
    except ValidationError as error:
        first = error.errors()[0]
        name = "BAUHINIA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError(
            f"The setting {name} cannot be used: {first['msg']}.",
            hint="Mend it in the environment or in `.env`; docs/settings.md describes every setting.",
        ) from error
