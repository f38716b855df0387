"""Check digits."""

from __future__ import annotations


def check_digit(stem: str) -> str:
    """The check digit of an HKID's one or two letters and six digits: `0` to `9` or `A`.

    Each character has a value (A = 10 ... Z = 35, a missing first letter 36) and a weight from 9 down to 2;
    the check digit makes the weighted sum a multiple of 11.
    """
    values = [int(character, 36) for character in stem]
    if len(values) == 7:
        values.insert(0, 36)
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0123456789A"[-total % 11]


def passes_luhn(digits: str) -> bool:
    """Whether the last digit of a payment card's number is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
