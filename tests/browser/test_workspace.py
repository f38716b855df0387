"""The workspace in a real browser: upload, watch, read, check, edit, take away."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.async_api import Page, expect

from bauhinia.models import FakeModel
from bauhinia.pilot.orders import DraftOrder, SummariseOrder

from .conftest import ALSO_TRUE, SOURCE, TRUE, OpenVisit, Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = """Officers should read this. <script>window.hacked=1;alert(1)</script>
![chart](https://evil.example/chart.png) and ![again][ref] and [a link](https://evil.example/link).
<img src="https://evil.example/img.png" onerror="window.hacked=1"><svg onload="window.hacked=1"></svg>
<iframe src="https://evil.example/frame"></iframe><link rel="stylesheet" href="https://evil.example/x.css">
<style>@import "https://evil.example/y.css";</style> [run](javascript:window.hacked=1)
<object data="https://evil.example/o"></object> <video src="https://evil.example/v" autoplay></video>

[ref]: https://evil.example/ref.png
"""


def summary(server: Server, **order: str) -> str:
    return server.task(SummariseOrder(documents=[server.document()], **order))  # type: ignore[arg-type]


async def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until the element has the focus, as a person without a mouse does."""
    for _ in range(most):
        if await page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with Tab")


async def test_the_whole_road_by_keyboard_alone(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: f"{TRUE}\n{ALSO_TRUE}"))
    window = await visit(server, accept_downloads=True)
    page = await window.go("/")
    page.on("filechooser", lambda _: None)  # Playwright takes choosers over from now on, not a moment late.
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await tab_to(page, "#file")
    async with page.expect_file_chooser() as choosing:
        await page.keyboard.press("Enter")
    await (await choosing.value).set_files(
        {"name": "repairs.md", "mimeType": "text/markdown", "buffer": SOURCE.format(more="").encode()}
    )
    await expect(page.locator("#shelf input")).to_be_checked()
    await expect(page.locator("#announce")).to_have_text("Repair of footbridges is on the shelf.")
    await tab_to(page, "button[formaction='/summarise']")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/summarise?*")
    await expect(page.locator("#shelf input")).to_be_checked()
    await tab_to(page, "input[name=length]")
    await page.keyboard.press("ArrowUp")
    await tab_to(page, ".order-form .primary")
    await page.keyboard.press("Enter")
    await expect(page.locator(".status-done")).to_be_visible()
    assert server.run(server.office.tasks.list())[0].order["length"] == "short"
    await tab_to(page, ".cite")
    await page.keyboard.press("Enter")
    await expect(page.locator("mark.cited")).to_be_focused()
    assert await page.locator("mark.cited").text_content() == TRUE
    await expect(page.locator("#announce")).to_contain_text("Source 1 is highlighted")
    await page.keyboard.press("Escape")
    await expect(page.locator(".cite").first).to_be_focused()
    assert await page.locator("mark.cited").count() == 0
    await page.locator("main").focus()
    await tab_to(page, "a[download]")
    async with page.expect_download() as downloading:
        await page.keyboard.press("Enter")
    download = await downloading.value
    assert download.suggested_filename.endswith(".docx")


async def test_a_citation_marks_the_exact_characters_after_rare_ones(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: f"{TRUE}\n{ALSO_TRUE}"))
    task = summary(server)
    page = await (await visit(server)).go(f"/tasks/{task}")
    await page.locator(".cite").nth(1).click()
    assert await page.locator("mark.cited").text_content() == ALSO_TRUE
    block = await page.locator("mark.cited").evaluate("mark => mark.parentElement.textContent")
    assert block.startswith("Signs with the character 𠮷 mark the works.")
    await page.locator(".cite").nth(0).click()
    assert await page.locator("mark.cited").all_text_contents() == [TRUE]
    await page.locator("#back").click()
    await expect(page.locator(".cite").nth(0)).to_be_focused()


async def test_a_citation_far_down_comes_into_view(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE))
    filler = "\n\n".join(f"Paragraph {n} says nothing of note about anything." for n in range(150))
    document = server.document(f"# Long\n\n{filler}\n\n{TRUE}\n\n{filler}")
    task = server.task(SummariseOrder(documents=[document]))
    for width in (1280, 390):
        window = await visit(server, viewport={"width": width, "height": 800})
        page = await window.go(f"/tasks/{task}")
        await page.locator(".cite").first.click()
        await expect(page.locator("mark.cited")).to_be_in_viewport()


