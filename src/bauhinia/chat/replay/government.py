"""Holidays, air, the telephone directory, addresses and exchange rates, replayed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from ..tools.resolve import air_stations, departments, folded
from .clock import spread

HOLIDAYS: tuple[tuple[str, str, str], ...] = (
    ("2026-01-01", "The first day of January", "一月一日"),
    ("2026-02-17", "Lunar New Year's Day", "農曆年初一"),
    ("2026-02-18", "The second day of Lunar New Year", "農曆年初二"),
    ("2026-02-19", "The third day of Lunar New Year", "農曆年初三"),
    ("2026-04-03", "Good Friday", "耶穌受難節"),
    ("2026-04-04", "The day following Good Friday", "耶穌受難節翌日"),
    ("2026-04-06", "The day following Ching Ming Festival", "清明節翌日"),
    ("2026-04-07", "The day following Easter Monday", "復活節星期一翌日"),
    ("2026-05-01", "Labour Day", "勞動節"),
    ("2026-05-25", "The day following the Birthday of the Buddha", "佛誕翌日"),
    ("2026-06-19", "Tuen Ng Festival", "端午節"),
    ("2026-07-01", "Hong Kong Special Administrative Region Establishment Day", "香港特別行政區成立紀念日"),
    ("2026-09-26", "The day following the Chinese Mid-Autumn Festival", "中秋節翌日"),
    ("2026-10-01", "National Day", "國慶日"),
    ("2026-10-19", "The day following Chung Yeung Festival", "重陽節翌日"),
    ("2026-12-25", "Christmas Day", "聖誕節"),
    ("2026-12-26", "The first weekday after Christmas Day", "聖誕節後第一個周日"),
    ("2027-01-01", "The first day of January", "一月一日"),
    ("2027-02-06", "Lunar New Year's Day", "農曆年初一"),
    ("2027-02-08", "The third day of Lunar New Year", "農曆年初三"),
    ("2027-02-09", "The fourth day of Lunar New Year", "農曆年初四"),
    ("2027-03-26", "Good Friday", "耶穌受難節"),
    ("2027-03-27", "The day following Good Friday", "耶穌受難節翌日"),
    ("2027-03-29", "Easter Monday", "復活節星期一"),
    ("2027-04-05", "Ching Ming Festival", "清明節"),
    ("2027-05-01", "Labour Day", "勞動節"),
    ("2027-05-13", "The Birthday of the Buddha", "佛誕"),
    ("2027-06-09", "Tuen Ng Festival", "端午節"),
    ("2027-07-01", "Hong Kong Special Administrative Region Establishment Day", "香港特別行政區成立紀念日"),
    ("2027-09-16", "The day following the Chinese Mid-Autumn Festival", "中秋節翌日"),
    ("2027-10-01", "National Day", "國慶日"),
    ("2027-10-08", "Chung Yeung Festival", "重陽節"),
    ("2027-12-25", "Christmas Day", "聖誕節"),
    ("2027-12-27", "The first weekday after Christmas Day", "聖誕節後第一個周日"),
)
"""General holidays: dates and names are facts, as the Government gazettes them."""
RATES = {
    "usd": 7.78,
    "gbp": 10.25,
    "jpy": 0.0512,
    "cad": 5.6,
    "aud": 5.12,
    "sgd": 6.05,
    "twd": 0.2415,
    "chf": 9.75,
    "cny": 1.095,
    "krw": 0.0055,
    "thb": 0.24,
    "myr": 1.85,
    "eur": 9.05,
    "php": 0.1335,
    "inr": 0.0885,
    "idr": 0.00047,
    "zar": 0.45,
}
"""Synthetic rates."""
POSTS = {
    "IMMD": (
        ("Director of Immigration", "入境事務處處長", "2829 0001"),
        ("Assistant Director (Personal Documentation)", "助理處長（個人證件）", "2829 0002"),
        ("Chief Information Officer", "首席資訊主任", "2829 0003"),
    ),
    "TD": (
        ("Commissioner for Transport", "運輸署署長", "2829 0101"),
        ("Chief Transport Officer/Licensing", "總運輸主任（牌照）", "2829 0102"),
    ),
    "HKO": (
        ("Director of the Hong Kong Observatory", "香港天文台台長", "2926 0001"),
        ("Senior Scientific Officer", "高級科學主任", "2926 0002"),
    ),
}
"""Real posts; synthetic numbers; the holder of each is `TEST OFFICER`."""
PLACES = (
    ("Hong Kong Central Library", "香港中央圖書館", "66 Causeway Road", "高士威道66號", 837_900, 815_900),
    ("Hong Kong City Hall", "香港大會堂", "5 Edinburgh Place", "愛丁堡廣場5號", 834_600, 816_000),
    ("Queen Mary Hospital", "瑪麗醫院", "102 Pok Fu Lam Road", "薄扶林道102號", 831_300, 814_600),
    (
        "Hong Kong Museum of History",
        "香港歷史博物館",
        "100 Chatham Road South",
        "漆咸道南100號",
        836_300,
        817_900,
    ),
    ("Sha Tin Town Hall", "沙田大會堂", "1 Yuen Wo Road", "源禾路1號", 838_200, 827_000),
    ("Immigration Tower", "入境事務大樓", "7 Gloucester Road", "告士打道7號", 835_700, 815_600),
)
"""Places with their addresses (facts); positions are rough."""


def calendar(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`www.1823.gov.hk/common/ical/`."""
    side = 1 if path.endswith("/en.json") else 2
    events = [
        {
            "dtstart": [f"{date.fromisoformat(row[0]):%Y%m%d}", {"value": "DATE"}],
            "dtend": [f"{date.fromisoformat(row[0]) + timedelta(days=1):%Y%m%d}", {"value": "DATE"}],
            "transp": "TRANSPARENT",
            "uid": f"{row[0]}@1823.gov.hk",
            "summary": row[side],
        }
        for row in HOLIDAYS
    ]
    return {
        "vcalendar": [
            {
                "prodid": "-//1823 Call Centre, HKSARG//Hong Kong Public Holidays//EN",
                "version": "2.0",
                "calscale": "GREGORIAN",
                "vevent": events,
            }
        ]
    }


