"""Which language a question is to be answered in.

`language.detect` is made for documents and asks for evidence; a question has a dozen characters. So words
that only Cantonese questions have settle it here, and what both scripts share follows what went before.
"""

from __future__ import annotations

import re

from ...language import Variety, detect, simplified_characters
from ...language.scripts import count_traditional

_CANTONESE = re.compile(
    r"[呀㗎喇嘅咗唔冇啲佢嚟喺咩乜]|點[搭行開去樣算講做揀睇]|(?<![幾几0-9一二三四五六七八九十半早])點[呀？?]*$|"
    r"(?<![旁路海身周左右兩一])邊[張隻個幾日條份間度位架班]|聽[朝日晚]|出年|返(?=[中工學屋港])|(?<!一)下班(?=[船車])|(?<![一下])班(?=船)|"
    r"禮拜[一二三四五六日]|落雨|實賺|教我整|有幾大"
)
_WRITTEN = re.compile(r"[的是了嗎吗這这們们沒没何甚哪]|什[麼么]")
"""Words of written Chinese; a text without them may be either, and goes with the conversation."""
_MAINLAND = re.compile(
    r"等于|星期几|星期天|几[号點点个時时天月]|概率|(?<=[天日])后|公交|放不放假|摄氏|短信|信息|网"
)
"""Simplified in characters that Traditional has too, and words of Putonghua."""


def asked_in(text: str, before: Variety | None = None) -> Variety:
    """The language to answer in; `before` is what the conversation, or the page, was in."""
    found = detect(text).variety
    if found is Variety.UNKNOWN:
        return before or Variety.ENGLISH
    if found is not Variety.TRADITIONAL:
        return found
    if _CANTONESE.search(text) or (before is Variety.CANTONESE and not _WRITTEN.search(text)):
        return Variety.CANTONESE
    if count_traditional(text) == 0 and not simplified_characters(text):
        # Nothing in it tells the script.
        if _MAINLAND.search(text):
            return Variety.SIMPLIFIED
        return before if before is not None and before.is_chinese else Variety.TRADITIONAL
    return found
