"""Notes as minutes, in the form of the pilot's template: its lines, its gaps, its column of who acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ...documents import Anchor, Document, OutputBlock, OutputMeta, write_docx
from ...language import Variety, to_simplified
from ...language.dates import write_date
from ...pilot.draft import Citation, Draft, Passage, Section
from ...pilot.drafting import ACTION_GAP, GAP, lay_out
from ...pilot.export import blocks_of
from ...pilot.templates import Language, Line, Template, Templates
from .actions import Action
from .decisions import Decision
from .finding import Notes
from .transcript import Line as Spoken

NAME = {
    Variety.ENGLISH: "Transcript",
    Variety.TRADITIONAL: "謄本",
    Variety.CANTONESE: "謄本",
    Variety.SIMPLIFIED: "誊本",
}
"""What the list of sources calls the lines."""
_LINE = {"en": "line {number}: {quote}", "zh-HK": "第{number}行：{quote}"}
_UNTIL = {"en": "{owner} (by {due})", "zh-HK": "{owner}（{due}前）"}
_SPOKE = {"en": "{names} (who spoke)", "zh-HK": "{names}（曾發言者）"}
_MISSING = re.compile(r"[\[［][^\]］]*[\]］]")


def minutes(notes: Notes, template: Template | None = None) -> Draft:
    """The minutes as a draft of the pilot: every item cites its lines; what nobody said is a gap."""
    template = template or Templates().get("minutes")
    language: Language = "zh-HK" if notes.transcript.language.is_chinese else "en"
    written = {index: list(_part(notes, line, language, index)) for index, line in template.parts}
    passages = lay_out(template, language, _facts(notes, language), written)
    passages = [_with_present(each, notes, language) for each in passages]
    title = template.title[language]
    tongue = Variety.ENGLISH if language == "en" else Variety.TRADITIONAL
    section = Section(language=tongue.value, title=title, passages=tuple(passages))
    return Draft(kind="draft", title=title, sections=(section,))


def docx_of(notes: Notes, label: str, department: str = "") -> bytes:
    """The minutes as a Word file with the label in it; in Simplified characters where the meeting was."""
    draft = minutes(notes)
    name = NAME.get(notes.transcript.language, NAME[Variety.ENGLISH])
    source = Document(name=name, format="txt", blocks=())
    blocks = blocks_of(draft, {SOURCE: source})
    language = notes.transcript.language
    if language is Variety.SIMPLIFIED:
        blocks = [_simplified(block) for block in blocks]
    title = next((block.text for block in blocks if block.place == "subject"), draft.title)
    return write_docx(blocks, OutputMeta(title=title, language=language, label=label, department=department))


SOURCE = "transcript"
"""Id of the transcript as a source."""


def _facts(notes: Notes, language: Language) -> dict[str, str]:
    """What the head of the minutes says; a fact that nobody gave is left out, and becomes a gap."""
    variety = Variety.ENGLISH if language == "en" else Variety.TRADITIONAL
    chairs = notes.people.named_chair
    facts = {
        "meeting": notes.transcript.meeting,
        "date": write_date(notes.held.isoformat(), variety) if notes.held else "",
        "venue": notes.transcript.venue,
        "chairman": chairs,
    }
    return {name: value for name, value in facts.items() if value}


def _with_present(passage: Passage, notes: Notes, language: Language) -> Passage:
    """Who is named as speaking stands for who was present: nobody else is known."""
    speakers = notes.transcript.speakers
    if passage.columns.get("line") != "present" or not speakers:
        return passage
    names = ("; " if language == "en" else "、").join(speakers)
    said = _SPOKE[language].format(names=names)
    return replace(passage, text=_MISSING.sub(lambda _: said, passage.text, count=1))


def _part(notes: Notes, line: Line, language: Language, index: int) -> Iterator[Passage]:
    """A part that the pilot's model would write: what was discussed, or decided and to be done."""
    assert line.write is not None
    if line.action is None:
        yield from _discussed(notes, line, language, index)
        return
    items: list[Decision | Action] = [*notes.decisions, *notes.actions]
    for place, item in enumerate(items):
        key = f"l{index}i{place}"
        yield Passage(
            id=key,
            kind=line.kind,
            text=item.text,
            citations=_cited(notes, item.lines, language),
            run_on=False,
        )
        if isinstance(item, Action):
            beside = {"beside": line.action[language]}
            yield Passage(
                id=f"{key}a", kind="paragraph", text=party(item, language), run_on=True, columns=beside
            )
    if not items:
        yield _gap(line, language, index)


def _discussed(notes: Notes, line: Line, language: Language, index: int) -> Iterator[Passage]:
    for place, said in enumerate(notes.summary):
        yield Passage(
            id=f"l{index}s{place}",
            kind=line.kind,
            text=said.text,
            citations=_cited(notes, said.lines, language),
            run_on=place > 0,
        )
    if not notes.summary:
        yield _gap(line, language, index)


def _gap(line: Line, language: Language, index: int) -> Passage:
    assert line.write is not None
    text = GAP[language].format(line.write[language].rstrip(".。"))
    return Passage(id=f"l{index}", kind=line.kind, text=text)


def party(action: Action, language: Language) -> str:
    """Who acts, and by when: the day, or the words where they give none."""
    owner = action.owner or GAP[language].format(ACTION_GAP[language])
    variety = Variety.ENGLISH if language == "en" else Variety.TRADITIONAL
    if action.due.day is not None:
        return _UNTIL[language].format(owner=owner, due=write_date(action.due.day.isoformat(), variety))
    return f"{owner} ({action.due.words})" if action.due.words else owner


def _cited(notes: Notes, numbers: tuple[int, ...], language: Language) -> tuple[Citation, ...]:
    return tuple(_citation(notes.transcript.line(number), language) for number in numbers)


def _citation(line: Spoken, language: Language) -> Citation:
    quote = _LINE[language].format(number=line.number, quote=line.quote)
    anchor = Anchor(block=f"b{line.number}", start=0, end=len(line.words))
    return Citation(document=SOURCE, anchor=anchor, quote=quote, support=1.0)


def _simplified(block: OutputBlock) -> OutputBlock:
    beside = block.beside
    if beside is not None:
        beside = replace(beside, heading=to_simplified(beside.heading), text=to_simplified(beside.text))
    return replace(block, text=to_simplified(block.text), beside=beside, language=Variety.SIMPLIFIED)
