"""Bus, minibus, train and ferry interfaces, replayed: real routes and names of stops, synthetic
ids and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ...yaml_text import read_yaml
from ..tools.mtr import lines_at
from ..tools.resolve import light_rail_stops, mtr_stations, rows
from .clock import spread

Ways = tuple[tuple[tuple[str, str], ...], ...]
"""The stops of each way, (English, Chinese)."""


def _read() -> dict[str, dict[str, Ways]]:
    """The tables of `routes.yaml`."""
    listed = read_yaml((Path(__file__).parent / "routes.yaml").read_text(encoding="utf-8"))
    return {
        operator: {route: tuple(map(_way, ways)) for route, ways in table.items()}
        for operator, table in listed.items()
    }


def _way(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [stop.partition("=") for stop in text.split(" > ")]
    return tuple((en, zh) for en, _, zh in pairs)


_TABLES = _read()
KMB, CITYBUS, NLB = _TABLES["kmb"], _TABLES["citybus"], _TABLES["nlb"]
MINIBUS = {(name.split()[0], name.split()[1]): ways for name, ways in _TABLES["minibus"].items()}
"""By region and code."""


class Call(NamedTuple):
    """A stop of one way of a route."""

    way: str
    seq: int
    en: str
    zh: str
    to_en: str
    to_zh: str


def calls(ways: Ways) -> list[Call]:
    """Every stop of a route."""
    return [
        Call("OI"[index], seq, en, zh, *way[-1])
        for index, way in enumerate(ways)
        for seq, (en, zh) in enumerate(way, 1)
    ]


def waits(*names: str) -> tuple[int, int, int]:
    """Minutes to the next three rides at a place in the replay."""
    first = 1 + spread("wait", *names, over=9)
    return first, first + 8 + spread("second", *names, over=4), first + 19 + spread("third", *names, over=6)


def at_times(now: datetime, *names: str) -> list[datetime]:
    """When they come: so many whole minutes and a bit from now."""
    return [now + timedelta(minutes=minutes, seconds=20) for minutes in waits(*names)]


def stop_id(operator: str, en: str, way: str) -> str:
    """A pole's id in its operator's form; the other way's pole is another."""
    digest = sha256(f"{operator}|{en}|{way}".encode()).hexdigest()
    match operator:
        case "KMB":
            return digest[:16].upper()
        case "CTB":
            return f"{int(digest[:8], 16) % 10**6:06d}"
        case _:
            return str(int(digest[:6], 16) % 10**6 + 1)


def _data(kind: str, data: Any, now: datetime) -> dict[str, Any]:
    return {"type": kind, "version": "1.0", "generated_timestamp": now.isoformat(), "data": data}


