"""Preference rows: by program from notices, and from what officers left of the model's words.

What is preferred: the language and script of the question; Hong Kong's words; the notice's figures.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

from ...language import to_simplified
from ...language.rewording import Rewording
from .notices import (
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

_FIGURE = re.compile(r"\d(?:[\d,]*\d)?")


def prefer(
    corrections: Sequence[dict[str, Any]],
    most: int,
    seed: int,
    refusing: Refusing,
    used: Sequence[dict[str, Any]] = (),
) -> Taught:
    """Officers' preferences, all of them, from use and from corrections, then program-made rows, at most so
    many; what `refusing` has a reason against is left out, counted."""
    made: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for notice in notices():
        for task, row in _of_notice(notice):
            # what both scripts share would be preferred to itself
            if row["chosen"] != row["rejected"]:
                made[task].append({**row, "of": notice.id})
    by_officers = [("use", each) for each in used]
    by_officers += [("correction", _correction(each)) for each in corrections]
    taught = Taught()
    for task, row in [*by_officers, *shared_out(made, 2 * most, seed)]:
        own = taught.tasks["use"] + taught.tasks["correction"]
        if task not in ("use", "correction") and len(taught.rows) - own == most:
            break
        taught.take(task, row, refusing)
    return taught


def _of_notice(notice: Notice) -> Iterator[tuple[str, dict[str, Any]]]:
    written = in_language(notice, "zh")
    english = in_language(notice, "en")
    for number, (ask, tell) in enumerate(notice.questions):
        prompt = f"{notice.text}\n\n{ask}"
        if notice.language == "yue":
            simplified = to_simplified(written.questions[0][1] if number == 0 else tell)
            yield "script", _row("yue", prompt, tell, simplified)
            yield "language", _row("yue", prompt, tell, english.questions[number][1])
        elif notice.language == "zh":
            yield "script", _row("zh", prompt, tell, to_simplified(tell))
        elif number == 0:
            yield "language", _row("en", prompt, tell, written.questions[0][1])
        if (changed := with_other_figure(tell)) != tell:
            yield "figures", _row(notice.language, prompt, tell, changed)
    ask = notices_data()["asked"]["summarise"][notice.language][0]
    if (changed := with_other_figure(notice.summary)) != notice.summary:
        yield "figures", _row(notice.language, f"{ask}\n\n{notice.text}", notice.summary, changed)
    if notice.language == "zh":
        for question, tell in ((ask, notice.summary), *notice.questions):
            if (mainland := in_mainland_words(tell)) != tell:
                yield "terms", _row("zh", f"{notice.text}\n\n{question}", tell, mainland)


def with_other_figure(text: str) -> str:
    """The text with its last figure of two digits or more, else its last, made another."""
    found = list(_FIGURE.finditer(text))
    if not found:
        return text
    match = next((each for each in reversed(found) if len(each.group()) > 1), found[-1])
    first = match.group()[0]
    # another first digit: never a rounding of the same figure
    other = str(int(first) % 9 + 1)
    return text[: match.start()] + other + text[match.start() + 1 :]


def in_mainland_words(text: str) -> str:
    """The text as the Mainland would put it, in the same script: Hong Kong's words undone."""
    return _mainland().apply(text)


@cache
def _mainland() -> Rewording:
    """The house table read backwards."""
    table = resources.files("bauhinia.language").joinpath("data/hong_kong_forms.csv")
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    words: dict[str, str] = {}
    for row in rows:
        if row["kind"] == "wording" and not row["justification"].startswith("Taiwan"):
            words.setdefault(row["to"], row["from"])
    return Rewording(words)


def _correction(left: dict[str, Any]) -> dict[str, Any]:
    language: NoticeLanguage = "en" if left["to"] == "en" else "zh"
    lead = notices_data()["asked"]["translate"][language][0]
    row = _row(language, f"{lead}\n{left['source_text']}", left["chosen"], left["rejected"])
    about = {"source": left["source"], "licence": left["licence"], "of": left["id"]}
    return {**row, "id": row_id("correction", left["id"]), **about}


def _row(language: NoticeLanguage, ask: str, chosen: str, rejected: str) -> dict[str, Any]:
    return {
        "id": row_id("preference", f"{ask}\n{chosen}\n{rejected}"),
        "source": SOURCE,
        "licence": LICENCE,
        "language": ROW_LANGUAGES[language],
        "prompt": [{"role": "user", "content": ask}],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }
