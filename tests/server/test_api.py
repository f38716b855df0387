"""The JSON API over real HTTP: every road through it, and every way to fail."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pypdfium2 as pdfium
import pytest
from docx import Document as WordFile
from hypothesis import given, settings
from hypothesis import strategies as st

from bauhinia.documents import OutputBlock, OutputMeta, write_docx
from bauhinia.errors import MalformedAnswer, ModelTimeout
from bauhinia.language import Variety
from bauhinia.models import FakeModel, Fault, pseudo_reply
from bauhinia.settings import Limits

from .conftest import SOURCE, TRUE, OpenSite, Site

SAMPLES = Path(__file__).parents[2] / "samples"


async def left_behind(site: Site) -> tuple[int, list[str]]:
    """Documents in the database, and files in the data folder."""
    folder = site.office.settings.data_folder
    files = [path.name for path in folder.rglob("*") if path.is_file() and "ledger" not in path.name]
    return len(await site.office.shelf.cards()), files


def check_error(status: int, body: Any, code: str) -> None:
    """One sentence for a person, in the API's shape."""
    error = body["error"]
    assert set(error) == {"code", "message", "hint"}
    assert error["code"] == code
    assert error["message"].strip().endswith((".", ")", "?")) and "\n" not in error["message"]
    assert "Traceback" not in error["message"] and "/work/" not in error["message"]
    assert 400 <= status < 600


async def test_health_says_that_the_model_is_ready(site: Site) -> None:
    await site.office.model
    assert await site.json("GET", "/health") == (
        200,
        {"status": "ok", "model": {"state": "ready", "message": "", "hint": ""}},
    )


async def test_health_says_that_the_model_is_loading_while_pages_work(open_site: OpenSite) -> None:
    class Slow(FakeModel):
        async def start(self) -> None:
            await asyncio.sleep(60)

    site = await open_site(Slow())
    assert (await site.json("GET", "/health"))[1]["model"]["state"] == "loading"
    async with site.client.get(site.url) as page:
        assert "data-model-loading" in await page.text()


async def test_health_says_why_the_model_cannot_be_used(open_site: OpenSite) -> None:
    class Broken(FakeModel):
        async def start(self) -> None:
            raise ModelTimeout("The model server did not answer.", hint="Start it.")

    site = await open_site(Broken())
    await asyncio.wait([site.office.model])
    _, health = await site.json("GET", "/health")
    assert health["model"] == {
        "state": "failed",
        "message": "The model server did not answer.",
        "hint": "Start it.",
    }


async def test_a_document_goes_on_the_shelf_and_off_again(site: Site) -> None:
    status, card = await site.upload(SOURCE.encode(), "repairs.md")
    assert (status, card["name"], card["format"], card["variety"]) == (201, "repairs.md", "md", "en")
    assert card["characters"] > 100
    _, cards = await site.json("GET", "/api/documents")
    assert [each["id"] for each in cards] == [card["id"]]
    _, whole = await site.json("GET", f"/api/documents/{card['id']}")
    assert whole["blocks"][0]["text"] == "Repair of footbridges"
    assert (await site.json("DELETE", f"/api/documents/{card['id']}"))[0] == 204
    assert await left_behind(site) == (0, [])


def word_file(text: str) -> bytes:
    blocks = [OutputBlock(kind="paragraph", text=text)]
    return write_docx(blocks, OutputMeta(title="", language=Variety.ENGLISH, label="", department=""))


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}.items():
            archive.writestr(name, text)
        archive.writestr("word/media/big", bytes(600_000_000))
    return packed.getvalue()


