"""Finding passages: by words, by meaning, by both; one script for the other; nobody else's."""

from __future__ import annotations

import pytest

from bauhinia.errors import InputError, Refused
from bauhinia.gateway import Gateway
from bauhinia.knowledge import Library, Mode, Search
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer
from bauhinia.people.officer import acting_as
from bauhinia.settings import Limits, Settings
from bauhinia.store import Blobs, Database

from ..statements import OURS

FOOTBRIDGES = """# Repair of footbridges

The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.

# Licences

A restaurant that sells liquor needs a licence of the Liquor Licensing Board. The fee is HK$3,940 a year.
"""
CHINESE = """# 行人天橋維修

路政署會在二〇二七年三月三十一日或之前維修九龍的四十二條行人天橋。

# 牌照

食肆售賣酒類須領有酒牌局發出的牌照，每年費用為3,940元。
"""


@pytest.mark.parametrize("mode", ["hybrid", "vectors", "words"])
async def test_the_passage_that_answers_comes_first(library: Library, search: Search, mode: Mode) -> None:
    key = await library.create("Circulars", sheet=OURS)
    await library.add(key, "footbridges.md", FOOTBRIDGES.encode())
    hits = (await search.find("A restaurant that sells liquor needs which licence?", mode=mode)).hits
    assert hits[0].passage.text.startswith("Licences")
    assert hits[0].passage.headings[-1] == "Licences"
    assert (hits[0].by_vectors, hits[0].by_words) == {
        "hybrid": (1, 1), "vectors": (1, None), "words": (None, 1),
    }[mode]  # fmt: skip


async def test_one_script_finds_the_other_and_the_original_is_shown(library: Library, search: Search) -> None:
    key = await library.create("Circulars", sheet=OURS)
    await library.add(key, "chinese.md", CHINESE.encode())
    (hit, *_) = (await search.find("维修行人天桥", mode="words")).hits
    assert "路政署會在" in hit.passage.text
    (hit, *_) = (await search.find("發牌費用", mode="words")).hits
    assert "3,940元" in hit.passage.text


async def test_a_name_finds_its_name_in_the_other_language(library: Library, search: Search) -> None:
    key = await library.create("Circulars", sheet=OURS)
    await library.add(key, "chinese.md", CHINESE.encode())
    (hit, *_) = (await search.find("What will the Highways Department do?", mode="words")).hits
    assert "路政署" in hit.passage.text


async def test_a_collection_alone_can_be_asked(library: Library, search: Search) -> None:
    first, second = await library.create("First", sheet=OURS), await library.create("Second", sheet=OURS)
    await library.add(first, "footbridges.md", FOOTBRIDGES.encode())
    assert (await search.find("footbridges", collection=first)).hits
    assert (await search.find("footbridges", collection=second)).hits == []


async def test_nobody_finds_another_department_s_passages(library: Library, search: Search) -> None:
    await library.add(await library.create("Ours", sheet=OURS), "footbridges.md", FOOTBRIDGES.encode())
    stranger = Officer(id="stranger", department="Transport", name="Stranger")
    modes: list[Mode] = ["hybrid", "vectors", "words"]
    with acting_as(stranger):
        assert [(await search.find("repair footbridges", mode=mode)).hits for mode in modes] == [[], [], []]
        assert await library.collections() == []


async def test_a_question_has_words(search: Search) -> None:
    with pytest.raises(InputError):
        await search.find("  ")


async def test_what_the_embedder_may_not_see_is_not_kept(
    settings: Settings, database: Database, blobs: Blobs
) -> None:
    lowered = settings.model_copy(update={"embedder_classification": "unclassified"})
    door = Gateway(lowered, database, backend=FakeModel(), embedder=FakeEmbedder())
    library = Library(database, door, blobs, Limits())
    key = await library.create("Circulars", sheet=OURS)
    with pytest.raises(Refused):
        await library.add(key, "footbridges.md", FOOTBRIDGES.encode(), classification="restricted")
    assert await library.documents(key) == []
    with pytest.raises(InputError):
        await library.add(key, "footbridges.md", FOOTBRIDGES.encode(), classification="hidden")
    await library.add(key, "footbridges.md", FOOTBRIDGES.encode())
    await door.stop()


async def test_an_answer_is_classified_as_high_as_what_it_may_quote(library: Library) -> None:
    first, second = await library.create("First", sheet=OURS), await library.create("Second", sheet=OURS)
    fate = await library.add(first, "a.md", FOOTBRIDGES.encode(), classification="restricted")
    await library.add(second, "b.md", CHINESE.encode())
    assert await library.highest([fate.document]) == "restricted"
    assert await library.highest([]) == "unclassified"
    assert [await library.highest_in(each) for each in ("", first, second)] == [
        "restricted", "restricted", "unclassified",
    ]  # fmt: skip
