"""Pictures, sound and film: small real files, signed, read back, altered, and refused without their marks."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import c2pa
import pytest
from PIL import Image, ImageChops

from bauhinia.errors import BrokenDocument, InputError, Refused
from bauhinia.pilot.office import Office
from bauhinia.provenance import Origin, Record
from bauhinia.provenance.credentials import Credentials, credentials
from bauhinia.provenance.media import media_type_of, read_manifest, released, sign_media
from bauhinia.provenance.media_tags import MEDIA_TYPES

RECORD = Record(
    id="ABCD-EFGH-JKLM",
    use="pilot.picture",
    origin=Origin(model="fake", digest="ab" * 32, made_at="2026-11-27T09:00:00+08:00"),
    department="Works Department",
    issued_at="2026-11-27T09:00:00+08:00",
    language="zh-Hant-HK",
)


@pytest.fixture
def signs(tmp_path: Path) -> Credentials:
    return credentials(tmp_path)


def _picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), (190, 120, 40)).save(out, form)
    return out.getvalue()


def _sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\x00\x10" * 4_001)
    return out.getvalue()


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def _film() -> bytes:
    """A file of no tracks, whose boxes are those of every MP4."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = struct.pack(">IIIIIIH10x", 0, 0, 0, 1_000, 1_000, 0x10000, 0x100)
    header = _box(b"mvhd", head, matrix, bytes(24), struct.pack(">I", 1))
    kind = _box(b"ftyp", b"isom\0\0\2\0isommp42")
    return kind + _box(b"moov", header) + _box(b"mdat", b"frames" * 50)


FILES: dict[str, Callable[[], bytes]] = {
    "image/png": lambda: _picture("PNG"),
    "image/jpeg": lambda: _picture("JPEG"),
    "audio/wav": _sound,
    "audio/mpeg": lambda: (b"\xff\xfb\x90\x00" + bytes(413)) * 20,
    "video/mp4": _film,
}
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "audio/wav": "wav", "audio/mpeg": "mp3", "video/mp4": "mp4",
}  # fmt: skip


def _place(data: bytes, media_type: str) -> int:
    """A byte of what is seen or heard."""
    if media_type == "video/mp4":
        return data.index(b"framesframes") + 3
    if media_type == "audio/wav":
        return data.index(b"data") + 1_000
    return len(data) - 60


def test_every_kind_of_media_is_tried_here() -> None:
    assert set(FILES) == MEDIA_TYPES
    assert all(media_type_of(make()) == kind for kind, make in FILES.items())


@pytest.mark.parametrize("media_type", sorted(FILES))
def test_a_manifest_is_read_back_and_tells_a_changed_bit(media_type: str, signs: Credentials) -> None:
    out = sign_media(FILES[media_type](), media_type, RECORD, "eyJtoken", signs)
    found = read_manifest(out, media_type, signs.root)
    assert (found.state, found.token, found.risk) == ("ours", "eyJtoken", "")
    changed = bytearray(out)
    changed[_place(out, media_type)] ^= 1
    assert read_manifest(bytes(changed), media_type, signs.root).state == "altered"
    assert read_manifest(FILES[media_type](), media_type, signs.root).state == "none"
    assert "由人工智能生成（fake）".encode() in out and b"BH-ABCD-EFGH-JKLM" in out


