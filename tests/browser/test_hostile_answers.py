"""Whatever a model writes, a reader's browser asks no other origin for anything and runs nothing."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from html import escape

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from bauhinia.models import FakeModel
from bauhinia.models.backend import ChatRequest
from bauhinia.pilot.orders import TranslateOrder
from bauhinia.server.markdown import render

from .conftest import ARGUMENTS, CHROMIUM, OpenVisit, Serve, Visit
from .hostile_answers import ANSWERS

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
EVERY = len(ANSWERS)


class OtherOrigin:
    """Every other host of the world: keeps the first words of each connection, which name the host meant (in
    HTTP's `Host`, in TLS's server name)."""

    def __init__(self) -> None:
        self.greetings: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    @property
    def reached(self) -> list[bytes]:
        """Connections that no other host's name explains: Chromium itself looks for updates of its own."""
        return [said for said in self.greetings if not re.search(rb"google|gvt1|chrom", said)]

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(1)
            with suppress(OSError):
                self.greetings.append(connection.recv(4_096))
            connection.close()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(scope="module")
def other() -> Iterator[OtherOrigin]:
    there = OtherOrigin()
    yield there
    there.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(other: OtherOrigin) -> AsyncIterator[Browser]:
    """A Chromium for which every name but this machine's own leads to `other`: what Playwright does not see
    (a connection opened early, a name looked up) is seen there."""
    mapped = f"--host-resolver-rules=MAP * 127.0.0.1:{other.port}, EXCLUDE 127.0.0.1"
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, mapped])
        yield opened
        await opened.close()


def answered(request: ChatRequest) -> str:
    """The hostile answer of that paragraph; the title gets the first."""
    found = re.search(r"第(\d+)項", request.messages[-1].content)
    return ANSWERS[int(found[1])] if found else ANSWERS[0]


DOCUMENT = "\n\n".join(f"有關事項已經載於文件第{n}項。" for n in range(EVERY))


async def nothing_happened(page: Page, window: Visit, other: OtherOrigin) -> None:
    """Move over everything, wait until the page is still, and see that nothing came of it."""
    await page.evaluate(
        "() => document.querySelectorAll('.text *').forEach(each => {"
        " for (const name of ['pointerover', 'mouseover', 'focus', 'toggle', 'load', 'error'])"
        " each.dispatchEvent(new Event(name)) })"
    )
    await page.wait_for_load_state("networkidle")
    assert window.off_origin() == []
    assert other.reached == []
    assert await page.evaluate("window.owned") is None
    assert page.url.startswith(window.url)


async def test_no_hostile_answer_makes_the_browser_leave_the_origin(
    serve: Serve, visit: OpenVisit, other: OtherOrigin
) -> None:
    assert EVERY >= 120 and len(set(ANSWERS)) == EVERY
    server = serve(FakeModel(answered, first_delay=0.02))
    document = server.document(DOCUMENT, "items.md")
    order = TranslateOrder(document=document, to="en")
    task = server.run(server.office.start(order))
    window = await visit(server)
    other.greetings.clear()
    page = await window.go(f"/tasks/{task}")
    await expect(page.locator("#live-passages > div").nth(20)).to_be_attached(timeout=60_000)
    await expect(page.locator(".status-done")).to_be_visible(timeout=200_000)
    shown = await page.locator(".pair .passage").evaluate_all("all => all.map(one => one.dataset.text)")
    assert len(shown) == EVERY
    assert sum("evil" in text.casefold() or "owned" in text for text in shown) >= 120
    await nothing_happened(page, window, other)
    await page.reload()
    await nothing_happened(page, window, other)


async def test_the_same_answers_without_the_renderer_would_leave_it(
    visit: OpenVisit, serve: Serve, other: OtherOrigin, browser: Browser
) -> None:
    """That the counting counts: the browser is given what the renderer is there to hold back."""
    other.greetings.clear()
    context = await browser.new_context()
    page = await context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    raw = [text for text in ANSWERS if text.startswith("<img") or text.startswith("<link")]
    await page.set_content("".join(f"<div>{text}</div>" for text in raw), wait_until="commit")
    await page.wait_for_timeout(300)
    assert sum("evil.example" in url for url in asked) >= 5
    assert any(b"evil.example" in said for said in other.reached)
    await context.close()


@pytest.mark.parametrize("text", ANSWERS, ids=range(EVERY))
async def test_what_is_rendered_has_no_element_that_loads(text: str) -> None:
    markup = render(text)
    loading = r"<(?!/?(?:p|br|hr|strong|em|s|code|pre|blockquote|ul|ol|li|h[3-6]|table|t[rhd]|thead|tbody|a|mark)\b)"
    assert not re.search(loading, markup), escape(markup)
    assert not re.search(r"<[a-z]+[^>]*\s(?:src|srcset|style|on\w+|ping|background)\s*=", markup), markup
