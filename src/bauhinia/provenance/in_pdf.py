"""The signed label in a PDF's XMP packet, as `dc:identifier`: a property that PDF/A knows."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pikepdf

from ..documents.collecting import Bounds
from ..documents.damage import password_needed
from ..errors import BrokenDocument
from .carrier import NAME, Taken

_PROPERTY = "dc:identifier"
_PREFIX = f"{NAME}:"


class Pdf:
    """XMP, and the document's information for programs that throw XMP away."""

    def put(self, data: bytes, token: str, _bounds: Bounds) -> bytes:
        with _opened(data) as pdf:
            pdf.docinfo[f"/{NAME}"] = token
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as packet:
                packet[_PROPERTY] = f"{_PREFIX}{token}"
            return _saved(pdf)

    def take(self, data: bytes, _bounds: Bounds) -> Taken:
        with _opened(data) as pdf:
            found = [_in_packet(pdf), str(pdf.docinfo.get(f"/{NAME}", ""))]
        return Taken(list(dict.fromkeys(filter(None, found))), data)


def _in_packet(pdf: Any) -> str:
    if "/Metadata" not in pdf.Root:
        return ""
    with warnings.catch_warnings():
        # What is odd in somebody's packet is no matter of ours.
        warnings.simplefilter("ignore")
        said = str(pdf.open_metadata(strict=False).get(_PROPERTY, ""))
    return said.removeprefix(_PREFIX) if said.startswith(_PREFIX) else ""


def _opened(data: bytes) -> Any:
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise password_needed("The PDF") from error
    except pikepdf.PdfError as error:
        raise BrokenDocument(
            "The PDF is damaged.", hint="Ask for it once more, or print it to a new PDF."
        ) from error


def _saved(pdf: Any) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pdf.save(out)
    return out.getvalue()
