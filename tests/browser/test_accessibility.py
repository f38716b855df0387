"""WCAG 2.2 AA: axe-core on every page, reflow, target size, in light and dark and in three languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.async_api import Page, expect

from bauhinia.models import ChatRequest, FakeModel
from bauhinia.models.fake import default_reply
from bauhinia.pilot.orders import AnalyseOrder, CompareOrder, DraftOrder, SummariseOrder, TranslateOrder
from bauhinia.server.words import LANGUAGES

from .conftest import SOURCE, TRUE, OpenVisit, Serve, Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = "rules => axe.run(document, {resultTypes: ['violations'], ...rules}).then(found => found.violations)"
EVERY_RULE: dict[str, Any] = {}
COLOURS = {"runOnly": ["color-contrast"]}
"""All that a colour scheme can change."""
TABLE = "| Bridge | Cost |\n|---|---|\n| Argyle Street | HK$3 million |\n| Nathan Road | HK$5 million |\n"
LONG_WORD = "https://www.example.gov/" + "very-long-address-without-a-break/" * 6


def reply(request: ChatRequest) -> str:
    """Something for every kind of task; a translation that drops its figures has findings."""
    if request.schema and "rows" in request.schema["properties"]:
        return '{"rows": [{"n": 1, "party": "The Highways Department", "action": "repair 42 footbridges"}]}'
    if request.schema:
        return default_reply(request)
    asked = request.messages[-1].content
    return "路政署會維修行人天橋。" if "Translate" in request.messages[0].content else f"{TRUE}\n{asked[:80]}"


def fill(server: Server) -> list[str]:
    """A document and a task of every kind; gives the paths of every page."""
    document = server.document(SOURCE.format(more=f"{TABLE}\n- one item\n- {LONG_WORD}"))
    later = server.document(
        SOURCE.format(more=f"{TABLE.replace('$5', '$6')}\n- {LONG_WORD}\n\nA new paragraph about 9 lifts."),
        "later.md",
    )
    tasks = [
        server.task(SummariseOrder(documents=[document], form="prose", language="both")),
        server.task(SummariseOrder(documents=[document])),
        server.task(TranslateOrder(document=document, to="zh-HK")),
        server.task(DraftOrder(type="reply", instructions="Answer.", documents=[document])),
        server.task(AnalyseOrder(documents=[document], mode="table")),
        server.task(CompareOrder(documents=[document, later])),
    ]
    return [
        *("/", f"/summarise?document={document}", "/translate", "/draft", "/analyse", "/compare"),
        *(f"/tasks/{task}" for task in tasks),
        f"/tasks/{tasks[2]}/editor",
        *(
            f"/tasks/{tasks[0]}/accept",
            f"/tasks/{tasks[2]}/accept",
            "/agree",
            "/risks",
            f"/tasks/{tasks[0]}/provenance",
        ),
        *(
            "/tasks",
            f"/documents/{document}",
            "/templates",
            "/terms",
            "/terms/candidates",
            "/label",
            "/about",
            "/api",
        ),
        *(
            "/guideline",
            "/guideline/D-2.1.2-03",
            "/held",
            "/privacy",
            "/evidence",
            "/evidence/evaluation",
            "/policy",
            "/audit",
            "/register",
        ),
    ]


async def settled(page: Page) -> None:
    """Wait until the scripts have run and the source pane, if there is one, is filled."""
    if await page.locator(".edit").count():
        await expect(page.locator(".edit").last).to_be_visible()
    for body in await page.locator(".source-body").all():
        await expect(body.locator(".block").first).to_be_visible()


async def violations(page: Page, rules: dict[str, Any] = EVERY_RULE) -> list[str]:
    """What axe calls serious or critical, once the page has its styles."""
    await page.wait_for_load_state("load")
    await page.evaluate(AXE)
    found: list[dict[str, Any]] = await page.evaluate(RUN, rules)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


async def test_axe_would_find_something(serve: Serve, visit: OpenVisit) -> None:
    page = await (await visit(serve(FakeModel(reply)))).go("/")
    await page.evaluate("document.querySelector('h1').insertAdjacentHTML('afterend', '<button></button>')")
    await page.evaluate("document.querySelector('h1').style.color = '#ddd'")
    found = await violations(page)
    assert [rule.split(" ")[0] for rule in found] == ["button-name", "color-contrast"]


@pytest.mark.parametrize(
    ("language", "scheme", "rules"),
    [*((language, "light", EVERY_RULE) for language in LANGUAGES), ("en", "dark", COLOURS)],
)
async def test_axe_finds_nothing_serious_on_any_page(
    serve: Serve, visit: OpenVisit, language: str, scheme: str, rules: dict[str, Any]
) -> None:
    server = serve(FakeModel(reply))
    window = await visit(server, language=language, color_scheme=scheme)
    found = {}
    for path in fill(server):
        page = await window.go(path)
        await settled(page)
        if await page.locator(".cite").count():
            await page.locator(".cite").first.click()
        if await page.locator(".edit").count():
            await page.locator(".edit").first.click()
        if wrong := await violations(page, rules):
            found[path] = wrong
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_where_things_go_wrong(
    serve: Serve, visit: OpenVisit, scheme: str
) -> None:
    server = serve(FakeModel(lambda _: TRUE * 60, delay=0.1))
    window = await visit(server, color_scheme=scheme)
    page = await window.go(f"/summarise?document={server.document()}")
    await page.locator(".order-form .primary").click()
    await expect(page.locator("#live-pieces")).to_contain_text("Highways")
    assert await violations(page) == []
    await page.locator("#cancel").click()
    await expect(page.locator(".status-cancelled")).to_be_visible()
    assert await violations(page) == []
    await page.goto(f"{server.url}/nowhere")
    assert await violations(page) == []
    await page.goto(f"{server.url}/analyse")
    await page.locator(".order-form .primary").click()
    await expect(page.locator("#problem")).to_be_focused()
    assert await violations(page) == []
    window.complaints.clear()  # Chromium reports the 404 and the 400 that were asked for.


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"viewport": {"width": 320, "height": 640}}, id="320 px"),
        pytest.param(
            {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}, id="200 % of 1280"
        ),
    ],
)
async def test_nothing_scrolls_sideways(
    serve: Serve, visit: OpenVisit, options: dict[str, Any], language: str
) -> None:
    server = serve(FakeModel(reply))
    window = await visit(server, language=language, **options)
    wide = {}
    for path in fill(server):
        page = await window.go(path)
        await settled(page)
        over = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            wide[path] = over
    assert wide == {}


SMALL = """() => [...document.querySelectorAll("button, input, select, textarea, nav a, .button, .entry-tools a")]
    .filter(one => one.checkVisibility() && getComputedStyle(one).opacity !== "0")
    .map(one => [one.outerHTML.slice(0, 90), one.closest("label")?.getBoundingClientRect() ?? one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html, box]) => `${html} ${box.width} x ${box.height}`)"""


async def test_every_control_is_at_least_24_pixels(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(reply))
    window = await visit(server)
    small = {}
    for path in fill(server):
        page = await window.go(path)
        await settled(page)
        if found := await page.evaluate(SMALL):
            small[path] = found
    assert small == {}


async def test_every_focused_control_shows_it(serve: Serve, visit: OpenVisit) -> None:
    server = serve(FakeModel(reply))
    window = await visit(server)
    page = await window.go(fill(server)[7])
    await settled(page)
    unseen = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        shown = await page.evaluate(
            "() => getComputedStyle(document.activeElement).outlineStyle !== 'none' || document.activeElement === document.body"
        )
        if not shown:
            unseen.append(await page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    assert unseen == []
