"""Translate one segment (a sentence or a few), and check it as a reviser would.

gloss -> write -> correct -> put official names right -> check -> (write once more) -> keep the better

A segment may be tagged text: the model keeps its tags, every other step looks at the words alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..documents.layout import Edit, edited, faults, line, reworded
from ..gateway import Message, data, estimate_tokens, sample
from ..language import (
    Figure,
    Termbase,
    Variety,
    detect,
    figures,
    write_figure,
)
from ..translation.checks import Context, Fault, bodies, check_segment
from .desk import Desk
from .draft import Finding
from .official_names import put_right
from .recalling import Example
from .tagged import Saved, saved, tags_of

SYSTEM = {
    Variety.TRADITIONAL: (
        "You are a translator of the Hong Kong Government. Translate the English text into formal written "
        "Chinese in Traditional characters as used in Hong Kong. Words that are already in Chinese are "
        "right: copy them unchanged. Keep every figure. Give the translation only."
    ),
    Variety.ENGLISH: (
        "You are a translator of the Hong Kong Government. Translate the Chinese text into formal British "
        "English. Words that are already in English are right: copy them unchanged. Keep every figure. "
        "Give the translation only."
    ),
}
EXAMPLES = {
    Variety.TRADITIONAL: (
        (
            "The 環境保護署 will start the second stage of the 計劃 on 2025年4月1日 "
            "and has set aside 2,500萬元.",
            "環境保護署將於2025年4月1日展開計劃的第二階段，並已預留2,500萬元。",
        ),
        (
            "Members of the public may return the form by post or by email.",
            "市民可以郵寄或電郵方式交回表格。",
        ),
        (
            "Under section 6(2) of the 廢物處置條例 (第354章), a licensee must keep records; "
            "see paragraphs 3 to 5 of the paper.",
            "根據《廢物處置條例》（第354章）第6(2)條，持牌人必須備存紀錄；詳見文件第3至5段。",
        ),
    ),
    Variety.ENGLISH: (
        (
            "Environmental Protection Department 將於 1 April 2025 展開計劃的第二階段，"
            "並已預留 HK$25 million。",
            "The Environmental Protection Department will start the second stage of the scheme on "
            "1 April 2025 and has set aside HK$25 million.",
        ),
        (
            "市民可以郵寄或電郵方式交回表格。",
            "Members of the public may return the form by post or by email.",
        ),
        (
            "根據《Waste Disposal Ordinance》（Cap. 354）第6(2)條，持牌人必須備存紀錄；詳見文件第3至5段。",
            "Under section 6(2) of the Waste Disposal Ordinance (Cap. 354), a licensee must keep records; "
            "see paragraphs 3 to 5 of the paper.",
        ),
    ),
}
"""Three short examples show the model what a half-glossed sentence is for."""

TAGS = (
    " Tags such as <1>…</1> and <2/> stand for formatting: write each of them once, in the translation, "
    "round or beside the same words."
)
TAGGED_EXAMPLES = {
    Variety.TRADITIONAL: (
        (
            "Please return <1>Form A</1> by <2>2026年3月31日</2>.<3/>",
            "請於<2>2026年3月31日</2>或之前交回<1>表格A</1>。<3/>",
        ),
    ),
    Variety.ENGLISH: (
        (
            "請於<1>31 March 2026</1>或之前交回<2>表格A</2>。<3/>",
            "Please return <2>Form A</2> by <1>31 March 2026</1>.<3/>",
        ),
    ),
}
"""A fourth example where there are tags: they may change their order."""

AGAIN = {
    Variety.TRADITIONAL: "{text}\n\n（譯文須準確寫出：{needed}）",
    Variety.ENGLISH: "{text}\n\n(The translation must have: {needed})",
}
"""The second request is a fresh one that names what the first left out: shown its own faulty translation, a
small model repeats it."""
AGAIN_WHOLE = {
    Variety.TRADITIONAL: "\n\n（請完整翻譯，每個字都要譯成中文，不得增刪。）",
    Variety.ENGLISH: "\n\n(Translate all of it, every word into English; add nothing, leave nothing out.)",
}
_NOTE = re.compile(
    r"\s*[（(](?:譯文須準確寫出|必須寫出|請完整翻譯"
    r"|The translation must have|It must have|Translate all of it).*",
    re.DOTALL,
)
WEIGHT = {
    "language": 100,
    "script": 50,
    "omission": 20,
    "numbers": 10,
    "tags": 6,
    "terms": 4,
    "untranslated": 4,
    "added": 3,
    "cut": 20,
}
_TIDY = re.compile(r" +(?=[,.;:!?)，。；：！？、）」》])|(?<=[(（「《]) +")
_SPACED = re.compile(r"\d+(?:[.,] ?\d+)+|\d+ \(\d+\)")
_DIGITS = re.compile(r"[\d.,]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A translated segment and what a reviser would say of it."""

    text: str
    findings: tuple[Finding, ...]
    tagged: str = ""
    """The translation with its tags, of a segment that had some."""


