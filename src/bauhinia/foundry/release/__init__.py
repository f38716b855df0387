"""Releases: a finished run, judged by its gate, with its card, bill of materials, lineage and signature."""

from .config import ReleaseConfig
from .releasing import DEED, Release, release
from .verifying import Verified, find, keys_from, trace, trained_on, verify

__all__ = [
    "DEED",
    "Release",
    "ReleaseConfig",
    "Verified",
    "find",
    "keys_from",
    "release",
    "trace",
    "trained_on",
    "verify",
]