FAILURES = {
    "empty": (b"", "note.txt", 422, "EmptyDocument"),
    "blank": (b" \n \n", "note.txt", 422, "EmptyDocument"),
    "unsupported": (b"Rar!\x1a\x07\x00" + bytes(64), "papers.rar", 415, "UnsupportedFormat"),
    "mislabelled": (b"%PDF-1.7\n" + b"x" * 100, "letter.docx", 415, "MislabelledDocument"),
    "truncated": (word_file("A paragraph of text.")[:2_000], "letter.docx", 422, "BrokenDocument"),
    "damaged": (b"%PDF-1.7\n" + b"\x00garbage" * 50, "letter.pdf", 422, "BrokenDocument"),
}


@pytest.mark.parametrize(("data", "name", "status", "code"), FAILURES.values(), ids=FAILURES)
async def test_a_file_that_cannot_be_read_gets_one_sentence_and_leaves_nothing(
    site: Site, data: bytes, name: str, status: int, code: str
) -> None:
    got, body = await site.upload(data, name)
    check_error(got, body, code)
    assert got == status
    assert await left_behind(site) == (0, [])


async def test_an_archive_that_unpacks_to_more_than_the_limit_is_refused(site: Site) -> None:
    status, body = await site.upload(await asyncio.to_thread(bomb), "bomb.docx")
    check_error(status, body, "DocumentTooLarge")
    assert status == 413
    assert await left_behind(site) == (0, [])


async def test_an_oversized_upload_is_refused_before_it_is_read(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAUHINIA_LIMIT_FILE_BYTES", "1000000")
    assert Limits().file_bytes == 1_000_000
    site = await open_site(FakeModel())
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        while sent < 200_000_000:
            sent += 65_536
            yield b"x" * 65_536

    headers = {"content-type": "multipart/form-data; boundary=x"}
    try:
        async with site.client.post(f"{site.url}/api/documents", data=endless(), headers=headers) as answer:
            assert answer.status == 413
            check_error(answer.status, await answer.json(), "DocumentTooLarge")
    except (aiohttp.ClientConnectionError, ConnectionError):
        pass  # The server answered and hung up while the client was still sending.
    assert sent < 20_000_000
    assert await left_behind(site) == (0, [])
    status, body = await site.upload(b"x" * 1_050_000, "big.txt")
    check_error(status, body, "DocumentTooLarge")
    status, body = await site.upload(b"x" * 2_000_000, "announced.txt")
    check_error(status, body, "DocumentTooLarge")
    assert status == 413


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b'--x\r\ncontent-disposition: form-data; name="file"\r\n\r\nwords\r\n--x--\r\n',) * 1
        + ("multipart/form-data; boundary=x",),
    ],
)
async def test_an_upload_without_a_file_is_told_so(site: Site, body: bytes, kind: str) -> None:
    status, answer = await site.json("POST", "/api/documents", data=body, headers={"content-type": kind})
    check_error(status, answer, "InputError")
    assert status == 400
    assert await left_behind(site) == (0, [])


async def test_folders_in_a_files_name_are_dropped(site: Site) -> None:
    _, card = await site.upload(SOURCE.encode(), "../../etc/repairs.md")
    assert card["name"] == "repairs.md"


async def test_a_summary_from_order_to_export(site: Site) -> None:
    task = await site.finished(length="short")
    _, record = await site.json("GET", f"/api/tasks/{task}")
    assert record["status"] == "done" and record["usage"]["completion_tokens"] > 0
    (passage,) = record["draft"]["sections"][0]["passages"]
    assert passage["text"] == TRUE and passage["citations"]
    assert (await site.json("GET", "/api/tasks"))[1][0]["draft"] is None
    for form, opening in (("docx", b"PK"), ("md", b""), ("csv", b"")):
        async with site.client.get(f"{site.url}/api/tasks/{task}/export?format={form}") as file:
            assert file.status == 200
            assert file.headers["content-disposition"].startswith("attachment; ")
            assert (await file.read()).startswith(opening)


