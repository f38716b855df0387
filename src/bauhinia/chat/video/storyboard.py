"""What a film shows and says: typed scenes, each with its narration and its subtitles in two languages.

A script is Markdown: `# title`, `## heading` begins a scene, `- point`, `![drawing](harbour)` or a supplied
picture's name, a table of a label and a number a row, and sentences, which are narrated. ` || ` parts a text
from the same in the second language.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from ...errors import InputError
from ...language.sentences import split_sentences
from ..reading_aloud import SpeechLanguage

Drawing = Literal["harbour", "books", "tree", "people", "sun"]
DRAWINGS: tuple[Drawing, ...] = get_args(Drawing)
Palette = Literal["harbour", "spring", "festive", "paper"]
PALETTES: tuple[Palette, ...] = get_args(Palette)
SubtitleLanguage = Literal["en", "zh-Hant", "zh-Hans"]
MAX_SCENES = 12
MAX_POINTS = 5
MAX_BARS = 8
LONGEST_SCRIPT = 8_000
"""Characters."""
LONGEST_SENTENCE = {"zh": 90, "en": 220}
"""Characters of one narrated sentence, which is one subtitle."""
_HAN_LIMIT, _LATIN_LIMIT = 24, 60
"""Characters of a heading or a point that is made of a sentence."""
_SYLLABLES_A_SECOND = 3.4
_LETTERS_A_SECOND = 13.0
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)\s*$")
_ROW = re.compile(r"\|(.+)\|\s*$")
_RULE = re.compile(r"\|[\s:|-]+\|\s*$")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Record):
    """A text in the film's language, and in the second one where there is one."""

    first: str
    second: str = ""


class TitleScene(_Record):
    """The film's name."""

    kind: Literal["title"] = "title"
    heading: Words
    lines: tuple[Words, ...] = ()


class PointsScene(_Record):
    """A heading and points, which come one after another."""

    kind: Literal["points"] = "points"
    heading: Words
    points: tuple[Words, ...] = Field(max_length=MAX_POINTS)
    lines: tuple[Words, ...] = ()


class Bar(_Record):
    """One bar of a chart."""

    label: Words
    value: float = Field(ge=0)
    written: str
    """The number as the script has it."""


class ChartScene(_Record):
    """Bars that grow."""

    kind: Literal["chart"] = "chart"
    heading: Words
    bars: tuple[Bar, ...] = Field(min_length=2, max_length=MAX_BARS)
    lines: tuple[Words, ...] = ()


class PictureScene(_Record):
    """A picture that moves slowly under its caption: supplied, drawn here, or made by a model."""

    kind: Literal["picture"] = "picture"
    heading: Words
    picture: str
    """A drawing's name, a supplied picture's, or `clip:` and what a model is to make."""
    lines: tuple[Words, ...] = ()


class ClosingScene(_Record):
    """The end: what to remember, and the label."""

    kind: Literal["closing"] = "closing"
    heading: Words
    lines: tuple[Words, ...] = ()


Scene = Annotated[
    TitleScene | PointsScene | ChartScene | PictureScene | ClosingScene, Field(discriminator="kind")
]


class Storyboard(_Record):
    """A whole film before it is drawn."""

    title: Words
    language: SpeechLanguage
    second: SubtitleLanguage | None = None
    palette: Palette = "harbour"
    scenes: tuple[Scene, ...] = Field(min_length=2, max_length=MAX_SCENES)

    @property
    def lines(self) -> tuple[Words, ...]:
        """All that is narrated, in order."""
        return tuple(line for scene in self.scenes for line in scene.lines)

    @property
    def seconds_expected(self) -> float:
        """How long the narration takes, about."""
        return sum(expected_seconds(line.first) + 0.35 for line in self.lines)


WriteScript = Callable[[str, SpeechLanguage], Awaitable[str]]
"""A script that a model wrote through the gateway: given the request and the language."""
Translate = Callable[[Sequence[str], SubtitleLanguage], Awaitable[list[str]]]
"""The same texts in the second language, through the gateway."""


