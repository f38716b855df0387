"""Cutting a document: never across a heading, never too long, every character with its place."""

from __future__ import annotations

from bauhinia.documents import read_document
from bauhinia.gateway import estimate_tokens
from bauhinia.knowledge import cut
from bauhinia.knowledge.passages import TOKENS
from bauhinia.settings import Limits

SAMPLES = ("consultation-paper-en.pdf", "circular-tc.docx", "minutes-tc.docx", "tender-notice-en.docx")


async def test_every_paragraph_is_in_one_passage_at_its_place() -> None:
    for name in SAMPLES:
        with open(f"samples/{name}", "rb") as file:  # noqa: ASYNC230, PTH123  # small
            document = await read_document(file.read(), name, Limits())
        passages = cut(document)
        assert all(0 < estimate_tokens(each.text) <= TOKENS for each in passages), name
        places = [anchor for each in passages for anchor in each.anchors]
        cited = "".join(document.quote(anchor) for anchor in places)
        body = "".join(block.text for block in document.blocks if block.kind not in ("header", "footer"))
        assert cited == body, name
        for each in passages:
            inside = [document.block(anchor.block).kind for anchor in each.anchors]
            first_text = next(
                (i for i, kind in enumerate(inside) if kind not in ("heading", "title")), len(inside)
            )
            assert not {"heading", "title"} & set(inside[first_text:]), name


async def test_a_passage_knows_its_page_and_its_headings() -> None:
    with open("samples/consultation-paper-en.pdf", "rb") as file:  # noqa: ASYNC230, PTH123  # small
        document = await read_document(file.read(), "consultation-paper-en.pdf", Limits())
    passages = cut(document)
    assert all(each.page == each.anchors[0].page for each in passages)
    assert passages[-1].page == document.pages
    assert any(len(each.headings) > 1 for each in passages)
