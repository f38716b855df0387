"""The HTTP client of the live tools: only listed hosts, kept as long as may be, down with its reason."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bauhinia.chat.replay import Fault, Replay
from bauhinia.chat.replay.server import ANSWERS
from bauhinia.chat.sources import REPLAY_PORT, SourceDown, Sources, hosts, listed_address, sources_base
from bauhinia.errors import InputError
from bauhinia.settings import Settings

KMB = "https://data.etabus.gov.hk/v1/transport/kmb/route/"
HOLIDAYS = "https://www.1823.gov.hk/common/ical/en.json"


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/",
        "http://data.weather.gov.hk/",
        "https://data.weather.gov.hk.evil.example/",
        "https://data.weather.gov.hk@evil.example/",
        "https://user@data.weather.gov.hk/",
        "https://data.weather.gov.hk:8443/",
        "https://data.weather.gov.hk/#fragment",
        "https://127.0.0.1/",
        "https://[::1]/",
        "file:///etc/passwd",
        "https://",
        "data.weather.gov.hk",
        "https://DATA.WEATHER.GOV.HK./",
        "https://xn--data-weather.gov.hk/",
    ],
)
async def test_no_other_address_is_asked(address: str) -> None:
    with pytest.raises(SourceDown) as caught:
        listed_address(address)
    assert caught.value.reason == "not_listed"
    sources = Sources()
    with pytest.raises(SourceDown) as caught:
        await sources.json(address)
    assert caught.value.reason == "not_listed"
    await sources.close()


def test_the_replay_has_every_host_of_the_list() -> None:
    assert set(ANSWERS) == set(hosts())


def test_what_the_setting_means() -> None:
    assert sources_base(Settings().chat_sources) == sources_base("live") == ""
    assert sources_base("replay") == f"http://127.0.0.1:{REPLAY_PORT}"
    assert sources_base("replay:9000") == "http://127.0.0.1:9000"
    assert sources_base("https://mirror.example/hk/") == "https://mirror.example/hk"
    for wrong in ("replay:x", "ftp://mirror", "mirror", "https://user:pass@mirror/", "https://mirror/?q=1"):
        with pytest.raises(InputError):
            sources_base(wrong)


async def test_an_answer_is_kept_and_asked_for_once(replay: Replay) -> None:
    sources = Sources(replay.base)
    answers = await asyncio.gather(*(sources.json(KMB) for _ in range(20)))
    again = await sources.json(KMB)
    assert replay.asked["data.etabus.gov.hk"] == 1 and all(each is again for each in answers)
    await sources.close()


async def test_a_mark_before_the_json_is_no_fault(replay: Replay) -> None:
    sources = Sources(replay.base)
    assert "vcalendar" in (await sources.json(HOLIDAYS)).data
    await sources.close()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=120", 120),
        ("public, s-maxage=600, max-age=5", 600),
        ("max-age=1", 15),
        ("max-age=99999999", 86_400),
        ("no-store", 15),
        ("", 60),
    ],
)
def test_how_long_an_answer_is_kept(header: str, seconds: float) -> None:
    from bauhinia.chat.sources import _seconds_kept

    assert _seconds_kept(hosts()["data.etabus.gov.hk"], header) == seconds


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("status", "status"),
        ("not_json", "not_json"),
        ("empty", "empty"),
        ("too_big", "too_big"),
        ("redirect", "redirect"),
        ("drop", "offline"),
    ],
)
async def test_a_faulty_source_is_down_with_the_reason(replay: Replay, fault: Fault, reason: str) -> None:
    sources = Sources(replay.base)
    await sources.json(HOLIDAYS)
    before = sources.last("www.1823.gov.hk")
    replay.fault("www.1823.gov.hk", fault)
    with pytest.raises(SourceDown) as caught:
        await sources.json(HOLIDAYS.replace("en", "tc"))
    assert caught.value.reason == reason and caught.value.host == "www.1823.gov.hk"
    assert caught.value.last == before and before is not None and before <= datetime.now(UTC)
    await sources.close()


async def test_a_source_that_hangs_is_given_up(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = hosts()["www.1823.gov.hk"].model_copy(update={"seconds": 0.2})
    monkeypatch.setitem(hosts(), "www.1823.gov.hk", quick)
    replay.fault("www.1823.gov.hk", "timeout")
    sources = Sources(replay.base)
    with pytest.raises(SourceDown) as caught:
        await sources.json(HOLIDAYS)
    assert caught.value.reason == "timeout" and caught.value.last is None
    assert replay.asked["www.1823.gov.hk"] == 1
    await sources.close()


async def test_a_busy_source_is_asked_once_more_and_no_more(replay: Replay) -> None:
    sources = Sources(replay.base, rest=0)
    replay.fault("www.1823.gov.hk", "busy_once")
    assert (await sources.json(HOLIDAYS)).data
    assert replay.asked["www.1823.gov.hk"] == 2
    replay.fault("www.1823.gov.hk", "drop")
    with pytest.raises(SourceDown):
        await sources.json(HOLIDAYS.replace("en", "tc"))
    assert replay.asked["www.1823.gov.hk"] == 4
    await sources.close()


async def test_a_host_that_fails_is_left_alone_for_a_while(replay: Replay) -> None:
    sources = Sources(replay.base, rest=60)
    replay.fault("www.1823.gov.hk", "status")
    for name in ("en", "tc", "sc"):
        with pytest.raises(SourceDown):
            await sources.json(f"https://www.1823.gov.hk/common/ical/{name}.json")
    assert replay.asked["www.1823.gov.hk"] == 1
    await sources.close()


async def test_one_who_gives_up_does_not_end_it_for_the_others(replay: Replay) -> None:
    sources = Sources(replay.base)
    impatient = asyncio.create_task(sources.json(KMB))
    patient = asyncio.create_task(sources.json(KMB))
    await asyncio.sleep(0)
    impatient.cancel()
    assert (await patient).data["data"]
    await sources.close()


async def test_nothing_listens() -> None:
    sources = Sources("http://127.0.0.1:9")
    with pytest.raises(SourceDown) as caught:
        await sources.json(KMB)
    assert caught.value.reason == "offline" and caught.value.last is None
    await sources.close()
