"""Readers: every row is given on or turned away with its reason, whatever the file is like."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bauhinia.errors import InputError, MissingPart, NotFound
from bauhinia.foundry.corpus.config import CorpusConfig, Source, rehearsal
from bauhinia.foundry.corpus.sources import public_sets, read_shard, shards, sources_as_read
from bauhinia.foundry.corpus.sources.carried import catalogue_origins
from bauhinia.foundry.corpus.sources.passages import passages

from .texts import english, notice, talk, write_jsonl


def config_of(**source: Any) -> CorpusConfig:
    return CorpusConfig.model_validate({"sources": [source]})


def rows_of(config: CorpusConfig) -> list[Any]:
    return [row for shard in shards(config) for row in read_shard(shard, config)]


def refusals(rows: list[Any]) -> Counter[str]:
    return Counter(row.metadata["refused"] for row in rows if "refused" in row.metadata)


def test_text_is_read_in_whatever_encoding_it_is_in(tmp_path: Path) -> None:
    for name, encoding in (("a", "utf-8"), ("b", "big5hkscs"), ("c", "gb18030"), ("d", "utf-16")):
        text = (
            notice(3) if encoding != "gb18030" else "这次会议将于下星期在政府总部举行，居民可以发表意见。" * 3
        )
        (tmp_path / f"{name}.txt").write_bytes(text.encode(encoding))
    rows = rows_of(config_of(kind="text", path=tmp_path, licence="CC0-1.0"))
    assert [row.text[:4] for row in rows] == [notice(3)[:4]] * 2 + ["这次会议", notice(3)[:4]]
    assert [row.metadata["place"] for row in rows] == ["a.txt#0", "b.txt#0", "c.txt#0", "d.txt#0"]


def test_files_that_are_no_text_are_turned_away_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b" \n")
    (tmp_path / "large.txt").write_bytes(b"x" * 5_000)
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 9)
    config = CorpusConfig.model_validate(
        {"sources": [{"kind": "text", "path": tmp_path, "licence": "MIT"}], "most_file_bytes": 4_000}
    )
    assert refusals(rows_of(config)) == {"empty_file": 1, "file_too_large": 1, "broken_encoding": 1}


def test_damage_in_a_text_costs_a_passage_and_not_the_file(tmp_path: Path) -> None:
    damaged = (
        (notice(1) * 2).encode()
        + b"\n\n"
        + b"\xff\xfe"
        + "壞了".encode()
        + b"\n\n"
        + (notice(2) * 2).encode()
    )
    (tmp_path / "one.txt").write_bytes(damaged)
    config = CorpusConfig.model_validate(
        {
            "sources": [{"kind": "text", "path": tmp_path / "one.txt", "licence": "MIT"}],
            "passage_characters": 200,
        }
    )
    rows = rows_of(config)
    assert sum("\ufffd" in row.text for row in rows) == 1 < len(rows)


def test_a_json_line_that_is_none_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    good = json.dumps({"text": talk(1)}, ensure_ascii=False).encode()
    lines = [
        good,
        b'{"text": "broken',
        b'{"text": "\xff\xfe"}',
        b'["a list"]',
        b'{"text": 5}',
        b'{"text": " "}',
        b"",
        good,
    ]
    path.write_bytes(b"\n".join(lines))
    rows = rows_of(config_of(kind="jsonl", path=path, licence="CC0-1.0"))
    assert refusals(rows) == {"not_json": 2, "broken_encoding": 1, "no_text": 2}
    assert [row.text for row in rows if "refused" not in row.metadata] == [talk(1)] * 2
    assert [row.metadata["place"] for row in rows][-1] == "rows.jsonl:8#0"


def test_a_huge_line_is_turned_away_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "')
        for _ in range(40):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + json.dumps({"text": english(1)}).encode() + b"\n")
    config = config_of(kind="jsonl", path=path, licence="CC0-1.0")
    tracemalloc.start()
    rows = rows_of(config)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusals(rows) == {"line_too_long": 1}
    assert rows[-1].text == english(1)
    assert most < 8_000_000


def test_a_row_brings_its_own_licence_consent_and_address(tmp_path: Path) -> None:
    path = write_jsonl(
        tmp_path / "rows.jsonl",
        [
            {"text": english(1), "license": "CC-BY-NC-4.0", "url": "https://a.example/1"},
            {"text": english(2), "consent": False},
            {"text": english(3), "opt_out": True},
        ],
    )
    rows = rows_of(config_of(kind="jsonl", path=path, licence="CC0-1.0"))
    assert [row.metadata["licence"] for row in rows] == ["CC-BY-NC-4.0", "CC0-1.0", "CC0-1.0"]
    assert [row.metadata["opted_out"] for row in rows] == [False, True, True]
    assert rows[0].metadata["url"] == "https://a.example/1"


def test_parquet_rows_without_text_are_counted(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"text": [talk(1), "", None]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"not parquet at all")
    rows = rows_of(config_of(kind="parquet", path=tmp_path, licence="CC0-1.0"))
    assert rows[0].text == talk(1)
    assert refusals(rows) == {"no_text": 2, "broken_file": 1}


def test_pairs_are_read_and_tests_are_refused(tmp_path: Path) -> None:
    table = io.StringIO()
    csv.writer(table).writerows([["en", "zh"], ["Opening  hours", "開放時間"], ["", "沒有英文"]])
    (tmp_path / "a.csv").write_text(table.getvalue(), encoding="utf-8")
    rows = rows_of(config_of(kind="pairs", path=tmp_path / "a.csv", licence="MIT"))
    assert rows[0].text == "Opening hours\n開放時間" and rows[0].metadata["kind"] == "parallel"
    assert refusals(rows) == {"no_text": 1}
    (tmp_path / "b.csv").write_text(
        "Question,A,B,C,D,Answer\n香港有幾多區?,十,十五,十八,廿,C\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="for evaluation"):
        rows_of(config_of(kind="pairs", path=tmp_path / "b.csv", licence="MIT"))
    with pytest.raises(InputError, match="no column zh-hk"):
        rows_of(config_of(kind="pairs", path=tmp_path / "a.csv", licence="MIT", chinese="zh-hk"))


def _warc(pages: list[tuple[str, str]]) -> bytes:
    records = []
    for number, (url, html) in enumerate(pages):
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
            "WARC-Identified-Payload-Type: text/html\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        records.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(records)


def test_a_web_archive_is_read(tmp_path: Path) -> None:
    body = f"<html><body><nav><table><tr><td>menu</td></tr></table></nav><h1>公告</h1><p>{notice(4)}</p></body></html>"
    mined = f'<html><head><meta name="robots" content="index, noai"></head><body><p>{english(4)}</p></body></html>'
    (tmp_path / "a.warc").write_bytes(_warc([("https://a.example/1", body), ("https://a.example/2", mined)]))
    config = config_of(kind="warc", path=tmp_path, licence="CC-BY-4.0")
    rows = rows_of(config)
    assert [row.metadata["url"] for row in rows] == ["https://a.example/1", "https://a.example/2"]
    assert rows[0].text.startswith("公告\n\n") and "menu" not in rows[0].text
    assert [row.metadata["opted_out"] for row in rows] == [False, True]


def test_a_page_is_read_as_its_reader_sees_it_and_says_whether_it_may_be_mined() -> None:
    from bauhinia.foundry.corpus.config import WarcSource
    from bauhinia.foundry.corpus.sources.files import page_rows

    source = WarcSource(kind="warc", path=Path("x"), licence="CC-BY-4.0")
    config = rehearsal()
    page = f"<html><body><table><tr><td>menu</td></tr></table><p>{notice(4)}</p><script>x()</script></body></html>"
    (row,) = page_rows(page, "https://a.example/", "place", source, config)
    assert "menu" not in row.text and "x()" not in row.text and row.text.startswith(notice(4)[:20])
    for meta in (
        '<meta name="robots" content="noai, noimageai">',
        '<meta name="tdm-reservation" content="1">',
    ):
        (row,) = page_rows(
            f"<html><head>{meta}</head><body><p>{english(1)}</p></body></html>", "", "p", source, config
        )
        assert row.metadata["opted_out"]


def test_documents_are_read_by_the_products_own_readers(tmp_path: Path) -> None:
    (tmp_path / "letter.md").write_text(f"# A letter\n\n{english(5)}\n", encoding="utf-8")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 no document")
    rows = rows_of(config_of(kind="documents", path=tmp_path, licence="CC0-1.0"))
    assert [row.text for row in rows if "refused" not in row.metadata] == [f"A letter\n\n{english(5)}"]
    assert next(iter(refusals(rows))).startswith("document_")


def test_corrections_become_pairs_and_preferences(tmp_path: Path) -> None:
    row = {
        "officer": 1,
        "source": "The hall is shut.",
        "original": "大廳被關。",
        "target": "禮堂關閉。",
        "to": "zh-HK",
        "confirmed": False,
    }
    kept = {
        **row,
        "source": "禮堂重開。",
        "original": "The hall reopens.",
        "target": "The hall reopens.",
        "to": "en",
        "confirmed": True,
    }
    path = write_jsonl(tmp_path / "corrections.jsonl", [row, kept, {"officer": 2}])
    rows = rows_of(config_of(kind="corrections", path=path))
    assert [each.text for each in rows[:2]] == [
        "The hall is shut.\n禮堂關閉。",
        "The hall reopens.\n禮堂重開。",
    ]
    assert rows[0].metadata["preferred"]["rejected"] == "大廳被關。" and "preferred" not in rows[1].metadata
    assert rows[0].metadata["licence"] == "consent" and refusals(rows) == {"not_a_correction": 1}


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file to read"):
        shards(config_of(kind="text", path=tmp_path / "nowhere", licence="MIT"))
    with pytest.raises(MissingPart) as raised:
        shards(config_of(kind="catalogues", path=tmp_path))
    assert "libgtk-3-common" in raised.value.hint and "iso-codes" in raised.value.hint
    with pytest.raises(MissingPart, match="samples"):
        shards(config_of(kind="samples", path=tmp_path / "nowhere"))


def test_catalogues_are_pairs_under_the_licence_of_their_package(tmp_path: Path) -> None:
    pytest.importorskip("babel")
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import write_po

    catalogue = Catalog(locale="zh_Hant_HK")
    catalogue.add("_Open <b>file</b>", "開啟檔案(_O)")
    catalogue.add(("%d file", "%d files"), ("%d 個檔案",))
    catalogue.add("Unsure", "不確定", flags=["fuzzy"])
    with (tmp_path / "gtk30.mo").open("wb") as file:
        write_mo(file, catalogue)
    with (tmp_path / "unheard-of.po").open("wb") as file:
        write_po(file, catalogue)
    (tmp_path / "glib20.mo").write_bytes(b"\xde\x12\x04\x95 cut short")
    rows = rows_of(config_of(kind="catalogues", path=tmp_path))
    by_licence = Counter(row.metadata["licence"] for row in rows if "refused" not in row.metadata)
    assert by_licence == {catalogue_origins()["gtk30"]["licence"]: 2, "": 2}
    assert {row.text for row in rows} >= {"Open file\n開啟檔案", "%d file\n%d 個檔案"}
    assert refusals(rows) == {"broken_file": 1}


@pytest.mark.parametrize("kind", ["hkcancor", "cldr", "termbase", "packages", "samples"])
def test_what_packages_carry_is_read_and_the_same_each_time(kind: str) -> None:
    pytest.importorskip("pycantonese"), pytest.importorskip("babel")
    config = config_of(kind=kind, **({"most_characters": 20_000} if kind == "packages" else {}))
    rows, again = rows_of(config), rows_of(config)
    assert len(rows) > 15 and not refusals(rows)
    assert [row.id for row in rows] == [row.id for row in again]
    if kind == "hkcancor":
        assert len({row.metadata["document"] for row in rows}) == 58
        assert sum(len(row.text) for row in rows) > 150_000
    if kind == "packages":
        assert {row.metadata["kind"] for row in rows} == {"replay"}
        assert 20_000 <= sum(len(row.text) for row in rows) < 60_000
        assert len({row.metadata["licence"] for row in rows}) > 1


def test_a_public_set_is_read_as_its_format_under_its_licence(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a.jsonl", [{"text": talk(1)}])
    (source,) = sources_as_read(config_of(kind="public", set="hkcancor-text", path=tmp_path))
    assert source.kind == "jsonl" and source.licence == "CC-BY-4.0" and source.name == "hkcancor-text"


@pytest.mark.parametrize(
    "name", [name for name, known in public_sets().items() if known["use"] == "evaluation"]
)
def test_a_public_set_for_evaluation_is_never_trained_on(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="for evaluation only"):
        sources_as_read(config_of(kind="public", set=name, path=tmp_path, licence="MIT"))


def test_an_unknown_public_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no public set called x"):
        sources_as_read(config_of(kind="public", set="x", path=tmp_path))


def test_passages_lose_nothing_and_keep_their_limit() -> None:
    text = "\n\n".join([notice(1) * 3, english(2) * 4, "無" * 900, talk(3)])
    pieces = list(passages(text, 300))
    assert max(map(len, pieces)) <= 300
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_unknown_keys_and_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="licenze"):
        config_of(kind="text", path=tmp_path, licenze="MIT")
    twice: list[Source] = [rehearsal().sources[0]] * 2
    with pytest.raises(ValueError, match="two sources are called hkcancor"):
        CorpusConfig(sources=tuple(twice))


def test_the_door_is_complete_and_a_recipe_is_read_without_datatrove() -> None:
    import subprocess
    import sys

    from bauhinia.foundry import corpus

    assert sorted(corpus.__all__) == corpus.__all__ and all(getattr(corpus, name) for name in corpus.__all__)
    asked = "import sys; from bauhinia.foundry.corpus import CorpusConfig, rehearsal; print('datatrove' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
