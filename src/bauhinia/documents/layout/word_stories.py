"""Where a Word document's texts are: its parts, and in each the paragraphs and attributes that hold words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ..collecting import Bounds
from ..ooxml import MC, A, W, attribute, local
from .parts import Parts
from .unit import Story
from .word_items import is_bound, is_written

_PARTS: dict[str, Story] = {
    "header": "header",
    "footer": "footer",
    "footnotes": "footnote",
    "endnotes": "endnote",
    "comments": "comment",
}
_DRAWN: dict[str, Story] = {"chart": "chart", "diagramData": "text_box", "diagramDrawing": "text_box"}
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_ALTERNATIVES = {
    "docPr": ("descr", "title"),
    "cNvPr": ("descr", "title"),
    "shape": ("alt",),
    "imagedata": ("alt",),
}
_FILE_NAME = re.compile(r"\S+\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp|pdf)$", re.I)
_LEVEL = re.compile(r"%[1-9]")
_DC_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


@dataclass(frozen=True, slots=True)
class StoryPart:
    """A part with text, and the story of its paragraphs."""

    name: str
    story: Story
    drawn: bool = False
    """Its paragraphs are a drawing's (`a:p`)."""


@dataclass(slots=True)
class Place:
    """A paragraph with those that repeat it for older programs."""

    paragraph: etree._Element
    story: Story
    twins: list[etree._Element] = field(default_factory=list)


@dataclass(slots=True)
class Label:
    """A short text that is no paragraph: an attribute or an element's text, everywhere where it stands."""

    text: str
    story: Story
    at: list[tuple[etree._Element, str]] = field(default_factory=list)
    """The element and its attribute; an empty attribute means its text."""


def story_parts(parts: Parts) -> Iterator[StoryPart]:
    """The body, then the parts that hang on it, each once."""
    main = main_part(parts)
    yield StoryPart(main, "body")
    found: dict[str, StoryPart] = {}
    queue = [main]
    for name in queue:
        for relation in parts.package.relations(name).values():
            target = relation.target
            if target not in parts.package.names or target in found:
                continue
            if relation.kind in _PARTS:
                found[target] = StoryPart(target, _PARTS[relation.kind])
                queue.append(target)
            elif relation.kind in _DRAWN:
                found[target] = StoryPart(target, _DRAWN[relation.kind], drawn=True)
    order: list[Story] = ["header", "footer", "footnote", "endnote", "comment", "chart", "text_box"]
    yield from sorted(found.values(), key=lambda part: (order.index(part.story), part.name))


def main_part(parts: Parts) -> str:
    """The name of the part that holds the body. It may not exist."""
    relations = parts.package.relations("").values()
    return next((each.target for each in relations if each.kind == "officeDocument"), "word/document.xml")


def related(parts: Parts, kind: str) -> str | None:
    """The part of a kind (`styles`, `theme`, `settings`, `numbering`) that belongs to the body."""
    for relation in parts.package.relations(main_part(parts)).values():
        if relation.kind == kind and relation.target in parts.package.names:
            return relation.target
    return None


def places(root: etree._Element, story: Story, bounds: Bounds) -> list[Place]:
    """The paragraphs of a part that somebody wrote, in order; of a text box that stands in the file twice,
    for newer and for older programs, the second is the first's twin."""
    found: dict[etree._Element, Place] = {}
    twins = _twins(root)
    for paragraph in root.iter(f"{W}p"):
        if not _is_written(paragraph, bounds):
            continue
        first = twins.get(paragraph)
        if first is not None and first in found:
            found[first].twins.append(paragraph)
        else:
            found[paragraph] = Place(paragraph, "text_box" if _in_box(paragraph) else story)
    return list(found.values())


def _twins(root: etree._Element) -> dict[etree._Element, etree._Element]:
    """Of each paragraph in a fallback, the one that it repeats."""
    found: dict[etree._Element, etree._Element] = {}
    for alternate in root.iter(f"{MC}AlternateContent"):
        choice, fallback = alternate.find(f"{MC}Choice"), alternate.find(f"{MC}Fallback")
        if choice is None or fallback is None:
            continue
        newer, older = list(choice.iter(f"{W}p")), list(fallback.iter(f"{W}p"))
        if len(newer) == len(older) and list(map(_words, newer)) == list(map(_words, older)):
            found.update(zip(older, newer, strict=True))
    return found


def _words(paragraph: etree._Element) -> str:
    return "".join(text.text or "" for text in paragraph.iter(f"{W}t"))


def _in_box(paragraph: etree._Element) -> bool:
    return any(local(each) == "txbxContent" for each in paragraph.iterancestors())


def _is_written(paragraph: etree._Element, bounds: Bounds) -> bool:
    """Whether the paragraph is no separator of notes and stands in no control that somebody else fills."""
    for depth, above in enumerate(paragraph.iterancestors()):
        bounds.check_nesting(depth // 4)
        if above.tag == f"{W}sdt" and not is_written(above):
            return False
        if above.tag in (f"{W}footnote", f"{W}endnote") and attribute(above, "type") in _SEPARATORS:
            return False
    return True


def has_bound_controls(root: etree._Element) -> bool:
    """Whether a control's content comes from data in the file, and is thus left as it is."""
    return any(is_bound(control) and not is_written(control) for control in root.iter(f"{W}sdt"))


def labels(root: etree._Element) -> list[Label]:
    """Alternative texts of pictures and tables, and the words of automatic numbers; equal ones once."""
    found: dict[tuple[Story, str], Label] = {}
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for story, name, text in _labels_of(element):
            if text.strip() and not _FILE_NAME.fullmatch(text.strip()):
                found.setdefault((story, text), Label(text, story)).at.append((element, name))
    return list(found.values())


def _labels_of(element: etree._Element) -> Iterator[tuple[Story, str, str]]:
    name = local(element)
    for key in _ALTERNATIVES.get(name, ()):
        yield "alt_text", key, element.get(key, "")
    if name in ("tblCaption", "tblDescription"):
        yield "alt_text", f"{W}val", attribute(element, "val")
    elif name == "lvlText" and _LEVEL.search(text := attribute(element, "val")):
        yield "body", f"{W}val", text
    elif element.tag == _DC_TITLE:
        yield "title", "", element.text or ""


def cached_labels(root: etree._Element) -> list[Label]:
    """Names of series and categories as a chart shows them: copies of cells of the workbook inside."""
    found: dict[str, Label] = {}
    for cache in root.iter(f"{_C}strCache"):
        for value in cache.iter(f"{_C}v"):
            text = value.text or ""
            if text.strip():
                found.setdefault(text, Label(text, "chart")).at.append((value, ""))
    return list(found.values())


def drawn_paragraphs(root: etree._Element) -> list[etree._Element]:
    """The paragraphs of a drawing."""
    return list(root.iter(f"{A}p"))
