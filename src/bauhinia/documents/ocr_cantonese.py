"""Cantonese characters that the recogniser's dictionary lacks, and what it gives in their place.

Found by drawing sentences with each character in Noto Serif CJK HK and reading them back: a substitute comes
with a low confidence. One is repaired only in a Cantonese page, where the recogniser doubts it, and in a
context in which the substitute makes no word; else it stays, marked as uncertain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .ocr_engine import Letter

LACKING = "喺嗰㗎攰孭掹𨋢𨶹𡃁𠵱"
"""Characters that the recogniser can never read (PP-OCRv6 small; 10 of 58 tried)."""
DOUBTED = 0.9
"""The substitutes on two drawn pages had confidences of 0.21 to 0.85, so a surer reading is left alone."""
_COUNTED = "個啲的陣日次度邊位間種時本年件條張班晚兩三幾份頭"
_REPAIRS: tuple[tuple[str, str], ...] = (
    (r"喉(?=家(?![屋企]))", "𠵱"),
    (r"(?<!咽)[喉噝](?=[度邊呢咽嗰]|屋企|入面|出面|香港|公司|學校|街|香|九龍|新界|政府|網上)", "喺"),
    (f"咽(?=[{_COUNTED}])", "嗰"),
    (r"個(?=陣時|[啲的喲]嘢)", "嗰"),
    (r"[喫哚](?=[啦喇咩嘛喎？！。，?!]|$)", "㗎"),
    (r"(?<=[好咁太幾唔都])边(?![界境])|边(?=到死)", "攰"),
    (r"[預狽](?=書包|仔|住個)", "孭"),
    (r"猛(?=車邊|出[嚟来來]|斷)", "掹"),
    (r"(?<=[搭坐])[較粒](?![多少為])|較(?=門)|(?<=升降)[較粒]", "𨋢"),
    (r"嚨(?=[仔妹])", "𡃁"),
)
"""Substitute in its context, and the character that stood there. 𨶹 comes back as 關, which is a word
everywhere, and is never repaired."""
_SUBSTITUTES = frozenset("喉噝喲咽喫哚边預狽猛較粒嚨關")


def repaired(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """One line of a Cantonese page with its substitutes repaired where the context leaves no doubt."""
    found = list(letters)
    for pattern, right in _REPAIRS:
        text = "".join(letter.text for letter in found)
        for hit in re.finditer(pattern, text):
            if found[hit.start()].confidence < DOUBTED:
                found[hit.start()] = Letter(right, 1.0)
    return tuple(_doubted(letter) for letter in found)


def _doubted(letter: Letter) -> Letter:
    """A substitute that was not repaired counts as unread when the recogniser doubts it at all."""
    unsure = letter.text in _SUBSTITUTES and letter.confidence < DOUBTED
    return letter._replace(confidence=0.0) if unsure else letter


def warning() -> str:
    """What the officer is told of a Cantonese page."""
    return (
        "The text is Cantonese, and the program that reads pictures does not know the characters "
        f"{' '.join(LACKING)}: where one stood, another may stand now; compare with the picture."
    )