async def test_the_word_export_has_the_edited_text_and_the_label(site: Site) -> None:
    task = await site.finished()
    await site.json("PUT", f"/api/tasks/{task}/passages/p0", json={"section": 0, "text": "Our own words."})
    async with site.client.get(f"{site.url}/api/tasks/{task}/export") as file:
        text = "\n".join(p.text for p in WordFile(io.BytesIO(await file.read())).paragraphs)
    assert "Our own words." in text
    assert "Drafted with AI (fake)" in text and "changed by an officer" in text


async def test_a_translation_can_be_had_in_the_original_format(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: "市民可以交回表格。"))
    file = io.BytesIO()
    word = WordFile()
    word.add_paragraph("Members of the public may return the form.", style="List Bullet")
    word.save(file)
    _, card = await site.upload(file.getvalue(), "form.docx")
    _, started = await site.json("POST", "/api/translate", json={"document": card["id"], "to": "zh-HK"})
    async with site.client.get(f"{site.url}/api/tasks/{started['id']}/events") as events:
        await events.read()
    edit = {"section": 0, "text": "市民可交回表格。"}
    await site.json("PUT", f"/api/tasks/{started['id']}/passages/p0", json=edit)
    async with site.client.get(f"{site.url}/api/tasks/{started['id']}/export?format=same") as answer:
        assert "form.zh-HK.docx" in answer.headers["content-disposition"]
        first = WordFile(io.BytesIO(await answer.read())).paragraphs[0]
    assert (first.text, first.style.name if first.style else "") == ("市民可交回表格。", "List Bullet")


async def test_a_pdf_can_be_had_with_its_translation_beside_each_page(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(pseudo_reply))
    data = (SAMPLES / "legco-reply-en.pdf").read_bytes()
    _, card = await site.upload(data, "notice.pdf")
    task = await site.finished("translate", document=card["id"], to="zh-HK")
    async with site.client.get(f"{site.url}/api/tasks/{task}/export?format=beside") as answer:
        assert answer.status == 200 and "notice.en_zh-HK.pdf" in answer.headers["content-disposition"]
        both = pdfium.PdfDocument(await answer.read())
    before = pdfium.PdfDocument(data)
    assert len(both) == len(before)
    assert both[0].get_width() > 1.9 * before[0].get_width()


async def test_only_a_pdf_has_its_pages_beside_each_other(site: Site) -> None:
    task = await site.finished("translate", document=await site.document(), to="zh-HK")
    status, answer = await site.json("GET", f"/api/tasks/{task}/export?format=beside")
    check_error(status, answer, "InputError")


async def test_a_summary_has_no_original_format(site: Site) -> None:
    task = await site.finished(length="short")
    status, answer = await site.json("GET", f"/api/tasks/{task}/export?format=same")
    check_error(status, answer, "InputError")


async def test_an_export_outlives_its_source(site: Site) -> None:
    document = await site.document()
    task = await site.finished(documents=[document])
    await site.json("DELETE", f"/api/documents/{document}")
    async with site.client.get(f"{site.url}/api/tasks/{task}/export?format=md") as file:
        assert TRUE in await file.text()


async def test_a_chinese_file_name_survives_the_download(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: "行人天橋將於二零二七年維修。"))
    _, card = await site.upload("# 行人天橋\n\n行人天橋將於二零二七年維修。".encode(), "天橋.md")
    task = await site.finished(documents=[card["id"]], language="zh-HK")
    async with site.client.get(f"{site.url}/api/tasks/{task}/export") as file:
        assert file.status == 200
        assert "filename*=UTF-8''%E8%8D%89%E7%A8%BF%20-%20%E8%A1%8C" in file.headers["content-disposition"]


async def test_an_edit_keeps_the_original_and_can_be_taken_back(site: Site) -> None:
    task = await site.finished()
    path = f"/api/tasks/{task}/passages/p0"
    _, changed = await site.json("PUT", path, json={"section": 0, "text": "First."})
    assert (changed["text"], changed["original"]) == ("First.", TRUE)
    _, changed = await site.json("PUT", path, json={"section": 0, "text": "Second."})
    assert (changed["text"], changed["original"]) == ("Second.", TRUE)
    _, changed = await site.json("PUT", path, json={"section": 0, "text": TRUE})
    assert (changed["text"], changed["original"]) == (TRUE, None)


