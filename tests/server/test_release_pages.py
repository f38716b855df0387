"""Terms before first use; a draft until a person accepts it; a second officer for the public: over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from bauhinia.guideline.acknowledgements import Acknowledgements
from bauhinia.guideline.checklists import checklists
from bauhinia.guideline.notice_texts import FOLDER, notices
from bauhinia.guideline.uses import Proposal
from bauhinia.models import FakeModel
from bauhinia.people import Officer, acting_as
from bauhinia.pilot.codec import draft_of, to_json
from bauhinia.pilot.draft import Passage
from bauhinia.pilot.explaining import account_of
from bauhinia.settings import Settings

from ..statements import OURS as STATED
from .conftest import SOURCE, TRUE, OpenSite, Site
from .test_signing_in import Member, member

HTML = {"accept": "text/html,application/xhtml+xml"}
COPIED = (
    "Every contractor shall keep a register of plant and shall produce that register on demand to any officer "
    "authorised by the Director, who may take copies of any entry in it and retain them for two years thereafter."
)


@pytest.fixture
async def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """With `@pytest.mark.parametrize("settings", [{...}], indirect=True)` some are set."""
    return settings.model_copy(update=getattr(request, "param", {}))


ACCOUNTS = pytest.mark.parametrize("settings", [{"sign_in": "accounts"}], indirect=True)


async def asked(site: Site, path: str, who: Member | None = None, **more: Any) -> tuple[int, str, str]:
    """Status, where it sends one, and the text of a page."""
    headers = {**HTML, **(who.cookie if who else {})}
    method = "POST" if "data" in more else "GET"
    async with site.client.request(
        method, site.url + path, headers=headers, allow_redirects=False, **more
    ) as answer:
        return answer.status, answer.headers.get("location", ""), await answer.text()


async def agree(site: Site, who: Member | None = None) -> None:
    """Accept all that is asked for, as a browser does."""
    _, _, text = await asked(site, "/agree", who)
    digests = re.findall('name="notice" value="([0-9a-f]+)"', text)
    form = [("agree", "yes"), ("next", "/tasks"), *(("notice", digest) for digest in digests)]
    assert (await asked(site, "/agree", who, data=form))[:2] == (303, "/tasks")


def form_of(text: str, audience: str = "internal", **more: str) -> list[tuple[str, str]]:
    """The form of the page on which a draft is accepted, with everything ticked."""
    digest = re.search('name="digest" value="([0-9a-f]+)"', text)
    assert digest is not None, text[:500]
    ticked = [("checked", item.id) for item in checklists().items]
    return [("audience", audience), ("digest", digest[1]), *more.items(), *ticked]


async def accept(
    site: Site, task: str, who: Member | None = None, audience: str = "internal", **more: str
) -> None:
    _, _, text = await asked(site, f"/tasks/{task}/accept", who)
    status, where, text = await asked(
        site, f"/tasks/{task}/accept", who, data=form_of(text, audience, **more)
    )
    assert (status, where) == (303, f"/tasks/{task}"), text[-3_000:]


async def exported(site: Site, task: str, form: str = "md", who: Member | None = None) -> tuple[str, str]:
    """Name and text of an exported file."""
    async with site.client.get(
        f"{site.url}/api/tasks/{task}/export?format={form}", headers=who.cookie if who else {}
    ) as answer:
        assert answer.status == 200, await answer.text()
        return answer.headers["content-disposition"], (await answer.read()).decode(errors="replace")


async def deeds(site: Site) -> list[tuple[str, str]]:
    """The ledger's deeds of releases, each with its reason."""
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb ->> 'deed', body::jsonb #>> '{decisions,0,2}' FROM ledger "
            "WHERE body::jsonb ->> 'deed' LIKE 'release.%' ORDER BY seq"
        )
        return list(await cursor.fetchall())


