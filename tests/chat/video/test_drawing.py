"""What is drawn: words that fit or are refused, colours that can be read, frames that move as they should."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from bauhinia.chat.video import from_script
from bauhinia.chat.video.drawing import BAND_TOP, GROWING, HEIGHT, STRIP_HEIGHT, STRIP_TOP, WIDTH, Artist
from bauhinia.chat.video.frames import FADE, FPS, Film, blended, yuv
from bauhinia.chat.video.narration import Narration, _placed
from bauhinia.chat.video.palettes import lowest_contrast
from bauhinia.chat.video.storyboard import PALETTES, PictureScene, PointsScene, Words
from bauhinia.chat.video.typesetting import (
    MIN_CONTRAST,
    contrast,
    fitted,
    font,
    font_file,
    has_glyphs,
    wrapped,
)
from bauhinia.errors import InputError, MissingPart

SENTENCE = "由人工智能生成（測試）。[BH-ABCD-EFGH-JKLM]"
has_font = "Noto Sans CJK" in subprocess.run(["fc-list"], capture_output=True, text=True, check=False).stdout
needs_font = pytest.mark.skipif(not has_font, reason="needs `apt-get install fonts-noto-cjk`")


@pytest.mark.parametrize("palette", PALETTES)
def test_every_palette_can_be_read(palette: str) -> None:
    assert lowest_contrast(palette) >= MIN_CONTRAST  # type: ignore[arg-type]


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@needs_font
def test_text_is_wrapped_as_each_script_wraps() -> None:
    face = font(40)
    lines = wrapped("圖書館每日上午九時開放，逢星期四休息。Please bring your identity card.", 420, face)
    assert (
        "".join(lines).replace(" ", "")
        == "圖書館每日上午九時開放，逢星期四休息。Pleasebringyouridentitycard."
    )
    assert not any(line[0] in "，。" for line in lines) and all(
        "identit" not in line[-8:-1] for line in lines
    )
    assert fitted("短", 500, 100, (60, 20)).size == 60
    assert fitted("這是一句比較長的說話，要用細一點的字。" * 2, 500, 100, (60, 20)).size < 40
    with pytest.raises(InputError, match="does not fit"):
        fitted("太長的文字" * 60, 500, 60, (60, 20))


@needs_font
def test_missing_characters_are_found() -> None:
    assert has_glyphs("香港特別行政區 Hong Kong 嘅喺") and not has_glyphs("\U00013000")


def test_without_a_font_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    font_file.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingPart):
        font_file("regular", False)
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/fc-match")
    other = subprocess.CompletedProcess([], 0, stdout="/x/DejaVuSans.ttf\n0\nen|fr\n", stderr="")
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: other)
    with pytest.raises(MissingPart, match="Chinese characters") as missing:
        font_file("regular", False)
    assert "fonts-noto-cjk" in missing.value.hint
    font_file.cache_clear()


def test_colours_survive_the_way_into_yuv() -> None:
    for colour, expected in (
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
    ):
        planes = yuv(Image.new("RGB", (4, 4), colour))
        assert (planes.y[0, 0], planes.u[0, 0], planes.v[0, 0]) == expected
    half = blended(yuv(Image.new("RGB", (4, 4), "black")), yuv(Image.new("RGB", (4, 4), "white")), 0.5)
    assert abs(int(half.y[0, 0]) - 125) <= 1


def _film(script: str, pictures: dict[str, bytes] | None = None) -> tuple[Film, Narration, Artist]:
    board = from_script(script, "yue")
    artist = Artist(board, pictures or {}, SENTENCE)
    scenes = _placed(board, [[1.0 for _ in scene.lines] for scene in board.scenes], SENTENCE)
    narration = Narration(scenes=scenes, wav=b"")
    return Film(artist, narration, lambda: None), narration, artist


def _luma(frame: bytes) -> np.ndarray:
    return np.frombuffer(frame[: WIDTH * HEIGHT], np.uint8).reshape(HEIGHT, WIDTH)


@needs_font
def test_frames_move_points_come_in_turn_and_subtitles_stand_while_they_sound() -> None:
    film, narration, _ = _film("# 標題\n今日開放。\n## 要點\n- 第一點\n- 第二點")
    assert narration.seconds == pytest.approx(30, abs=0.1)
    points = next(timed for timed in narration.scenes if isinstance(timed.scene, PointsScene))
    first = round(points.start * FPS)
    wanted = {first + FADE + 2, first + round((points.cues[1].start - points.start + 1) * FPS), 40, 60, 5, 16}
    kept = {number: _luma(frame) for number, frame in enumerate(film) if number in wanted}
    assert film.frames == 750
    before, after = (
        kept[first + FADE + 2],
        kept[first + round((points.cues[1].start - points.start + 1) * FPS)],
    )
    assert (after[CONTENT] > 200).sum() > (before[CONTENT] > 200).sum() + 500
    strip = slice(STRIP_TOP, STRIP_TOP + STRIP_HEIGHT)
    assert np.array_equal(kept[60][strip, : WIDTH - 40], kept[40][strip, 40:])
    assert kept[5][BAND_TOP:].max() < 40 and kept[16][BAND_TOP:].max() > 200


CONTENT = slice(250, 700)


@needs_font
def test_bars_grow_in_proportion_and_pictures_are_needed() -> None:
    script = "# 標題\n說話。\n## 圖表\n| 甲 | 100 |\n| 乙 | 50 |\n說話。\n## 圖\n![相](photo.png)\n說話。"
    _, narration, artist = _film(script)
    chart = narration.scenes[1].scene
    stills = artist.stills(chart)
    assert len(stills) == GROWING + 1
    accent = artist.colours.accent
    rows = np.asarray(stills[-1]).reshape(HEIGHT, WIDTH, 3)
    widths = sorted({int((rows[y] == accent).all(axis=1).sum()) for y in range(320, 700, 4)} - {0})
    assert widths[-1] == pytest.approx(2 * widths[0], rel=0.02)
    picture = narration.scenes[2].scene
    assert isinstance(picture, PictureScene)
    with pytest.raises(InputError, match="no picture called") as refused:
        artist.picture(picture, (100, 80))
    assert "harbour" in refused.value.hint
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "red").save(out, "PNG")
    _, _, supplied = _film(script, {"photo.png": out.getvalue()})
    assert supplied.picture(picture, (100, 80)).size == (100, 80)
    _, _, broken = _film(script, {"photo.png": b"no picture"})
    with pytest.raises(InputError, match="cannot be read"):
        broken.picture(picture, (100, 80))


@needs_font
def test_a_heading_that_is_too_long_is_refused() -> None:
    board = from_script("# 標題\n說話。\n## " + "很長的標題" * 30 + "\n說話。", "yue")
    artist = Artist(board, {}, SENTENCE)
    with pytest.raises(InputError, match="does not fit"):
        artist.stills(board.scenes[1])
    assert Words(first="x").second == ""