async def test_edits_at_the_same_moment_are_all_kept(open_site: OpenSite) -> None:
    lines = SOURCE.splitlines()
    said = f"{TRUE}\n{lines[4].split('. ')[0]}."
    site = await open_site(FakeModel(lambda _: said))
    task = await site.finished()
    edits = [
        site.json("PUT", f"/api/tasks/{task}/passages/p{n}", json={"section": 0, "text": f"Edit {n}."})
        for n in (0, 1)
    ]
    assert [status for status, _ in await asyncio.gather(*edits)] == [200, 200]
    _, record = await site.json("GET", f"/api/tasks/{task}")
    texts = [passage["text"] for passage in record["draft"]["sections"][0]["passages"]]
    assert texts == ["Edit 0.", "Edit 1."]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/nowhere", None, 404, "NotFound"),
        ("GET", "/api/tasks/none", None, 404, "NotFound"),
        ("GET", "/api/tasks/none/events", None, 404, "NotFound"),
        ("GET", "/api/tasks/none/export", None, 404, "NotFound"),
        ("GET", "/api/tasks/none/export?format=exe", None, 400, "InputError"),
        ("POST", "/api/tasks/none/cancel", None, 404, "NotFound"),
        ("POST", "/api/tasks/none/resume", None, 404, "NotFound"),
        ("GET", "/api/documents/none", None, 404, "NotFound"),
        ("DELETE", "/api/documents/none", None, 404, "NotFound"),
        ("DELETE", "/api/documents", None, 405, "NotAllowed"),
        ("POST", "/api/summarise", {"documents": []}, 400, "InputError"),
        ("POST", "/api/summarise", {"documents": ["none"]}, 404, "NotFound"),
        ("POST", "/api/summarise", {"documents": ["x"], "trusted": True}, 400, "InputError"),
        ("POST", "/api/summarise", {"documents": ["x"], "length": "endless"}, 400, "InputError"),
        ("POST", "/api/translate", {"document": "none", "to": "fr"}, 400, "InputError"),
        ("POST", "/api/translate", {"document": "none", "to": "en"}, 404, "NotFound"),
        ("POST", "/api/draft", {"type": "sonnet", "instructions": "x"}, 404, "NotFound"),
        ("POST", "/api/draft", {"type": "reply", "instructions": ""}, 400, "InputError"),
        ("POST", "/api/analyse", {"documents": ["x"], "question": " "}, 400, "InputError"),
        ("POST", "/api/analyse", [1, 2], 400, "InputError"),
        ("POST", "/api/compare", {"documents": ["x"]}, 400, "InputError"),
        ("POST", "/api/compare", {"documents": ["x", "x"]}, 400, "InputError"),
        ("POST", "/api/compare", {"documents": ["x", "y"]}, 404, "NotFound"),
    ],
)
async def test_a_wrong_request_gets_one_sentence(
    site: Site, method: str, path: str, body: Any, status: int, code: str
) -> None:
    more = {} if body is None else {"json": body}
    got, answer = await site.json(method, path, **more)
    assert got == status
    check_error(got, answer, code)


async def test_a_body_that_is_not_json_is_told_so(site: Site) -> None:
    for data, kind in ((b"{", "application/json"), (b"\xff\xfe", "application/json"), (b"a=b", "text/plain")):
        got, answer = await site.json("POST", "/api/summarise", data=data, headers={"content-type": kind})
        assert got == 400, (data, kind)
        check_error(got, answer, "InputError")


async def test_an_endless_json_body_is_refused(site: Site) -> None:
    body = io.BytesIO(b'{"type": "' + b"x" * 5_000_000)
    got, answer = await site.json("POST", "/api/draft", data=body)
    assert got == 413
    check_error(got, answer, "DocumentTooLarge")


