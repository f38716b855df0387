"""Parts of a file, as players of sound and film ask for them (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import Response

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def ranged(data: bytes, media_type: str, asked: str, headers: Mapping[str, str]) -> Response:
    """All of it, or the one part that the header `Range` asks for; 416 for a part that there is not. A header
    with several parts, or of another unit, is answered with all."""
    told = {**headers, "accept-ranges": "bytes"}
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not (found[1] or found[2]):
        return Response(data, media_type=media_type, headers=told)
    size = len(data)
    if found[1]:
        first = int(found[1])
        last = min(int(found[2]), size - 1) if found[2] else size - 1
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if first > last:
        return Response(status_code=416, headers={**told, "content-range": f"bytes */{size}"})
    told["content-range"] = f"bytes {first}-{last}/{size}"
    return Response(data[first : last + 1], status_code=206, media_type=media_type, headers=told)
