"""Terms and the memory over HTTP."""

from __future__ import annotations

import io

import aiohttp

from .conftest import Site


async def test_a_term_that_is_put_is_listed_and_a_bad_one_is_refused(site: Site) -> None:
    status, _ = await site.json(
        "POST", "/api/terms", json={"id": "widget", "en": ["widget"], "zh": ["小器具"]}
    )
    assert status == 201
    _, listed = await site.json("GET", "/api/terms?words=widget")
    assert [term["zh"] for term in listed] == ["小器具"]
    status, said = await site.json("POST", "/api/terms", json={"id": "x", "en": ["x"], "zh": ["甲"]})
    assert status == 400 and "too short" in said["error"]["message"]


async def test_a_file_of_terms_is_taken_over_with_a_report(site: Site) -> None:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO("id,en,zh\na,alpha,甲甲\nb,,乙乙\n".encode()), filename="a.csv")
    status, report = await site.json("POST", "/api/terms/import", data=form)
    assert status == 200 and report["added"] == ["a"] and report["refused"][0]["place"] == "line 3"


async def test_a_confirmed_translation_is_found_at_once(site: Site) -> None:
    body = {"source": "Good morning.", "target": "早晨。", "to": "zh-HK"}
    status, learnt = await site.json("POST", "/api/memory", json=body)
    assert (status, learnt["added"]) == (201, 1)
    asked = {"source": "Good morning.", "to": "zh-HK"}
    _, (match,) = await site.json("POST", "/api/memory/look-up", json=asked)
    assert (match["score"], match["target"], match["confirmed_by"]) == (100, "早晨。", "Local officer")
    status, said = await site.json("POST", "/api/memory", json={**body, "target": "a\u0000b"})
    assert status == 400 and said["error"]["message"]
