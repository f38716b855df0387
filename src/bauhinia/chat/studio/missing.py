"""What this machine lacks to make songs or films, before anybody orders one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

from ...errors import MissingPart
from ...settings import Settings
from ..music.audio import FLUIDSYNTH, sound_font
from ..speech import ESPEAK
from ..video.typesetting import font_file
from ..work import FFMPEG, FFPROBE
from .orders import Kind

_EXTRA = "Install them with `pip install bauhinia[media]`."


def missing(kind: Kind, settings: Settings) -> list[MissingPart]:
    """Each part that is not here, with how to get it; empty where all is. A script needs nothing but the
    model. Where other processes do the work (BAUHINIA_JOBS is 0), it is theirs to say."""
    if kind == "script" or not settings.jobs:
        return []
    wanted: list[Callable[[], object]] = [FLUIDSYNTH.found, sound_font, FFMPEG.found]
    if kind == "film":
        speech = () if settings.speaker_url else (ESPEAK.found,)
        wanted = [FFMPEG.found, FFPROBE.found, lambda: font_file("regular", simplified=False), *speech]
    found: list[MissingPart] = []
    for look in wanted:
        try:
            look()
        except MissingPart as error:
            found.append(error)
    modules: Sequence[str] = ("mido", "pycantonese", "numpy") if kind == "song" else ("PIL", "numpy")
    if lacking := [name for name in modules if find_spec(name) is None]:
        found.append(MissingPart(f"The Python packages {', '.join(lacking)} are not here.", hint=_EXTRA))
    return found
