"""Every live tool against the replay: its value, its source and times, its sentences, and every fault."""

from __future__ import annotations

from typing import Any

import pytest

from bauhinia.chat.replay import REPLAY_NOW, Fault, Replay
from bauhinia.chat.replay.government import aqhi
from bauhinia.chat.replay.transport import waits
from bauhinia.chat.replay.weather import rainfall, temperature
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context, Down, Found, Unknown
from bauhinia.chat.tools.registry import TOOLS, tool_named, use_tool
from bauhinia.errors import InputError
from bauhinia.language import Variety, fits

CASES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("weather_now", {"place": "沙田"}, "data.weather.gov.hk"),
    ("local_forecast", {}, "data.weather.gov.hk"),
    ("forecast", {"day": "2026-11-28"}, "data.weather.gov.hk"),
    ("rain_chance", {"day": "2026-11-29"}, "data.weather.gov.hk"),
    ("weather_warnings", {}, "data.weather.gov.hk"),
    ("tides", {"day": "2026-11-28", "place": "大澳"}, "data.weather.gov.hk"),
    ("sun", {"day": "2026-11-28"}, "data.weather.gov.hk"),
    ("air_quality", {"place": "旺角"}, "dashboard.data.gov.hk"),
    ("bus_arrivals", {"route": "96R", "stop": "彩虹"}, "data.etabus.gov.hk"),
    ("bus_arrivals", {"route": "6", "stop": "Stanley Market", "operator": "Citybus"}, "rt.data.gov.hk"),
    ("bus_arrivals", {"route": "23", "stop": "昂坪", "operator": "NLB"}, "rt.data.gov.hk"),
    ("minibus_arrivals", {"route": "11M", "stop": "坑口"}, "data.etagmb.gov.hk"),
    ("mtr_next_train", {"station": "沙田圍"}, "rt.data.gov.hk"),
    ("light_rail", {"stop": "兆康", "route": "610"}, "rt.data.gov.hk"),
    ("ferry", {"end": "長洲"}, "www.sunferry.com.hk"),
    ("ferry", {"end": "Lamma"}, "www.hkkfeta.com"),
    ("public_holidays", {}, "www.1823.gov.hk"),
    ("currency", {"amount": "100", "start": "USD"}, "api.hkma.gov.hk"),
    ("government_directory", {"department": "入境處", "post": "Director of Immigration"}, "tel.directory.gov.hk"),
    ("address_lookup", {"query": "告士打道7號"}, "www.als.gov.hk"),
    ("place_search", {"query": "香港中央圖書館"}, "geodata.gov.hk"),
)  # fmt: skip
"""Each tool that asks a source, with arguments that are answered, and whom it asks."""
OFFLINE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("mtr_route", {"start": "沙田圍", "end": "中環"}),
    ("lunar_calendar", {"ask": "festival", "festival": "mid_autumn"}),
    ("dates", {"ask": "between", "end": "2026-12-25"}),
    ("arithmetic", {"expression": "(3+4)*2.5%"}),
    ("convert_units", {"amount": "3", "start": "斤", "end": "公斤"}),
    ("department_contact", {"department": "入境處"}),
    ("government_forms", {"query": "renew driving licence"}),
    ("legislation", {"query": "Cap. 486"}),
)
"""Those that need no network."""
TIMED = {
    "data.weather.gov.hk",
    "dashboard.data.gov.hk",
    "data.etabus.gov.hk",
    "rt.data.gov.hk",
    "data.etagmb.gov.hk",
    "www.sunferry.com.hk",
    "www.hkkfeta.com",
    "api.hkma.gov.hk",
}
UNTIMED = {"tides", "sun"}
"""Tables of a year: they have no time of their own."""
LANGUAGES = (Variety.ENGLISH, Variety.TRADITIONAL, Variety.CANTONESE, Variety.SIMPLIFIED)
FAULTS: tuple[Fault, ...] = ("status", "not_json", "empty", "shape", "too_big", "redirect", "drop")


def test_every_tool_is_tried() -> None:
    assert {tool.name for tool in TOOLS} == {name for name, *_ in (*CASES, *OFFLINE)}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_tells_what_it_is_for(tool: Any) -> None:
    schema = tool.arguments.model_json_schema()
    assert (
        schema["additionalProperties"] is False and tool.about.endswith(".") and tool_named(tool.name) is tool
    )


