"""The samples and altered copies of them: what was planted, and what a comparison makes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from bauhinia.documents import Document
from bauhinia.documents.child import parse
from bauhinia.documents.collecting import Bounds
from bauhinia.documents.comparison import (
    Comparison,
    align_sentences,
    compare_documents,
    compare_translations,
)
from bauhinia.language import Termbase, Variety
from bauhinia.pilot.substance import Change, Sides, changes_across, changes_within
from bauhinia.settings import Limits

SAMPLES = Path(__file__).parents[2] / "samples"
BOTH = (Variety.ENGLISH, Variety.TRADITIONAL)
Embed = Callable[[Sequence[str]], Awaitable[list[list[float]]]]

FIGURE = frozenset({"figure", "figure_added", "figure_removed"})
FORCE = frozenset({"obligation", "negation"})
GONE = frozenset({"removed", "sentence_removed"})
COME = frozenset({"added", "sentence_added"})


@dataclass(frozen=True, slots=True)
class Planted:
    """Words of a sample that give way to others, and the kinds of change that this is found as."""

    was: str
    becomes: str
    """Empty: the whole block that starts with `was` is dropped."""
    kinds: frozenset[str]


CHINESE = {
    "circular": [
        Planted("二○二六年四月一日起生效", "二○二六年五月一日起生效", FIGURE),
        Planted("最長為14天", "最長為40天", FIGURE),
        Planted("文件須放在上鎖的袋內", "文件可放在上鎖的袋內", FORCE),
        Planted("均不得帶回家中", "均可帶回家中", FORCE),
        Planted("費用為157,500元", "費用為175,500元", FIGURE),
        Planted("10. 主管人員", "", GONE),
        Planted("並在24小時內", "並在48小時內", FIGURE),
        Planted("目標為100%", "目標為90%", FIGURE),
        Planted("第486章", "第468章", FIGURE),
        Planted("新入職員工須在到任後一個月內完成。", "\x00", GONE),
    ],
    "minutes": [
        Planted("發出214張", "發出241張", FIGURE),
        Planted("請食環署在七月三十一日", "請食環署在八月三十一日", FIGURE),
        Planted("5,800萬元", "8,500萬元", FIGURE),
        Planted("7. 委員會以13票", "", GONE),
        Planted("二○二六年八月十五日", "二○二六年八月十六日", FIGURE),
        Planted("康文署承諾研究，並在下次會議匯報。", "\x00", GONE),
        Planted("最少1.5米闊", "最少1.2米闊", FIGURE),
    ],
    "legco-reply": [
        Planted("承辦商須在接獲報告後24小時內", "承辦商可在接獲報告後24小時內", FORCE),
        Planted("預留3億元", "預留5億元", FIGURE),
        Planted("1 465", "1 456", FIGURE),
        Planted("超過30分鐘", "超過45分鐘", FIGURE),
        Planted("政府會繼續留意", "", GONE),
        Planted("午夜至上午七時期間豁免收費。", "\x00", GONE),
        Planted("二○二七年第二季", "二○二七年第三季", FIGURE),
    ],
}
ENGLISH = {
    "circular": [
        Planted("takes effect on 1 April 2026", "takes effect on 1 May 2026", FIGURE),
        Planted("a maximum of 14 days", "a maximum of 40 days", FIGURE),
        Planted("Documents must be carried", "Documents should be carried", FORCE),
        Planted("must not be taken home", "may be taken home", FORCE),
        Planted("$157,500", "$175,500", FIGURE),
        Planted("10. Supervisors", "", GONE),
        Planted("Passwords must contain", "Passwords shall contain", frozenset()),
        Planted("by 10 July 2026", "by 17 July 2026", FIGURE),
        Planted("(Cap. 486)", "(Cap. 468)", FIGURE),
        Planted("in its possession", "in its possession", frozenset()),
    ],
    "minutes": [
        Planted("issued 214 fixed", "issued 241 fixed", FIGURE),
        Planted("by 31 July.", "by 31 August.", FIGURE),
        Planted("$58 million", "$85 million", FIGURE),
        Planted("7. The Committee", "", GONE),
        Planted("were confirmed without amendment", "were not confirmed", FORCE),
        Planted("15 August 2026", "16 August 2026", FIGURE),
        Planted("remained serious", "was still serious", frozenset()),
    ],
    "legco-reply": [
        Planted("is required to attend", "may attend", FORCE),
        Planted("$300 million", "$500 million", FIGURE),
        Planted("1 465", "1 456", FIGURE),
        Planted("more than 30 minutes", "more than 45 minutes", FIGURE),
        Planted("The Government will continue", "", GONE),
        Planted("second quarter of 2027", "third quarter of 2027", FIGURE),
        Planted("as compared with", "compared with", frozenset()),
    ],
}


def read(name: str) -> Document:
    """A sample, read in this process."""
    return parse((SAMPLES / name).read_bytes(), name, bounds())


def bounds() -> Bounds:
    """The usual limits."""
    limits = Limits()
    return Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})


def altered(document: Document, planted: Sequence[Planted]) -> tuple[Document, list[tuple[str, Planted]]]:
    """A copy with everything planted, and the block that each was planted in; what a copy cannot take is left."""
    blocks = list(document.blocks)
    places: list[tuple[str, Planted]] = []
    for one in planted:
        for n, block in enumerate(blocks):
            if one.was in block.text and (one.becomes or block.text.startswith(one.was)):
                places.append((block.id, one))
                if one.becomes:
                    text = block.text.replace(one.was, one.becomes.strip("\x00"), 1)
                    blocks[n] = replace(block, text=" ".join(text.split(" ")).strip())
                else:
                    del blocks[n]
                break
    return replace(document, blocks=tuple(blocks)), places


async def across(
    old: Document, new: Document, embed: Embed, termbase: Termbase
) -> tuple[Comparison, list[Change]]:
    """An English document and its Chinese counterpart, compared as the task does."""
    sides = Sides.of(old, new)
    comparison = await compare_translations(old, new, BOTH, termbase, embed)
    texts = [
        (sides.texts.before(comparison.pairs, pair), sides.texts.after(pair))
        for pair in comparison.pairs
        if pair.old and pair.new
    ]
    return comparison, changes_across(comparison, sides, await align_sentences(texts, BOTH, termbase, embed))


def within(old: Document, new: Document) -> tuple[Comparison, list[Change]]:
    """Two versions in one language."""
    comparison = compare_documents(old, new)
    return comparison, changes_within(comparison, Sides.of(old, new))


@dataclass(slots=True)
class Score:
    """How many of the planted changes were found, and how many of those found were planted."""

    planted: int = 0
    found: int = 0
    reported: int = 0
    right: int = 0
    missed: list[str] | None = None
    wrong: list[Change] | None = None

    @property
    def recall(self) -> float:
        """Share of the planted ones that were found."""
        return self.found / self.planted

    @property
    def precision(self) -> float:
        """Share of the reported ones that were planted."""
        return self.right / self.reported

    def add(
        self,
        comparison: Comparison,
        changes: Sequence[Change],
        places: Sequence[tuple[str, Planted]],
        same_place: Callable[[str], str],
    ) -> None:
        """Count one document. `same_place` gives the old side's block for one of the altered side."""
        real = [(block, one) for block, one in places if one.kinds]
        used: set[int] = set()
        self.missed, self.wrong = self.missed or [], self.wrong or []
        for block, one in real:
            at = next(
                (
                    n
                    for n, change in enumerate(changes)
                    if n not in used
                    and change.kind in one.kinds
                    and _at(comparison, change, block, same_place)
                ),
                None,
            )
            if at is None:
                self.missed.append(f"{one.was} > {one.becomes}")
            else:
                used.add(at)
        self.planted += len(real)
        self.found += len(used)
        self.reported += len(changes)
        self.right += len(used)
        self.wrong += [change for n, change in enumerate(changes) if n not in used]


def _at(comparison: Comparison, change: Change, block: str, same_place: Callable[[str], str]) -> bool:
    pair = comparison.pairs[change.pair]
    return block in pair.new or same_place(block) in pair.old or block in pair.old
