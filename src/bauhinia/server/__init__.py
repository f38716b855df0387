"""Pages, the JSON API and the OpenAI-compatible API."""

from .app import create_app

__all__ = ["create_app"]
