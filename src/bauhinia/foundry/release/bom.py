"""The bill of materials of a release: CycloneDX 1.6 JSON with its model card, written by us.

cyclonedx-python-lib leaves model cards out; its bundled schema is what the tests hold this against.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .card import limits
from .facts import Facts, SourceFacts
from .figures import GgufFile

SPEC = "1.6"
SPDX = frozenset(
    """0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0
    CC0-1.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.0-or-later
    LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-2.0 ODC-By-1.0 PSF-2.0
    Python-2.0 Unicode-3.0 Unicode-DFS-2016 Unlicense Zlib""".split()  # noqa: SIM905  # read better so
)
"""Identifiers that are written as such; any other licence is written as a name."""
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
"""RFC 9562's of addresses."""


def bom(facts: Facts, lineage: Mapping[str, Any]) -> dict[str, Any]:
    """The whole bill. The same run under the same name gives the same bytes."""
    model, base = f"model:{facts.name}", "base"
    serial = uuid.uuid5(_NAMESPACE, f"{facts.name}@{lineage['end']}")
    files = [_file(file, lineage) for file in facts.files]
    packages = [_package(name, version) for name, version in sorted(_packages(facts).items())]
    datasets = [_dataset(source) for source in facts.sources]
    depends_on = [base, *(each["bom-ref"] for each in datasets)]
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPEC}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": facts.ended.isoformat(timespec="seconds"),
            "tools": {"components": [{"type": "application", "name": "bauhinia", **_own_version(facts)}]},
            "component": _model(facts, model, datasets, lineage),
        },
        "components": [_base(facts, base, lineage), *datasets, *files, *packages],
        "dependencies": [
            {"ref": model, "dependsOn": depends_on},
            *({"ref": each["bom-ref"], "dependsOn": [model]} for each in files),
        ],
    }


def as_file(bill: Mapping[str, Any]) -> str:
    """The bill as it lies in a release."""
    return json.dumps(bill, ensure_ascii=False, indent=1) + "\n"


def _model(
    facts: Facts, ref: str, datasets: Sequence[Mapping[str, Any]], lineage: Mapping[str, Any]
) -> dict[str, Any]:
    size = [] if facts.parameters is None else [("parameters", str(facts.parameters))]
    cost = [("hours", facts.cost.hours), ("kwh", facts.cost.kwh), ("hkd", facts.cost.hkd)]
    return {
        "type": "machine-learning-model",
        "bom-ref": ref,
        "name": facts.name,
        "version": lineage["end"][:12],
        "description": facts.title,
        "licenses": _licences([facts.licence]),
        "modelCard": _card(facts, datasets),
        "properties": _properties(
            [
                ("lineage", lineage["end"]),
                ("gate", facts.verdict.gate),
                ("gate_passed", str(facts.verdict.passed).lower()),
                ("tier", facts.tier),
                ("context", str(facts.context)),
                *size,
                *((name, f"{value:.6g}") for name, value in cost if value is not None),
            ]
        ),
    }


def _card(facts: Facts, datasets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "modelParameters": {
            "approach": {"type": "self-supervised"},
            "task": "text generation",
            "architectureFamily": "transformer",
            "modelArchitecture": facts.architecture,
            "datasets": [{"ref": each["bom-ref"]} for each in datasets],
            "inputs": [{"format": "text"}],
            "outputs": [{"format": "text"}],
        },
        "quantitativeAnalysis": {"performanceMetrics": _metrics(facts)},
        "considerations": {
            "users": ["Officers of a public service, who read and accept every result"],
            "useCases": list(facts.uses),
            "technicalLimitations": list(limits(facts)),
            "ethicalConsiderations": [
                {
                    "name": f"Risk tier: {facts.tier}",
                    "mitigationStrategy": "Served through a gateway that removes personal data, screens "
                    "requests and answers, labels what a model wrote, and records every call.",
                }
            ],
        },
    }


def _metrics(facts: Facts) -> list[dict[str, Any]]:
    return [
        {"type": name, "value": f"{value:.6g}", "slice": when}
        for name, figure in sorted(facts.figures.items())
        for when, value in (("before", figure.before), ("after", figure.after))
        if value is not None
    ]


def _base(facts: Facts, ref: str, lineage: Mapping[str, Any]) -> dict[str, Any]:
    files = [
        {"type": "file", "name": name, "hashes": _hash(sha256)}
        for name, sha256 in sorted(lineage["base"].items())
        if name.endswith(".safetensors")
    ]
    return {
        "type": "machine-learning-model",
        "bom-ref": ref,
        "name": facts.base,
        **({"components": files} if files else {}),
    }


def _dataset(source: SourceFacts) -> dict[str, Any]:
    about = [(key, str(source.about[key])) for key in ("sha256", "consent") if source.about.get(key)]
    return {
        "type": "data",
        "bom-ref": f"data:{source.name}",
        "name": source.name,
        "licenses": _licences(source.licences),
        "data": [{"type": "dataset", "name": source.name, "classification": "training"}],
        "properties": _properties(
            [("rows", str(source.rows)), ("characters", str(source.characters)),
             ("kinds", " ".join(source.kinds)), *about]
        ),
    }  # fmt: skip


def _file(file: GgufFile, lineage: Mapping[str, Any]) -> dict[str, Any]:
    outputs = next(stage["outputs"] for stage in reversed(lineage["stages"]) if stage["kind"] == "export")
    return {
        "type": "file",
        "bom-ref": f"file:{file.name}",
        "name": file.name,
        "hashes": _hash(outputs[file.name]),
    }


def _package(name: str, version: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}@{version}",
        "name": name,
        "version": version,
        "purl": f"pkg:pypi/{name}@{version}",
    }


def _packages(facts: Facts) -> Mapping[str, str]:
    found: Mapping[str, str] = facts.record.get("environment", {}).get("packages", {})
    return found


def _own_version(facts: Facts) -> dict[str, str]:
    version = facts.record.get("code", {}).get("version")
    return {"version": str(version)} if version else {}


def _licences(names: Iterable[str]) -> list[dict[str, Any]]:
    return [{"license": {"id": name} if name in SPDX else {"name": name}} for name in names]


def _hash(sha256: str) -> list[dict[str, str]]:
    return [{"alg": "SHA-256", "content": sha256}]


def _properties(values: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": f"bauhinia:{name}", "value": value} for name, value in values]