async def rewrite(site: Site, task: str, change: Callable[[Passage], Passage], more: str = "") -> None:
    """Change every passage of a draft, and add one that no source supports."""
    draft = draft_of(await site.office.task(task))
    [section] = draft.sections
    passages = [change(passage) for passage in section.passages]
    passages += [Passage(id="p90", kind="bullet", text=more)] if more else []
    changed = replace(draft, sections=(replace(section, passages=tuple(passages)),))
    await site.office.tasks.save_draft(task, to_json(changed))


async def test_a_page_asks_for_the_terms_first_and_a_program_never(site: Site) -> None:
    for path in ("/", "/tasks", "/summarise?document=x", "/usage"):
        status, where, _ = await asked(site, path)
        assert status == 303 and where.startswith("/agree?next=%2F"), path
    for path in ("/agree", "/risks", "/about", "/static/site.css", "/health", "/api/tasks"):
        assert (await asked(site, path))[0] == 200, path
    assert (await site.json("GET", "/api/documents"))[0] == 200
    await agree(site)
    assert (await asked(site, "/summarise"))[0] == 200
    assert "You have accepted all of this" in (await asked(site, "/agree"))[2]


@pytest.mark.parametrize("missing", ["agree", "notice"])
async def test_the_terms_are_accepted_as_a_whole_or_not_at_all(site: Site, missing: str) -> None:
    _, _, text = await asked(site, "/agree?next=/usage")
    digests = re.findall('name="notice" value="([0-9a-f]+)"', text)
    assert len(digests) == 4 and 'value="/usage"' in text
    form = [("agree", "yes"), *(("notice", digest) for digest in digests)]
    form.remove(("agree", "yes") if missing == "agree" else ("notice", digests[-1]))
    status, _, text = await asked(site, "/agree", data=form)
    assert status == 400 and 'role="alert"' in text
    assert (await asked(site, "/"))[0] == 303


@ACCOUNTS
async def test_each_officer_is_asked_and_nobody_unknown_sees_more(site: Site) -> None:
    await site.office.accounts.add_department("hyd", "HyD")
    one, other = await member(site, "one", "hyd"), await member(site, "other", "hyd")
    await agree(site, one)
    assert (await asked(site, "/", one))[0] == 200
    assert (await asked(site, "/", other))[1].startswith("/agree")
    assert (await asked(site, "/"))[1].startswith("/sign-in")
    assert (await asked(site, "/sign-in"))[0] == 200


async def test_a_risk_is_told_where_it_arises_and_on_a_page_of_its_own(site: Site) -> None:
    _, _, text = await asked(site, "/risks")
    for risk in ("R-hallucination", "R-mathematics", "R-data-leak", "R-rumour"):
        assert f'id="{risk}"' in text
    for told in ("Aim and benefit", "It cannot", "Terms of use", "Do not"):
        assert told in text
    assert 'href="/risks"' in (await asked(site, "/about"))[2]
    await agree(site)
    assert 'href="/risks#R-hallucination"' in (await asked(site, "/summarise"))[2]
    assert 'href="/risks#R-data-leak"' in (await asked(site, "/translate"))[2]


async def test_a_draft_says_so_until_a_person_accepts_it_and_again_after_an_edit(site: Site) -> None:
    task = await site.finished(form="bullets", language="en")
    name, text = await exported(site, task)
    assert "DRAFT" in name and "DRAFT – not checked by a person" in text
    await agree(site)
    assert "Draft: nobody has checked it yet" in (await asked(site, f"/tasks/{task}"))[2]
    told = (await site.json("GET", f"/api/tasks/{task}/release"))[1]
    assert (told["state"], told["final"], told["last"], told["checks"]["findings"]) == (
        "draft",
        False,
        None,
        [],
    )
    await accept(site, task)
    told = (await site.json("GET", f"/api/tasks/{task}/release"))[1]
    assert (told["state"], told["final"], told["last"]["audience"]) == ("accepted", True, "internal")
    name, text = await exported(site, task)
    assert "DRAFT" not in name and "Checked and accepted by Local officer" in text
    assert "Checked and accepted by Local officer" in (await asked(site, f"/tasks/{task}"))[2]
    status, _ = await site.json("PUT", f"/api/tasks/{task}/passages/p0", json={"text": "Another word."})
    assert status == 200
    name, text = await exported(site, task)
    assert "DRAFT" in name and "not checked" in text
    assert "Draft again" in (await asked(site, f"/tasks/{task}"))[2]
    assert await deeds(site) == [("release.accept.internal", "ok")]


