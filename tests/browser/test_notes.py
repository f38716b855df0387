"""Meeting notes in a real browser: on a phone, by keyboard, corrected and taken as Word; a recording heard, cancelled."""

from __future__ import annotations

import asyncio
import io
import os
import wave
from pathlib import Path
from typing import Any

import axe_core_python
import docx
import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel
from bauhinia.models.hearing import Heard, Segment

from .conftest import OpenVisit, Serve

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"
PHONE = {"width": 360, "height": 740}
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SAMPLE = (Path(__file__).resolve().parents[2] / "samples" / "meeting-en.txt").read_text(encoding="utf-8")
BORNE = "The lift of the footbridge at Example Road has been out of service since 12 February."


async def violations(page: Page) -> list[Any]:
    await page.wait_for_load_state("load")  # a sheet that is on its way leaves letters without colours
    await page.evaluate(AXE)
    found: list[Any] = await page.evaluate(RUN)
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]


async def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_notes_are_found_corrected_and_taken_as_word(
    serve: Serve, visit: OpenVisit, tmp_path: Path, scheme: str
) -> None:
    server = serve(FakeModel(lambda _: f"{BORNE} The repair will cost HK$3 million."))
    seen = await visit(server, viewport=PHONE, color_scheme=scheme)
    page = await seen.go("/chat/notes")
    assert await violations(page) == [] and not await page.evaluate(WIDE)
    await shot(page, f"notes-form-{scheme}")
    await page.get_by_role("textbox", name="Or what was said").fill(SAMPLE)
    await page.get_by_role("button", name="Find the notes").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notes found")
    assert await violations(page) == [] and not await page.evaluate(WIDE)
    second = page.get_by_role("group", name="Action 2")
    await expect(second.get_by_role("combobox", name="Owner")).to_have_value("Secretary")
    await expect(second.get_by_role("list", name="Rests on")).to_contain_text("00:01:20")
    await second.get_by_role("combobox", name="Owner").fill("Clerk")
    await page.get_by_role("group", name="Decision 2").get_by_role("checkbox", name="Keep").press("Space")
    await page.get_by_role("button", name="Write a summary").press("Enter")
    await expect(page.locator("#summary-label")).to_contain_text("Sentences left out: 1.")
    await expect(page.locator("#summary li")).to_contain_text([BORNE])
    await shot(page, f"notes-found-{scheme}")
    await second.get_by_role("link", name="line 9").press("Enter")
    await expect(page.locator("#line-9")).to_be_visible()
    assert await violations(page) == []
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Minutes as Word (.docx)").press("Enter")
    download = await started.value
    assert download.suggested_filename == "Minutes 2026-03-04.docx"
    await download.save_as(tmp_path / "minutes.docx")
    body = docx.Document(str(tmp_path / "minutes.docx")).element.body
    words = "\n".join(each.text for each in body.iter() if each.text)
    assert "Clerk (by 10 March 2026)" in words and BORNE in words and "leave that for the next" not in words


class ScriptedHearer:
    """Hears one line, or nothing until it is stopped."""

    model = "scripted"

    def __init__(self) -> None:
        self.waits = asyncio.Event()
        self.slow = True
        self.stopped = False

    async def hear(self, wav: bytes, language: str) -> Heard:
        assert wav.startswith(b"RIFF") and language == "yue"
        if self.slow:
            try:
                await asyncio.Event().wait()
            finally:
                self.stopped = True
        return Heard(segments=(Segment(5.0, 7.0, "我哋同意", doubtful=True),), model=self.model)

    async def stop(self) -> None:
        """Nothing was opened."""


async def test_a_recording_is_cancelled_and_heard_again(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    hearer = ScriptedHearer()
    server.office.gateway.media.__dict__["hearer"] = hearer
    page = await (await visit(server, viewport=PHONE)).go("/chat/notes")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
        file.writeframes(bytes(32_000))
    recording = {"name": "meeting.wav", "mimeType": "audio/wav", "buffer": out.getvalue()}
    await page.get_by_label("File").set_input_files(recording)
    await page.get_by_label("Language of the recording").select_option("yue")
    await page.get_by_role("button", name="Find the notes").press("Enter")
    await expect(page.locator("#work-told")).to_contain_text("written down")
    assert await violations(page) == []
    await page.get_by_role("button", name="Cancel").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("Cancelled")
    hearer.slow = False
    await page.get_by_role("button", name="Find the notes").press("Enter")
    text = page.get_by_role("textbox", name="Or what was said")
    await expect(text).to_have_value("[00:00:05] [?] 我哋同意")
    await expect(text).to_be_focused()
    assert hearer.stopped
    await text.fill("[00:00:05] 主席：我哋同意")
    await page.get_by_role("button", name="Find the notes").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Notes found")
    await expect(page.get_by_text("Written down by AI (scripted).")).to_be_visible()