@pytest.mark.parametrize(("name", "arguments", "host"), CASES)
async def test_a_live_tool_gives_a_value_with_its_source(
    context: Context, name: str, arguments: dict[str, Any], host: str
) -> None:
    result = await use_tool(name, arguments, context)
    assert isinstance(result, Found), result
    assert result.value and result.source.url.startswith(f"https://{host}/")
    assert result.source.fetched is not None and result.source.page.startswith("https://")
    if host in TIMED and name not in UNTIMED:
        assert result.source.at is not None and result.source.at <= REPLAY_NOW
    for language in LANGUAGES:
        assert result.source.name.said(language) in result.cited(language)


@pytest.mark.parametrize(("name", "arguments"), OFFLINE)
async def test_a_tool_without_network(name: str, arguments: dict[str, Any]) -> None:
    sources = Sources("http://127.0.0.1:9")
    context = Context(sources=sources, now=lambda: REPLAY_NOW)
    result = await use_tool(name, arguments, context)
    assert isinstance(result, Found) and result.value and result.source.fetched is None
    await sources.close()


@pytest.mark.parametrize(("name", "arguments", "host"), CASES)
async def test_offline_it_says_so_and_does_not_guess(name: str, arguments: dict[str, Any], host: str) -> None:
    sources = Sources("http://127.0.0.1:9")
    result = await use_tool(name, arguments, Context(sources=sources, now=lambda: REPLAY_NOW))
    assert isinstance(result, Down) and result.reason == "offline" and result.last is None
    assert "do not know" in result.sentence(Variety.ENGLISH) and "唔知" in result.sentence(Variety.CANTONESE)
    assert not any(character.isdigit() for character in result.sentence(Variety.ENGLISH).replace("1823", ""))
    await sources.close()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("name", "arguments", "host"), CASES)
async def test_a_faulty_source_gives_no_value(
    replay: Replay, context: Context, name: str, arguments: dict[str, Any], host: str, fault: Fault
) -> None:
    replay.fault(host, fault)
    result = await use_tool(name, arguments, context)
    assert isinstance(result, Down) and result.host == host, result


@pytest.mark.parametrize(("name", "arguments", "host"), CASES)
async def test_old_data_is_no_answer_where_the_source_tells_its_time(
    replay: Replay, context: Context, name: str, arguments: dict[str, Any], host: str
) -> None:
    replay.fault(host, "stale")
    result = await use_tool(name, arguments, context)
    if host in TIMED and name not in UNTIMED:
        assert isinstance(result, Down) and result.reason == "stale", result
        assert result.last is not None and str(result.last.year) in result.sentence(Variety.ENGLISH)
    else:
        assert isinstance(result, Found)


async def test_it_tells_when_it_last_had_data(replay: Replay, context: Context) -> None:
    await use_tool("public_holidays", {}, context)
    replay.fault("data.weather.gov.hk", "status")
    down = await use_tool("weather_now", {}, context)
    assert isinstance(down, Down) and down.last is None
    replay.fault("data.weather.gov.hk", "none")
    assert isinstance(await use_tool("weather_now", {}, context), Found)
    replay.fault("data.weather.gov.hk", "status")
    down = await use_tool("weather_warnings", {}, context)
    assert (
        isinstance(down, Down)
        and down.last is not None
        and "last answered at" in down.sentence(Variety.ENGLISH)
    )


async def test_values_are_the_sources_own(context: Context) -> None:
    async def value(tool: str, /, **arguments: Any) -> dict[str, Any]:
        result = await use_tool(tool, arguments, context)
        assert isinstance(result, Found), result
        return result.value

    now = await value("weather_now", place="Sha Tin")
    assert (now["temperature"], now["rain"]) == (temperature("Sha Tin"), rainfall("Sha Tin"))
    assert (await value("air_quality", place="Tung Chung"))["index"] == str(aqhi("Tung Chung"))
    bus = await value("bus_arrivals", route="96r", stop="choi hung")
    expected = [
        *waits("KMB", "96R", "CHOI HUNG STATION", "O"),
        *waits("KMB", "96R", "CHOI HUNG STATION", "I"),
    ]
    assert bus["minutes"] == sorted(expected)
    train = await value("mtr_next_train", station="Tai Wai", line="東鐵綫", towards="Admiralty")
    assert train["minutes"] == sorted(waits("MTR", "EAL", "TAW", "DOWN"))
    assert (await value("weather_warnings", kind="typhoon"))["codes"] == ["TC3"]
    assert (await value("weather_warnings", kind="rainstorm"))["codes"] == []
    assert (await value("currency", amount="250", start="美金", end="港紙"))["result"] == "1945.00"
    assert (await value("public_holidays", name="聖誕"))["days"] == ["2026-12-25", "2026-12-26"]


