"""`deploy/`: what it sets are settings that exist, what it keeps secret is secret, and the chart renders."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import SecretStr

from bauhinia import __version__
from bauhinia.server.operation import operation_router
from bauhinia.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
CHART = DEPLOY / "helm" / "bauhinia"
NAMES = {f"BAUHINIA_{name.upper()}" for name in Settings.model_fields}
SECRETS = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr} | {
    "database_url"
}
HELM = os.environ.get("HELM") or shutil.which("helm")


def loaded(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def given(change: dict[str, Any] | None = None) -> dict[str, Any]:
    """The chart's values as a site gives them."""
    values = loaded(CHART / "values.yaml")
    for name, value in (loaded(CHART / "ci-values.yaml") | (change or {})).items():
        values[name] = {**values[name], **value} if isinstance(value, dict) else value
    return dict(values)


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "helm/bauhinia/templates/settings.yaml"])
def test_every_variable_is_a_setting(name: str) -> None:
    found = set(re.findall(r"\bBAUHINIA_[A-Z][A-Z_]+\b", (DEPLOY / name).read_text()))
    assert found and found <= NAMES


def test_every_setting_and_secret_of_the_chart_exists() -> None:
    assert set(loaded(CHART / "values.yaml")["settings"]) <= set(Settings.model_fields) - SECRETS
    schema = json.loads((CHART / "values.schema.json").read_text())
    assert set(schema["properties"]["settings"]["propertyNames"]["not"]["enum"]) == SECRETS
    named = set(re.findall(r"bauhinia_([a-z_]+)", (CHART / "values.yaml").read_text()))
    assert named and named <= SECRETS


def test_a_secret_is_read_from_a_file_that_has_its_setting_s_name(tmp_path: Path) -> None:
    secrets = loaded(DEPLOY / "compose.yaml")["x-bauhinia"]["secrets"]
    for name in secrets:
        (tmp_path / name).write_text(f"value of {name}\n")
    made: Any = Settings
    read = made(_secrets_dir=tmp_path)
    for name in secrets:
        value = getattr(read, name.removeprefix("bauhinia_"))
        assert str(value.get_secret_value() if isinstance(value, SecretStr) else value) == f"value of {name}"


def test_no_secret_stands_in_the_files() -> None:
    compose = loaded(DEPLOY / "compose.yaml")
    assert all("file" in secret for secret in compose["secrets"].values())
    for service in compose["services"].values():
        names = {name.removeprefix("BAUHINIA_").lower() for name in service.get("environment", {})}
        assert not names & SECRETS


def test_every_service_of_ours_is_confined() -> None:
    for name in ("server", "worker"):
        service = loaded(DEPLOY / "compose.yaml")["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["user"] == "10001:10001"
        assert float(service["stop_grace_period"].removesuffix("s")) > Settings().stop_seconds
    assert loaded(DEPLOY / "compose.yaml")["networks"]["inside"]["internal"] is True
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert dockerfile.rindex("USER 10001") > dockerfile.rindex("FROM ")


def test_probes_ask_addresses_that_exist() -> None:
    asked = set(re.findall(r"/health/[a-z]+", (CHART / "templates" / "server.yaml").read_text()))
    asked |= set(re.findall(r"/health/[a-z]+", (DEPLOY / "compose.yaml").read_text()))
    there = {getattr(route, "path", "") for route in operation_router(Settings()).routes}
    assert asked == {"/health/live", "/health/ready"} and asked <= there


def test_the_chart_is_of_this_version() -> None:
    assert loaded(CHART / "Chart.yaml")["appVersion"] == __version__


def test_the_schema_takes_what_a_site_gives_and_refuses_what_cannot_work() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    check = Draft202012Validator(schema)
    assert not list(check.iter_errors(given()))
    for change in (
        {"image": {"repository": ""}},
        {"secret": ""},
        {"settings": {"model_url": ""}},
        {"settings": {"model_key": "abc"}},
        {"ingress": {"host": ""}},
        {"server": {"replicas": 0}},
        {"somebody": 1},
    ):
        assert list(check.iter_errors({**given(), **change} if "somebody" in change else given(change))), (
            change
        )


def rendered(*more: str) -> list[Any]:
    assert HELM is not None
    command = [HELM, "template", "b", str(CHART), "--values", str(CHART / "ci-values.yaml"), *more]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return [each for each in yaml.safe_load_all(ran.stdout) if each]


needs_helm = pytest.mark.skipif(HELM is None, reason="no helm: HELM=$(scripts/fetch_helm FOLDER) gets one")


@needs_helm
def test_helm_finds_nothing_to_say() -> None:
    assert HELM is not None
    command = [HELM, "lint", "--strict", str(CHART), "--values", str(CHART / "ci-values.yaml")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0 and "[WARNING]" not in ran.stdout, ran.stdout


@needs_helm
def test_what_the_chart_makes_is_confined_and_denied_all_but_what_is_named() -> None:
    made = rendered()
    kinds = {each["kind"] for each in made}
    assert kinds >= {"Deployment", "Service", "Ingress", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy"}
    assert kinds >= {"HorizontalPodAutoscaler", "CronJob", "PersistentVolumeClaim"} and "Secret" not in kinds
    for each in made:
        if each["kind"] != "Deployment":
            continue
        pod = each["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] and pod["automountServiceAccountToken"] is False
        (container,) = pod["containers"]
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["resources"]["requests"] and container["resources"]["limits"]
    deny = next(each for each in made if each["metadata"]["name"] == "b-deny")
    assert deny["spec"]["policyTypes"] == ["Ingress", "Egress"] and "ingress" not in deny["spec"]
    settings = next(each for each in made if each["kind"] == "ConfigMap")["data"]
    assert set(settings) <= NAMES and settings["BAUHINIA_ALLOWED_HOSTS"] == "bauhinia.example.gov.hk"


@needs_helm
def test_workers_without_a_shared_store_of_files_are_refused() -> None:
    with pytest.raises(AssertionError, match="must name an S3-compatible store"):
        rendered("--set", "settings.blobs_url=")
    rendered("--set", "settings.blobs_url=", "--set", "worker.replicas=0")
