"""The title and the bookmarks of a PDF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

_MOST = 20_000


def bookmarks(pdf: Any) -> Iterator[Any]:
    """The outline's items, each a dictionary, in the order in which they are shown; each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [pdf.Root.get("/Outlines", pikepdf.Dictionary()).get("/First")]
    while waiting and len(seen) < _MOST:
        item = waiting.pop()
        if not isinstance(item, pikepdf.Dictionary) or item.objgen in seen:
            continue
        seen.add(item.objgen)
        yield item
        waiting += [item.get("/Next"), item.get("/First")]


def words_of(value: Any) -> str:
    """A text of the file; empty where it is none."""
    try:
        return str(value) if isinstance(value, pikepdf.String) else ""
    except UnicodeError:
        return ""


def title_of(pdf: Any) -> str:
    """From the file's information."""
    info = pdf.trailer.get("/Info")
    return words_of(info.get("/Title")) if isinstance(info, pikepdf.Dictionary) else ""


def set_title(pdf: Any, title: str) -> None:
    """In the information, and in the XMP packet where there is one."""
    pdf.docinfo["/Title"] = title
    if "/Metadata" in pdf.Root:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
            packet["dc:title"] = title


def set_label(pdf: Any, label: str) -> None:
    """The AI label in the information, under `AI-Label` as in Office files, and as the file's description."""
    pdf.docinfo["/AI-Label"] = label
    if "/Metadata" in pdf.Root:
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
            packet["dc:description"] = label
