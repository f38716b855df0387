"""What is known of the model that answers, for the register's assessments (D-2.1.3.2-01, D-2.1.3.2-03)."""

from __future__ import annotations

from typing import NamedTuple

from ..errors import NotFound, ReleaseRefused
from ..models.releases import open_catalogue
from ..settings import Settings


class ModelCard(NamedTuple):
    """A model in a few words."""

    title: str
    licence: str = ""
    """SPDX identifier; empty where it is not known."""
    digest: str = ""
    """SHA-256 of its file; empty where it is asked at an address."""


def model_card(settings: Settings) -> ModelCard:
    """The model of the settings, as the catalogue has it: of one that is asked at an address only its name is
    known."""
    if settings.model_url:
        return ModelCard(settings.model)
    try:
        model = open_catalogue(settings).find(settings.model)
    except (NotFound, ReleaseRefused):
        return ModelCard(settings.model)
    return ModelCard(model.title, model.licence, model.sha256)
