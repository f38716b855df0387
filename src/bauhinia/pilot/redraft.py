"""Redraft a document: shorter, more formal, in plain language, or for other readers; each change is shown.

read -> rewrite (a paragraph at a time) -> check (figures, names, language, manner) -> keep the better

A paragraph whose new wording loses a figure or a name keeps its old one, and the officer is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..documents import Anchor, Block, Document
from ..documents.normal import NUMBER_LABEL
from ..gateway import Message, data, estimate_tokens, sample
from ..jobs import PassageReady
from ..language import Variety, compare_figures, fits, split_sentences
from .codec import to_json
from .desk import Desk
from .draft import Draft, Finding, Passage, PassageKind, Section
from .evidence import missing_names
from .house_rules import apply
from .modality import Force, forces, rank
from .orders import Manner, RedraftOrder
from .reading import variety_of
from .segment import without_note

SYSTEM = {
    "en": (
        "You edit texts of the Hong Kong Government. Rewrite the paragraph {manner}. Keep every name, figure "
        "and date exactly as it is. Add no fact. Write the rewritten paragraph only, in English."
    ),
    "zh": (
        "你為香港政府修訂文稿。請把這一段{manner}。名稱、數字和日期一字不改，不得添加內容。"
        "只寫修訂後的一段，用繁體中文書面語。"
    ),
}
MANNERS: dict[Manner, dict[str, str]] = {
    "shorter": {
        "en": "more briefly, in at most two thirds of its words",
        "zh": "改得更精簡，字數減少三分之一",
    },
    "formal": {"en": "in the formal style of an official letter", "zh": "改為正式公文的語氣"},
    "plain": {
        "en": "in plain language: short sentences, everyday words, the active voice",
        "zh": "改為淺白的文字：句子短、用日常字詞",
    },
    "executive": {
        "en": "for a head of department who must decide: the decision, the money and the dates first",
        "zh": "改為供首長級人員閱讀：先寫決定、款項和日期",
    },
    "public": {
        "en": "for members of the public who know nothing of the office: say what it means for them",
        "zh": "改為供市民閱讀：說明對他們有何影響",
    },
}
EXAMPLE = {
    "en": (
        "It should be noted that applications which are received after 5 March will not be processed by "
        "the Office.",
        "The Office will not process applications received after 5 March.",
    ),
    "zh": ("謹請留意，凡於3月5日之後收到的申請，本處將不會予以處理。", "3月5日後收到的申請，本處不予處理。"),
}
LEAST_TOKENS = 12
"""Shorter paragraphs are labels and lines of an address: nothing to rewrite."""
WRITTEN: frozenset[str] = frozenset({"paragraph", "list_item"})
_KINDS: dict[str, PassageKind] = {"title": "heading", "heading": "heading", "list_item": "bullet"}
_FILLER = re.compile(
    r"\bit (?:should|must|needs to|has to) be (?:noted|pointed out|emphasised|stressed|remembered) that\b"
    r"|請?須注意",
    re.IGNORECASE,
)
"""Words that bind nobody, and that a plain text leaves out."""
_SHORTER = 0.9
_LONGER = 1.6
"""Bounds of the new length over the old: over the first it is not shorter, over the second it was padded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A new wording, and what is wrong with it."""

    text: str
    faults: tuple[Finding, ...]


async def redraft(order: RedraftOrder, document: Document, desk: Desk) -> Draft:
    """The document in the manner asked for, a passage a block. Raises the gateway's errors."""
    variety = variety_of({"": document})
    tongue = Variety.TRADITIONAL if variety is Variety.CANTONESE else variety
    desk.progress("read", 0, len(document.blocks))
    passages: list[Passage] = []
    async for passage in desk.in_order(
        document.blocks, lambda index, block: _passage(order, desk, index, block, tongue)
    ):
        passages.append(passage)
        desk.report(PassageReady(section=0, passage=to_json(passage)))
        desk.progress("map", len(passages), len(document.blocks), note=passage.source_text)
    title = document.title or document.name
    return Draft(
        kind="redraft",
        title=title,
        sections=(Section(language=tongue.value, title=title, passages=tuple(passages)),),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model,
    )


async def _passage(order: RedraftOrder, desk: Desk, index: int, block: Block, tongue: Variety) -> Passage:
    """One block: rewritten and checked, or as it was."""
    attempt = Attempt(text=block.text, faults=())
    if block.kind in WRITTEN and estimate_tokens(block.text) >= LEAST_TOKENS:
        label = _label(block.text)
        attempt = await _rewritten(order, desk, index, block.text[len(label) :], tongue)
        attempt = Attempt(text=label + attempt.text, faults=attempt.faults)
    return Passage(
        id=f"p{index}",
        kind=_KINDS.get(block.kind, "paragraph"),
        text=attempt.text,
        level=block.level,
        source=Anchor(block=block.id, start=0, end=len(block.text), page=block.page),
        source_text=block.text,
        findings=attempt.faults,
        columns={"shown": "changes"},
    )


