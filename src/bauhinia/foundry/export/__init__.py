"""A trained model as files that others can use: safetensors, and GGUF for the embedded llama.cpp."""

from __future__ import annotations

from .config import ExportConfig
from .exporting import ExportFigures, export
from .served import Served, served

__all__ = ["ExportConfig", "ExportFigures", "Served", "export", "served"]