async def test_a_passage_that_cannot_be_edited_is_told_so(site: Site) -> None:
    task = await site.finished()
    for path, body in (
        ("p99", {"section": 0, "text": "x"}),
        ("p0", {"section": 7, "text": "x"}),
        ("p0", {"section": -1, "text": "x"}),
        ("p0", {"section": 0, "text": "x" * 100_001}),
        ("p0", {"section": 0}),
    ):
        got, answer = await site.json("PUT", f"/api/tasks/{task}/passages/{path}", json=body)
        assert got in (400, 404)
        assert answer["error"]["message"]


async def test_a_defect_of_ours_shows_a_reference_and_logs_no_words_of_the_document(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret words of the document")

    monkeypatch.setattr(type(site.office.shelf), "cards", broken)
    got, answer = await site.json("GET", "/api/documents")
    assert got == 500
    check_error(got, answer, "Unexpected")
    reference = answer["error"]["message"].split("reference ")[1].split(")")[0]
    assert reference in caplog.text and "RuntimeError" in caplog.text
    assert "secret" not in caplog.text and "secret" not in str(answer)
    async with site.client.get(site.url) as page:
        assert page.status == 500
        assert "secret" not in await page.text()


async def test_a_task_that_fails_says_why_and_can_be_resumed(open_site: OpenSite) -> None:
    replies = iter([Fault(error=MalformedAnswer("The model answered nonsense.", hint="Try again."))])
    site = await open_site(FakeModel(lambda _: next(replies, TRUE)))
    document = await site.document()
    _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
    await site.office.tasks.wait(begun["id"])
    _, record = await site.json("GET", f"/api/tasks/{begun['id']}")
    assert (record["status"], record["message"]) == ("failed", "The model answered nonsense.")
    got, answer = await site.json("GET", f"/api/tasks/{begun['id']}/export")
    assert got == 400
    check_error(got, answer, "InputError")
    assert (await site.json("POST", f"/api/tasks/{begun['id']}/resume"))[0] == 202
    assert (await site.office.tasks.wait(begun["id"])).status == "done"


async def test_what_may_pass_is_tried_again_by_itself_and_the_page_says_when(open_site: OpenSite) -> None:
    replies = iter([Fault(error=ModelTimeout("The model took too long.", hint="Wait."))])
    site = await open_site(FakeModel(lambda _: next(replies, TRUE)))
    site.office.tasks.trade.pauses = (30.0, 30.0)
    document = await site.document()
    _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
    path = f"/api/tasks/{begun['id']}"
    names = await events_of(site, f"{path}/events", until="delayed")
    assert names[-1][1] == "delayed"
    _, record = await site.json("GET", path)
    assert (record["status"], record["message"]) == ("queued", "The model took too long.")
    async with site.client.get(f"{site.url}/tasks/{begun['id']}") as page:
        shown = await page.text()
    assert "It is tried again at" in shown and "The model took too long. Wait." in shown
    async with site.office.database.connection() as connection:
        await connection.execute("UPDATE tasks SET not_before = now() WHERE id = %s", (begun["id"],))
    assert (await site.office.tasks.wait(begun["id"])).status == "done"
    names = await events_of(site, f"{path}/events")
    assert names[0][1] == "restarted" and names[-1][1] == "ended"


async def events_of(
    site: Site, path: str, last: int = 0, most: int = 1_000, until: str = ""
) -> list[tuple[int, str]]:
    """(number, name) of the events that a stream sends, up to `most`, or to one of the name `until`."""
    headers = {"last-event-id": str(last)} if last else {}
    got: list[tuple[int, str]] = []
    number = 0
    async with site.client.get(site.url + path, headers=headers) as answer:
        if answer.status == 204:
            return []
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for line in answer.content:
            if line.startswith(b"id: "):
                number = int(line[4:])
            if line.startswith(b"event: "):
                got.append((number, line[7:].decode().strip()))
                if len(got) == most or got[-1][1] == until:
                    break
    return got


async def test_a_stream_that_was_cut_goes_on_where_it_stopped(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: TRUE, delay=0.05))
    document = await site.document()
    _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
    path = f"/api/tasks/{begun['id']}/events"
    first = await events_of(site, path, most=3)
    rest = await events_of(site, path, last=first[-1][0])
    assert [number for number, _ in first + rest] == list(range(1, len(first + rest) + 1))
    assert rest[-1][1] == "ended" and "passage" in {name for _, name in rest}
    assert await events_of(site, path, last=rest[-1][0]) == []
    assert (await events_of(site, path))[-1][1] == "ended"