async def translate_segment(
    desk: Desk, key: str, text: str, to: Variety, *, passage: str = "", example: Example | None = None
) -> Segment:
    """Translate `text` into `to` (ENGLISH or TRADITIONAL), as in the example. Raises the gateway's errors."""
    return await _translated(desk, key, _Source(text, example=example), to, passage)


async def translate_tagged(
    desk: Desk, key: str, text: str, to: Variety, *, example: Example | None = None
) -> Segment:
    """Translate tagged text that has tags; the translation's tags are valid. Raises the gateway's errors."""
    segment = await _translated(desk, key, _Source(line(text), text, example), to, "")
    wrong = faults(text, segment.tagged)
    if not wrong:
        return segment
    mended = saved(text, segment.tagged, wrong)
    others = tuple(finding for finding in segment.findings if finding.check != "tags")
    return Segment(text=line(mended.text), findings=(*others, *_tag_findings(mended)), tagged=mended.text)


@dataclass(frozen=True, slots=True)
class _Source:
    """What is translated: its words, and its tagged text where it has tags."""

    text: str
    tagged: str = ""
    example: Example | None = None


async def _translated(desk: Desk, key: str, source: _Source, to: Variety, passage: str) -> Segment:
    assert to in SYSTEM, to
    before = _instructions(to, bool(source.tagged))
    if source.example is not None:
        like, remembered = source.example
        before += _as_messages([(data(gloss(like, to, desk.termbase)), remembered)])
    glossed = data(gloss(source.tagged or source.text, to, desk.termbase))
    first = await _attempt(desk, key, [*before, Message("user", glossed)], source, to, passage)
    if not _faults(first):
        return first
    needed = _needed(first, source.text, to, desk.termbase)
    again = AGAIN[to].format(text=glossed, needed=needed) if needed else glossed + AGAIN_WHOLE[to]
    second = await _attempt(desk, f"{key}/repair", [*before, Message("user", again)], source, to, "")
    return min(first, second, key=_badness)


def _instructions(to: Variety, tags: bool) -> list[Message]:
    """The system's message and the examples; a text without tags is not told of any."""
    examples = (*EXAMPLES[to], *TAGGED_EXAMPLES[to]) if tags else EXAMPLES[to]
    shown = [(sample(source), target) for source, target in examples]
    return [Message("system", SYSTEM[to] + (TAGS if tags else "")), *_as_messages(shown)]


def gloss(text: str, to: Variety, termbase: Termbase) -> str:
    """The source with its terms and figures already in the target language; tags stay where they are.

    A small model copies what is already right far more surely than it obeys a glossary beside the text.
    A text that is in the target language already stays as it is.
    """
    tagged = bool(tags_of(text))
    words = line(text) if tagged else text
    if detect(words).variety.is_chinese == to.is_chinese:
        return text
    places: list[tuple[int, int, str]] = [
        (hit.start, hit.end, hit.term.zh if to.is_chinese else hit.term.en)
        for hit in termbase.find(words, to.counterpart)
    ]
    places += [
        (figure.start, figure.end, written)
        for figure in figures(words)
        if _differs(figure) and (written := write_figure(figure, to)) is not None
    ]
    return _replace(text, places, spaced=not to.is_chinese, tagged=tagged)


