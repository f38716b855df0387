"""Drafts: laid out by their template; nothing in them that nobody gave."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from bauhinia.errors import InputError, NotFound
from bauhinia.language import Variety, fits
from bauhinia.models import ChatRequest, FakeModel
from bauhinia.pilot.orders import DraftOrder
from bauhinia.pilot.templates import FOLDER, Templates

from .conftest import OpenOffice, Work

SHIPPED = [
    "circular",
    "circular-memorandum",
    "file-note",
    "legco-reply",
    "letter",
    "memo",
    "minutes",
    "press-release",
    "public-notice",
    "reply",
    "speech",
    "tender-notice",
]


def _fields(request: ChatRequest, **known: str) -> str:
    assert request.schema is not None
    return orjson.dumps({name: known.get(name, "") for name in request.schema["properties"]}).decode()


async def test_facts_that_nobody_gave_become_gaps(open_with: OpenOffice, work: Work) -> None:
    def reply(request: ChatRequest) -> str:
        if request.schema is not None:
            return _fields(
                request, addressee="Ms Chan", reference="HAD/1-55/2", subject="an invented subject"
            )
        return "The lift will reopen on 15 May 2026. The works cost HK$9 million."

    office = await open_with(FakeModel(reply))
    order = DraftOrder(type="reply", instructions="Tell Ms Chan that the lift will reopen on 15 May 2026.")
    draft = await work(office, order)
    text = "\n".join(passage.text for passage in draft.passages())
    assert "Dear Ms Chan," in text
    assert "Our ref.: [to be confirmed: our reference]" in text
    assert "an invented subject" not in text
    assert "15 May 2026" in text
    assert "HK$9 million" not in text
    assert "[to be confirmed: amount]" in text
    removed = [f.values["added"] for p in draft.passages() for f in p.findings if f.check == "numbers"]
    assert all("9 million" in figure for figure in removed)
    assert len(removed) == 1
    assert [finding.check for finding in draft.findings] == ["gaps"]


async def test_a_figure_of_the_source_stays_and_is_cited(open_with: OpenOffice, work: Work) -> None:
    sentence = "The works will cost HK$9 million and end on 15 May 2026."
    office = await open_with(FakeModel(lambda r: _fields(r) if r.schema is not None else sentence))
    card = await office.shelf.add(sentence.encode(), "works.txt")
    draft = await work(
        office, DraftOrder(type="memo", instructions="Report on the works.", documents=[card.id])
    )
    written = [passage for passage in draft.passages() if "HK$9 million" in passage.text]
    assert written
    assert all(passage.citations and not passage.findings for passage in written)


@pytest.mark.parametrize("name", SHIPPED)
async def test_every_template_drafts_in_both_languages(open_with: OpenOffice, work: Work, name: str) -> None:
    def reply(request: ChatRequest) -> str:
        if request.schema is not None:
            return _fields(request)
        return (
            "The matter is noted."
            if "Hong Kong Government" in request.messages[0].content
            else "事項已經備悉。"
        )

    office = await open_with(FakeModel(reply))
    for language, variety in (("en", Variety.ENGLISH), ("zh-HK", Variety.TRADITIONAL)):
        draft = await work(
            office,
            DraftOrder(type=name, instructions="備悉" if language != "en" else "Note it.", language=language),
        )  # type: ignore[arg-type]
        text = "\n".join(passage.text for passage in draft.passages())
        assert fits(text, variety).ok, text
        assert "{" not in text


def test_the_shipped_templates_are_kinds_that_offices_write() -> None:
    assert sorted(template.name for template in Templates().all()) == SHIPPED
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == SHIPPED


def test_a_department_adds_and_replaces_templates_without_code(tmp_path: Path) -> None:
    text = (FOLDER / "memo.yaml").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(text.replace("name: memo", "name: file-note"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(text.replace("en: Memo,", "en: Our memo,"), encoding="utf-8")
    templates = Templates(tmp_path)
    assert templates.get("file-note").title["en"] == "Memo"
    assert templates.get("memo").title["en"] == "Our memo"
    with pytest.raises(NotFound) as caught:
        templates.get("sonnet")
    assert "memo" in caught.value.hint


@pytest.mark.parametrize("text", ["name: [", "name: x\nlines: []\n", "name: x\nextra: y\n"])
def test_a_broken_template_is_refused_by_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"broken\.yaml"):
        Templates(tmp_path)


async def test_a_server_that_ignores_schemas_leaves_gaps_and_breaks_nothing(
    open_with: OpenOffice, work: Work
) -> None:
    office = await open_with(
        FakeModel(lambda request: "The matter is noted." if request.schema is None else "[3]")
    )
    draft = await work(office, DraftOrder(type="memo", instructions="Note it."))
    assert "[to be confirmed: post of the sender]" in draft.passages()[0].text


@pytest.mark.parametrize(
    ("instructions", "language"),
    [
        ("回覆投訴人。升降機會於五月十五日重開。", "zh-HK"),
        ("Reply to the complainant. The lift reopens on 15 May.", "en"),
    ],
)
async def test_the_errand_itself_is_no_point_of_the_reply(
    open_with: OpenOffice, work: Work, instructions: str, language: str
) -> None:
    """Seen: 「已回覆投訴人」 in the reply to the person who complained."""
    asked: list[str] = []

    def reply(request: ChatRequest) -> str:
        if request.schema is not None:
            return _fields(request)
        asked.append(request.messages[-1].content)
        return "升降機會於五月十五日重開。" if language == "zh-HK" else "The lift reopens on 15 May."

    office = await open_with(FakeModel(reply))
    await work(office, DraftOrder(type="reply", instructions=instructions, language=language))  # type: ignore[arg-type]
    assert asked and all("投訴人" not in text and "complainant" not in text for text in asked)


SAID = {
    "en": (
        "DSD must clear 72 gullies before 15 August. The Highways Department must notify nearby shops. "
        "The Committee supported the works.",
        "The Drainage Services Department (DSD) must clear 72 gullies before 15 August.",
        "Record that DSD must clear 72 gullies before 15 August.",
        "Action",
        ["DSD", "[to be confirmed: action by]", "[to be confirmed: action by]"],
    ),
    "zh-HK": (
        "渠務署須在八月十五日前清理72個排水口。路政署須通知附近商戶。委員會通過支持有關工程。",
        "渠務署須在八月十五日前清理72個排水口。",
        "記錄各項決定和跟進工作的負責單位和日期，渠務署須在八月十五日前清理72個排水口。",
        "負責單位",
        ["渠務署", "[待確認：負責單位]", "[待確認：負責單位]"],
    ),
}


@pytest.mark.parametrize("from_source", [True, False], ids=["a source", "the instructions"])
@pytest.mark.parametrize("language", ["en", "zh-HK"])
async def test_each_item_of_minutes_says_who_has_to_act_or_leaves_a_gap(
    open_with: OpenOffice, work: Work, language: str, from_source: bool
) -> None:
    written, source, instructions, heading, parties = SAID[language]
    office = await open_with(FakeModel(lambda r: _fields(r) if r.schema is not None else written))
    documents = [(await office.shelf.add(source.encode(), "paper.txt")).id] if from_source else []
    order = DraftOrder(
        type="minutes",
        instructions=("Write the minutes." if language == "en" else "撰寫會議記錄。")
        if from_source
        else instructions,
        documents=documents,
        language=language,  # type: ignore[arg-type]
    )
    draft = await work(office, order)
    decided = [passage for passage in draft.passages() if passage.columns["line"] == "decided"]
    items, beside = decided[::2], decided[1::2]
    assert [passage.columns.get("number") for passage in items] == ["2.", "3.", "4."]
    assert not any(passage.run_on or "beside" in passage.columns for passage in items)
    assert [passage.text for passage in beside] == parties
    assert all(passage.run_on and passage.columns["beside"] == heading for passage in beside)
    assert not any("number" in passage.columns for passage in beside)
    (gaps,) = draft.findings
    assert parties[1] in gaps.values["missing"]


async def test_a_party_that_only_the_model_names_is_a_gap(open_with: OpenOffice, work: Work) -> None:
    said = "The Drainage Services Department must clear the gullies."
    office = await open_with(FakeModel(lambda r: _fields(r) if r.schema is not None else said))
    draft = await work(office, DraftOrder(type="minutes", instructions="The gullies must be cleared."))
    (beside,) = [passage for passage in draft.passages() if "beside" in passage.columns]
    assert beside.text == "[to be confirmed: action by]"