def test_a_reader_of_somebody_else_sees_that_a_model_made_it(signs: Credentials) -> None:
    out = sign_media(FILES["image/png"](), "image/png", RECORD, "eyJtoken", signs)
    with c2pa.Reader("image/png", io.BytesIO(out)) as reader:
        manifest = reader.get_active_manifest()
        assert reader.get_validation_state() == "Valid"
    (actions,) = (each for each in manifest["assertions"] if each["label"].startswith("c2pa.actions"))
    (created,) = actions["data"]["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert created["softwareAgent"]["name"] == "fake"


def test_another_system_s_manifest_is_foreign(signs: Credentials, tmp_path: Path) -> None:
    other = credentials(tmp_path / "other")
    out = sign_media(FILES["audio/wav"](), "audio/wav", RECORD, "eyJtoken", other)
    assert read_manifest(out, "audio/wav", signs.root).state == "foreign"
    with pytest.raises(Refused):
        released(out, "audio/wav", signs)


def test_the_key_of_media_is_closed_to_others_and_stays(tmp_path: Path, signs: Credentials) -> None:
    path = tmp_path / "keys" / "media.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert credentials(tmp_path) == signs
    assert path.read_text().count("PRIVATE KEY-----\n") == 2


def _difference(media_type: str, risk: str, signs: Credentials) -> Image.Image:
    before = FILES[media_type]()
    out = sign_media(before, media_type, RECORD, "eyJtoken", signs, risk)  # type: ignore[arg-type]
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(out)) as new:
        return (
            ImageChops.difference(old.convert("RGB"), new.convert("RGB"))
            .convert("L")
            .point(lambda v: v > 24 and 255)
        )


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg"])
def test_a_picture_is_marked_in_a_corner_and_high_risk_all_over(media_type: str, signs: Credentials) -> None:
    corner = _difference(media_type, "", signs)
    left, top, _, bottom = corner.getbbox() or (0, 0, 0, 0)
    assert left == 0 and top > 150 and bottom == 200
    over = _difference(media_type, "identity_document", signs)
    tiles = [over.crop((x, y, x + 80, y + 100)).getbbox() for x in range(0, 320, 80) for y in (0, 100)]
    assert all(tiles)


def test_high_risk_content_without_its_mark_does_not_leave(signs: Credentials) -> None:
    plain = sign_media(FILES["image/png"](), "image/png", RECORD, "eyJtoken", signs)
    assert released(plain, "image/png", signs) == plain
    with pytest.raises(Refused, match="mark over all of it"):
        released(plain, "image/png", signs, "financial")
    with pytest.raises(Refused, match="no label"):
        released(FILES["image/png"](), "image/png", signs)
    over = sign_media(FILES["image/png"](), "image/png", RECORD, "eyJtoken", signs, "financial")
    assert released(over, "image/png", signs, "financial") == over
    with pytest.raises(Refused, match="mark over all of it"):
        released(over, "image/png", signs, "deepfake")


@pytest.mark.parametrize("media_type", ["audio/wav", "audio/mpeg", "video/mp4"])
def test_high_risk_sound_and_film_do_not_leave(media_type: str, signs: Credentials) -> None:
    with pytest.raises(Refused, match="do not leave"):
        sign_media(FILES[media_type](), media_type, RECORD, "eyJtoken", signs, "deepfake")


def test_what_is_no_media_is_told(signs: Credentials) -> None:
    with pytest.raises(InputError, match="cannot be labelled"):
        sign_media(b"GIF89a", "image/gif", RECORD, "eyJtoken", signs)
    for media_type in MEDIA_TYPES:
        with pytest.raises(BrokenDocument):
            sign_media(b"no media at all", media_type, RECORD, "eyJtoken", signs)


def test_sound_is_the_same_after_it_was_tagged(signs: Credentials) -> None:
    out = sign_media(_sound(), "audio/wav", RECORD, "eyJtoken", signs)
    with wave.open(io.BytesIO(out)) as after, wave.open(io.BytesIO(_sound())) as before:
        assert after.readframes(9_999) == before.readframes(9_999)


def test_an_mp3_keeps_the_tag_that_it_has(signs: Credentials) -> None:
    frame = b"TIT2" + struct.pack(">I", 6) + b"\0\0" + b"\0Title"
    for version in (3, 4):
        tag = b"ID3" + bytes((version, 0, 0, 0, 0, 0, len(frame))) + frame
        out = sign_media(tag + FILES["audio/mpeg"](), "audio/mpeg", RECORD, "eyJtoken", signs)
        assert b"Title" in out and read_manifest(out, "audio/mpeg", signs.root).state == "ours"


async def test_media_of_an_office_are_checked_as_any_file(office: Office) -> None:
    for media_type in ("image/png", "audio/wav"):
        record = replace(RECORD, id=f"ABCD-EFGH-{media_type[:4].upper()}")
        out = await office.labels.labelled_media(
            FILES[media_type](), media_type, record, officer=office.officer
        )
        name = f"x.{ENDINGS[media_type]}"
        verdict = await office.labels.check(out, name)
        assert (verdict.state, verdict.record) == ("unaltered", record)
        changed = bytearray(out)
        changed[_place(out, media_type)] ^= 1
        assert (await office.labels.check(bytes(changed), name)).state == "altered"
        assert (await office.labels.check(FILES[media_type](), name)).state == "unlabelled"