def aqhi(station: str) -> int:
    """The index of a station in the replay."""
    return 2 + spread("aqhi", station, over=6)


def air(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`dashboard.data.gov.hk/api/aqhi-individual`."""
    at = now.replace(minute=0, second=0, microsecond=0)
    return [
        {
            "station": name,
            "aqhi": aqhi(name),
            "health_risk": "Low" if aqhi(name) <= 3 else "Moderate" if aqhi(name) <= 6 else "High",
            "publish_date": at.isoformat(),
        }
        for name in air_stations().things
    ]


def directory(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`tel.directory.gov.hk`: a page for people, with its table of contacts."""
    name = path.rpartition("/")[2].removeprefix("index_").removesuffix(".html")
    code, _, language = name.partition("_")
    known = departments().things.get(code)
    if known is None:
        return None
    side = 0 if language == "ENG" else 1
    posts = POSTS.get(code, (("Head of Department", "部門首長", "2829 9999"),))
    rows = "".join(_row(post[side], post[2]) for post in posts)
    return (
        f"<!DOCTYPE html><html><body><h1>{known.en}</h1>"
        '<table class="result-table"><tr><th>Full Name</th><th>Post Title</th><th>Tel</th></tr>'
        f"{rows}</table></body></html>"
    )


def _row(post: str, telephone: str) -> str:
    return (
        f'<tr><td><a class="name">TEST OFFICER</a></td><td><span>Post Title</span> {post}</td>'
        f'<td><a class="tel">{telephone}</a></td><td></td></tr>'
    )


def _place(text: str) -> tuple[str, str, str, str, int, int] | None:
    wanted = folded(text)
    for row in PLACES:
        if any(folded(name) in wanted or wanted in folded(name) for name in row[:4]):
            return row
    return None


def address(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`www.als.gov.hk/lookup`."""
    place = _place(query.get("q", ""))
    request = {"AddressLine": [query.get("q", "")]}
    if place is None:
        return {"RequestAddress": request, "SuggestedAddress": []}
    number, _, street = place[2].partition(" ")
    premises = {
        "EngPremisesAddress": {
            "BuildingName": place[0].upper(),
            "EngStreet": {"StreetName": street.upper(), "BuildingNoFrom": number},
            "EngDistrict": {"DcDistrict": "WAN CHAI DISTRICT"},
            "Region": "HK",
        },
        "ChiPremisesAddress": {
            "BuildingName": place[1],
            "ChiStreet": {"StreetName": place[3].rstrip("號").rstrip("0123456789"), "BuildingNoFrom": number},
            "ChiDistrict": {"DcDistrict": "灣仔區"},
            "Region": "香港",
        },
        "GeospatialInformation": {
            "Northing": str(place[5]),
            "Easting": str(place[4]),
            "Latitude": "22.2796",
            "Longitude": "114.1723",
        },
    }
    return {
        "RequestAddress": request,
        "SuggestedAddress": [
            {"Address": {"PremisesAddress": premises}, "ValidationInformation": {"Score": 82.5}}
        ],
    }


def gazetteer(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`geodata.gov.hk/gs/api/v1.0.0/locationSearch`."""
    place = _place(query.get("q", ""))
    if place is None:
        return []
    return [
        {
            "addressZH": place[3],
            "nameZH": place[1],
            "x": place[4],
            "y": place[5],
            "nameEN": place[0],
            "addressEN": place[2],
        }
    ]


def rates(path: str, query: Mapping[str, str], now: datetime) -> Any:  # noqa: ARG001
    """`api.hkma.gov.hk`, `er-eeri-daily`: the last day of the month before."""
    day = now.date().replace(day=1) - timedelta(days=1)
    return {
        "header": {"success": True, "err_code": "0000", "err_msg": "No error found"},
        "result": {"datasize": 1, "records": [{"end_of_day": day.isoformat(), **RATES}]},
    }
