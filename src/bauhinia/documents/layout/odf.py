"""OpenDocument files: paragraphs, notes, remarks, running heads and names as units, written back in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from ...language import Variety
from ..collecting import Bounds
from ..ooxml import local
from ..package import broken
from .fonts import fonts_for
from .inline import take
from .odf_fit import SHRINKS, TOO_LONG, Fitting
from .odf_text import TEXT, fill_odf, is_under, odf_items
from .opendocument_label import mark
from .parts import Parts
from .sheet_names import MOST, clean_names, renamed_odf, renamed_odf_formula
from .slots import PackageLayout, Slot, Slots, Writing
from .typography import language_tag
from .unit import Story

__all__ = ["mark", "open_layout"]
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_STORIES: dict[str, Story] = {
    "annotation": "comment",
    "header": "header",
    "header-left": "header",
    "header-first": "header",
    "footer": "footer",
    "footer-left": "footer",
    "footer-first": "footer",
    "note": "footnote",
    "notes": "speaker_note",
    "text-box": "text_box",
    "chart": "chart",
}
_SKIPPED = ("tracked-changes", "note-citation", "presentation-page-layout")
_NAMED = frozenset({"p", "h", "page", "table", "footer-decl", "header-decl", "title", "desc"})
_FORMULAS = ("formula", "expression", "condition")
_STALE = "The pictures of charts and objects that the file keeps show the old words until it is opened."


def open_layout(data: bytes, bounds: Bounds) -> PackageLayout:
    """Take an OpenDocument file apart. Raises DocumentError."""
    return PackageLayout(data, bounds, _OpenDocument)


class _OpenDocument:
    """An OpenDocument file's parts."""

    def __init__(self, parts: Parts, _bounds: Bounds) -> None:
        self._parts = parts
        self._slots = Slots(parts)
        self._tables: dict[str, etree._Element] = {}
        """The sheets, by their units' ids."""
        self._homes: dict[str, list[etree._Element]] = {}
        """What stands round each unit's paragraph."""
        if "content.xml" not in parts.package.names:
            raise broken()
        inner = sorted(name for name in parts.package.names if name.endswith("/content.xml"))
        self._contents = ["content.xml", *inner]
        for name in (*self._contents, "styles.xml", "meta.xml"):
            if name in parts.package.names:
                self._part(name)
        self._fitting = Fitting(parts.root("content.xml"))

    @property
    def slots(self) -> Sequence[Slot]:
        """The units of the content, of objects in it, of running heads; the title last."""
        return self._slots.found

    def finish(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Have references follow new names of sheets; set languages and fonts."""
        self._rename(written)
        self._fit(writing, written)
        for name in ("content.xml", "styles.xml"):
            if name in self._parts.package.names:
                _set_script(self._parts.root(name), writing.to)
                self._parts.changed(name)
        if any(name.startswith("ObjectReplacements/") for name in self._parts.package.names):
            writing.note("", "unsupported", _STALE)

    def _fit(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Set shapes of slides to shrink their words; tell which may shrink too much."""
        shrinks, too_long = self._fitting.fit()
        if shrinks:
            writing.note("", "fit", SHRINKS)
        for key in written:
            if any(shape in too_long for shape in self._homes.get(key, ())):
                writing.note(key, "fit", TOO_LONG, too_long=True)

    def _part(self, name: str) -> None:
        root = self._parts.root(name)
        page = 0
        # Only what may be a unit is counted: spans and fonts come and go.
        named = [each for each in root.iter() if isinstance(each.tag, str) and local(each) in _NAMED]
        for number, element in enumerate(named):
            kind, key = local(element), f"{name}#{number}"
            if kind == "page" or (kind == "table" and is_under(element, "spreadsheet")):
                page += 1
            if element.tag in (f"{TEXT}p", f"{TEXT}h"):
                self._paragraph(key, element, page or None)
            elif kind in ("footer-decl", "header-decl"):
                story: Story = "footer" if kind == "footer-decl" else "header"
                self._slots.words(key, story, [(element, "")])
            elif kind in ("title", "desc") and "svg-compatible" in element.tag:
                self._slots.words(key, "alt_text", [(element, "")], page=page or None)
            elif kind == "title" and name == "meta.xml":
                self._slots.words(key, "title", [(element, "")])
            elif kind == "table" and is_under(element, "spreadsheet") and name == "content.xml":
                self._tables[key] = element
                at = [(element, f"{_TABLE}name")]
                self._slots.words(key, "sheet_name", at, page=page, most=MOST)

    def _paragraph(self, key: str, paragraph: etree._Element, page: int | None) -> None:
        if is_under(paragraph, *_SKIPPED) or _is_result(paragraph):
            return
        under = is_under(paragraph, *_STORIES)
        story = _STORIES.get(under, "body")
        note = next((each for each in paragraph.iterancestors(f"{TEXT}note")), None)
        if note is not None and note.get(f"{TEXT}note-class") == "endnote":
            story = "endnote"
        if story == "text_box" and is_under(paragraph, "presentation"):
            story = "speaker_note" if is_under(paragraph, "notes") else "body"
        self._homes[key] = list(paragraph.iterancestors())
        taken = take(odf_items(paragraph))

        def write(target: str, _writing: Writing) -> None:
            fill_odf(paragraph, taken.woven(target))
            for above in paragraph.iterancestors(f"{_TABLE}table-cell"):
                # A value beside the words would win over them.
                above.attrib.pop(f"{_OFFICE}string-value", "")

        self._slots.add(key, story, taken.source, write, page=page)

    def _rename(self, written: Mapping[str, str]) -> None:
        if not any(key in written for key in self._tables):
            return
        before = {slot.unit.id: slot.unit.source for slot in self._slots.found}
        tables = list(self._tables.items())
        fit = clean_names([table.get(f"{_TABLE}name", "") for _, table in tables])
        names = {}
        for (key, table), name in zip(tables, fit, strict=True):
            if key in written:
                table.set(f"{_TABLE}name", name)
                names[_unescaped(before[key])] = name
        names = {old: new for old, new in names.items() if old != new}
        for part in (*self._contents, "styles.xml", "settings.xml"):
            if part in self._parts.package.names:
                for element in self._parts.root(part).iter():
                    if isinstance(element.tag, str) and _rename_in(element, names):
                        self._parts.changed(part)


def _unescaped(source: str) -> str:
    return source.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _is_result(paragraph: etree._Element) -> bool:
    """Whether the paragraph shows what a cell has worked out, or a number or date."""
    cell = paragraph.getparent()
    if cell is None or local(cell) not in ("table-cell", "covered-table-cell"):
        return False
    kind = cell.get(f"{_OFFICE}value-type", "string")
    return kind != "string" or cell.get(f"{_TABLE}formula") is not None


def _rename_in(element: etree._Element, names: Mapping[str, str]) -> bool:
    changed = False
    for key, value in element.attrib.items():
        name, old = str(key).rpartition("}")[2], str(value)
        new = old
        if name in _FORMULAS:
            new = renamed_odf_formula(old, names)
        elif name.endswith(("-address", "-addresses", "-ranges")) or name == "notify-on-update-of-ranges":
            new = renamed_odf(old, names)
        elif key == _LINK and old.startswith("#"):
            new = "#" + renamed_odf(old[1:], names)
        elif name == "name" and local(element) == "config-item-map-entry":
            new = names.get(old, old)
        if new != old:
            element.set(key, new)
            changed = True
    if local(element) == "config-item" and element.text and element.text in names:
        element.text, changed = names[element.text], True
    return changed


def _set_script(root: etree._Element, to: Variety) -> None:
    """Languages of every style that says one and of the default styles; fonts for East Asian text apart."""
    language, country = language_tag(to).split("-")
    space, ending = (_STYLE, "-asian") if to.is_chinese else (_FO, "")
    faces: dict[str, str] = {}
    for properties in root.iter(f"{_STYLE}text-properties"):
        default = local(properties.getparent()) == "default-style"  # type: ignore[arg-type]
        if default or properties.get(f"{space}language{ending}") not in (None, "none", "zxx"):
            properties.set(f"{space}language{ending}", language)
            properties.set(f"{space}country{ending}", country)
        latin = properties.get(f"{_STYLE}font-name", "")
        asian = properties.get(f"{_STYLE}font-name-asian", "")
        wanted = fonts_for(latin, asian, to).east_asian
        if to.is_chinese and wanted and wanted != asian:
            properties.set(f"{_STYLE}font-name-asian", wanted)
            faces[wanted] = wanted
    _declare(root, faces)


def _declare(root: etree._Element, faces: Mapping[str, str]) -> None:
    svg = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
    declarations = root.find(f"{_OFFICE}font-face-decls")
    if declarations is None and faces:
        declarations = etree.Element(f"{_OFFICE}font-face-decls")
        scripts = root.find(f"{_OFFICE}scripts")
        root.insert(0 if scripts is None else 1, declarations)
    if declarations is None:
        return
    known = {each.get(f"{_STYLE}name") for each in declarations}
    for name in sorted(faces.keys() - known):
        face = etree.SubElement(declarations, f"{_STYLE}font-face")
        face.set(f"{_STYLE}name", name)
        face.set(f"{svg}font-family", f"'{name}'" if " " in name else name)