def expected_seconds(text: str) -> float:
    """How long a text takes to be spoken, about."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    return han / _SYLLABLES_A_SECOND + (len(text) - han) / _LETTERS_A_SECOND


def from_script(
    script: str,
    language: SpeechLanguage,
    *,
    second: SubtitleLanguage | None = None,
    palette: Palette = "harbour",
    longest: float = 85.0,
) -> Storyboard:
    """The storyboard of a script or of a document in Markdown. Of a long document, as many sentences are
    taken as fit into `longest` seconds, from the beginning of each part in turn. Raises InputError."""
    if not script.strip() or len(script) > LONGEST_SCRIPT:
        raise InputError(
            "The script for a film is empty." if not script.strip() else "The script for a film is too long.",
            hint=f"Give up to {LONGEST_SCRIPT:,} characters: `# title`, then `## heading` and sentences.",
        )
    parts = list(_parts(script, language))
    title = parts[0].heading if parts[0].first else Words(first=_shortened(parts[0].heading.first))
    kept = _within(parts, longest)
    scenes = [scene for part, lines in zip(parts, kept, strict=True) for scene in part.scenes(lines)]
    scenes = scenes[: MAX_SCENES - 1]
    if len(scenes) < 2 and not any(scene.lines for scene in scenes):
        raise InputError(
            "The script says nothing to be narrated.", hint="Write sentences under its headings."
        )
    closing = ClosingScene(heading=title)
    return Storyboard(
        title=title, language=language, second=second, palette=palette, scenes=(*scenes, closing)
    )


def as_script(board: Storyboard) -> str:
    """The script of a storyboard without charts, both languages side by side, as `from_script` reads it."""
    lines: list[str] = []
    for scene in board.scenes:
        if isinstance(scene, ClosingScene) and not scene.lines:
            continue
        lines.append(f"{'##' if lines else '#'} {_both(scene.heading)}")
        if isinstance(scene, PictureScene):
            lines.append(f"![{_both(scene.heading)}]({scene.picture})")
        lines += [_both(line) for line in scene.lines]
    return "\n".join(lines)


def _both(words: Words) -> str:
    return f"{words.first} || {words.second}" if words.second else words.first


class _Part:
    """What stands under one heading of a script."""

    def __init__(self, heading: Words, *, first: bool) -> None:
        self.heading = heading
        self.first = first
        self.points: list[Words] = []
        self.bars: list[Bar] = []
        self.pictures: list[tuple[str, str]] = []
        self.lines: list[Words] = []

    def scenes(self, lines: Sequence[Words]) -> Iterator[Scene]:
        """Its scenes, of which the first narrates: points that are not narrated say themselves."""
        said = tuple(lines)
        if self.bars:
            yield ChartScene(heading=self.heading, bars=tuple(self.bars[:MAX_BARS]), lines=said)
        elif self.points:
            yield PointsScene(heading=self.heading, points=tuple(self.points[:MAX_POINTS]), lines=said)
        elif self.pictures:
            caption, picture = self.pictures[0]
            heading = _words(caption) if caption else self.heading
            yield PictureScene(heading=heading, picture=picture, lines=said)
        elif self.first:
            yield TitleScene(heading=self.heading, lines=said)
        elif said:
            points = tuple(
                Words(first=_shortened(line.first), second=_shortened(line.second)) for line in said
            )
            yield PointsScene(heading=self.heading, points=points[:MAX_POINTS], lines=said)


def _parts(script: str, language: SpeechLanguage) -> Iterator[_Part]:
    part: _Part | None = None
    for raw in script.splitlines():
        line = raw.strip()
        if not line or _RULE.match(line):
            continue
        if line.startswith("#"):
            if part is not None:
                yield part
            part = _Part(_words(line.lstrip("# ")), first=part is None)
            continue
        if part is None:
            part = _Part(_words(_shortened(line)), first=True)
        _add(part, line, language)
    assert part is not None, "the script is not empty"
    yield part


def _add(part: _Part, line: str, language: SpeechLanguage) -> None:
    if picture := _PICTURE.match(line):
        part.pictures.append((picture[1].strip(), picture[2].strip()))
    elif row := _ROW.match(line):
        cells = [cell.strip() for cell in row[1].replace("||", "\0").split("|")]
        label = cells[0].replace("\0", "||")
        if len(cells) > 1 and (number := _NUMBER.search(cells[-1])):
            value = float(number.group().replace(",", ""))
            part.bars.append(Bar(label=_words(label), value=value, written=cells[-1]))
    elif line[:2] in ("- ", "* ", "• "):
        point = _words(line[2:])
        part.points.append(point)
        part.lines.append(point)
    else:
        part.lines += _sentences(line, language)


def _sentences(line: str, language: SpeechLanguage) -> list[Words]:
    """A narrated sentence each. A line with its second language is one sentence of both."""
    if "||" in line:
        return [_checked(_words(line), language)]
    return [
        _checked(Words(first=line[start:end].strip()), language)
        for start, end in split_sentences(line)
        if line[start:end].strip()
    ]


def _checked(words: Words, language: SpeechLanguage) -> Words:
    longest = LONGEST_SENTENCE["en" if language == "en" else "zh"]
    if len(words.first) > longest:
        raise InputError(
            f"The sentence “{words.first[:30]}…” has {len(words.first)} characters.",
            hint=f"Part it: a subtitle holds up to {longest} characters.",
        )
    return words


def _words(text: str) -> Words:
    first, _, second = text.partition("||")
    return Words(first=first.strip(), second=second.strip())


def _shortened(text: str) -> str:
    """A heading's length of a sentence: its first clause, whole words of it."""
    clause = re.split(r"[，。；：,.;:!?！？]", text.strip(), maxsplit=1)[0]
    limit = _HAN_LIMIT if re.search(r"[\u3400-\u9fff]", clause) else _LATIN_LIMIT
    if len(clause) <= limit:
        return clause
    kept = clause[: limit - 1]
    return (kept if limit == _HAN_LIMIT else kept.rpartition(" ")[0] or kept) + "…"


def _within(parts: Sequence[_Part], longest: float) -> list[list[Words]]:
    """The lines of each part that fit, taken in turn from every part, so that no part is left out first."""
    kept: list[list[Words]] = [[] for _ in parts]
    room = longest
    for at in range(max(len(part.lines) for part in parts)):
        for number, part in enumerate(parts):
            if at >= len(part.lines) or len(kept[number]) < at:
                continue
            cost = expected_seconds(part.lines[at].first) + 0.35
            if cost <= room:
                kept[number].append(part.lines[at])
                room -= cost
    return kept