def _differs(figure: Figure) -> bool:
    """Whether the two languages write this figure differently, and one word for word stands for the other.

    Plain digits are the same in both: written anew, the hotline 1823 would become 1,823. Of references only
    chapters are put over, since “paragraphs 14 to 18” is more than its figures.
    """
    if figure.kind == "reference":
        return figure.value.startswith("cap:")
    return _DIGITS.fullmatch(figure.text) is None


def _replace(text: str, places: Sequence[tuple[int, int, str]], *, spaced: bool, tagged: bool) -> str:
    """Replace each place; of overlapping ones the longer wins."""
    kept: list[Edit] = []
    for start, end, words in sorted(places, key=lambda place: place[0] - place[1]):
        if all(end <= other.start or start >= other.end for other in kept):
            kept.append(Edit(start, end, f" {words} " if spaced else words))
    if tagged:
        text = edited(text, kept)
    else:
        for edit in sorted(kept, reverse=True):
            text = text[: edit.start] + edit.words + text[edit.end :]
    return _TIDY.sub("", re.sub(r" {2,}", " ", text)).strip()


def _as_messages(examples: Sequence[tuple[str, str]]) -> list[Message]:
    return [
        message
        for source, target in examples
        for message in (Message("user", source), Message("assistant", target))
    ]


async def _attempt(
    desk: Desk, key: str, messages: Sequence[Message], source: _Source, to: Variety, passage: str
) -> Segment:
    room = 3 * estimate_tokens(source.tagged or source.text) + 40
    written = await desk.write(key, messages, reply_in=to, max_tokens=room, passage=passage)
    answer = line(written.text) if source.tagged else written.text
    known = "\n".join([source.text, messages[-1].content])
    text, _ = desk.termbase.repair(mend_figures(_bare(answer), known), to)
    mended = put_right(source.text, text, to, desk.termbase)
    findings = check_translation(source.text, mended, to, desk.termbase)
    if mended != text:
        words = "An official name was put right by the termbase; the model had written another."
        findings = (*findings, Finding(check="mended", severity="note", message=words))
    if written.cut:
        findings = (*findings, _finding("cut", "error", "The translation was cut short."))
    if not source.tagged:
        return Segment(text=mended, findings=findings)
    tagged = reworded(written.text, mended)
    return Segment(text=mended, findings=(*findings, *_check_tags(source.tagged, tagged)), tagged=tagged)


def without_note(text: str) -> str:
    """Without the note of a second request, which a small model copies: its words would pass for a repair."""
    return _NOTE.sub("", text)


def _bare(text: str) -> str:
    """Without what a model adds: our own note, quotation marks round the whole, a leading `Translation:`."""
    text = without_note(text)
    text = re.sub(r"^\s*(translation|譯文|翻譯)\s*[:：]\s*", "", text.strip(), flags=re.IGNORECASE)
    for opening, closing in (('"', '"'), ("「", "」"), ("“", "”")):
        if (
            text.startswith(opening)
            and text.endswith(closing)
            and text.count(opening) + text.count(closing) == 2
        ):
            text = text[1:-1]
    return " ".join(text.split()) if text.isascii() else text.strip()


def mend_figures(text: str, source: str) -> str:
    """Join a figure that the model wrote with spaces in it (`16, 800`), where the source has it whole."""

    def joined(match: re.Match[str]) -> str:
        whole = match[0].replace(" ", "")
        return whole if whole in source else match[0]

    return _SPACED.sub(joined, text)


PILOT_CHECKS = (
    "language", "script", "untranslated", "numbers", "dates", "money", "references",
    "terms", "names", "length",
)  # fmt: skip
"""The reviser's checks that the pilot acts on, in the order in which it tells them."""
_FIGURES = frozenset({"numbers", "dates", "money", "references"})


