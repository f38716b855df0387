"""Sums, exactly: a small grammar read by hand, fractions all the way, nothing evaluated as a program."""

from __future__ import annotations

import re
from fractions import Fraction

from pydantic import Field

from .protocol import Context
from .result import Frozen, Result, Source, Unknown, Words, found
from .units import written

SOURCE = Source(name=Words(en="exact arithmetic", zh="精確計算"), url="", page="")
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?|\.\d+)|(.))")
_DEEPEST = 20
_BIGGEST = 64
"""The largest exponent."""
_SIGNS = str.maketrans(
    {
        "×": "*",
        "x": "*",
        "X": "*",
        "÷": "/",
        "－": "-",
        "−": "-",
        "–": "-",
        "＋": "+",
        "（": "(",
        "）": ")",
        "，": "",
        ",": "",
        "％": "%",
    }
)


class Sum(Frozen):
    """What to work out."""

    expression: str = Field(min_length=1, max_length=200)


class Worked(Frozen):
    """What it comes to."""

    expression: str
    result: str
    exact: bool


class Arithmetic:
    """Our own arithmetic."""

    name = "arithmetic"
    about = "Work out a sum exactly: + - * / ^ % and brackets."
    arguments = Sum

    async def run(self, given: Sum, context: Context) -> Result:  # noqa: ARG002
        """Found, or Unknown for what is no sum."""
        try:
            number = worked(given.expression)
        except (ValueError, ZeroDivisionError, OverflowError):
            return Unknown(
                tool=self.name,
                reason="no_sum",
                words=Words(
                    en=f"I cannot work out {given.expression}.",
                    zh=f"我不能計算「{given.expression}」。",
                    yue=f"我計唔到「{given.expression}」。",
                ),
            )
        text, exact = written(number)
        sign = "=" if exact else "≈"
        plain = given.expression.strip()
        words = Words(en=f"{plain} {sign} {text}", zh=f"{plain} {sign} {text}")
        return found(self.name, Worked(expression=plain, result=text, exact=exact), SOURCE, words)


def worked(expression: str) -> Fraction:
    """The value of a sum. Raises ValueError, ZeroDivisionError."""
    reader = _Reader(expression.translate(_SIGNS))
    value = reader.sum_(0)
    reader.end()
    return value


class _Reader:
    """Recursive descent: sum → product → power → factor."""

    def __init__(self, text: str) -> None:
        self._tokens = [(number, sign) for number, sign in _TOKEN.findall(text) if number or sign.strip()]
        self._at = 0

    def end(self) -> None:
        """Raises ValueError where something is left over."""
        if self._at != len(self._tokens):
            raise ValueError("left over")

    def sum_(self, depth: int) -> Fraction:
        """The sum that begins here. Raises ValueError, ZeroDivisionError."""
        value = self._product(depth)
        while (sign := self._sign()) in ("+", "-"):
            self._at += 1
            other = self._product(depth)
            value = value + other if sign == "+" else value - other
        return value

    def _product(self, depth: int) -> Fraction:
        value = self._power(depth)
        while (sign := self._sign()) in ("*", "/"):
            self._at += 1
            other = self._power(depth)
            value = value * other if sign == "*" else value / other
        return value

    def _power(self, depth: int) -> Fraction:
        value = self._factor(depth)
        if self._sign() != "^":
            return value
        self._at += 1
        exponent = self._factor(depth)
        if exponent.denominator != 1 or abs(exponent) > _BIGGEST:
            raise ValueError("exponent")
        return value ** int(exponent)

    def _factor(self, depth: int) -> Fraction:
        if depth > _DEEPEST or self._at >= len(self._tokens):
            raise ValueError("no number")
        number, sign = self._tokens[self._at]
        self._at += 1
        if sign == "-":
            return -self._power(depth + 1)
        if sign == "(":
            value = self.sum_(depth + 1)
            if self._sign() != ")":
                raise ValueError("bracket")
            self._at += 1
        elif number:
            value = Fraction(number)
        else:
            raise ValueError(sign)
        if self._sign() == "%":
            self._at += 1
            value /= 100
        return value

    def _sign(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""