async def test_files_dropped_on_the_page_are_added_and_failures_are_told_in_place(
    serve: Serve, visit: OpenVisit
) -> None:
    window = await visit(serve(FakeModel()))
    page = await window.go("/")
    await page.wait_for_load_state("networkidle")
    await page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "one.md"));
            data.items.add(new File([], "empty.txt"));
            data.items.add(new File([text], "two.md"));
            document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
        }""",
        SOURCE.format(more=""),
    )
    await expect(page.locator("#shelf input:checked")).to_have_count(2)
    await expect(page.locator("#upload-errors")).to_contain_text(
        "empty.txt was not added. There is no text in the file."
    )
    # Chromium itself reports the 422 that was expected.
    assert [c for c in window.complaints if "422" not in c] == []
    window.complaints.clear()


async def test_a_file_over_the_limit_is_refused_before_it_is_sent(serve: Serve, visit: OpenVisit) -> None:
    window = await visit(serve(FakeModel()), language="zh-Hant-HK")
    page = await window.go("/")
    await page.wait_for_load_state("networkidle")
    await page.evaluate(
        """() => {
            const data = new DataTransfer();
            const file = new File(["x"], "huge.pdf");
            Object.defineProperty(file, "size", {value: 51e6});
            data.items.add(file);
            const event = new DragEvent("drop", {dataTransfer: data, bubbles: true});
            Object.defineProperty(event, "dataTransfer", {value: {types: ["Files"], files: [file]}});
            document.body.dispatchEvent(event);
        }"""
    )
    await expect(page.locator("#upload-errors")).to_contain_text("未能加入「huge.pdf」。 檔案超過 50 MB。")
    assert not any(url.endswith("/api/documents") for url in window.requests)


async def test_removing_a_document_asks_first(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel())
    server.document()
    window = await visit(server)
    page = await window.go("/")
    answers = iter(["dismiss", "accept"])
    page.on("dialog", lambda dialog: getattr(dialog, next(answers))())
    await page.get_by_role("button", name="Remove Repair of footbridges").click()
    await expect(page.locator(".entry")).to_have_count(1)
    await page.get_by_role("button", name="Remove Repair of footbridges").click()
    await expect(page.locator(".entry")).to_have_count(0)


async def test_cancel_stops_the_model(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE * 60, delay=0.1))
    document = server.document()
    page = await (await visit(server)).go(f"/summarise?document={document}")
    await page.locator(".order-form .primary").click()
    await expect(page.locator("#live-pieces")).to_contain_text("Highways Department")
    assert server.model.active == 1
    await page.locator("#cancel").click()
    await expect(page.locator(".status-cancelled")).to_be_visible()
    assert (server.model.active, server.model.cancelled) == (0, 1)
    await page.locator("#resume").click()
    await expect(page.locator(".status-running")).to_be_visible()


async def test_a_reload_during_the_stream_goes_on_to_the_result(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: f"{TRUE}\n{ALSO_TRUE}", delay=0.25))
    document = server.document()
    page = await (await visit(server)).go(f"/summarise?document={document}")
    await page.locator(".order-form .primary").click()
    await expect(page.locator("#live-pieces")).to_contain_text("The Highways")
    await page.reload()
    await expect(page.locator("#live-pieces")).to_contain_text("The Highways")
    await expect(page.locator("#progress-words")).to_contain_text("Reading and noting")
    await expect(page.locator(".status-done")).to_be_visible()
    await expect(page.locator(".bullets li")).to_have_count(2)
    assert re.match("Done: Summarise", await page.title())
    assert len(server.model.requests) == 1


async def test_a_lost_connection_is_taken_up_where_it_was(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: f"{TRUE}\n{ALSO_TRUE}", delay=0.4))
    document = server.document()
    window = await visit(server)
    page = await window.go(f"/summarise?document={document}")
    await page.locator(".order-form .primary").click()
    await expect(page.locator("#live-pieces")).to_contain_text("The Highways")
    asked = []
    page.on("request", lambda request: asked.append(request) if "/live" in request.url else None)
    for connection in list(server.server.server_state.connections):
        server._loop.call_soon_threadsafe(connection.transport.close)
    await expect(page.locator(".status-done")).to_be_visible()
    headers = await asked[0].all_headers()
    assert int(headers["last-event-id"]) > 0
    window.complaints.clear()  # Chromium reports the connection that was cut.


async def test_a_hostile_answer_fetches_nothing_and_runs_nothing(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: HOSTILE, delay=0.01))
    document = server.document(f"# Title\n\n{HOSTILE}", "hostile.txt")
    window = await visit(server)
    dialogs: list[str] = []
    page = await window.go(f"/draft?document={document}")
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await page.locator("#instructions").fill(HOSTILE)
    await page.locator(".order-form .primary").click()
    await expect(page.locator("#live-pieces, .status-done").first).to_contain_text(
        re.compile("Officers|Done")
    )
    await expect(page.locator(".status-done")).to_be_visible()
    await expect(page.locator(".pane.draft")).to_contain_text("Officers should read this.")
    await expect(page.locator(".source-body")).to_contain_text("evil.example")
    await window.go("/tasks")
    await window.go(f"/documents/{document}")
    await page.go_back()
    await page.go_back()
    await page.wait_for_load_state("networkidle")
    links = await page.locator(".pane.draft a").evaluate_all(
        "all => all.map(a => [a.textContent, a.href, a.rel])"
    )
    assert all(href in words and rel == "noreferrer noopener" for words, href, rel in links)
    assert await page.locator("main img, main iframe, main video, main object, main style").count() == 0
    assert await page.evaluate("window.hacked") is None
    assert dialogs == [] and window.off_origin() == []


async def test_an_edit_is_saved_by_itself_and_can_be_taken_back(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE))
    page = await (await visit(server)).go(f"/tasks/{summary(server)}")
    await page.locator(".edit").first.click()
    area = page.locator(".editor textarea")
    await expect(area).to_be_focused()
    await area.fill("Our own words.")
    await expect(page.locator(".editor-state")).to_have_text("Saved")
    await page.keyboard.press("Escape")
    await expect(page.locator(".passage .text")).to_have_text("Our own words.")
    await expect(page.locator(".edit").first).to_be_focused()
    await page.reload()
    await expect(page.locator(".passage .text")).to_have_text("Our own words.")
    await expect(page.locator(".edited-mark")).to_be_visible()
    await page.locator(".edit").first.click()
    await page.get_by_role("button", name="Restore the original").click()
    await expect(page.locator(".editor-state")).to_have_text("Saved")
    await page.reload()
    await expect(page.locator(".passage .text")).to_have_text(TRUE)
    await expect(page.locator(".edited-mark")).to_be_hidden()


async def test_an_edit_that_cannot_be_saved_is_not_lost(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE))
    window = await visit(server)
    page = await window.go(f"/tasks/{summary(server)}")
    await page.route("**/passages/*", lambda route: route.abort())
    await page.locator(".edit").first.click()
    await page.locator(".editor textarea").fill("Written while the server was away.")
    await expect(page.locator(".editor-state")).to_contain_text("Not saved yet")
    await page.unroute("**/passages/*")
    await page.reload()
    await expect(page.locator(".editor textarea")).to_have_value("Written while the server was away.")
    await expect(page.locator(".editor-state")).to_have_text("Saved")
    await page.reload()
    await expect(page.locator(".passage .text")).to_have_text("Written while the server was away.")
    window.complaints.clear()  # Chromium reports the request that was cut.


async def test_copy_puts_the_text_and_its_label_on_the_clipboard(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: TRUE))
    window = await visit(server, permissions=["clipboard-read", "clipboard-write"])
    page = await window.go(f"/tasks/{summary(server)}")
    await page.locator("#copy").click()
    await expect(page.locator("#announce")).to_have_text("Copied.")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert TRUE in copied and "Generated by AI" in copied


async def test_the_notice_of_a_loading_model_goes_when_it_is_ready(serve: Serve, visit: OpenVisit) -> None:
    ready = threading.Event()

    class Slow(FakeModel):
        async def start(self) -> None:
            import asyncio

            while not ready.is_set():  # noqa: ASYNC110  # set by another thread
                await asyncio.sleep(0.02)

    server = serve(Slow(lambda _: TRUE))
    page = await (await visit(server)).go("/")
    await expect(page.locator("[data-model-loading]")).to_contain_text("The model is loading")
    ready.set()
    await expect(page.locator("[data-model-loading]")).to_have_count(0)
    await expect(page.locator("#announce")).to_have_text("The model is ready.")


@pytest.mark.parametrize(
    ("name", "language", "heading"),
    [
        ("English", "en", "Work on a document"),
        ("繁體中文", "zh-Hant-HK", "處理文件"),
        ("简体中文", "zh-Hans", "处理文档"),
    ],
)
async def test_the_interface_speaks_three_languages(
    serve: Serve, visit: OpenVisit, name: str, language: str, heading: str
) -> None:
    page = await (await visit(serve(FakeModel()), language="none")).go("/")
    await page.get_by_role("button", name=name, exact=True).click()
    await expect(page.locator("h1")).to_have_text(heading)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await page.wait_for_load_state("load")  # with its style, which a busy machine brings later than the words
    first = await page.locator("h1").evaluate("h => getComputedStyle(h).fontFamily")
    assert ("PingFang SC" in first) == (language == "zh-Hans")


async def test_a_draft_shows_what_is_still_to_be_confirmed(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(lambda _: "The works begin on [to be confirmed: date]."))
    task = server.task(DraftOrder(type="memo", instructions="Tell the Highways Department."))
    page = await (await visit(server)).go(f"/tasks/{task}")
    await expect(page.locator("mark.gap").first).to_contain_text("[to be confirmed:")
    await expect(page.locator(".whole-findings")).to_contain_text("Still to be filled in")