def check_translation(source: str, target: str, to: Variety, termbase: Termbase) -> tuple[Finding, ...]:
    """Everything that a program can tell is wrong with a translation."""
    found = check_segment(source, target, to, Context(termbase=termbase), PILOT_CHECKS)
    figures_of = [fault for fault in found if fault.check in _FIGURES]
    return (
        *_whole(found, "script", "Simplified characters remain.", ""),
        *(_finding(fault.check, "error", fault.message) for fault in found if fault.check == "language"),
        *_whole(found, "untranslated", "Left untranslated: {}.", ", "),
        *_missing_figures(figures_of),
        *_added_figures(figures_of),
        *(
            _finding("terms", "warning", fault.message, term=fault.wanted, found=fault.found)
            for fault in found
            if fault.check == "terms"
        ),
        *_whole(found, "names", "Not in the source: {}.", ", "),
        *(_finding(fault.check, "warning", fault.message) for fault in found if fault.check == "omission"),
    )


def _whole(found: Sequence[Fault], check: str, message: str, between: str) -> tuple[Finding, ...]:
    """All that one check found as one finding, for an officer who reads and does not edit."""
    faults = [fault for fault in found if fault.check == check]
    if not faults:
        return ()
    words = [fault.found for fault in faults]
    listed = between.join(dict.fromkeys(words) if between else words)
    key = "added" if check == "names" else "found"
    return (_finding(check, faults[0].severity, message.format(listed), **{key: listed}),)


def _missing_figures(found: Sequence[Fault]) -> tuple[Finding, ...]:
    faults = sorted((fault for fault in found if fault.kind == "missing"), key=lambda one: one.source_start)
    if not faults:
        return ()
    missing = ", ".join(fault.wanted for fault in faults)
    return (_finding("numbers", "error", f"Not in the translation: {missing}.", missing=missing),)


def _added_figures(found: Sequence[Fault]) -> tuple[Finding, ...]:
    faults = sorted((fault for fault in found if fault.kind == "added"), key=lambda one: one.start)
    if not faults:
        return ()
    added = ", ".join(fault.found for fault in faults)
    return (_finding("added", "warning", f"Not in the source: {added}.", added=added),)


def _check_tags(source: str, target: str) -> tuple[Finding, ...]:
    """Tags that the translation lacks, has twice, made up or crossed."""
    wrong = {fault.number for fault in faults(source, target)}
    if not wrong:
        return ()
    named = [tag for tag in tags_of(source) if int(_DIGITS.findall(tag)[0]) in wrong] or tags_of(source)
    needed = ", ".join(named)
    return (_finding("tags", "warning", f"Tags are wrong: {needed}.", needed=needed),)


def _tag_findings(mended: Saved) -> tuple[Finding, ...]:
    """What was done to a translation whose tags stayed wrong, for the officer."""
    found = []
    if mended.dropped:
        words = f"Formatting of {mended.dropped} words was dropped."
        found.append(_finding("tags", "warning", words, dropped=str(mended.dropped)))
    if mended.moved:
        words = "A field, a mark or a picture in the line was put back where it probably belongs."
        found.append(_finding("tags", "warning", words, moved=str(mended.moved)))
    return tuple(found)


def _finding(check: str, severity: str, message: str, **values: str) -> Finding:
    assert severity in ("error", "warning", "note")
    return Finding(
        check=check, severity="error" if severity == "error" else "warning", message=message, values=values
    )


def _faults(segment: Segment) -> list[Finding]:
    """What is worth asking again for."""
    return [finding for finding in segment.findings if finding.check in WEIGHT]


def _badness(segment: Segment) -> int:
    return sum(WEIGHT[finding.check] for finding in _faults(segment))


def _needed(segment: Segment, source: str, to: Variety, termbase: Termbase) -> str:
    """What the first translation left out, as the second is to write it; nothing where no words were lost."""
    lost = [finding.values.get("missing", "") for finding in segment.findings if finding.check == "numbers"]
    written = [write_figure(figure, to) or figure.text for figure in figures(", ".join(lost))]
    terms = [finding.values["term"] for finding in segment.findings if finding.check == "terms"]
    if any(finding.check == "names" for finding in segment.findings):
        terms += [
            hit.term.zh if to.is_chinese else hit.term.en for hit in bodies(source, to.counterpart, termbase)
        ]
    tags = [finding.values["needed"] for finding in segment.findings if finding.check == "tags"]
    return ("、" if to.is_chinese else ", ").join(dict.fromkeys([*terms, *written, *tags]))
