"""Replay servers: the sources of the live tools, on this machine, in their published shapes."""

from .clock import REPLAY_NOW
from .server import Fault, Replay, serve_replay

__all__ = ["REPLAY_NOW", "Fault", "Replay", "serve_replay"]