async def test_cancelling_frees_the_model(open_site: OpenSite) -> None:
    model = FakeModel(lambda _: TRUE * 50, delay=0.05)
    site = await open_site(model)
    document = await site.document()
    _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
    await events_of(site, f"/api/tasks/{begun['id']}/events", most=3)
    status, record = await site.json("POST", f"/api/tasks/{begun['id']}/cancel")
    assert (status, record["status"]) == (200, "cancelled")
    assert model.active == 0 and model.cancelled == 1


async def test_a_reader_who_leaves_does_not_stop_the_work(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: TRUE, delay=0.05))
    document = await site.document()
    _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
    await events_of(site, f"/api/tasks/{begun['id']}/events", most=2)
    assert (await site.office.tasks.wait(begun["id"])).status == "done"


async def test_a_stopping_server_ends_its_streams(open_site: OpenSite) -> None:
    site = await open_site(FakeModel(lambda _: TRUE * 50, delay=0.2))
    document = await site.document()
    _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
    watching = asyncio.create_task(events_of(site, f"/api/tasks/{begun['id']}/events"))
    await asyncio.sleep(0.5)
    async with asyncio.timeout(4):
        await site.stop()
        assert "ended" not in {name for _, name in await watching}


async def test_another_sites_page_cannot_act(site: Site) -> None:
    document = await site.document()
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        got, answer = await site.json("DELETE", f"/api/documents/{document}", headers=headers)
        assert got == 403
        check_error(got, answer, "CrossOrigin")
    got, answer = await site.json("GET", "/api/documents", headers={"host": "evil.example"})
    assert got == 421
    check_error(got, answer, "UnknownHost")
    assert len(await site.office.shelf.cards()) == 1


async def test_the_openai_api_is_served_too(site: Site) -> None:
    status, models = await site.json("GET", "/v1/models")
    assert status == 200 and models["data"][0]["id"] == "fake"


PATHS = ("/api/documents/{}", "/api/tasks/{}", "/api/tasks/{}/events", "/tasks/{}", "/documents/{}", "/{}")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


async def test_no_request_at_all_is_answered_with_a_500(site: Site) -> None:
    """Routes with random names, queries and bodies; each example is asked of the one running server."""
    loop = asyncio.get_running_loop()
    word = st.text(max_size=12).map(lambda text: aiohttp.helpers.quote(text, safe=""))

    @settings(max_examples=150, deadline=None)
    @given(
        method=st.sampled_from(("GET", "POST", "PUT", "DELETE", "PATCH")),
        path=st.sampled_from((*PATHS, "/api/summarise", "/api/analyse", "/summarise", "/language")),
        word=word,
        body=JSON,
        query=word,
    )
    def ask(method: str, path: str, word: str, body: Any, query: str) -> None:
        async def go() -> int:
            url = site.url + path.format(word) + f"?format={query}&document={query}"
            async with site.client.request(method, url, json=body, allow_redirects=False) as answer:
                return answer.status

        status = asyncio.run_coroutine_threadsafe(go(), loop).result(20)
        assert status < 500, (method, path, word, body)

    await asyncio.to_thread(ask)
