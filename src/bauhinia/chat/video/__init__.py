"""Films: a script, a document or a request becomes scenes with a voice, subtitles and a label."""

from __future__ import annotations

from .clips import MakeClip
from .making import Video, make_video, storyboard_for, translated
from .storyboard import Storyboard, Translate, Words, WriteScript, from_script

__all__ = [
    "MakeClip",
    "Storyboard",
    "Translate",
    "Video",
    "Words",
    "WriteScript",
    "from_script",
    "make_video",
    "storyboard_for",
    "translated",
]
