"""Addresses and names of places: the Address Lookup Service, and the Lands Department's gazetteer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pydantic import Field

from ...privacy import STRUCTURED, find_personal
from ..sources import SourceDown, shaped
from .protocol import Context
from .result import Frozen, Result, Unknown, Words, found, from_host
from .weather import Shape

_ALS = "https://www.als.gov.hk/lookup?q={query}&n=1"
_GAZETTEER = "https://geodata.gov.hk/gs/api/v1.0.0/locationSearch?q={query}"
_LEAST = 60.0
"""Score (0 to 100) of the service below which its suggestion is not the address that was meant."""


class AddressQuery(Frozen):
    """An address or a building."""

    query: str = Field(min_length=2, max_length=120)


class Address(Frozen):
    """An address as the Government's records have it."""

    address: str
    address_zh: str
    district: str
    latitude: float
    longitude: float


class PlaceFound(Frozen):
    """A place of the gazetteer."""

    name: str
    name_zh: str
    address: str
    address_zh: str
    easting: float
    northing: float
    """Metres in the Hong Kong 1980 grid."""


class _Geo(Shape):
    Latitude: float
    Longitude: float


class _Premises(Shape):
    EngPremisesAddress: dict[str, Any]
    ChiPremisesAddress: dict[str, Any]
    GeospatialInformation: _Geo | list[_Geo]


class _Address(Shape):
    PremisesAddress: _Premises


class _Validation(Shape):
    Score: float = 0.0


class _Suggested(Shape):
    Address: _Address
    ValidationInformation: _Validation = _Validation()


class _Lookup(Shape):
    RequestAddress: dict[str, Any]
    SuggestedAddress: tuple[_Suggested, ...] = ()


class _Location(Shape):
    nameEN: str = ""  # noqa: N815
    nameZH: str = ""  # noqa: N815
    addressEN: str = ""  # noqa: N815
    addressZH: str = ""  # noqa: N815
    x: float
    y: float


class AddressLookup:
    """`als.gov.hk`: what is asked leaves this machine, so nothing that holds a person's numbers is sent."""

    name = "address_lookup"
    about = "The official form, district and position of a Hong Kong address or building."
    arguments = AddressQuery

    async def run(self, given: AddressQuery, context: Context) -> Result:
        """Found, or Unknown for an address that the service does not have."""
        if (refused := _personal(self.name, given.query)) is not None:
            return refused
        fetched = await context.sources.json(_ALS.format(query=quote(given.query, safe="")))
        read = shaped(_Lookup, fetched)
        best = read.SuggestedAddress[0] if read.SuggestedAddress else None
        if best is None or best.ValidationInformation.Score < _LEAST:
            return _nowhere(self.name, given.query)
        premises = best.Address.PremisesAddress
        place = premises.GeospatialInformation
        spot = place[0] if isinstance(place, list) else place
        value = Address(
            address=_english(premises.EngPremisesAddress),
            address_zh=_chinese(premises.ChiPremisesAddress),
            district=_inner(premises.EngPremisesAddress, "EngDistrict", "DcDistrict"),
            latitude=spot.Latitude,
            longitude=spot.Longitude,
        )
        if not value.address:
            raise SourceDown(fetched.host, "shape")
        district_zh = _inner(premises.ChiPremisesAddress, "ChiDistrict", "DcDistrict")
        words = Words(
            en=f"{value.address} ({value.district}).",
            zh=f"{value.address_zh}（{district_zh}）。",
            yue=f"喺{value.address_zh}（{district_zh}）。",
        )
        return found(self.name, value, from_host(fetched), words)


class PlaceSearch:
    """The gazetteer behind the GeoInfo Map."""

    name = "place_search"
    about = "Where a named place, building or facility in Hong Kong is."
    arguments = AddressQuery

    async def run(self, given: AddressQuery, context: Context) -> Result:
        """Found, or Unknown for a place that the gazetteer does not have."""
        if (refused := _personal(self.name, given.query)) is not None:
            return refused
        fetched = await context.sources.json(_GAZETTEER.format(query=quote(given.query, safe="")))
        read = shaped(list[_Location], fetched)
        if not read:
            return _nowhere(self.name, given.query)
        one = read[0]
        value = PlaceFound(
            name=one.nameEN,
            name_zh=one.nameZH,
            address=one.addressEN,
            address_zh=one.addressZH,
            easting=one.x,
            northing=one.y,
        )
        words = Words(
            en=f"{value.name} is at {value.address}.",
            zh=f"{value.name_zh}位於{value.address_zh}。",
            yue=f"{value.name_zh}喺{value.address_zh}。",
        )
        return found(self.name, value, from_host(fetched), words)


def _english(parts: Mapping[str, Any]) -> str:
    """Building, number and street, as English writes them."""
    street = parts.get("EngStreet", {})
    number = "-".join(n for n in (street.get("BuildingNoFrom"), street.get("BuildingNoTo")) if n)
    line = " ".join(n for n in (number, street.get("StreetName", "")) if n)
    estate = _inner(parts, "EngEstate", "EstateName")
    return ", ".join(part for part in (parts.get("BuildingName", ""), estate, line) if part).title()


def _chinese(parts: Mapping[str, Any]) -> str:
    """Region, street, number and building, as Chinese writes them."""
    street = parts.get("ChiStreet", {})
    number = "-".join(n for n in (street.get("BuildingNoFrom"), street.get("BuildingNoTo")) if n)
    line = f"{street.get('StreetName', '')}{number}號" if number else street.get("StreetName", "")
    estate = _inner(parts, "ChiEstate", "EstateName")
    return f"{parts.get('Region', '')}{line}{estate}{parts.get('BuildingName', '')}"


def _inner(parts: Mapping[str, Any], group: str, name: str) -> str:
    inside = parts.get(group, {})
    return str(inside.get(name, "")) if isinstance(inside, Mapping) else ""


def _personal(tool: str, query: str) -> Unknown | None:
    """Refuses to send what names a person's number; a building's address names nobody."""
    if not find_personal(query, kinds=STRUCTURED):
        return None
    return Unknown(
        tool=tool,
        reason="personal_data",
        words=Words(
            en=(
                "Your question holds personal data, so I did not send it to the look-up service. Ask "
                "with the address alone."
            ),
            zh="你的問題含有個人資料，所以我沒有把它送到查詢服務。請只用地址查詢。",
            yue="你條問題有個人資料，所以我冇將佢送去查詢服務。請淨係用地址問。",
        ),
    )


def _nowhere(tool: str, query: str) -> Unknown:
    return Unknown(
        tool=tool,
        reason="no_place",
        words=Words(
            en=f"I found no place or address in the Government's records for “{query}”, so I do not know.",
            zh=f"在政府資料中找不到「{query}」，所以我不知道。",
            yue=f"喺政府資料度搵唔到「{query}」，所以我唔知道。",
        ),
    )
