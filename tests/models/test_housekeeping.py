"""`bauhinia models` and `bauhinia doctor`, as a person runs them."""

import hashlib
import socket

import pytest
import yaml
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.settings import get_settings

CONTENT = b"weights" * 1_000


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A catalogue of one model, nowhere to be had."""
    entry = {
        "name": "tiny",
        "title": "Tiny",
        "file": "tiny.gguf",
        "bytes": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "licence": "Apache-2.0",
        "context": 512,
        "kind": "rehearsal",
        "sources": [],
    }
    (tmp_path / "catalogue.yaml").write_text(yaml.safe_dump([entry]))
    monkeypatch.setenv("BAUHINIA_CATALOGUE", str(tmp_path / "catalogue.yaml"))
    monkeypatch.setenv("BAUHINIA_MODEL", "tiny")
    monkeypatch.setenv("BAUHINIA_MODELS_FOLDER", str(tmp_path / "models"))
    get_settings.cache_clear()
    return tmp_path / "models" / f"{entry['sha256']}.gguf"


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_list_says_what_is_here(tiny):
    shown = run("models", "list").output
    assert "* tiny" in shown
    assert "not on this machine" in shown
    tiny.parent.mkdir()
    tiny.write_bytes(CONTENT)
    assert str(tiny) in run("models", "list").output


def test_check_tells_right_from_wrong(tiny):
    absent = run("models", "check")
    assert absent.exit_code == 1
    assert "bauhinia models fetch tiny" in absent.output
    tiny.parent.mkdir()
    tiny.write_bytes(CONTENT)
    right = run("models", "check", "tiny")
    assert right.exit_code == 0
    assert "as the catalogue says" in right.output
    tiny.write_bytes(CONTENT + b"!")
    wrong = run("models", "check")
    assert wrong.exit_code == 1
    assert "SHA-256" in wrong.output
    assert "Traceback" not in wrong.output


def test_fetch_uses_what_is_here_and_else_instructs(tiny):
    nowhere = run("models", "fetch")
    assert nowhere.exit_code == 1
    assert "BAUHINIA_MODEL_PATH" in nowhere.output
    tiny.write_bytes(CONTENT)
    found = run("models", "fetch")
    assert found.exit_code == 0
    assert str(tiny) in found.output
    unknown = run("models", "fetch", "unheard-of")
    assert unknown.exit_code == 1
    assert "It has: " in unknown.output


def test_no_weights_are_fetched_for_the_fake_or_a_server(monkeypatch):
    assert "No weights are needed" in run("models", "fetch").output
    monkeypatch.setenv("BAUHINIA_MODEL_URL", "http://127.0.0.1:9/v1")
    get_settings.cache_clear()
    assert "No weights are needed here" in run("models", "check").output


def test_doctor_is_content_with_a_rehearsal(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("BAUHINIA_PORT", str(taken.getsockname()[1]))
        get_settings.cache_clear()
        ran = run("doctor", "--measure")
    assert ran.exit_code == 0, ran.output
    for words in (
        "ok   Python",
        "ok   embedder: 384",
        "ok   database: embedded PostgreSQL starts",
        "note model",
        "tokens/s",
    ):
        assert words in ran.output
    assert "note port" in ran.output, "a taken port is told"
    assert "BAUHINIA_PORT" in ran.output
    assert "Everything that is needed works." in ran.output


def test_doctor_fails_and_says_how_to_mend(tiny, monkeypatch):
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    get_settings.cache_clear()
    ran = run("doctor")
    assert ran.exit_code == 1
    assert "FAIL weights: tiny is not on this machine." in ran.output
    assert "bauhinia models fetch tiny" in ran.output
    assert "FAIL database: The external PostgreSQL does not answer." in ran.output
    assert "2 things to mend." in ran.output