async def test_who_accepts_signs_a_statement_that_is_kept(site: Site) -> None:
    task = await site.finished()
    await agree(site)
    await accept(site, task)
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT officer_name, statement, checked, audience FROM acceptances"
        )
        [(name, statement, checked, audience)] = await cursor.fetchall()
    assert name in statement and "take responsibility" in statement
    assert (audience, checked) == ("internal", ["facts", "figures", "unverified", "personal", "law"])


@pytest.mark.parametrize("missing", ["checked", "audience", "digest"])
async def test_a_draft_is_not_accepted_unchecked(site: Site, missing: str) -> None:
    task = await site.finished()
    await agree(site)
    _, _, text = await asked(site, f"/tasks/{task}/accept")
    form = form_of(text)
    if missing == "digest":
        await site.json("PUT", f"/api/tasks/{task}/passages/p0", json={"text": "Another word."})
    else:
        form.remove(next(pair for pair in form if pair[0] == missing))
    status, _, text = await asked(site, f"/tasks/{task}/accept", data=form)
    assert status == (409 if missing == "digest" else 400) and 'role="alert"' in text
    assert "DRAFT" in (await exported(site, task))[0]


async def test_what_no_passage_supports_is_badged_first_and_marked_in_files(site: Site) -> None:
    task = await site.finished(form="bullets", language="en")
    await rewrite(site, task, lambda passage: passage, "Asia has no better bridges.")
    await agree(site)
    page = (await asked(site, f"/tasks/{task}"))[2]
    assert page.count('class="badge badge-unverified"') == 1 and "1 statement is not verified" in page
    page = (await asked(site, f"/tasks/{task}/accept"))[2]
    table = page[page.index('class="claims"') :]
    assert table.index("Asia has no better bridges.") < table.index(TRUE)
    assert "No passage supports this." in table and f">{TRUE}</blockquote>" in table
    assert "Asia has no better bridges. (not verified)" in (await exported(site, task))[1]
    await accept(site, task)
    assert "(not verified)" not in (await exported(site, task))[1]


@ACCOUNTS
async def test_the_publics_text_needs_a_second_officer_of_the_department(site: Site) -> None:
    for key in ("hyd", "td"):
        await site.office.accounts.add_department(key, key.upper())
    author, second = await member(site, "author", "hyd"), await member(site, "second", "hyd")
    stranger = await member(site, "stranger", "td")
    for who in (author, second, stranger):
        await agree(site, who)
    with acting_as(author.officer):
        document = (await site.office.add(SOURCE.encode(), "a.md")).id
        begun = (
            await site.json("POST", "/api/summarise", json={"documents": [document]}, headers=author.cookie)
        )[1]
        await site.office.tasks.wait(begun["id"])
    task = begun["id"]
    assert (await asked(site, f"/tasks/{task}", second))[0] == 404
    await accept(site, task, author, "public", reviewer="second")
    name, text = await exported(site, task, who=author)
    assert "DRAFT" in name and "not yet by a second officer" in text
    approve = {"outcome": "approve", "confirmed": "yes"}
    assert (await asked(site, f"/tasks/{task}/review", author, data=approve))[0] == 403
    assert (await asked(site, f"/tasks/{task}/review", stranger, data=approve))[0] == 404
    with acting_as(author.officer):
        await site.office.sharing.share(author.officer, "task", task, "stranger")
    assert (await asked(site, f"/tasks/{task}/review", stranger, data=approve))[0] == 403
    assert (await asked(site, f"/tasks/{task}/review", second, data={"outcome": "approve"}))[0] == 400
    assert "Second review" in (await asked(site, f"/tasks/{task}/accept", second))[2]
    assert (await asked(site, f"/tasks/{task}/review", second, data=approve))[0] == 303
    name, text = await exported(site, task, who=author)
    assert "DRAFT" not in name and "approved for the public by Officer second" in text
    assert (await asked(site, f"/tasks/{task}/review", second, data=approve))[0] == 403
    assert ("release.review.approved", "ok") in await deeds(site)
    assert {("release.review", "own_text"), ("release.review", "not_of_department")} <= set(await deeds(site))


