"""How much written Cantonese is in a text: words that written Chinese does not use, weighed.

A weight of 1 is a character or word that settles the matter (嘅 喺 咗); a lower one is a word that written
Chinese holds at times (今日), or that needs company. The words are our own list.
"""

from __future__ import annotations

import re

_ALONE = (
    "嘅喺咗唔冇嗰啲哋佢嘢㗎嚟咁咩乜嘥攰瞓搵揾諗唞畀喎啩嘞啱冚嗌噉嗮癐嬲奀孭揸撳搲摷揼嗱睇攞嘜脷黐啫𠮶噃嚿曱"
)

_NOT_POINT = (
    "(?<![0-9０-９一二三四五六七八九十兩幾零這那此每有地觀要特起終焦重景站熱難弱優缺差盲時整半"
    "據試網賣痛冰落節燃停論])"
)
"""What stands before 點 where it is a point, or an hour, and not `how`."""
_NOT_SIDE = "(?<![一身旁路海周岸左右河兩單多街這那東西南北前後裏外上下])"
_WEIGHED: tuple[tuple[float, str], ...] = (
    (1.0, f"[{_ALONE}]"),
    (
        1.0,
        "而家|依家|聽日|尋日|琴日|噚日|晏晝|屋企|傾偈|邊度|老豆|搞掂|點解|點算|幾耐|幾遠|幾錢|同埋|埋嚟|細路|幾多錢|"
        "係咪|話俾|俾人|俾我|俾錢",
    ),
    (
        0.8,
        f"{_NOT_SIDE}邊[個間位日種條份款](?![案人別])|幾時|幾多|點樣|鍾意|定係|"
        "仲(?=[有係未要可會想好話得])|呢(?=[個度份次間張位種件條款項幅點日排班期封架部場隻粒邊兩幾三])|吖|"
        "(?<![日晾曝暴])晒(?![太乾黑傷衣被相])|囉(?![嗦唆])|返嚟|"
        "(?<![關聯干體確])係(?![數統列指屬爭])|俾(?!使)|喇(?![叭嘛沙薩])|"
        f"{_NOT_POINT}點(?=[填搞做]|可以|申請|去|交|報|計|知|先)",
    ),
    (0.6, "靚|識得|朝早|好似|得閒|一齊|先至|成日|收工|行街"),
    (0.35, "放工|返[工學]"),
    (0.5, "啦(?!啦隊)|未(?=[呀啊？?])|(?<=[到過])未$|吓(?!倒|人|壞)|阿(?=[媽爸婆公妹哥])|食飯|埋單"),
    (
        0.4,
        "[呀嘛]|拎|(?<![這那每各整一二兩三四五六七八九十該此首哪某幾多數0-9])[個張份間](?= ?[A-Za-z])|"
        "(?<=[a-z])[緊埋下返](?![午列班次周週月調降載屬級述文面])",
    ),
    (0.2, "今日|夜晚|多謝"),
)
"""A weight, and what has it. No word under `LEAST` settles the matter alone."""
_MARK = re.compile("|".join(f"(?P<w{index}>{words})" for index, (_, words) in enumerate(_WEIGHED)))
_WEIGHTS = {f"w{index}": weight for index, (weight, _) in enumerate(_WEIGHED)}
_FIRST = re.compile(
    f"[{_ALONE}而依聽尋琴噚晏屋傾邊老搞點同埋細幾問係唔話俾仲呢吖晒囉返喇靚識朝放鍾好得一定先成收行啦未吓阿食"
    "呀嘛拎個張份間緊下今夜多]"
)
"""Where a mark can begin. Trying the long expression only there makes it ten times as fast."""

DENSITY = 0.025
"""Marks per character or word above which a text reads as Cantonese: one in forty."""
LEAST = 0.75
"""Marks below which nothing is decided."""


def marks(text: str) -> float:
    """The weighed count of Cantonese words in a text."""
    score, end = 0.0, 0
    for place in _FIRST.finditer(text):
        if place.start() < end:
            continue
        if match := _MARK.match(text, place.start()):
            end = match.end()
            score += _WEIGHTS[match.lastgroup or ""]
    return score


def is_cantonese(score: float, length: int) -> bool:
    """Whether so many marks among `length` characters and words make the text Cantonese."""
    return score >= LEAST and score >= DENSITY * length
