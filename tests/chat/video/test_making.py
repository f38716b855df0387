"""A film made whole, checked in the file; stopped half way; what is missing is told."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from bauhinia.chat.speech import EspeakSpeaker
from bauhinia.chat.video import from_script, make_video
from bauhinia.chat.video.narration import narrated
from bauhinia.chat.work import Label, Work
from bauhinia.errors import InputError, MissingPart
from bauhinia.provenance.credentials import credentials
from bauhinia.provenance.media import read_manifest

SCRIPT = """# 海港清潔日 || Harbour Clean-up Day
歡迎參加海港清潔日。 || Welcome to the harbour clean-up day.
## 收集到的垃圾 || What was found
| 塑膠 || Plastic | 46.5 |
| 玻璃 || Glass | 12 |
塑膠佔了近半。 || Nearly half of it was plastic.
## 海港 || The harbour
![清晨的海港 || The harbour at dawn](clip: a harbour at dawn)
一起守護這片海。 || Let us keep it clean together.
"""
has_all = all(shutil.which(name) for name in ("ffmpeg", "espeak-ng", "fc-match")) and "Noto Sans CJK" in (
    subprocess.run(["fc-list"], capture_output=True, text=True, check=False).stdout
)
needs_all = pytest.mark.skipif(
    not has_all,
    reason="needs `apt-get install ffmpeg espeak-ng fonts-noto-cjk`; what is said without is below",
)


def _clip(tmp_path: Path) -> bytes:
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x240:rate=10:duration=2",
        "-pix_fmt",
        "yuv420p",
    ]
    subprocess.run([*command, str(tmp_path / "clip.mp4")], check=True)
    return (tmp_path / "clip.mp4").read_bytes()


@needs_all
async def test_a_film_is_made_checked_labelled_and_signed(label: Label, tmp_path: Path) -> None:
    """The one whole film: 30 s of 1080p, some 15 s of a core."""
    root = credentials(tmp_path).root
    asked: list[tuple[str, int]] = []

    async def whole(data: bytes) -> bool:
        return read_manifest(data, "video/mp4", root).state == "ours"

    async def make_clip(description: str, seconds: int) -> bytes:
        asked.append((description, seconds))
        return _clip(tmp_path)

    board = from_script(SCRIPT, "yue", second="en", palette="spring")
    film = await make_video(board, label=label, read_manifest=whole, make_clip=make_clip)
    assert [(check.name, check.detail) for check in film.checks if not check.passed] == []
    assert {check.name for check in film.checks} >= {
        "duration",
        "resolution",
        "sound",
        "subtitle tracks",
        "manifest",
    }
    ((described, seconds),) = asked
    assert described == "a harbour at dawn" and 2 < seconds <= 8 and film.voice == "espeak-ng"
    (tmp_path / "film.mp4").write_bytes(film.mp4)
    probe = [
        "ffprobe",
        "-v",
        "error",
        "-show_streams",
        "-show_format",
        "-of",
        "json",
        str(tmp_path / "film.mp4"),
    ]
    done = await asyncio.to_thread(subprocess.run, probe, capture_output=True, check=True)
    told = json.loads(done.stdout)
    kinds = [stream["codec_type"] for stream in told["streams"]]
    assert kinds == ["video", "audio", "subtitle", "subtitle"]
    assert told["streams"][0]["color_space"] == "bt709" and told["format"]["tags"]["title"] == "海港清潔日"
    assert (
        "Nearly half of it was plastic." in film.subtitles["en"] and label.sentence in film.subtitles["yue"]
    )
    assert label.sentence.encode() in film.mp4


@needs_all
async def test_a_stopped_film_leaves_nothing(
    label: Label, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    (tmp_path / "temp").mkdir()
    drawing = asyncio.Event()
    loop = asyncio.get_running_loop()

    def progress(what: str, _: float) -> None:
        if what == "film":
            loop.call_soon_threadsafe(drawing.set)

    async def whole(_: bytes) -> bool:
        return True

    board = from_script("# 標題\n今日開放。\n## 地點\n地點在中環。", "yue")
    task = asyncio.create_task(make_video(board, label=label, read_manifest=whole, progress=progress))
    await drawing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "temp").iterdir()) == []


@needs_all
async def test_what_cannot_be_made_is_told(label: Label, tmp_path: Path) -> None:
    async def whole(_: bytes) -> bool:
        return True

    with pytest.raises(InputError, match="no model here makes any"):
        board = from_script("# 標題\n說話。\n## 圖\n![圖](clip: x)\n說話。", "yue")
        await make_video(board, label=label, read_manifest=whole)
    sentence = "這一句說話不短也不長，剛好可以讀出來給大家聽一聽。"
    long = from_script(f"# 標題\n{sentence * 9}\n## 二\n{sentence * 9}", "yue", longest=500)
    with pytest.raises(InputError, match="is the limit") as refused:
        await narrated(long, EspeakSpeaker(), tmp_path, Work(), label.sentence)
    assert "script" in refused.value.hint


async def test_without_ffmpeg_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bauhinia.chat.work import FFMPEG

    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingPart) as missing:
        await Work().run(FFMPEG, ["-version"], tmp_path, seconds=5)
    assert missing.value.hint == "Run `sudo apt-get install --yes ffmpeg`."
