"""Scenes drawn with Pillow: gradients, words, charts, and small pictures of our own."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...errors import InputError
from .palettes import BAND_COLOUR, BAND_SECOND, BAND_TEXT, COLOURS
from .pictures import DRAWN, drawn
from .storyboard import (
    ChartScene,
    ClosingScene,
    PictureScene,
    PointsScene,
    Scene,
    Storyboard,
    TitleScene,
    Words,
)  # fmt: skip
from .typesetting import fitted, put, require_pillow

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1920, 1080
STRIP_TOP, STRIP_HEIGHT = 736, 120
"""Where the panorama moves."""
BAND_TOP, BAND_HEIGHT = 856, 224
"""Where subtitles stand."""
MARGIN = 130
CONTENT_TOP, CONTENT_BOTTOM = 110, 716
PICTURE_BOX = (960, 130, 1790, 706)
"""Left, top, right, bottom of a picture."""
GROWING = 12
"""Frames in which a chart's bars grow."""


class Artist:
    """Draws one film's stills. Raises MissingPart without Pillow or fonts, InputError for words too long."""

    def __init__(self, storyboard: Storyboard, pictures: Mapping[str, bytes], sentence: str) -> None:
        require_pillow()
        self._board = storyboard
        self._pictures = pictures
        self._sentence = sentence
        self._simplified = storyboard.language == "cmn"
        self.colours = COLOURS[storyboard.palette]
        self._ground = self._gradient()

    def stills(self, scene: Scene) -> list[Image]:
        """The scene's states in order: one, or one more a point, or a chart's bars as they grow."""
        if isinstance(scene, TitleScene):
            return [self._title(scene)]
        if isinstance(scene, PointsScene):
            return [self._points(scene, shown) for shown in range(len(scene.points) + 1)]
        if isinstance(scene, ChartScene):
            return [self._chart(scene, step / GROWING) for step in range(GROWING + 1)]
        if isinstance(scene, PictureScene):
            return [self._picture(scene)]
        assert isinstance(scene, ClosingScene)
        return [self._closing(scene)]

    def strip(self) -> Image:
        """The panorama that moves behind: as wide as three screens, the same at both ends."""
        from PIL import ImageDraw

        wide = 3 * WIDTH
        ground = self._ground.crop((0, STRIP_TOP, 1, STRIP_TOP + STRIP_HEIGHT))
        image = ground.resize((wide, STRIP_HEIGHT))
        draw = ImageDraw.Draw(image)
        turn = 2 * math.pi / wide
        for colour, base, terms in (
            (self.colours.far, 62, ((26, 5, 0.4), (14, 11, 1.0), (6, 23, 2.2))),
            (self.colours.near, 86, ((16, 7, 2.0), (9, 17, 0.6))),
        ):
            line = [
                (x, base - sum(high * math.sin(turn * times * x + lag) for high, times, lag in terms))
                for x in range(0, wide + 1, 8)
            ]
            draw.polygon([*line, (wide, STRIP_HEIGHT), (0, STRIP_HEIGHT)], fill=colour)
        self._towers(draw, wide)
        wave = [(x, 102 + 4 * math.sin(turn * 60 * x)) for x in range(0, wide + 1, 6)]
        draw.polygon([*wave, (wide, STRIP_HEIGHT), (0, STRIP_HEIGHT)], fill=self.colours.water)
        return image

    def _towers(self, draw: ImageDraw, wide: int) -> None:
        """Towers of our own: heights and widths by a simple rule, so that each film has the same city."""
        x, state = 40, 7
        while x < wide - 120:
            state = state * 1_103 % 4_093
            width, height = 26 + state % 34, 24 + state % 61
            draw.rectangle((x, 100 - height, x + width, STRIP_HEIGHT), fill=self.colours.near)
            for window in range(100 - height + 8, 96, 14):
                if (window + state) % 3:
                    draw.rectangle((x + 6, window, x + 10, window + 4), fill=self.colours.accent)
            x += width + 10 + state % 90

    def band(self, words: Words | None) -> Image:
        """The subtitles' band: the first language above the second."""
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (WIDTH, BAND_HEIGHT), BAND_COLOUR)
        if words is None:
            return image
        draw = ImageDraw.Draw(image)
        wide = WIDTH - 200
        first = fitted(
            words.first, wide, 122, (46, 34), weight="bold", simplified=self._simplified, most_lines=2
        )
        second = None
        if words.second:
            simplified = self._board.second == "zh-Hans"
            second = fitted(words.second, wide, 92, (34, 24), simplified=simplified, most_lines=2)
        tall = first.height + (second.height + 6 if second else 0)
        top = (BAND_HEIGHT - tall) / 2 - 4
        put(
            draw, first, (WIDTH / 2, top), BAND_TEXT, weight="bold", simplified=self._simplified, centred=True
        )
        if second:
            put(draw, second, (WIDTH / 2, top + first.height + 6), BAND_SECOND, centred=True,
                simplified=self._board.second == "zh-Hans")  # fmt: skip
        return image

    def _gradient(self) -> Image:
        from PIL import Image

        top, bottom = self.colours.top, self.colours.bottom
        column = Image.new("RGB", (1, HEIGHT))
        for y in range(HEIGHT):
            share = y / HEIGHT
            red, green, blue = (round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))
            column.putpixel((0, y), (red, green, blue))
        return column.resize((WIDTH, HEIGHT))

    def _canvas(self) -> tuple[Image, ImageDraw]:
        """A ground with the label in its corner, which stays through the film."""
        from PIL import ImageDraw

        image = self._ground.copy()
        draw = ImageDraw.Draw(image)
        made = "Made with AI" if self._board.language == "en" else "AI 生成"
        mark = f"{made} {_reference(self._sentence)}".strip()
        setting = fitted(mark, 800, 40, (26, 20), simplified=self._simplified, most_lines=1)
        put(draw, setting, (WIDTH - 60 - setting.width, 34), self.colours.second, simplified=self._simplified)
        return image, draw

    def _heading(self, draw: ImageDraw, heading: Words, width: int = WIDTH - 2 * MARGIN) -> float:
        """Where the content below it may begin."""
        setting = fitted(
            heading.first, width, 150, (68, 44), weight="bold", simplified=self._simplified, most_lines=2
        )
        put(
            draw,
            setting,
            (MARGIN, CONTENT_TOP),
            self.colours.text,
            weight="bold",
            simplified=self._simplified,
        )
        bottom = CONTENT_TOP + setting.height
        if heading.second:
            under = fitted(
                heading.second, width, 90, (34, 24), most_lines=2, simplified=self._board.second == "zh-Hans"
            )
            put(
                draw, under, (MARGIN, bottom), self.colours.second, simplified=self._board.second == "zh-Hans"
            )
            bottom += under.height
        draw.rectangle((MARGIN, bottom + 14, MARGIN + 120, bottom + 20), fill=self.colours.accent)
        return bottom + 48

    def _title(self, scene: TitleScene) -> Image:
        image, draw = self._canvas()
        title = fitted(scene.heading.first, WIDTH - 2 * MARGIN, 300, (116, 64), weight="bold",
                       simplified=self._simplified, most_lines=2)  # fmt: skip
        top = 330 - title.height / 2
        put(
            draw,
            title,
            (WIDTH / 2, top),
            self.colours.text,
            weight="bold",
            simplified=self._simplified,
            centred=True,
        )
        under = top + title.height + 24
        draw.rectangle((WIDTH / 2 - 110, under, WIDTH / 2 + 110, under + 8), fill=self.colours.accent)
        if scene.heading.second:
            second = fitted(scene.heading.second, WIDTH - 2 * MARGIN, 130, (50, 32), most_lines=2)
            put(draw, second, (WIDTH / 2, under + 40), self.colours.second, centred=True)
        return image

    def _points(self, scene: PointsScene, shown: int) -> Image:
        image, draw = self._canvas()
        top = self._heading(draw, scene.heading)
        each = (CONTENT_BOTTOM - top) / max(len(scene.points), 3)
        for number, point in enumerate(scene.points[:shown]):
            setting = fitted(
                point.first,
                WIDTH - 2 * MARGIN - 80,
                int(each) - 12,
                (50, 28),
                simplified=self._simplified,
                most_lines=2,
            )
            middle = top + each * (number + 0.5)
            draw.ellipse((MARGIN + 4, middle - 11, MARGIN + 26, middle + 11), fill=self.colours.accent)
            put(
                draw,
                setting,
                (MARGIN + 66, middle - setting.height / 2),
                self.colours.text,
                simplified=self._simplified,
            )
        return image

    def _chart(self, scene: ChartScene, grown: float) -> Image:
        """Lying bars from zero; their numbers as the script writes them."""
        image, draw = self._canvas()
        top = self._heading(draw, scene.heading)
        each = (CONTENT_BOTTOM - top) / len(scene.bars)
        most = max(bar.value for bar in scene.bars) or 1.0
        left, right = MARGIN + 470, WIDTH - MARGIN - 230
        grown = 1 - (1 - grown) ** 3
        for number, bar in enumerate(scene.bars):
            middle = top + each * (number + 0.5)
            thick = min(each * 0.62, 76) / 2
            label = fitted(
                bar.label.first, 440, int(each) - 6, (40, 22), simplified=self._simplified, most_lines=2
            )
            put(draw, label, (left - 24 - label.width, middle - label.height / 2), self.colours.text,
                simplified=self._simplified)  # fmt: skip
            end = left + (right - left) * bar.value / most * grown
            draw.rounded_rectangle((left, middle - thick, max(end, left + 6), middle + thick), 8,
                                   fill=self.colours.accent)  # fmt: skip
            if grown >= 1:
                written = fitted(bar.written, 220, int(each), (40, 24), weight="bold", most_lines=1)
                put(draw, written, (end + 18, middle - written.height / 2), self.colours.text, weight="bold")
        return image

    def _picture(self, scene: PictureScene) -> Image:
        image, draw = self._canvas()
        self._heading(draw, scene.heading, PICTURE_BOX[0] - MARGIN - 60)
        draw.rectangle([PICTURE_BOX[0] - 8, PICTURE_BOX[1] - 8, PICTURE_BOX[2] + 7, PICTURE_BOX[3] + 7],
                       fill=self.colours.accent)  # fmt: skip
        return image

    def picture(self, scene: PictureScene, size: tuple[int, int]) -> Image:
        """The picture of a scene, filling that size. Raises InputError for one that nobody supplied or that
        is no picture."""
        from PIL import Image, ImageOps, UnidentifiedImageError

        if scene.picture in DRAWN:
            return drawn(scene.picture, self.colours, size)
        data = self._pictures.get(scene.picture)
        if data is None:
            raise InputError(
                f"There is no picture called {scene.picture[:60]!r}.",
                hint=f"Supply it with the script, or use a drawing: {', '.join(DRAWN)}.",
            )
        try:
            with Image.open(io.BytesIO(data)) as given:
                if given.width * given.height > 60_000_000:
                    raise InputError("The picture is too large.", hint="Give one of up to 60 megapixels.")
                return ImageOps.fit(ImageOps.exif_transpose(given).convert("RGB"), size)
        except (UnidentifiedImageError, OSError) as error:
            raise InputError("The picture cannot be read.", hint="Give it as PNG or JPEG.") from error

    def _closing(self, scene: ClosingScene) -> Image:
        image, draw = self._canvas()
        title = fitted(scene.heading.first, WIDTH - 2 * MARGIN, 190, (76, 48), weight="bold",
                       simplified=self._simplified, most_lines=2)  # fmt: skip
        put(
            draw,
            title,
            (WIDTH / 2, 220),
            self.colours.text,
            weight="bold",
            simplified=self._simplified,
            centred=True,
        )
        top = 236 + title.height
        if scene.heading.second:
            under = fitted(scene.heading.second, WIDTH - 2 * MARGIN, 90, (40, 28), most_lines=2)
            put(draw, under, (WIDTH / 2, top), self.colours.second, centred=True)
            top += under.height
        draw.rectangle((WIDTH / 2 - 110, top + 16, WIDTH / 2 + 110, top + 22), fill=self.colours.accent)
        said = fitted(
            self._sentence, WIDTH - 2 * MARGIN, 220, (40, 26), simplified=self._simplified, most_lines=4
        )
        put(draw, said, (WIDTH / 2, top + 54), self.colours.second, simplified=self._simplified, centred=True)
        return image


def _reference(sentence: str) -> str:
    """The trace id at the sentence's end: `[BH-...]`."""
    begin = sentence.rfind("[")
    return sentence[begin:] if begin >= 0 else ""
