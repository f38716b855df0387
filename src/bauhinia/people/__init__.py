"""Departments, officers and who is asking."""

from .officer import Officer, local_officer

__all__ = ["Officer", "local_officer"]
