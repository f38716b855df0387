"""Instruction rows made by program: each answer is known to be right, for it was made with the question."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from ...language import Variety
from ...language.dates import write_date
from ...language.money import write_money
from .notices import (
    LANGUAGES,
    LICENCE,
    ROW_LANGUAGES,
    SOURCE,
    Notice,
    NoticeLanguage,
    Refusing,
    Taught,
    in_language,
    notices,
    notices_data,
    shared_out,
)
from .rows import row_id

_LEAST, _MOST = 4, 160
"""Characters of the English of a pair that is asked for."""
_NUMERALS = str.maketrans("0123456789", "○一二三四五六七八九")


def teach(pairs: Sequence[dict[str, Any]], most: int, seed: int, refusing: Refusing) -> Taught:
    """At most so many rows, every task getting its turn. `pairs` are parallel rows that are in training;
    what `refusing` has a reason against is left out, counted."""
    made: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    taught = Taught()
    for task, row in _all(pairs):
        made[task].append(row)
    for task, row in shared_out(made, 2 * most, seed):
        if len(taught.rows) == most:
            break
        taught.take(task, row, refusing)
    return taught


def _all(pairs: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for notice in notices():
        yield from ((task, {**row, "of": notice.id}) for task, row in _of_notice(notice))
    yield from _formats()
    for pair in pairs:
        if _LEAST <= len(pair["en"]) <= _MOST:
            yield from _of_pair(pair)


def _of_notice(notice: Notice) -> Iterator[tuple[str, dict[str, Any]]]:
    asked = notices_data()["asked"]
    ways = asked["summarise"][notice.language]
    lead = _way(ways, notice.id)
    yield "summary", _row(notice.language, f"{lead}\n\n{notice.text}", notice.summary)
    for ask, tell in notice.questions:
        yield "question", _row(notice.language, f"{notice.text}\n\n{ask}", tell)
    absent = asked["absent"][notice.language]
    yield "absent", _row(notice.language, f"{notice.text}\n\n{notice.absent}", absent)
    for language in LANGUAGES:
        other = in_language(notice, language)
        if language == notice.language:
            continue
        # asked in one language about a text in another: the answer is in the language of the question
        ask, tell = other.questions[0]
        yield "across", _row(language, f"{notice.text}\n\n{ask}", tell)
        lead = _way(asked["translate"][language], notice.id)
        yield "translation", _row(language, f"{lead}\n{notice.summary}", other.summary)
    if notice.language != "yue":
        yield "json", _json(notice, asked["json"][notice.language])


def _json(notice: Notice, ask: str) -> dict[str, Any]:
    keys = sorted(notice.facts)[:3]
    answer = json.dumps({key: notice.facts[key] for key in keys}, ensure_ascii=False)
    joint = ", " if notice.language == "en" else "、"
    return _row(notice.language, f"{ask.format(joint.join(keys))}\n\n{notice.text}", answer)


def _formats() -> Iterator[tuple[str, dict[str, Any]]]:
    """Dates and amounts as each language writes them."""
    asked = notices_data()["asked"]
    for step in range(24):
        day = date(2025, 1, 6) + timedelta(days=37 * step)
        iso = day.isoformat()
        yield "format", _row("en", asked["date"]["en"].format(iso), write_date(iso, Variety.ENGLISH))
        yield "format", _row("zh", asked["date"]["zh"].format(iso), write_date(iso, Variety.TRADITIONAL))
        yield "format", _row("zh", asked["numerals"]["zh"].format(iso), in_numerals(day))
        amount = 37_500 * (step + 3) ** 2
        for language, variety in (("en", Variety.ENGLISH), ("zh", Variety.TRADITIONAL)):
            ask = asked["money"][language].format(f"{amount}")
            yield "format", _row(language, ask, write_money(f"HKD {amount}", variety))


def in_numerals(day: date) -> str:
    """A date as letters and notices have it: 二○二六年三月十五日."""
    year = str(day.year).translate(_NUMERALS)
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    ten = "" if not tens else ("" if tens == 1 else str(tens).translate(_NUMERALS)) + "十"
    return ten + (str(ones).translate(_NUMERALS) if ones else "")


def _of_pair(pair: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Both ways; the row keeps the source and the licence of the pair."""
    asked = notices_data()["asked"]["term"]
    about = {"source": pair["source"], "licence": pair["licence"], "of": pair["id"]}
    for language, given, wanted in (("zh", pair["en"], pair["zh"]), ("en", pair["zh"], pair["en"])):
        ask = _way(asked[language], pair["id"]).format(given)
        yield f"term {pair['source']}", {**_row(language, ask, wanted), **about}


def _way(ways: Sequence[str], key: str) -> str:
    """One of several ways to ask, the same each time."""
    return ways[int(row_id("way", key)[-8:], 16) % len(ways)]


def _row(language: NoticeLanguage | str, ask: str, answer: str) -> dict[str, Any]:
    return {
        "id": row_id("instruction", f"{ask}\n{answer}"),
        "source": SOURCE,
        "licence": LICENCE,
        "language": ROW_LANGUAGES[language],  # type: ignore[index]
        "of": SOURCE,
        "messages": [{"role": "user", "content": ask}, {"role": "assistant", "content": answer}],
    }
