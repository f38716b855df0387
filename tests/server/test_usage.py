"""What was used and may be, over HTTP and as pages; and what an order costs, told before it starts."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bauhinia.models import FakeModel, pseudo_reply
from bauhinia.pilot.orders import AnyOrder, RedraftOrder, SummariseOrder, TranslateOrder
from bauhinia.store import Database

from .conftest import OpenSite, Site

SAMPLES = Path(__file__).parents[2] / "samples"
LIMIT = {"scope": "each officer", "measure": "requests", "period": "day", "most": 2}


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    yield await open_site(FakeModel(pseudo_reply))


async def asked(site: Site) -> tuple[int, Mapping[str, str], Any]:
    body = {"messages": [{"role": "user", "content": "Good morning."}]}
    async with site.client.post(f"{site.url}/v1/chat/completions", json=body) as answer:
        return answer.status, answer.headers, await answer.json()


async def test_a_program_is_told_that_the_quota_is_used_up_and_until_when(site: Site) -> None:
    status, made = await site.json("PUT", "/api/quotas", json=LIMIT)
    assert status == 200, made
    for _ in range(2):
        assert (await asked(site))[0] == 200
    status, headers, body = await asked(site)
    assert (status, body["error"]["code"]) == (429, "insufficient_quota")
    assert 0 < int(headers["retry-after"]) <= 86_400
    status, told = await site.json("GET", "/api/quotas?use=api.chat")
    assert [(each["used"], each["left"]) for each in told["standings"]] == [(2, 0)]
    assert (await site.json("DELETE", f"/api/quotas/{made['id']}"))[0] == 200
    assert (await asked(site))[0] == 200


async def test_setting_a_quota_is_in_the_ledger(site: Site, database: Database) -> None:
    await site.json("PUT", "/api/quotas", json=LIMIT)
    await site.json("DELETE", "/api/quotas/404")
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body::jsonb->>'deed', body::jsonb->>'outcome' FROM ledger")
        rows = await cursor.fetchall()
    assert rows == [("quotas.set", "answered"), ("quotas.remove", "refused")]


@pytest.mark.parametrize(
    "wrong", [{"scope": "nobody"}, {"most": -1}, {"warn_at": 0}, {"scope": "use"}, {"more": 1}]
)
async def test_what_is_no_quota_is_refused(site: Site, wrong: dict[str, Any]) -> None:
    status, body = await site.json("PUT", "/api/quotas", json=LIMIT | wrong)
    assert status in (400, 422) and body["error"]["message"]


async def test_the_month_is_shown_and_had_as_a_table(site: Site) -> None:
    for _ in range(3):
        await asked(site)
    async with site.client.get(f"{site.url}/usage?whose=all") as answer:
        text = await answer.text()
    assert answer.status == 200 and "Altogether 3 requests" in text and "Programs: chat" in text
    async with site.client.get(f"{site.url}/usage.csv") as answer:
        [row] = list(csv.DictReader(io.StringIO((await answer.text()).removeprefix("\ufeff"))))
    assert (row["use"], row["requests"], row["cost"]) == ("api.chat", "3", "0.000000")
    assert (await site.json("GET", "/api/usage?month=2020-01"))[1] == []
    assert (await site.json("GET", "/api/usage?month=13"))[0] in (400, 422)


async def test_a_quota_is_set_on_the_page(site: Site) -> None:
    form = {"scope": "use", "subject": "api.chat", "measure": "cost", "period": "month", "most": "1,250.50"}
    async with site.client.post(f"{site.url}/usage/quotas", data=form) as answer:
        assert answer.status == 200 and "HK$1,250.50" in await answer.text()
    async with site.client.post(f"{site.url}/usage/quotas", data=form | {"most": "much"}) as answer:
        assert answer.status == 400 and "not a number" in await answer.text()


ORDERS = {
    "translate": lambda key: TranslateOrder(document=key, to="zh-HK"),
    "redraft": lambda key: RedraftOrder(document=key, manner="plain"),
    "summarise": lambda key: SummariseOrder(documents=[key]),
}


@pytest.mark.parametrize("kind", ORDERS)
@pytest.mark.parametrize("name", ["circular-en.docx", "minutes-en.docx", "tender-notice-en.docx"])
async def test_a_forecast_is_right_to_about_a_half(
    site: Site, database: Database, kind: str, name: str
) -> None:
    card = await site.office.add((SAMPLES / name).read_bytes(), name)
    order: AnyOrder = ORDERS[kind](card.id)
    work = (await site.office.forecast(order)).work
    task = await site.office.start(order)
    assert (await site.office.tasks.wait(task)).status == "done"
    requests, tokens = await used(database, task)
    said = work.usage.prompt_tokens + work.usage.completion_tokens
    assert 0.5 <= work.requests / requests <= 2
    assert 0.5 <= said / tokens <= 2


async def used(database: Database, task: str) -> tuple[int, int]:
    """Chat requests and tokens of a task."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT count(*), sum(prompt_tokens + completion_tokens)::bigint FROM usage"
            " WHERE task = %s AND completion_tokens > 0",
            (task,),
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


async def test_an_order_that_is_too_much_is_told_so_before_it_starts(site: Site) -> None:
    card = await site.office.add((SAMPLES / "minutes-en.docx").read_bytes(), "minutes-en.docx")
    form = {"document": card.id, "to": "zh-HK"}
    async with site.client.post(f"{site.url}/forecast/translate", data=form) as answer:
        before = await answer.text()
    await site.json("PUT", "/api/quotas", json=LIMIT | {"most": 20})
    async with site.client.post(f"{site.url}/forecast/translate", data=form) as answer:
        after = await answer.text()
    assert "This will use about" in before and "quota" not in before
    assert "only 20 requests left" in after
    status, told = await site.json("POST", "/api/estimate", json={"kind": "translate", "order": form})
    assert status == 200 and told["fits"] is False and told["quotas"][0]["left"] == 20
    status, told = await site.json("POST", "/api/estimate", json={"kind": "translate", "order": {}})
    assert status == 400 and told["error"]["message"]
