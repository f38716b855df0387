"""Everything that the card and the bill of materials say of a run, gathered once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...errors import InputError, NotFound
from ...evaluation.gate import Figure, Verdict
from ...guideline.tiers import TIERS, TierId
from ...guideline.uses import shipped
from ...models.catalogue import Catalogue
from .config import ReleaseConfig
from .figures import GgufFile, figures_of, gguf_files, number, served_file, trained
from .run_record import RunRecord, read_json, rows_of

UNLICENSED = "LicenseRef-Internal"
"""Of fresh weights whose maker named no licence: for use here, and given to nobody."""
_LONGEST_CONTEXT = "max_position_embeddings"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What one source gave to the rows that were trained on."""

    name: str
    licences: tuple[str, ...]
    rows: int
    characters: int
    kinds: tuple[str, ...]
    about: Mapping[str, Any]
    """What the corpus's manifest says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What it took to train."""

    hours: float
    kwh: float | None
    measured: bool
    """Whether something measured the energy; else it is watts times hours."""
    hkd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A release in facts."""

    name: str
    title: str
    licence: str
    base: str
    architecture: str
    parameters: int | None
    context: int
    sources: tuple[SourceFacts, ...]
    languages: Mapping[str, int]
    """Characters of each language in the rows that were trained on."""
    stages: Sequence[Mapping[str, Any]]
    figures: Mapping[str, Figure]
    files: tuple[GgufFile, ...]
    served: GgufFile
    verdict: Verdict
    uses: tuple[str, ...]
    tier: TierId
    cost: Cost
    ended: datetime
    """When the run ended."""
    record: Mapping[str, Any]


def gather(run: RunRecord, config: ReleaseConfig, name: str, verdict: Verdict) -> Facts:
    """The facts of a run. Raises InputError for what is missing in it, or is unknown in the config."""
    model = read_json(run.model / "config.json")
    sources, languages = _data(run)
    return Facts(
        name=name,
        title=str(run.recipe.get("title") or name),
        licence=_licence(run, config),
        base=base_of(run),
        architecture=str((model.get("architectures") or [model.get("model_type", "unknown")])[0]),
        parameters=_parameters(run),
        context=int(model.get(_LONGEST_CONTEXT) or 2_048),
        sources=sources,
        languages=languages,
        stages=trained(run),
        figures=figures_of(run, config),
        files=gguf_files(run),
        served=served_file(run, config),
        verdict=verdict,
        uses=config.uses,
        tier=_tier(config),
        cost=_cost(run, config),
        ended=_ended(run),
        record=run.record,
    )


def base_of(run: RunRecord) -> str:
    """What the weights began as, in a few words."""
    base = dict(run.recipe.get("base") or {})
    if base.get("model"):
        return f"{base['model']} of the catalogue"
    if base.get("architecture"):
        return f"fresh weights in the architecture {base['architecture']}"
    # The folder's own path says nothing to others.
    return str(base.get("repository") or "a folder on the machine that trained it")


def _data(run: RunRecord) -> tuple[tuple[SourceFacts, ...], dict[str, int]]:
    """Sources, and how much each language has, of the files that some stage trained on."""
    told = _manifest_sources(read_json(run.corpus.folder / "manifest.json"))
    rows, characters, languages = Counter[str](), Counter[str](), Counter[str]()
    licences: dict[str, set[str]] = {}
    kinds: dict[str, set[str]] = {}
    for file in run.row_files:
        for row in rows_of(run.corpus.folder, file):
            source, size = row["source"], _characters(row)
            rows[source] += 1
            characters[source] += size
            languages[str(row.get("language", "unknown"))] += size
            licences.setdefault(source, set()).add(str(row.get("licence") or "unknown"))
            kinds.setdefault(source, set()).add(str(row.get("kind") or file))
    sources = tuple(
        SourceFacts(
            name=source,
            licences=tuple(sorted(licences[source])),
            rows=rows[source],
            characters=characters[source],
            kinds=tuple(sorted(kinds[source])),
            about=told.get(source, {}),
        )
        for source in sorted(rows)
    )
    return sources, dict(languages.most_common())


def _characters(row: Mapping[str, Any]) -> int:
    if "text" in row:
        return len(str(row["text"]))
    messages = [message for key in ("messages", "prompt", "chosen") for message in row.get(key, [])]
    return sum(len(str(message["content"])) for message in messages)


def _manifest_sources(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the manifest says of each source, by name."""
    sources = manifest.get("sources", {})
    if isinstance(sources, Mapping):
        return {str(name): about for name, about in sources.items() if isinstance(about, Mapping)}
    return {
        str(each.get("name") or each.get("source")): each for each in sources if isinstance(each, Mapping)
    }


def _licence(run: RunRecord, config: ReleaseConfig) -> str:
    if config.licence:
        return config.licence
    base = dict(run.recipe.get("base") or {})
    if base.get("architecture"):
        return UNLICENSED
    try:
        return Catalogue.load().find(str(base.get("model"))).licence
    except NotFound as error:
        raise InputError(
            "The licence of the model is not known: its base is none of the catalogue's.",
            hint="Say it with --licence, as an SPDX identifier such as Apache-2.0 or MIT.",
        ) from error


def _parameters(run: RunRecord) -> int | None:
    found = [number(stage.get("parameters")) for stage in trained(run)]
    known = [count for count in found if count is not None]
    return int(known[-1]) if known else None


def _tier(config: ReleaseConfig) -> TierId:
    """The highest of the uses' tiers, as the product argues them. Raises InputError."""
    known = shipped().uses
    if unknown := [use for use in config.uses if use not in known]:
        raise InputError(f"There is no AI use called {unknown[0]!r}.", hint=f"There are: {', '.join(known)}.")
    tiers: list[TierId] = [known[use]["tier"] for use in config.uses]
    return max(tiers, key=TIERS.index, default="low")


def _cost(run: RunRecord, config: ReleaseConfig) -> Cost:
    seconds = sum(number(stage.mark.get("seconds")) or 0.0 for stage in run.stages)
    hours = seconds / 3_600
    measured = [number(stage.get("energy_kwh")) for stage in trained(run)]
    found = [kwh for kwh in measured if kwh is not None]
    kwh = sum(found) if found else None if config.watts is None else config.watts * hours / 1_000
    prices = [
        price
        for price in (
            None if config.hkd_per_hour is None else config.hkd_per_hour * hours,
            None if config.hkd_per_kwh is None or kwh is None else config.hkd_per_kwh * kwh,
        )
        if price is not None
    ]
    return Cost(hours=hours, kwh=kwh, measured=bool(found), hkd=sum(prices) if prices else None)


def _ended(run: RunRecord) -> datetime:
    """When the last stage ended. Raises InputError."""
    try:
        return max(datetime.fromisoformat(str(stage.mark["ended"])) for stage in run.stages)
    except (KeyError, ValueError) as error:
        raise InputError(
            f"The run {run.folder.name} does not say when its stages ended.",
            hint="Take a folder that `bauhinia foundry run` of this version wrote.",
        ) from error
