"""The varieties of language that Hong Kong's public service writes and reads."""

from __future__ import annotations

from enum import StrEnum


class Variety(StrEnum):
    """A language together with its script; the values are BCP 47 tags."""

    ENGLISH = "en"
    TRADITIONAL = "zh-Hant-HK"
    """Written Chinese in Traditional script."""
    SIMPLIFIED = "zh-Hans"
    """Written Chinese in Simplified script."""
    CANTONESE = "yue-Hant-HK"
    """Cantonese as it is written, in Traditional script."""
    UNKNOWN = "und"
    """No letters, or a language that is none of these."""

    @property
    def is_chinese(self) -> bool:
        """Whether it is written with Chinese characters."""
        return self in (Variety.TRADITIONAL, Variety.SIMPLIFIED, Variety.CANTONESE)

    @property
    def counterpart(self) -> Variety:
        """The other of the two official written languages: what is translated into this one."""
        return Variety.ENGLISH if self.is_chinese else Variety.TRADITIONAL