@ACCOUNTS
async def test_what_the_second_officer_gives_back_is_a_draft_with_the_reason(site: Site) -> None:
    await site.office.accounts.add_department("hyd", "HyD")
    author, second = await member(site, "author", "hyd"), await member(site, "second", "hyd")
    for who in (author, second):
        await agree(site, who)
    with acting_as(author.officer):
        document = (await site.office.add(SOURCE.encode(), "a.md")).id
        begun = (
            await site.json("POST", "/api/summarise", json={"documents": [document]}, headers=author.cookie)
        )[1]
        await site.office.tasks.wait(begun["id"])
    task = begun["id"]
    await accept(site, task, author, "public")
    back = {"outcome": "return", "why": "The date is wrong."}
    assert (await asked(site, f"/tasks/{task}/review", second, data={**back, "why": ""}))[0] == 400
    assert (await asked(site, f"/tasks/{task}/review", second, data=back))[0] == 303
    page = (await asked(site, f"/tasks/{task}", author))[2]
    assert "Draft: Officer second gave it back" in page and "The date is wrong." in page
    assert "DRAFT" in (await exported(site, task, who=author))[0]


async def test_where_nobody_signs_in_nothing_goes_to_the_public(site: Site) -> None:
    task = await site.finished()
    await agree(site)
    _, _, text = await asked(site, f"/tasks/{task}/accept")
    status, _, text = await asked(site, f"/tasks/{task}/accept", data=form_of(text, "public"))
    assert status == 403 and "second officer" in text
    assert await deeds(site) == [("release.accept", "no_second_officer")]


@ACCOUNTS
async def test_an_unchecked_draft_is_shared_only_by_who_confirms_it(site: Site) -> None:
    await site.office.accounts.add_department("hyd", "HyD")
    author, other = await member(site, "author", "hyd"), await member(site, "other", "hyd")
    await agree(site, author)
    with acting_as(author.officer):
        document = (await site.office.add(SOURCE.encode(), "a.md")).id
        begun = (
            await site.json("POST", "/api/summarise", json={"documents": [document]}, headers=author.cookie)
        )[1]
        await site.office.tasks.wait(begun["id"])
    task = begun["id"]
    body = {"task": task, "with": "other"}
    code, said = await site.json("POST", "/api/shares", json=body, headers=author.cookie)
    assert code == 403 and "still a draft" in said["error"]["message"]
    form = {"receiver": "other", "days": "7"}
    assert (await asked(site, f"/tasks/{task}/share", author, data=form))[0] == 403
    assert 'name="unverified"' in (await asked(site, f"/tasks/{task}", author))[2]
    assert (await asked(site, f"/tasks/{task}", other))[0] in (303, 404)
    assert (await asked(site, f"/tasks/{task}/share", author, data={**form, "unverified": "yes"}))[0] == 303
    await accept(site, task, author)
    assert 'name="unverified"' not in (await asked(site, f"/tasks/{task}", author))[2]
    assert (await site.json("POST", "/api/shares", json=body, headers=author.cookie))[0] == 201


