"""Bauhinia: a public service's own language model, made, governed and used on its own machines."""

__version__ = "0.1.0"
