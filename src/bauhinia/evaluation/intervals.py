"""How sure a share is."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with its Wilson 95 % interval; of nothing, 0 and the interval 0 to 1."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0 to 1."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval, which stays within 0 to 1 and is honest for shares near either end."""
        if not self.total:
            return (0.0, 1.0)
        square = Z_95**2
        middle = self.value + square / (2 * self.total)
        half = Z_95 * sqrt(self.value * (1 - self.value) / self.total + square / (4 * self.total**2))
        scale = 1 + square / self.total
        return (max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale))

    def __str__(self) -> str:
        low, high = self.interval
        share = f"{100 * self.value:.1f}% ({self.hits}/{self.total}"
        return f"{share}, 95% interval {100 * low:.1f} to {100 * high:.1f})"
