"""The model card: what a person must know before they use the model, every figure from the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...evaluation.gate import Figure
from ...guideline.tiers import tiers
from ...guideline.uses import shipped
from .facts import Facts
from .figures import number

_LANGUAGES = {
    "yue": "Cantonese",
    "zh-Hant": "written Chinese, Traditional characters",
    "zh-Hans": "written Chinese, Simplified characters",
    "en": "English",
    "mixed": "parallel texts, or one language with words of another",
}


def card(facts: Facts) -> str:
    """The whole card."""
    parts = (_head, _intended, _data, _training, _evaluation, _files, _limits, _cost, _provenance)
    return "\n\n".join("\n".join(part(facts)) for part in parts) + "\n"


def _head(facts: Facts) -> Iterator[str]:
    yield f"# {facts.name}"
    yield ""
    yield f"{facts.title}. Made by the foundry of Bauhinia from {facts.base}."
    yield ""
    passed = facts.verdict.passed
    yield f"**{'Passed' if passed else 'Did not pass'} its release gate ({facts.verdict.gate}).**" + (
        "" if passed else " It is not served:"
    )
    for failure in facts.verdict.failures:
        yield f"- {failure}"
    size = "unknown" if facts.parameters is None else f"{facts.parameters:,}"
    yield ""
    yield from _table(
        ("", ""),
        [
            ("Licence", facts.licence),
            ("Architecture", facts.architecture),
            ("Parameters", size),
            ("Context", f"{facts.context:,} tokens"),
            ("Risk tier", f"{facts.tier} ({tiers().tiers[facts.tier].en})"),
            ("Run ended", f"{facts.ended:%Y-%m-%d}"),
        ],
    )


def _intended(facts: Facts) -> Iterator[str]:
    yield "## What it is for"
    yield ""
    known = shipped().uses
    for use in facts.uses:
        yield f"- `{use}`: {known[use]['purpose']} (tier: {known[use]['tier']})"
    yield ""
    yield (
        "It answers through the gateway of Bauhinia, for officers who read and accept every result. A "
        "model that is new to a server reopens the assessment of every AI use there. It is not meant for "
        "decisions about persons, for legal or medical advice, or for answers that nobody reads."
    )


def _data(facts: Facts) -> Iterator[str]:
    yield "## Data"
    yield ""
    rows = [
        (each.name, ", ".join(each.licences), ", ".join(each.kinds), f"{each.rows:,}", f"{each.characters:,}",
         _of_manifest(each.about.get("consent")))
        for each in facts.sources
    ]  # fmt: skip
    yield from _table(("Source", "Licence", "Kinds", "Rows", "Characters", "Consent"), rows)
    yield ""
    yield "Languages of these rows, by characters:"
    yield ""
    total = sum(facts.languages.values()) or 1
    spread = [
        (_LANGUAGES.get(name, name), f"{size:,}", f"{size / total:.1%}")
        for name, size in facts.languages.items()
    ]
    yield from _table(("Language", "Characters", "Share"), spread)
    yield ""
    yield ("These are the rows that training drew from; each leads to its source in `rows.jsonl` beside it.")


def _training(facts: Facts) -> Iterator[str]:
    yield "## Training"
    yield ""
    yield "All parameters, in these stages:"
    yield ""
    rows = [
        (str(stage["stage"]), str(stage["kind"]), _count(stage.get("tokens_trained")),
         _count(stage.get("parameters_changed")), _count(stage.get("seconds")))
        for stage in facts.stages
    ]  # fmt: skip
    yield from _table(("Stage", "Kind", "Tokens", "Parameter tensors changed", "Seconds"), rows)


def _evaluation(facts: Facts) -> Iterator[str]:
    yield "## Evaluation"
    yield ""
    rows = [
        (name, _figure(figure.before), _figure(figure.after), _change(figure))
        for name, figure in sorted(facts.figures.items())
    ]
    yield from _table(("Measure", "Before", "After", "Change"), rows)
    yield ""
    yield f"The gate `{facts.verdict.gate}`:"
    yield ""
    for check in facts.verdict.checks:
        yield f"- {'met' if check.met else '**not met**'}: {check.sentence}"


def _files(facts: Facts) -> Iterator[str]:
    yield "## Files"
    yield ""
    rows = [
        (file.name, "yes" if file.name == facts.served.name else "",
         *(_figure(file.figures.get(key)) for key in ("loss", "loss_gap", "top1")))
        for file in facts.files
    ]  # fmt: skip
    yield from _table(("File", "Served", "Loss", "Gap to the trained model", "Same next token"), rows)


def _limits(facts: Facts) -> Iterator[str]:
    yield "## Limits"
    yield ""
    for limit in limits(facts):
        yield f"- {limit}"


def limits(facts: Facts) -> Sequence[str]:
    """What is known to be weak, or was not measured."""
    tokens = sum(number(stage.get("tokens_trained")) or 0.0 for stage in facts.stages)
    said = [
        "It may state what is false in fluent words; the product checks citations and figures, and an "
        "officer reads every result.",
        f"It was trained on {tokens:,.0f} tokens, and knows little that its base does not know.",
    ]
    if facts.parameters is not None and facts.parameters < 1_000_000_000:
        said.append("It is a small model, made to rehearse the recipe: its answers are weak.")
    if not any(name.startswith("unsafe") for name in facts.figures):
        said.append(
            "Whether it refuses unsafe requests was not measured; the gateway screens requests and answers."
        )
    said += [f"Not measured: {check.rule.en}." for check in facts.verdict.checks if check.value is None]
    return said


def _cost(facts: Facts) -> Iterator[str]:
    yield "## Energy and cost"
    yield ""
    cost = facts.cost
    environment = facts.record.get("environment", {})
    machine = (
        environment.get("processor") or environment.get("machine") or "a machine that the run does not name"
    )
    yield f"- Time: {cost.hours:.2f} hours for all stages, on {machine}."
    if cost.kwh is None:
        yield "- Energy: not measured, and no power was assumed (`--watts`)."
    else:
        yield f"- Energy: {cost.kwh:.4g} kWh, {'measured' if cost.measured else 'of an assumed power'}."
    yield (
        f"- Cost: HK$ {cost.hkd:,.2f}." if cost.hkd is not None else
        "- Cost: no price was given (`--hkd-per-hour`, `--hkd-per-kwh`)."
    )  # fmt: skip


def _provenance(facts: Facts) -> Iterator[str]:
    code = facts.record.get("code", {})
    yield "## Where it comes from"
    yield ""
    version = f"version {code['version']}" if "version" in code else "a version that the run does not name"
    commit = f" at {code['commit']}" if code.get("commit") else ""
    yield (
        f"Made by {version}{commit}. `lineage.json` is the chain from the rows to the files, `bom.json` the "
        "bill of materials (CycloneDX), `statement.json` what was signed. `bauhinia foundry verify` checks "
        "all of it without a network."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _change(figure: Figure) -> str:
    if figure.after is None or not figure.before:
        return ""
    return f"{(figure.after - figure.before) / figure.before:+.1%}"


def _count(value: object) -> str:
    return f"{value:,.0f}" if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _of_manifest(value: object) -> str:
    return "" if value is None else str(value)
