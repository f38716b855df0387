"""OpenDocument files made by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = " ".join(
    f'xmlns:{short}="{_OASIS}:{name}:1.0"'
    for short, name in {
        "office": "office", "text": "text", "table": "table", "draw": "drawing", "style": "style",
        "svg": "svg-compatible", "presentation": "presentation", "chart": "chart", "meta": "meta",
        "manifest": "manifest",
    }.items()
) + ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip


def opened(
    kind: str,
    body: str,
    *,
    styles: str = "",
    running: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An OpenDocument file of that kind with this body, automatic styles and master styles."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        file.writestr(
            "content.xml",
            f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        )
        file.writestr(
            "styles.xml",
            f"<office:document-styles {NAMES}><office:master-styles>{running}</office:master-styles>"
            "</office:document-styles>",
        )
        manifest = {"META-INF/manifest.xml": _manifest(kind, ["content.xml", "styles.xml", *(parts or {})])}
        for name, content in {**manifest, **(parts or {})}.items():
            file.writestr(name, content)
    return out.getvalue()


def _manifest(kind: str, names: list[str]) -> str:
    """Without one, LibreOffice takes the file for a damaged one."""
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    listed = "".join(entry.format(name, "text/xml") for name in names)
    whole = entry.format("/", f"application/vnd.oasis.opendocument.{kind}")
    return f"<manifest:manifest {NAMES}>{whole}{listed}</manifest:manifest>"
