"""A film from a request, a script or a document: storyboard -> voice -> frames -> MP4."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ...errors import InputError
from ..reading_aloud import SpeechLanguage
from ..speech import EspeakSpeaker, Speaker
from ..work import Check, Label, Progress, Work, work_folder
from .checks import check_film
from .clips import MakeClip, made
from .drawing import Artist
from .frames import Film
from .narration import narrated
from .rendering import rendered
from .storyboard import Storyboard, SubtitleLanguage, Translate, Words, WriteScript, from_script
from .subtitles import srt

LONGEST_REQUEST = 2_000
PICTURES_BYTES = 50_000_000
"""All supplied pictures together."""
ReadManifest = Callable[[bytes], Awaitable[bool]]
"""Whether the file's C2PA manifest is whole and ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A film as it may leave."""

    storyboard: Storyboard
    mp4: bytes
    """With the label and its manifest inside."""
    subtitles: Mapping[str, str]
    """SRT files by language."""
    seconds: float
    voice: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check did."""
        return all(check.passed for check in self.checks)


async def storyboard_for(
    request: str,
    language: SpeechLanguage,
    write_script: WriteScript,
    *,
    second: SubtitleLanguage | None = None,
) -> Storyboard:
    """The storyboard of a request in a person's own words, whose script a model writes. Raises InputError."""
    request = request.strip()
    if not request or len(request) > LONGEST_REQUEST:
        raise InputError(
            "The request for a film is empty." if not request else "The request for a film is too long.",
            hint=f"Say in up to {LONGEST_REQUEST:,} characters what it is to tell, or give a document.",
        )
    return from_script(await write_script(request, language), language, second=second)


def lacking(board: Storyboard) -> list[str]:
    """The texts that are not in the second language, where there is to be one."""
    if board.second is None:
        return []
    return list(dict.fromkeys(words.first for words in _all_words(board) if words.first and not words.second))


async def translated(board: Storyboard, translate: Translate | None) -> Storyboard:
    """The storyboard with its second language filled in where it lacks it.

    Raises InputError where it lacks it and there is no translator.
    """
    texts = lacking(board)
    if board.second is None or not texts:
        return board
    if translate is None:
        raise InputError(
            f"{len(texts)} texts of the film are not in its second language, such as “{texts[0][:30]}”.",
            hint="Write them behind ` || ` in the script, ask for one language, or have a model translate.",
        )
    told = await translate(texts, board.second)
    if len(told) != len(texts):
        raise InputError("The translation has another number of texts.", hint="Try again.")
    return _with(board, dict(zip(texts, told, strict=True)))


def _all_words(board: Storyboard) -> list[Words]:
    return [board.title, *(scene.heading for scene in board.scenes), *board.lines]


def _with(board: Storyboard, second: Mapping[str, str]) -> Storyboard:
    def filled(words: Words) -> Words:
        return words if words.second else Words(first=words.first, second=second.get(words.first, ""))

    scenes = tuple(
        scene.model_copy(
            update={"heading": filled(scene.heading), "lines": tuple(filled(line) for line in scene.lines)}
        )
        for scene in board.scenes
    )
    return board.model_copy(update={"title": filled(board.title), "scenes": scenes})


async def make_video(
    board: Storyboard,
    *,
    label: Label,
    read_manifest: ReadManifest,
    pictures: Mapping[str, bytes] | None = None,
    speaker: Speaker | None = None,
    translate: Translate | None = None,
    make_clip: MakeClip | None = None,
    progress: Progress | None = None,
) -> Video:
    """The film. `speaker`: espeak-ng unless another is given; `make_clip`: for pictures that a model makes.

    Cancelling the task ends it and leaves nothing behind. Raises InputError, MissingPart, and what
    `speaker`, `translate` and `label.sign` raise.
    """
    work = Work(progress)
    pictures = pictures or {}
    if sum(map(len, pictures.values())) > PICTURES_BYTES:
        raise InputError("The pictures are too large together.", hint="Give up to 50 MB of pictures.")
    speaker = speaker or EspeakSpeaker()
    work.tell("storyboard", 0.0)
    board = await translated(board, translate)
    artist = await work.in_thread(lambda: Artist(board, pictures, label.sentence))
    # Drawn once before anything is spoken: words that do not fit are told at once.
    await work.in_thread(lambda: _drawn_once(artist, board, work))
    async with work_folder("film") as folder:
        narration = await narrated(board, speaker, folder, work, label.sentence)
        subtitles: dict[str, str] = {board.language: srt(narration.cues)}
        if board.second:
            subtitles[board.second] = srt(narration.cues, second=True)
        for name, text in zip(("first", "second"), subtitles.values(), strict=False):
            (folder / f"{name}.srt").write_text(text, encoding="utf-8")
        (folder / "voice.wav").write_bytes(narration.wav)
        moving = await made(narration, make_clip, folder, work)
        film = Film(artist, narration, work.going_on, moving)
        mp4 = await rendered(film, board, folder, work, board.title.first)
        work.tell("label", 0.88)
        signed = await label.sign(mp4, "video/mp4")
        work.tell("checks", 0.92)
        checks = await check_film(signed, board, narration, label.sentence, folder, work)
    whole = await read_manifest(signed)
    manifest = Check(
        name="manifest",
        passed=whole,
        detail="the C2PA manifest is whole and ours" if whole else "it does not fit",
    )
    work.tell("done", 1.0)
    return Video(
        storyboard=board,
        mp4=signed,
        subtitles=subtitles,
        seconds=narration.seconds,
        voice=speaker.name,
        checks=(*checks, manifest),
    )


def _drawn_once(artist: Artist, board: Storyboard, work: Work) -> None:
    for scene in board.scenes:
        work.going_on()
        artist.stills(scene)[-1].load()
        for line in scene.lines:
            artist.band(line)
