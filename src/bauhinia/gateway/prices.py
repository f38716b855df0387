"""What a call costs: the prices of models as data, in HK$."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ..errors import InputError
from ..models import Usage
from ..yaml_text import read_yaml
from .classification import Endpoint


class Price(BaseModel):
    """HK$ for a million tokens, which is also millionths of a HK$ for one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    """A pattern of names: `deepseek-*`."""
    endpoint: Endpoint | None = None
    """Where the model runs; none for anywhere."""
    since: date = date.min
    prompt: Decimal = Field(ge=0)
    cached: Decimal = Field(ge=0)
    """Of tokens that the backend had read before."""
    completion: Decimal = Field(ge=0)
    source: str

    def fits(self, model: str, endpoint: Endpoint, day: date) -> bool:
        """Whether this is the price of that model there and then."""
        there = self.endpoint in (None, endpoint)
        return there and self.since <= day and fnmatchcase(model.casefold(), self.model.casefold())


_REMEMBERED = 256
_PRICES = TypeAdapter(list[Price])


class Prices:
    """The prices in force."""

    def __init__(self, prices: list[Price]) -> None:
        self._prices = prices
        self._found = lru_cache(maxsize=_REMEMBERED)(self._find)

    @classmethod
    def load(cls, own: Path | None = None) -> Prices:
        """The shipped prices, an organisation's own before them. Raises InputError for a file of another
        shape."""
        shipped = _PRICES.validate_python(read_yaml(files(__package__).joinpath("prices.yaml").read_text()))
        return cls([*(_read(own) if own else []), *shipped])

    def price(self, model: str, endpoint: Endpoint, day: date) -> Price | None:
        """The price of a model; None where none is known."""
        return self._found(model, endpoint, day)

    def _find(self, model: str, endpoint: Endpoint, day: date) -> Price | None:
        return next((price for price in self._prices if price.fits(model, endpoint, day)), None)

    def cost(self, model: str, endpoint: Endpoint, usage: Usage, day: date) -> int | None:
        """What a call cost, in millionths of a HK$; None where no price is known."""
        price = self.price(model, endpoint, day)
        if price is None:
            return None
        fresh = usage.prompt_tokens - usage.cached_tokens
        cost = (
            price.prompt * fresh
            + price.cached * usage.cached_tokens
            + price.completion * usage.completion_tokens
        )
        return int(cost.quantize(Decimal(1), ROUND_HALF_UP))


def _read(path: Path) -> list[Price]:
    try:
        return _PRICES.validate_python(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"The prices in {path.name} cannot be used: {reason}.",
            hint="Write them as in gateway/prices.yaml, or unset BAUHINIA_PRICES.",
        ) from error
