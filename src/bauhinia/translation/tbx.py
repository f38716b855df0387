"""TBX: terms as ISO 30042 exchanges them.

Written: version 3 (2019), DCA style, dialect TBX-Basic, with `administrativeStatus` for preferred, admitted
and forbidden (`deprecatedTerm-admn-sts`) forms. Read too: the DCT style, where a category is an element of
its own name, and version 2 (`martif`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from lxml import etree

from ..documents.collecting import Bounds
from ..documents.package import parse_xml
from ..errors import BrokenDocument
from ..language import BadTermbase, Term, Variety
from ..language.termbase import checked
from .term_rows import MOST_TERMS, RefusedTerm, TermFile

Status = Literal["preferred", "admitted", "forbidden"]
NAMESPACE = "urn:iso:std:iso:30042:ed-2"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_WRITTEN: dict[Status, str] = {
    "preferred": "preferredTerm-admn-sts",
    "admitted": "admittedTerm-admn-sts",
    "forbidden": "deprecatedTerm-admn-sts",
}
_READ: dict[str, Status] = {
    **{name.lower(): status for status, name in _WRITTEN.items()},
    "preferredterm": "preferred",
    "preferred": "preferred",
    "admittedterm": "admitted",
    "admitted": "admitted",
    "standardizedterm-admn-sts": "preferred",
    "supersededterm-admn-sts": "forbidden",
    "deprecatedterm": "forbidden",
    "deprecated": "forbidden",
    "supersededterm": "forbidden",
    "forbidden": "forbidden",
    "obsolete": "forbidden",
}
_STATUS = ("administrativeStatus", "normativeAuthorization")
_LANGUAGES = {"en": Variety.ENGLISH, "zh": Variety.TRADITIONAL, "yue": Variety.TRADITIONAL}
_ENTRY = ("conceptEntry", "termEntry")
_SECTION = ("langSec", "langSet")
_TERM = ("termSec", "tig", "ntig")


def read_tbx(data: bytes, bounds: Bounds) -> TermFile:
    """The entries that have a form in English and one in Chinese; the others are refused with the reason.

    Raises BadTermbase for a file that is no TBX, DocumentTooLarge over the limits.
    """
    try:
        root = parse_xml(data, bounds)
    except BrokenDocument as error:
        raise BadTermbase(
            "The file is not valid XML, or it declares a document type, which is not accepted.",
            hint="Export it again as TBX without a DOCTYPE line.",
        ) from error
    if _name(root) not in ("tbx", "martif"):
        raise BadTermbase("The file is not TBX.", hint="Its first element must be tbx or martif.")
    terms: dict[str, Term] = {}
    refused: list[RefusedTerm] = []
    for number, entry in enumerate(_named(root, _ENTRY), 1):
        if number > MOST_TERMS:
            raise BadTermbase(f"The file has more than {MOST_TERMS:,} terms, the limit.", hint="Split it.")
        key = entry.get("id") or f"entry-{number}"
        try:
            term = _term(key, entry)
            if key in terms:
                raise ValueError(f"the id {key} stands there twice")
        except ValueError as error:
            refused.append(RefusedTerm(place=f"entry {key} (line {entry.sourceline})", reason=str(error)))
        else:
            terms[key] = term
    return TermFile(terms=tuple(terms.values()), refused=tuple(refused))


def _term(key: str, entry: etree._Element) -> Term:
    forms: dict[tuple[Variety, Status], list[str]] = {}
    for section in _named(entry, _SECTION):
        tag = (section.get(f"{_XML}lang") or section.get("lang") or "").lower()
        variety = _LANGUAGES.get(tag.split("-")[0])
        if variety is None or "hans" in tag or tag in ("zh-cn", "zh-sg"):
            continue
        for group in _named(section, _TERM):
            if form := _form(group):
                forms.setdefault((variety, _status(group)), []).append(form)
    english, chinese = (_right(forms, variety) for variety in (Variety.ENGLISH, Variety.TRADITIONAL))
    if not english or not chinese:
        raise ValueError(f"it has no form in {'Chinese' if english else 'English'}")
    return checked(
        Term(
            key, english[0], chinese[0], tuple(english[1:]), tuple(chinese[1:]),
            tuple(forms.get((Variety.ENGLISH, "forbidden"), ())),
            tuple(forms.get((Variety.TRADITIONAL, "forbidden"), ())),
            _said(entry, "subjectField"), _said(entry, "source"), _said(entry, "note"),
        )
    )  # fmt: skip


def _right(forms: dict[tuple[Variety, Status], list[str]], variety: Variety) -> list[str]:
    return [*forms.get((variety, "preferred"), ()), *forms.get((variety, "admitted"), ())]


def _form(group: etree._Element) -> str:
    found = next(_named(group, ("term",)), None)
    return "" if found is None else " ".join("".join(map(str, found.itertext())).split())


def _status(group: etree._Element) -> Status:
    """A form of which nothing is said is admitted: the first of them is then the preferred one."""
    for name in _STATUS:
        if said := _said(group, name):
            return _READ.get(said.lower(), "admitted")
    return "admitted"


def _said(element: etree._Element, category: str) -> str:
    """The first value of a category, as `type="category"` (DCA) or as an element of its name (DCT).

    What an entry says is looked for outside its language sections first.
    """
    found = [one for one in element.iterdescendants() if category in (_name(one), one.get("type"))]
    found.sort(key=lambda one: any(_name(above) in _SECTION for above in one.iterancestors()))
    return "".join(map(str, found[0].itertext())).strip() if found else ""


def _named(element: etree._Element, names: tuple[str, ...]) -> Iterator[etree._Element]:
    return (one for one in element.iterdescendants() if _name(one) in names)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def write_tbx(terms: Iterable[Term]) -> bytes:
    """The terms as TBX version 3, DCA style. Raises ValueError for a character that XML cannot hold."""
    root = etree.Element(f"{{{NAMESPACE}}}tbx", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.set("style", "dca")
    root.set("type", "TBX-Basic")
    root.set(f"{_XML}lang", "en")
    header = _add(_add(root, "tbxHeader"), "fileDesc")
    _add(_add(header, "sourceDesc"), "p", "Bauhinia")
    body = _add(_add(root, "text"), "body")
    for term in terms:
        _write_entry(body, term)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _write_entry(body: etree._Element, term: Term) -> None:
    entry = _add(body, "conceptEntry")
    entry.set("id", term.id)
    if term.domain:
        _add(entry, "descrip", term.domain).set("type", "subjectField")
    if term.source:
        _add(entry, "admin", term.source).set("type", "source")
    if term.note:
        _add(entry, "note", term.note)
    for variety in (Variety.ENGLISH, Variety.TRADITIONAL):
        section = _add(entry, "langSec")
        section.set(f"{_XML}lang", variety.value)
        right = term.forms(variety)
        _write_form(section, right[0], "preferred")
        for form in right[1:]:
            _write_form(section, form, "admitted")
        for form in term.forbidden(variety):
            _write_form(section, form, "forbidden")


def _write_form(section: etree._Element, form: str, status: Status) -> None:
    group = _add(section, "termSec")
    _add(group, "term", form)
    _add(group, "termNote", _WRITTEN[status]).set("type", "administrativeStatus")


def _add(above: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(above, f"{{{NAMESPACE}}}{name}")
    made.text = text
    return made