async def test_what_must_not_leave_unseen_is_found_before_export(site: Site) -> None:
    collection = await site.office.library.create("Rules", sheet=STATED)
    await site.office.library.add(collection, "plant-rules.md", f"# Plant\n\n{COPIED}\n".encode())
    task = await site.finished(form="bullets", language="en")
    more = f"Males only: call Mr Chan on 2345 6789. {COPIED}"
    await rewrite(site, task, lambda passage: passage, more)
    await agree(site)
    page = (await asked(site, f"/tasks/{task}"))[2]
    assert "Personal data (phone): 1" in page and "“Males only” may discriminate" in page
    assert "plant-rules.md" in page and "word for word" in page
    assert "2345 6789" not in page[page.index('id="release"') : page.index('id="draft-title"')]
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute("SELECT result FROM release_checks WHERE task = %s", (task,))
        kept = [row[0] for row in await cursor.fetchall()]
    [result] = [one for one in kept if one["findings"]]
    assert {finding["check"] for finding in result["findings"]} == {"personal_data", "wording", "copied"}
    assert result["sources"] == 1 and result["looked_up"] == result["passages"] == 2
    assert "Nothing outside was searched" in page
    assert (await exported(site, task))[1]


async def test_a_source_that_is_cited_is_not_called_a_copy(site: Site) -> None:
    task = await site.finished(form="bullets", language="en")
    await exported(site, task)
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute("SELECT result FROM release_checks WHERE task = %s", (task,))
        [(result,)] = await cursor.fetchall()
    assert result["findings"] == []


@pytest.mark.parametrize("settings", [{"release_blocks": "wording,copied"}], indirect=True)
async def test_policy_keeps_in_what_it_names_until_it_is_gone(site: Site) -> None:
    task = await site.finished(form="bullets", language="en")
    await rewrite(site, task, lambda passage: passage, "Males only need apply for the post of engineer.")
    status, said = await site.json("GET", f"/api/tasks/{task}/export?format=md")
    assert status == 403 and "wording" in said["error"]["message"]
    await agree(site)
    page = (await asked(site, f"/tasks/{task}"))[2]
    assert "policy keeps this draft in" in page
    _, _, text = await asked(site, f"/tasks/{task}/accept")
    assert (await asked(site, f"/tasks/{task}/accept", data=form_of(text)))[0] == 403
    await site.json("PUT", f"/api/tasks/{task}/passages/p90", json={"text": "All may apply. Call 2345 6789."})
    assert (await exported(site, task))[1]


@pytest.mark.parametrize("settings", [{"human_led": "pilot.summarise"}], indirect=True)
async def test_where_people_lead_the_draft_is_help_and_goes_nowhere(site: Site) -> None:
    task = await site.finished()
    await agree(site)
    page = (await asked(site, f"/tasks/{task}"))[2]
    assert "people write and decide" in page and 'class="cite"' in page
    page = (await asked(site, f"/tasks/{task}/accept"))[2]
    assert 'name="digest"' not in page and 'class="claims"' in page
    status, said = await site.json("GET", f"/api/tasks/{task}/export?format=md")
    assert status == 403 and "people write and decide" in said["error"]["message"]
    form = [("audience", "internal"), ("digest", "x"), *(("checked", item.id) for item in checklists().items)]
    assert (await asked(site, f"/tasks/{task}/accept", data=form))[0] == 403
    other = await site.finished("translate", document=await site.document(), to="zh-HK")
    assert (await exported(site, other))[1]


async def test_a_use_that_the_register_has_as_led_by_people_is(site: Site) -> None:
    office = site.office
    proposal = Proposal(title_en="Letters", title_zh="信件", purpose="Drafts", kind="assistant")
    helping = await office.gateway.register.propose(office.officer, proposal)
    led = await office.gateway.register.propose(office.officer, replace(proposal, oversight="human_led"))
    assert await office.is_led_by_people(led) and not await office.is_led_by_people(helping)