def _label(text: str) -> str:
    """The paragraph's own number, with what parts it from the words: people cite by it."""
    match = re.match(rf"(?:{NUMBER_LABEL.pattern})\s*", text)
    return match[0] if match else ""


async def _rewritten(order: RedraftOrder, desk: Desk, index: int, text: str, tongue: Variety) -> Attempt:
    """The new wording if it stands the checks, at once or at the second request; else the old one."""
    first = await _attempt(order, desk, f"redraft/{index}", data(text), text, tongue)
    if not first.faults:
        return first
    again = await _attempt(
        order, desk, f"redraft/{index}/repair", _asking_again(first, text, tongue), text, tongue
    )
    if not again.faults:
        return again
    return Attempt(text=text, faults=(_kept(again.faults),))


async def _attempt(
    order: RedraftOrder, desk: Desk, key: str, asked: str, text: str, tongue: Variety
) -> Attempt:
    language = "zh" if tongue.is_chinese else "en"
    example, answer = EXAMPLE[language]
    written = await desk.write(
        key,
        [
            Message("system", SYSTEM[language].format(manner=MANNERS[order.manner][language])),
            Message("user", sample(example)),
            Message("assistant", answer),
            Message("user", asked),
        ],
        reply_in=tongue,
        max_tokens=2 * estimate_tokens(text) + 40,
        passage="",
    )
    bare = without_note(written.text)
    new = " ".join(bare.split()) if language == "en" else "".join(bare.split("\n")).strip()
    faults = list(check_redraft(text, new, order.manner, tongue))
    if written.cut:
        faults.append(_finding("cut", "The new wording was cut short."))
    return Attempt(text=new, faults=tuple(faults))


def check_redraft(old: str, new: str, manner: Manner, tongue: Variety) -> tuple[Finding, ...]:
    """Everything that a program can tell is wrong with a new wording."""
    difference = compare_figures(old, new)
    lost = [*(figure.text for figure in difference.missing), *missing_names(old, new)]
    added = [*(figure.text for figure in difference.added), *missing_names(new, old)]
    findings = []
    if lost:
        findings.append(_finding("numbers", f"Lost: {', '.join(lost)}.", missing=", ".join(lost)))
    if added:
        findings.append(
            _finding("added", f"Not in the old text: {', '.join(added)}.", added=", ".join(added))
        )
    if changed := _binding(old) ^ _binding(new):
        words = ", ".join(sorted(force.replace("_", " ") for force in changed))
        findings.append(_finding("obligations", f"How it binds has changed: {words}.", found=words))
    if not fits(new, tongue).ok:
        findings.append(_finding("language", "The new wording is not in the document's language."))
    if length := _length_fault(old, new, manner):
        findings.append(_finding("omission", length))
    if manner == "formal":
        findings += apply(["no_contractions"], new, tongue)[1]
    if manner == "plain" and _longest(new) > max(_longest(old), 20):
        findings.append(_finding("short_sentences", "Its longest sentence became longer.", found=new))
    return tuple(findings)


def _binding(text: str) -> set[Force]:
    """The forces that bind in a text: what must, should, or must not be done."""
    return {force for force in forces(_FILLER.sub(" ", text)) if rank(force) > 1}


def _length_fault(old: str, new: str, manner: Manner) -> str:
    share = estimate_tokens(new) / max(1, estimate_tokens(old))
    if manner == "shorter" and share > _SHORTER:
        return "The new wording is not shorter."
    return "The new wording is too long for its text." if share > _LONGER or not new else ""


def _longest(text: str) -> int:
    """Tokens of the longest sentence."""
    return max((estimate_tokens(text[start:end]) for start, end in split_sentences(text)), default=0)


def _asking_again(first: Attempt, text: str, tongue: Variety) -> str:
    """A fresh request that names what the first left out: shown its own words, a small model repeats them."""
    needed = ", ".join(fault.values["missing"] for fault in first.faults if fault.values.get("missing"))
    if not needed:
        return data(text)
    note = "（必須寫出：{}）" if tongue.is_chinese else "(It must have: {})"
    return f"{data(text)}\n\n{note.format(needed)}"


def _kept(faults: tuple[Finding, ...]) -> Finding:
    reasons = " ".join(fault.message for fault in faults)
    return Finding(
        check="kept",
        severity="note",
        message=f"Kept as it was, since the new wording did not stand the checks: {reasons}",
        values={"reasons": reasons},
    )


def _finding(check: str, message: str, **values: str) -> Finding:
    return Finding(check=check, severity="warning", message=message, values=values)
