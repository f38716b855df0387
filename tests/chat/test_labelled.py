"""What is made leaves through the product's own labelling, and is found again by it."""

from __future__ import annotations

import io
import wave

from bauhinia.chat.labelled import is_whole, label_by
from bauhinia.chat.music import from_bank, read_request, song_request, sung_by_server
from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer, local_officer
from bauhinia.provenance import Labelling, Origin, Record, new_id
from bauhinia.settings import Limits, Settings
from bauhinia.store import Database

from ..models.media_server import SOUND, media_server

OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
MADE_AT = "2026-11-27T10:00:00+08:00"


def _sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\x00\x10" * 4_000)
    return out.getvalue()


async def test_files_are_signed_kept_and_found_again(
    settings: Settings, database: Database, gateway: Gateway
) -> None:
    labelling = Labelling(settings.data_folder, database, gateway.ledger, Limits())
    record = Record(
        id=new_id(),
        use="chat.music",
        origin=Origin(model="bauhinia-composer", made_at=MADE_AT),
        department="Test Department",
        issued_at=MADE_AT,
        language="zh-Hant-HK",
    )
    label = label_by(labelling, record, local_officer(settings))
    assert record.reference in label.sentence and "人工智能" in label.sentence
    signed = await label.sign(_sound(), "audio/wav")
    assert (await labelling.check(signed, "song.wav")).state == "unaltered"
    assert await is_whole(labelling, signed)
    again = await label.sign(_sound(), "audio/wav")
    first, second = [(await labelling.check(data, "song.wav")).record for data in (signed, again)]
    assert first is not None and second is not None and first.id == record.id != second.id
    assert not await is_whole(labelling, signed.replace(b"\x00\x10" * 100, b"\x10\x00" * 100))


async def test_a_song_server_is_told_the_same_words(settings: Settings, database: Database) -> None:
    brief = read_request("sports day song in English, C major, 120 bpm")
    lyrics = from_bank(brief)
    told = song_request(brief, lyrics, 60)
    assert told.key == "C major" and told.tempo == 120 and told.language == "en"
    assert told.lyrics.count("[Chorus]") == 2 and "Pass the baton" in told.lyrics
    async with media_server() as server:
        door = Gateway(
            settings.model_copy(update={"songs_url": server.url}),
            database,
            backend=FakeModel(),
            embedder=FakeEmbedder(),
        )
        sound = await sung_by_server(
            door, brief, lyrics, 60, officer=OFFICER, use="api.chat", classification="unclassified"
        )
        await door.stop()
    assert sound == SOUND and server.asked[0][1]["lyrics"] == told.lyrics
