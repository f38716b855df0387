"""The local forecast: what the Observatory says of the next hours, in its own words."""

from __future__ import annotations

from ..sources import shaped
from .protocol import Context
from .result import Frozen, Result, Words, found, from_host
from .weather import Shape, both, timely

OLDEST = 12
"""Hours; it is issued many times a day."""


class Nothing(Frozen):
    """No arguments."""


class Local(Frozen):
    """The forecast of the next hours."""

    period: str
    period_zh: str
    text: str
    text_zh: str


class _Local(Shape):
    forecastPeriod: str  # noqa: N815
    forecastDesc: str  # noqa: N815
    updateTime: str  # noqa: N815


class LocalForecast:
    """`flw` of the Observatory."""

    name = "local_forecast"
    about = "The Observatory's local forecast for today or tonight."
    arguments = Nothing

    async def run(self, given: Nothing, context: Context) -> Result:  # noqa: ARG002
        """Found."""
        fetched, chinese = await both(context, "flw")
        read, zh = shaped(_Local, fetched), shaped(_Local, chinese)
        at = timely(fetched, read.updateTime, context.now(), OLDEST)
        local = Local(
            period=read.forecastPeriod.strip(),
            period_zh=zh.forecastPeriod.strip(),
            text=read.forecastDesc.strip(),
            text_zh=zh.forecastDesc.strip(),
        )
        words = Words(
            en=f"{local.period}: {local.text}",
            zh=f"{local.period_zh}：{local.text_zh}",
            yue=f"天文台嘅{local.period_zh}係咁講：{local.text_zh}",
        )
        return found(self.name, local, from_host(fetched, at=at), words)