async def test_a_terminus_is_not_told_as_a_place_to_board(context: Context) -> None:
    result = await use_tool("bus_arrivals", {"route": "91M", "stop": "寶琳"}, context)
    assert isinstance(result, Found)
    assert {ride["to"] for ride in result.value["rides"]} == {"Diamond Hill Station"}


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("weather_now", {"place": "月球"}, "no_station"),
        ("forecast", {"day": "2027-06-01"}, "beyond_forecast"),
        ("tides", {"place": "Moon", "day": "2026-11-28"}, "no_station"),
        ("air_quality", {"place": "Atlantis"}, "no_station"),
        ("bus_arrivals", {"route": "999", "stop": "中環"}, "no_route"),
        ("bus_arrivals", {"route": "1A", "stop": "Sai Kung Pier"}, "no_stop"),
        ("minibus_arrivals", {"route": "998", "stop": "中環"}, "no_route"),
        ("minibus_arrivals", {"route": "11M", "stop": "沙頭角"}, "no_stop"),
        ("mtr_next_train", {"station": "月球基地"}, "no_station"),
        ("mtr_next_train", {"station": "Sha Tin", "line": "Island Line"}, "no_line"),
        ("mtr_route", {"start": "Narnia", "end": "Central"}, "no_station"),
        ("mtr_route", {"start": "Central", "end": "中環"}, "same_station"),
        ("light_rail", {"stop": "Wonderland"}, "no_stop"),
        ("ferry", {"end": "Macau"}, "no_route"),
        ("public_holidays", {"year": 2040}, "not_published"),
        ("public_holidays", {"name": "Dragon Appreciation Day"}, "no_such_holiday"),
        ("currency", {"start": "galleon"}, "no_currency"),
        ("convert_units", {"amount": "1", "start": "kg", "end": "m"}, "no_unit"),
        ("arithmetic", {"expression": "1/0"}, "no_sum"),
        ("arithmetic", {"expression": "__import__('os')"}, "no_sum"),
        ("arithmetic", {"expression": "9^9^9^9"}, "no_sum"),
        ("department_contact", {"department": "Department of Time Travel"}, "no_department"),
        ("government_directory", {"department": "TD Moon", "post": "Chief"}, "no_department"),
        ("government_directory", {"department": "Transport Department", "post": "Chief Unicorn Officer"}, "no_post"),
        ("government_directory", {"post": "Secretary for Moon Affairs"}, "no_post"),
        ("government_forms", {"query": "own a dragon"}, "no_form"),
        ("address_lookup", {"query": "1 Nowhere Road"}, "no_place"),
        ("place_search", {"query": "Hogwarts"}, "no_place"),
        ("legislation", {"query": "Cap. 9999"}, "no_law"),
        ("lunar_calendar", {"ask": "solar_of", "year": 2026, "month": 2, "number": 30}, "outside_table"),
    ],
)  # fmt: skip
async def test_what_there_is_not_is_not_made_up(
    context: Context, name: str, arguments: dict[str, Any], reason: str
) -> None:
    result = await use_tool(name, arguments, context)
    assert isinstance(result, Unknown) and result.reason == reason, result
    for language in LANGUAGES:
        assert result.sentence(language)


@pytest.mark.parametrize("query", ["Flat A, A123456(3)", "打 9123 4567", "somebody@example.com 灣仔"])
@pytest.mark.parametrize("name", ["address_lookup", "place_search"])
async def test_personal_data_is_not_sent_to_a_look_up(
    replay: Replay, context: Context, name: str, query: str
) -> None:
    result = await use_tool(name, {"query": query}, context)
    assert isinstance(result, Unknown) and result.reason == "personal_data"
    assert not replay.asked


@pytest.mark.parametrize(("name", "arguments"), [(name, arguments) for name, arguments, _ in CASES])
async def test_sentences_are_in_their_language(
    context: Context, name: str, arguments: dict[str, Any]
) -> None:
    result = await use_tool(name, arguments, context)
    for language in (Variety.ENGLISH, Variety.TRADITIONAL, Variety.SIMPLIFIED):
        fit = fits(result.sentence(language), language)
        assert fit.ok, (language, fit, result.sentence(language))


async def test_wrong_arguments_are_told(context: Context) -> None:
    for name, arguments in (
        ("bus_arrivals", {"route": "96R"}),
        ("bus_arrivals", {"route": "../../x", "stop": "y"}),
        ("weather_now", {"place": "x", "further": 1}),
        ("forecast", {"day": "soon"}),
    ):
        with pytest.raises(InputError) as caught:
            await use_tool(name, arguments, context)
        assert caught.value.hint
    with pytest.raises(InputError):
        await use_tool("no_such_tool", {}, context)