async def test_sources_show_their_dates_and_old_ones_are_flagged(site: Site) -> None:
    task = await site.finished()
    await agree(site)
    page = (await asked(site, f"/tasks/{task}"))[2]
    assert "Sources and their dates (1)" in page and "May be out of date" not in page
    async with site.office.database.maintenance() as connection:
        await connection.execute("UPDATE documents SET created = now() - interval '400 days'")
    assert "May be out of date: 400 days old" in (await asked(site, f"/tasks/{task}"))[2]


async def test_how_a_draft_came_about_is_told_in_the_readers_language(site: Site) -> None:
    task = await site.finished()
    await agree(site)
    page = (await asked(site, f"/tasks/{task}"))[2]
    assert "How this came about" in page and "No personal data had to be hidden from the model." in page
    assert "The model was chosen because it may see this classification" in page
    async with site.client.get(
        f"{site.url}/tasks/{task}", headers={**HTML, "cookie": "language=zh-Hant-HK"}
    ) as answer:
        assert "沒有需要向模型隱藏的個人資料。" in await answer.text()


async def test_only_who_may_read_a_draft_is_told_how_it_came_about(site: Site) -> None:
    task = await site.finished()
    assert await account_of(site.office.database, task) is not None
    with acting_as(Officer(id="neighbour", department=site.office.officer.department, name="Neighbour")):
        assert await account_of(site.office.database, task) is None


@pytest.mark.parametrize("settings", [{"copyright": "Copyright belongs to the Government."}], indirect=True)
async def test_whose_copyright_it_is_stands_beside_the_export_buttons(site: Site) -> None:
    task = await site.finished()
    await agree(site)
    assert "Copyright belongs to the Government." in (await asked(site, f"/tasks/{task}"))[2]


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    yield await open_site(FakeModel(lambda _: TRUE))


async def test_a_refusal_is_told_with_its_reason_and_what_to_do(site: Site) -> None:
    await site.office.set_quota(
        scope="each officer", department="", subject="", measure="requests", period="day", most=1, warn_at=80
    )
    document = await site.document()
    tasks = []
    for _ in range(2):
        _, begun = await site.json("POST", "/api/summarise", json={"documents": [document]})
        tasks.append(await site.office.tasks.wait(begun["id"]))
    assert tasks[-1].status != "done"
    await agree(site)
    page = (await asked(site, f"/tasks/{tasks[-1].id}"))[2]
    assert "quota" in page and tasks[-1].hint in unescape(page)


async def test_the_organisations_own_rules_take_the_place_of_ours(
    settings: Settings, open_site: OpenSite
) -> None:
    own = settings.data_folder / "notices"
    own.mkdir(parents=True)
    text = (FOLDER / "rules.yaml").read_text(encoding="utf-8")
    (own / "rules.yaml").write_text(text.replace("  - heading: {en: Do,", "  - heading: {en: Do at once,"))
    site = await open_site(FakeModel(lambda _: TRUE))
    assert (
        "Do at once" in (await asked(site, "/agree"))[2] and "Do at once" in (await asked(site, "/risks"))[2]
    )
    await agree(site)
    later = Acknowledgements(site.office.database, site.office.gateway.ledger, notices())
    assert [notice.id for notice in await later.due(site.office.officer)] == ["rules"]
    site.office.acknowledgements = later
    status, where, _ = await asked(site, "/")
    assert status == 303 and where.startswith("/agree")
    page = (await asked(site, "/agree"))[2]
    assert "changed since you accepted them" in page and page.count('name="notice"') == 1


async def test_work_that_gives_no_draft_is_not_accepted(site: Site) -> None:
    task = await site.finished()
    async with site.office.database.maintenance() as connection:
        await connection.execute("UPDATE tasks SET kind = 'read', draft = '{}'")
    await agree(site)
    assert (await asked(site, f"/tasks/{task}/accept"))[0] == 400
    assert (await site.json("GET", f"/api/tasks/{task}/release"))[0] == 400
