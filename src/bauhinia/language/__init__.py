"""Which language and script; conversion; the termbase; figures in both languages."""

from .variety import Variety

__all__ = ["Variety"]
