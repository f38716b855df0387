"""Words in the three languages of the interface, as data files of the guideline have them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Worded(BaseModel):
    """One text in three languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh_hant: str = Field(alias="zh-Hant-HK")
    zh_hans: str = Field(alias="zh-Hans")

    def name(self, language: str) -> str:
        """In a language of the interface, English for any other. Lines that YAML folded between Chinese
        characters are joined without a space."""
        text = {"zh-Hant-HK": self.zh_hant, "zh-Hans": self.zh_hans}.get(language)
        return self.en if text is None else _joined(text)


def _joined(text: str) -> str:
    """Chinese without the spaces that folding put between two characters."""
    return "".join(
        letter
        for at, letter in enumerate(text)
        if letter != " " or min(ord(text[at - 1 : at] or " "), ord(text[at + 1 : at + 2] or " ")) < 0x2E80
    )
