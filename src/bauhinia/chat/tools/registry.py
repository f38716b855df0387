"""Every live tool, in one list, and the one way to use them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ...errors import InputError
from ..sources import SourceDown
from .address import AddressLookup, PlaceSearch
from .air_quality import AirQuality
from .arithmetic import Arithmetic
from .bus import BusArrivals
from .currency import Currency
from .dates import Dates
from .department import DepartmentContact
from .directory import GovernmentDirectory
from .ferry import Ferry
from .forecast import Forecast, RainChance
from .forms import GovernmentForms
from .holidays import PublicHolidays
from .legislation import Legislation
from .light_rail import LightRail
from .local_forecast import LocalForecast
from .lunar import Lunar
from .minibus import MinibusArrivals
from .mtr import MtrNextTrain
from .mtr_route import MtrRoute
from .protocol import Context, Tool
from .result import Result, down
from .sun import SunTimes
from .tides import TideTimes
from .units import Units
from .warnings import WeatherWarnings
from .weather_now import WeatherNow

TOOLS: tuple[Tool, ...] = (
    WeatherNow(),
    LocalForecast(),
    Forecast(),
    RainChance(),
    WeatherWarnings(),
    TideTimes(),
    SunTimes(),
    AirQuality(),
    BusArrivals(),
    MinibusArrivals(),
    MtrNextTrain(),
    MtrRoute(),
    LightRail(),
    Ferry(),
    PublicHolidays(),
    Lunar(),
    Dates(),
    Arithmetic(),
    Units(),
    Currency(),
    DepartmentContact(),
    GovernmentDirectory(),
    GovernmentForms(),
    AddressLookup(),
    PlaceSearch(),
    Legislation(),
)
_BY_NAME = {tool.name: tool for tool in TOOLS}


def tool_named(name: str) -> Tool:
    """The tool of that name. Raises InputError."""
    tool = _BY_NAME.get(name)
    if tool is None:
        raise InputError(f"There is no tool called {name[:40]}.", hint=f"There are: {', '.join(_BY_NAME)}.")
    return tool


async def use_tool(name: str, arguments: Mapping[str, Any], context: Context) -> Result:
    """What a tool gives for arguments; a source that fails is `Down`. Raises InputError for
    wrong arguments."""
    tool = tool_named(name)
    try:
        given = tool.arguments.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"The tool {name} cannot be used with {where}: {first['msg'][:120]}.",
            hint=f"Give it what its description says: {tool.about}",
        ) from error
    try:
        return await tool.run(given, context)
    except SourceDown as failed:
        return down(name, failed)
