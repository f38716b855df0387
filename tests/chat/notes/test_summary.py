"""A summary that a model words through the door: what lines do not bear out is left out."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from bauhinia.chat.notes.hearing import heard_meeting
from bauhinia.chat.notes.summary import Summarised, summarised
from bauhinia.chat.notes.transcript import Transcript, read_text
from bauhinia.chat.speech import RATE
from bauhinia.errors import EmptyDocument
from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer
from bauhinia.settings import Settings
from bauhinia.store import Database

from ...models.media_server import media_server

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
BORNE = "The lift of the footbridge at Example Road has been out of service since 12 February."
INVENTED = ("The repair will cost HK$3 million.", "The Highways Department was blamed for the delay.")


def second_of_silence() -> bytes:
    """WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * RATE))
    return out.getvalue()


def meeting() -> Transcript:
    return read_text((SAMPLES / "meeting-en.txt").read_text(encoding="utf-8"))


async def test_only_sentences_that_lines_bear_out_stay(open_gateway: Callable[[FakeModel], Gateway]) -> None:
    door = open_gateway(FakeModel(lambda _: " ".join([BORNE, *INVENTED])))
    await door.start()
    events = [event async for event in summarised(meeting(), door, OFFICER)]
    whole = events[-1]
    assert isinstance(whole, Summarised) and events[:-1] == list(whole.summary)
    assert [said.text for said in whole.summary] == [BORNE] and whole.withdrawn == len(INVENTED)
    assert set(whole.summary[0].lines) <= {1, 2} and 2 in whole.summary[0].lines
    assert whole.origin is not None and whole.origin.entry > 0 and whole.left_out == 0


async def test_a_model_that_only_invents_leaves_no_summary(
    open_gateway: Callable[[FakeModel], Gateway],
) -> None:
    door = open_gateway(FakeModel(lambda _: INVENTED[0]))
    await door.start()
    *said, whole = [event async for event in summarised(meeting(), door, OFFICER)]
    assert isinstance(whole, Summarised) and said == [] and whole.origin is None and whole.withdrawn == 1


@pytest.mark.parametrize(
    ("segments", "lines"),
    [
        (
            [{"start": 0, "end": 2, "text": "我們同意"}, {"start": 62.4, "end": 64, "text": "下星期五交"}],
            [("我們同意", "00:00:00"), ("下星期五交", "00:01:02")],
        ),
        ([], None),
    ],
)
async def test_a_recording_becomes_lines_with_their_times(
    settings: Settings,
    database: Database,
    segments: list[dict[str, object]],
    lines: list[tuple[str, str]] | None,
) -> None:
    async with media_server() as server:
        server.heard = {"text": "", "segments": segments}
        told = settings.model_copy(update={"listener_url": f"{server.url}/v1"})
        door = Gateway(told, database, backend=FakeModel(), embedder=FakeEmbedder())
        try:
            if lines is None:
                with pytest.raises(EmptyDocument):
                    await heard_meeting(door, second_of_silence(), "yue", officer=OFFICER)
                return
            heard = await heard_meeting(door, second_of_silence(), "yue", officer=OFFICER)
        finally:
            await door.stop()
    assert [(line.words, line.clock) for line in heard.transcript.lines] == lines
    assert heard.transcript.speakers == () and heard.origin.model == "listener"