def kmb(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`data.etabus.gov.hk`."""
    parts = path.removeprefix("/v1/transport/kmb/").strip("/").split("/")
    match parts:
        case ["route"]:
            return _data(
                "RouteList", [_kmb_route(route, way) for route in KMB for way in "OI"[: len(KMB[route])]], now
            )
        case ["stop"]:
            return _data("StopList", list(_kmb_stops().values()), now)
        case ["route-stop", route, direction, "1"] if route in KMB:
            rows_ = [
                {
                    "route": route,
                    "bound": call.way,
                    "service_type": "1",
                    "seq": str(call.seq),
                    "stop": stop_id("KMB", call.en, call.way),
                }
                for call in calls(KMB[route])
                if call.way == direction[0].upper()
            ]
            return _data("RouteStop", rows_, now)
        case ["eta", stop, route, "1"] if route in KMB:
            return _data("ETA", _etas("KMB", route, stop, calls(KMB[route]), now), now)
    return None


def _kmb_route(route: str, way: str) -> dict[str, str]:
    stops = KMB[route]["OI".index(way)]
    return {
        "route": route,
        "bound": way,
        "service_type": "1",
        "orig_en": stops[0][0],
        "orig_tc": stops[0][1],
        "orig_sc": stops[0][1],
        "dest_en": stops[-1][0],
        "dest_tc": stops[-1][1],
        "dest_sc": stops[-1][1],
    }


def _kmb_stops() -> dict[str, dict[str, str]]:
    made = {}
    for ways in KMB.values():
        for call in calls(ways):
            stop = stop_id("KMB", call.en, call.way)
            made[stop] = {
                "stop": stop,
                "name_en": call.en,
                "name_tc": call.zh,
                "name_sc": call.zh,
                "lat": "22.3",
                "long": "114.2",
            }
    return made


def _etas(operator: str, route: str, stop: str, calls_: list[Call], now: datetime) -> list[dict[str, Any]]:
    made = []
    for call in calls_:
        if stop_id(operator, call.en, call.way) != stop:
            continue
        for seq, at in enumerate(at_times(now, operator, route, call.en, call.way), 1):
            made.append(
                {
                    "co": operator,
                    "route": route,
                    "dir": call.way,
                    "service_type": 1,
                    "seq": call.seq,
                    "stop": stop,
                    "dest_tc": call.to_zh,
                    "dest_sc": call.to_zh,
                    "dest_en": call.to_en,
                    "eta_seq": seq,
                    "eta": at.isoformat(),
                    "rmk_tc": "",
                    "rmk_sc": "",
                    "rmk_en": "",
                    "data_timestamp": now.isoformat(),
                }
            )
    return made


def real_time(path: str, query: Mapping[str, str], now: datetime) -> Any:
    """`rt.data.gov.hk`."""
    if path.startswith("/v2/transport/citybus/"):
        return _citybus(path.removeprefix("/v2/transport/citybus/").strip("/").split("/"), now)
    if path.startswith("/v2/transport/nlb/"):
        return _nlb(path.rpartition("/")[2], query, now)
    if path.endswith("/mtr/getSchedule.php"):
        return _mtr(query.get("line", ""), query.get("sta", ""), now)
    if path.endswith("/lrt/getSchedule"):
        return _light_rail(query.get("station_id", ""), now)
    return None


def _citybus(parts: list[str], now: datetime) -> Any:
    match parts:
        case ["route", "CTB"]:
            return _data("RouteList", [{"co": "CTB", "route": route} for route in CITYBUS], now)
        case ["route-stop", "CTB", route, way]:
            rows_ = [
                {
                    "co": "CTB",
                    "route": route,
                    "dir": call.way,
                    "seq": call.seq,
                    "stop": stop_id("CTB", call.en, call.way),
                }
                for call in calls(CITYBUS.get(route, ()))
                if call.way == way[0].upper()
            ]
            return _data("RouteStop", rows_, now)
        case ["stop", stop]:
            for ways in CITYBUS.values():
                for call in calls(ways):
                    if stop_id("CTB", call.en, call.way) == stop:
                        return _data(
                            "Stop",
                            {
                                "stop": stop,
                                "name_tc": call.zh,
                                "name_en": call.en,
                                "name_sc": call.zh,
                                "lat": "22.28",
                                "long": "114.15",
                            },
                            now,
                        )
            return _data("Stop", {}, now)
        case ["eta", "CTB", stop, route]:
            return _data("ETA", _etas("CTB", route, stop, calls(CITYBUS.get(route, ())), now), now)
    return None


def _nlb(file: str, query: Mapping[str, str], now: datetime) -> Any:
    routes = {
        str(10 + index * 2 + way): (route, way)
        for index, route in enumerate(NLB)
        for way in range(len(NLB[route]))
    }
    action, route_id = query.get("action"), query.get("routeId", "")
    if file == "route.php" and action == "list":
        return {"routes": [_nlb_route(route_id, *known) for route_id, known in routes.items()]}
    if file != "stop.php" or route_id not in routes:
        return None
    route, way = routes[route_id]
    here = [call for call in calls(NLB[route]) if call.way == "OI"[way]]
    if action == "list":
        return {
            "stops": [
                {
                    "stopId": stop_id("NLB", call.en, call.way),
                    "stopName_c": call.zh,
                    "stopName_s": call.zh,
                    "stopName_e": call.en,
                    "stopLocation_c": "",
                    "stopLocation_s": "",
                    "stopLocation_e": "",
                    "latitude": "22.2",
                    "longitude": "113.9",
                    "fare": "0.0",
                    "fareHoliday": "0.0",
                    "someDepartureObserveOnly": 0,
                }
                for call in here
            ]
        }
    for call in here:
        if stop_id("NLB", call.en, call.way) == query.get("stopId"):
            return {
                "estimatedArrivals": [
                    {
                        "estimatedArrivalTime": f"{at:%Y-%m-%d %H:%M:%S}",
                        "routeVariantName": "",
                        "departed": 1,
                        "noGPS": 0,
                        "wheelChair": 1,
                        "generateTime": f"{now:%Y-%m-%d %H:%M:%S}",
                    }
                    for at in at_times(now, "NLB", route, call.en, call.way)
                ],
                "message": "",
            }
    return {"estimatedArrivals": [], "message": ""}


def _nlb_route(route_id: str, route: str, way: int) -> dict[str, Any]:
    stops = NLB[route][way]
    en, zh = (f"{stops[0][side]} > {stops[-1][side]}" for side in (0, 1))
    return {
        "routeId": route_id,
        "routeNo": route,
        "routeName_c": zh,
        "routeName_s": zh,
        "routeName_e": en,
        "overnightRoute": 0,
        "specialRoute": 0,
    }


def _mtr(line: str, station: str, now: datetime) -> Any:
    clock = f"{now:%Y-%m-%d %H:%M:%S}"
    if station not in mtr_stations().things or line not in lines_at(station):
        return {
            "status": 0,
            "message": "The contents are empty!",
            "sys_time": clock,
            "curr_time": clock,
            "data": {},
            "isdelay": "N",
        }
    order = next(
        row["stations"].split() for row in rows("mtr_lines.csv") if row["line"] == line and not row["branch"]
    )
    here = (
        order
        if station in order
        else next(
            row["stations"].split()
            for row in rows("mtr_lines.csv")
            if row["line"] == line and station in row["stations"].split()
        )
    )
    made: dict[str, Any] = {"curr_time": clock, "sys_time": clock}
    for way, end, platform in (("UP", here[-1], "1"), ("DOWN", here[0], "2")):
        if end != station:
            made[way] = [
                {
                    "seq": str(seq),
                    "dest": end,
                    "plat": platform,
                    "time": f"{at:%Y-%m-%d %H:%M:%S}",
                    "ttnt": str(wait),
                    "valid": "Y",
                    "source": "-",
                }
                for seq, (at, wait) in enumerate(
                    zip(
                        at_times(now, "MTR", line, station, way),
                        waits("MTR", line, station, way),
                        strict=True,
                    ),
                    1,
                )
            ]
    return {
        "sys_time": clock,
        "curr_time": clock,
        "data": {f"{line}-{station}": made},
        "isdelay": "N",
        "status": 1,
        "message": "successful",
    }


def _light_rail(stop: str, now: datetime) -> Any:
    row = next((each for each in rows("light_rail_stops.csv") if each["id"] == stop), None)
    if row is None:
        return {"platform_list": [], "status": 0, "system_time": f"{now:%Y-%m-%d %H:%M:%S}"}
    trains = [_train(route, stop) for route in row["routes"].split()]
    return {
        "platform_list": [{"route_list": trains, "platform_id": 1}],
        "status": 1,
        "system_time": f"{now:%Y-%m-%d %H:%M:%S}",
    }


def _train(route: str, stop: str) -> dict[str, Any]:
    ends = [each for each in light_rail_stops().things if route in _routes_of(each) and each != stop]
    to = light_rail_stops().things[ends[-1]]
    wait = waits("LRT", route, stop)[0]
    return {
        "train_length": 1,
        "arrival_departure": "A",
        "dest_en": to.en,
        "dest_ch": to.zh,
        "time_en": f"{wait} min",
        "time_ch": f"{wait} 分鐘",
        "route_no": route,
        "stop": 0,
    }


def _routes_of(stop: str) -> list[str]:
    return next(each["routes"].split() for each in rows("light_rail_stops.csv") if each["id"] == stop)


def minibus(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`data.etagmb.gov.hk`."""
    parts = path.strip("/").split("/")
    ids = {2_000_000 + index: key for index, key in enumerate(MINIBUS)}
    match parts:
        case ["route"]:
            regions: dict[str, list[str]] = {"HKI": [], "KLN": [], "NT": []}
            for region, code in MINIBUS:
                regions[region].append(code)
            return _data("Routes", {"routes": regions}, now)
        case ["route", region, code] if (region, code) in MINIBUS:
            number = next(key for key, value in ids.items() if value == (region, code))
            return _data("Route", [_gmb_route(number, region, code)], now)
        case ["route-stop", number, seq] if int(number) in ids:
            stops = MINIBUS[ids[int(number)]][int(seq) - 1]
            listed = [
                {
                    "stop_seq": index,
                    "stop_id": int(stop_id("GMB", en, seq)),
                    "name_tc": zh,
                    "name_sc": zh,
                    "name_en": en,
                }
                for index, (en, zh) in enumerate(stops, 1)
            ]
            return _data("Route-Stop", {"route_stops": listed, "data_timestamp": now.isoformat()}, now)
        case ["eta", "route-stop", number, seq, stop] if int(number) in ids:
            region, code = ids[int(number)]
            en = MINIBUS[(region, code)][int(seq) - 1][int(stop) - 1][0]
            etas = [
                {
                    "eta_seq": index,
                    "diff": int((at - now).total_seconds() // 60),
                    "timestamp": at.isoformat(timespec="milliseconds"),
                    "remarks_tc": None,
                    "remarks_sc": None,
                    "remarks_en": None,
                }
                for index, at in enumerate(at_times(now, "GMB", region, code, en, seq), 1)
            ]
            return _data("ETA-Route-Stop", {"enabled": True, "stop_id": 1, "eta": etas}, now)
    return None


def _gmb_route(number: int, region: str, code: str) -> dict[str, Any]:
    ways: list[dict[str, Any]] = [
        {
            "route_seq": seq,
            "orig_tc": stops[0][1],
            "orig_sc": stops[0][1],
            "orig_en": stops[0][0],
            "dest_tc": stops[-1][1],
            "dest_sc": stops[-1][1],
            "dest_en": stops[-1][0],
            "remarks_tc": None,
            "remarks_sc": None,
            "remarks_en": None,
            "headways": [],
        }
        for seq, stops in enumerate(MINIBUS[(region, code)], 1)
    ]
    return {
        "route_id": number,
        "region": region,
        "route_code": code,
        "description_tc": "正常班次",
        "description_sc": "正常班次",
        "description_en": "Normal Departure",
        "directions": ways,
    }


def sun_ferry(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`www.sunferry.com.hk/eta/`."""
    code = query.get("route", "")
    data = [
        {
            "routecode": code,
            "route_en": code,
            "route_tc": code,
            "route_sc": code,
            "vesselcode": None,
            "depart_time": f"{at:%H:%M}",
            "lat": None,
            "lng": None,
            "eta": None,
            "rmk_en": None,
            "rmk_tc": None,
            "rmk_sc": None,
            "date_timestamp": f"{now:%Y-%m-%d}",
        }
        for at in sailings(now, "sun", code)
    ]
    return {"type": "ETA", "version": "1.0", "data": data, "generated_timestamp": now.isoformat()}


def hkkf(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`www.hkkfeta.com/opendata/eta/`."""
    route, direction = path.strip("/").split("/")[-2:]
    data = [
        {
            "route_id": int(route),
            "direction": direction,
            "session_time": f"{at:%H:%M:%S}",
            "ETA": (at + timedelta(minutes=30)).isoformat(),
        }
        for at in sailings(now, "hkkf", f"{route}{direction}")
    ]
    return {"type": "ETA", "version": "1.0", "generated_timestamp": now.isoformat(), "data": data}


def sailings(now: datetime, operator: str, code: str) -> list[datetime]:
    """Departures of a ferry in the replay: whole minutes, since ferries tell no seconds."""
    first = 5 + 5 * spread("sail", operator, code, over=8)
    start = now.replace(second=0, microsecond=0)
    return [start + timedelta(minutes=first + gap) for gap in (0, 30, 65)]
