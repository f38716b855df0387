"""What an auditor sees: figures with the rows behind them, evidence, the report and the policy as files."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest
import yaml

import bauhinia
from bauhinia.documents import read_document
from bauhinia.guideline.evidence import kinds
from bauhinia.guideline.figures import figure_kinds
from bauhinia.guideline.organisation_policy import policy_items
from bauhinia.settings import Limits

from .conftest import Site

PACKAGE = Path(bauhinia.__file__).parent


async def text_of(site: Site, path: str) -> tuple[int, str]:
    async with site.client.get(site.url + path) as answer:
        return answer.status, await answer.text()


async def read(site: Site, path: str, name: str) -> str:
    """The words of a file that the server made, read as any other document."""
    async with site.client.get(site.url + path) as answer:
        assert answer.status == 200, await answer.text()
        document = await read_document(await answer.read(), name, limits=Limits())
    return "\n".join(block.text for block in document.blocks)


def figure(page: str, name: str) -> tuple[int, str]:
    """The count that the page shows beside that name, and the rows."""
    found = re.search(re.escape(name) + r"</th><td>([\d,]+)</td>\s*<td>(?:<a [^>]*>)?([^<]*)", page)
    assert found is not None, name
    return int(found[1].replace(",", "")), found[2]


async def test_figures_are_counted_in_the_ledger(site: Site) -> None:
    _, before = await text_of(site, "/audit")
    head = (await site.office.gateway.ledger.head()).seq
    await site.finished()
    _, after = await text_of(site, "/audit")
    answered = figure(after, "Answers given and labelled")
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM ledger WHERE body::jsonb->>'outcome' = 'answered' AND body::jsonb->>'kind' = 'chat'"
        )
        row = await cursor.fetchone()
    assert row is not None and answered[0] == row[0] > figure(before, "Answers given and labelled")[0]
    assert int(answered[1].partition("–")[2]) > head
    status, one = await text_of(site, "/audit/reliability?begins=2020-01-01&ends=2020-12-31")
    assert status == 200 and figure(one, "Answers given and labelled") == (0, "none")
    assert "D-2.1.3.4-02" in one and "D-2.1.2-05" not in one


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/audit/nothing", "There is no such dimension."),
        ("/audit?begins=soon", "That is no day."),
        ("/audit?begins=2026-02-01&ends=2026-01-01", "The period ends before it begins."),
    ],
)
async def test_what_is_no_dimension_or_period_is_told(site: Site, path: str, said: str) -> None:
    status, page = await text_of(site, path)
    assert status == 400 and said in page


@pytest.mark.parametrize("form", ["docx", "pdf"])
async def test_the_annual_report_in_both_languages(site: Site, form: str) -> None:
    await site.finished()
    english = await read(site, f"/audit/report?form={form}&language=en", f"report.{form}")
    chinese = await read(site, f"/audit/report?form={form}&language=zh", f"report.{form}")
    for said in (
        "annual compliance report",
        "The ledger was read from its first entry",
        "pilot.summarise",
        "D-2.",
    ):
        assert said in english
    for said in ("年度合規報告", "已由首項至第", "個人資料私隱", "人工智能用途登記冊"):
        assert said in chinese.replace("\n", "")


@pytest.mark.parametrize("form", ["docx", "pdf"])
async def test_the_policy_has_its_fifteen_items_filled_from_the_settings(site: Site, form: str) -> None:
    async with site.client.post(
        f"{site.url}/policy/P-15", data={"en": "The Secretary decides.", "zh": "由秘書決定。"}
    ) as answer:
        assert answer.status == 200
    english = await read(site, f"/policy/file?form={form}&language=en", f"policy.{form}")
    chinese = (await read(site, f"/policy/file?form={form}&language=zh", f"policy.{form}")).replace("\n", "")
    assert len(policy_items()) == 15
    for number, item in enumerate(policy_items().values(), 1):
        assert f"{number}. {item.en}" in english and item.zh in chinese
    for said in ("fake", "Summaries", "2,000 pages", "The Secretary decides."):
        assert said in english.replace("\n", " ")
    assert "撮要" in chinese and "由秘書決定。" in chinese and "{" not in english + chinese


async def test_evidence_is_kept_from_its_page(site: Site) -> None:
    said = dict.fromkeys(kinds()["evaluation"].fields, "As in the report.")
    async with site.client.post(
        f"{site.url}/evidence/evaluation",
        data={"subject": "Release 1", "held": "2026-11-01"} | said | {"results": ""},
    ) as answer:
        page = await answer.text()
        assert answer.status == 400 and "Still to be said: Results" in page
        assert "As in the report." in page and 'value="Release 1"' in page
    async with site.client.post(
        f"{site.url}/evidence/evaluation", data={"subject": "Release 1", "held": "2026-11-01"} | said
    ) as answer:
        assert answer.status == 200 and "Release 1" in await answer.text()
    _, page = await text_of(site, "/evidence")
    assert re.search(r"Evaluation of a model.*?Up to date.*?2026-11-01.*?2027-05-01", page, re.DOTALL)


async def test_a_figure_opens_the_very_rows_that_it_counts(site: Site) -> None:
    await site.finished()
    await site.json("POST", "/api/summarise", json={"documents": ["nothing"]})
    _, page = await text_of(site, "/audit")
    links = re.findall(r'<td>([\d,]+)</td>\s*<td><a href="(/ledger\?[^"]+)"', page)
    assert links
    for count, link in links:
        _, rows = await text_of(site, link.replace("&amp;", "&"))
        assert len(re.findall(r'<th scope="row"><a href="/ledger/\d+"', rows)) == min(int(count), 50), link


def test_figures_name_deeds_and_reasons_that_the_product_writes() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    policy = yaml.safe_load((PACKAGE / "guideline" / "policies" / "hk.yaml").read_text(encoding="utf-8"))
    classes = {f"unsafe_{each['id']}" for each in policy["classes"]}
    for kind in chain.from_iterable(figure_kinds().values()):
        assert kind.deeds or kind.reasons or kind.outcomes
        for deed in kind.deeds:
            assert f'"{deed}' in source, deed
        for reason in kind.reasons:
            assert reason in classes or f'"{reason}"' in source, reason
