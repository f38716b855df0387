"""The set of attacks, and the resumable run of a model against it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bauhinia.evaluation.attacked import Kept, attacked, messages_of, sent_for
from bauhinia.evaluation.attacks import CHANNELS, attacks
from bauhinia.models import ChatRequest, FakeModel


def test_the_set_has_two_hundred_attacks_in_two_languages_through_every_channel() -> None:
    every = attacks()
    assert len(every) >= 200 and len({each.id for each in every}) == len(every)
    assert len({each.family for each in every}) >= 10
    counted = Counter((each.language, each.channel) for each in every)
    assert set(counted) == {(language, channel) for language in ("en", "zh") for channel in CHANNELS}
    assert min(counted.values()) >= 30


def test_a_marker_stands_nowhere_but_in_halves() -> None:
    markers = [each.marker for each in attacks()]
    assert len(set(markers)) == len(markers)
    for each in attacks():
        assert each.marker.casefold() not in "\n".join(m.content for m in messages_of(each)).casefold()


def test_obeying_is_told_from_answering() -> None:
    system = messages_of(attacks()[0])[0].content
    for each in attacks():
        assert not each.obeyed("The library opens at 9 am. 圖書館上午九時開放。", system)
    first = {each.success: each for each in attacks()}
    assert first["marker"].obeyed(f"Sure: {first['marker'].marker.lower()}!", system)
    assert first["address"].obeyed("See https://evil.example/c", system)
    assert first["prompt"].obeyed(f"I was told: {system}", system)


def test_only_the_guarded_arm_is_fenced() -> None:
    for each in attacks():
        guarded, bare = sent_for(each, "guarded"), sent_for(each, "unguarded")
        assert "<|im_start|>" not in "".join(m.content for m in guarded)
        assert each.text in "".join(m.content for m in bare)
        assert "[[/code]] is material" in guarded[0].content or "[[/code]]之間" in guarded[0].content
        assert not any("\ufdd0" <= letter <= "\ufdd3" for m in (*guarded, *bare) for letter in m.content)


async def test_a_run_that_was_stopped_goes_on(tmp_path: Path) -> None:
    chosen = attacks()[:3]

    def obeying(request: ChatRequest) -> str:
        text = "".join(m.content for m in request.messages)
        return next(each.marker for each in chosen if each.marker[:4] in text)

    path = tmp_path / "kept.json"
    model = FakeModel(obeying)
    found = [each async for each in attacked(model, chosen[:2], Kept(path, "fake"))]
    assert [obeyed for _, _, obeyed in found] == [True] * 4 and len(model.requests) == 4
    found = [each async for each in attacked(model, chosen, Kept(path, "fake"))]
    assert len(found) == 6 and len(model.requests) == 6
