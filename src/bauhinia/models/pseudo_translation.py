"""Pseudo-translation: text that looks translated, made by rule, so that layouts and pages can be rehearsed.

Tags (`<1>`, `</1>`, `<2/>`), the marks of a fence, figures and escaped characters stay as they are and where
they are; every word changes.
"""

from __future__ import annotations

import re
import zlib
from typing import Literal

from .backend import ChatRequest

Pseudo = Literal["accented", "chinese", "english"]
_KEPT = re.compile(
    r"(</?[0-9]{1,4}/?>|\[\[/?[0-9a-f]{8}\]\]|&(?:lt|gt|amp);|\S{1,64}@\S+|https?://\S+|www\.\S+)"
)
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LATIN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?: +(?=[^\W\d_]))?")
_ACCENTED = str.maketrans(
    "ABCDEFGHIJKLMNOPRSTUVWXYZabcdefghijklmnoprstuvwxyz",
    "ÀƁÇĎÉƑĜĤÎĴĶĻṂÑÖÞŔŠŢÛṼŴΧÝŽàƀçďéƒĝĥîĵķļṃñöþŕšţûṽŵχýž",
)
_CHARACTERS = "本局市民服務部門工作計劃資料申請文件安排提供進行檢討措施發展社區公眾環境設施管理"
_WORDS = (
    "the", "department", "shall", "provide", "services", "for", "members", "of", "public", "under", "this",
    "scheme", "and", "keep", "records", "with", "regular", "review", "by", "committee",
)  # fmt: skip
_LONGER = 0.4
"""How much longer accented text is: what English becomes in most languages."""
_FILL = "ö"
"""What makes it longer: a letter, since readers take a row of dots for the dots of a table of contents."""


def pseudo(text: str, kind: Pseudo) -> str:
    """The tagged text as if it were translated.

    `accented`: the same words, accented and 40 per cent longer. `chinese`: every Latin word as common
    Chinese characters, half as many as it has letters. `english`: every two Chinese characters as a word.
    """
    change = {"accented": _accented, "chinese": _chinese, "english": _english}[kind]
    parts = _KEPT.split(text)
    return "".join(part if index % 2 else change(part) for index, part in enumerate(parts))


def pseudo_reply(request: ChatRequest) -> str:
    """A reply for `FakeModel`: the last thing the user wrote, in the other of the two official languages."""
    said = next((m.content for m in reversed(request.messages) if m.role == "user"), "")
    letters = len(re.findall(r"[A-Za-z]+", _KEPT.sub("", said)))
    han = sum(map(len, _HAN.findall(said)))
    return pseudo(said, "english" if han > 2 * letters else "chinese")


def _accented(text: str) -> str:
    def longer(match: re.Match[str]) -> str:
        word = match[0].rstrip()
        more = round(len(word) * _LONGER)
        return word.translate(_ACCENTED) + _FILL * more + match[0][len(word) :]

    return _LATIN.sub(longer, text)


def _chinese(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        word = match[0].strip()
        if _HAN.search(word):
            return match[0]
        seed = zlib.crc32(word.lower().encode())
        return "".join(
            _CHARACTERS[(seed + 7 * at) % len(_CHARACTERS)] for at in range(max(1, len(word) // 2))
        )

    return _LATIN.sub(written, text)


def _english(text: str) -> str:
    def written(match: re.Match[str]) -> str:
        seed = zlib.crc32(match[0].encode())
        count = max(1, len(match[0]) // 2)
        return " ".join(_WORDS[(seed + at) % len(_WORDS)] for at in range(count)) + " "

    return _HAN.sub(written, text).strip() if _HAN.search(text) else text
