"""Pictures, sound and film: marked, tagged, and signed with a C2PA manifest, which is read back.

    sign_media(data, media_type, record, token, credentials, risk) -> bytes
      visible mark (pictures) -> sentence in the tags -> manifest -> read back -> out

Source of the standard: C2PA Technical Specification 2; `c2pa.created` with IPTC's `trainedAlgorithmicMedia`.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any, Literal

from .. import __version__
from ..errors import BrokenDocument, InputError, Refused
from .credentials import Credentials
from .media_marks import marked
from .media_tags import MEDIA_TYPES, tagged
from .record import Record, sentence_of

Risk = Literal["", "deepfake", "identity_document", "financial"]
"""High-risk content (D-3.1-24); empty is none of it."""
MediaState = Literal["ours", "foreign", "altered", "none"]
LABEL = "org.bauhinia.label"
"""Our assertion in the manifest: the signed record, the risk, and whether the picture is marked all over."""
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a file's manifest says, read back."""

    state: MediaState
    """`ours`: whole, and signed under our root; `foreign`: whole, another's; `altered`: it does not fit."""
    token: str = ""
    risk: str = ""
    mark: str = ""
    """`corner`, `all_over` or empty."""


def sign_media(
    data: bytes, media_type: str, record: Record, token: str, signs: Credentials, risk: Risk = ""
) -> bytes:
    """The file as it may leave. `token`: the signed record (`seal.sealed`).

    Raises InputError for a kind of media that cannot be signed, Refused for high-risk content that cannot be
    marked, BrokenDocument, MissingPart.
    """
    if media_type not in MEDIA_TYPES:
        raise InputError(
            f"Media of the kind {media_type[:40]} cannot be labelled.",
            hint=f"Give it as {', '.join(sorted(MEDIA_TYPES))}.",
        )
    mark = _mark_for(media_type, risk)
    if mark:
        data = marked(data, media_type, record.reference, all_over=mark == "all_over")
    data = tagged(data, media_type, sentence_of(record))
    return released(
        _signed(data, media_type, _said(record, token, risk, mark), signs), media_type, signs, risk
    )


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"ftyp", 4, "video/mp4"),
)


def media_type_of(data: bytes) -> str:
    """Which of the media that can be signed a file is, by its first bytes; empty where it is none."""
    found = (kind for magic, at, kind in _MAGIC if data[at : at + len(magic)] == magic)
    return next(found, "audio/mpeg" if data[:1] == b"\xff" and data[1:2] >= b"\xe0" else "")


def released(data: bytes, media_type: str, signs: Credentials, risk: Risk = "") -> bytes:
    """The file, if it carries our manifest, whole, and the mark that its risk needs: nothing else goes out.

    Raises Refused.
    """
    found = read_manifest(data, media_type, signs.root)
    if found.state != "ours":
        raise _refused("This file carries no label that fits it.", "Label it once more, from its original.")
    if risk and (found.risk != risk or found.mark != "all_over"):
        raise _refused("High-risk content leaves only with a mark over all of it.", "Label it with its risk.")
    if media_type.startswith("image/") and not found.mark:
        raise _refused("This picture carries no visible mark.", "Label it once more, from its original.")
    return data


def _mark_for(media_type: str, risk: Risk) -> str:
    if media_type.startswith("image/"):
        return "all_over" if risk else "corner"
    if risk:
        raise _refused(
            "High-risk sound and film cannot be given a mark that stays, so they do not leave.",
            "Give a marked picture in its place.",
        )
    return ""


def _refused(message: str, hint: str) -> Refused:
    return Refused(message, stage="label", hint=hint)


def _said(record: Record, token: str, risk: Risk, mark: str) -> dict[str, Any]:
    """The manifest's definition."""
    made: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": _SOURCE_TYPE}
    if record.origin is not None:
        made["softwareAgent"] = {
            "name": record.origin.model,
            "version": record.origin.digest[:12] or "unknown",
        }
    return {
        "claim_generator_info": [{"name": "Bauhinia", "version": __version__}],
        "title": record.reference,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made]}},
            {"label": LABEL, "data": {"token": token, "risk": risk, "mark": mark}},
        ],
    }


def _signed(data: bytes, media_type: str, said: dict[str, Any], signs: Credentials) -> bytes:
    import c2pa  # type: ignore[import-untyped]

    info = c2pa.C2paSignerInfo(b"es256", signs.chain.encode(), signs.key.encode(), None)
    out = io.BytesIO()
    try:
        with (
            _context(signs.root) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(json.dumps(said), context) as builder,
        ):
            builder.sign(signer, media_type, io.BytesIO(data), out)
    except c2pa.C2paError as error:
        raise BrokenDocument(
            "The file could not be signed: it is damaged, or made in an unusual way.",
            hint="Make it once more, as WAV, MP3, PNG, JPEG or MP4.",
        ) from error
    return out.getvalue()


def read_manifest(data: bytes, media_type: str, root: str) -> Manifest:
    """What the file's manifest says, trusting our root alone. Nothing is fetched from anywhere."""
    import c2pa

    try:
        with _context(root) as context, c2pa.Reader(media_type, io.BytesIO(data), context=context) as reader:
            told = json.loads(reader.json())
    except c2pa.C2paError:
        return Manifest(state="none")
    active = told["manifests"].get(told.get("active_manifest", ""), {})
    ours = [each["data"] for each in active.get("assertions", []) if each.get("label") == LABEL]
    held: dict[str, Any] = ours[0] if ours else {}
    states: dict[str, MediaState] = {"Trusted": "ours", "Valid": "foreign"}
    return Manifest(
        state=states.get(told.get("validation_state", ""), "altered"),
        token=str(held.get("token", "")),
        risk=str(held.get("risk", "")),
        mark=str(held.get("mark", "")),
    )


def _context(root: str) -> Any:
    import c2pa

    settings = {
        "version": 1,
        "trust": {"user_anchors": root},
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    return c2pa.Context.from_dict(settings)
