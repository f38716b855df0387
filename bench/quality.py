"""Quality: the product beside the plain model, with the same weights and a fair prompt, over our own sets.

    python bench/quality.py [--only SET ...] [--limit N] [--resume] [--model NAME]

Each outcome is kept in `build/quality.jsonl` as it is done; `--resume` goes on from there. A whole run took
20 minutes on two quiet cores; `--limit` takes that many rows of each set, spread evenly, and its figures
carry wide intervals. The rows for people to read are written to `docs/quality-samples.md` after a whole run.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bauhinia.evaluation import MEASURES, SETS, PlainModel, Product, Share, compare, score
from bauhinia.evaluation.comparison import Arm, Outcomes, SetName
from bauhinia.evaluation.pilot_arm import PilotArm
from bauhinia.evaluation.showcase import showcase
from bauhinia.gateway import Gateway
from bauhinia.models.selection import open_backend
from bauhinia.pilot.office import open_office
from bauhinia.settings import Settings
from bauhinia.store import Database
from report import record

ROOT = Path(__file__).parent.parent
CHECKPOINT = ROOT / "build" / "quality.jsonl"
SAMPLES = ROOT / "docs" / "quality-samples.md"
TARGETS = {
    "same_language": ">= 99",
    "script_purity": "= 100",
    "terms": ">= 90",
    "numbers": ">= 99.5",
    "unsupported": "<= 2",
}


async def run(settings: Settings, only: Sequence[SetName], limit: int | None) -> Outcomes:
    """Both arms on one backend, so that they share its weights, its threads and its settings."""
    backend = open_backend(settings)

    def door(settings: Settings, database: Database) -> Gateway:
        return Gateway(settings, database, backend=backend)

    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(update={"data_folder": Path(folder) / "data"})
        async with open_office(own, door) as office:
            await office.model
            arms: dict[Arm, Product] = {"plain": PlainModel(backend), "product": PilotArm(office)}
            return await compare(arms, CHECKPOINT, only=only, limit=limit)


def publish(outcomes: Outcomes) -> None:
    """Print and keep every figure that the rows allow, the plain model's beside it."""
    plain, product = score(outcomes, "plain"), score(outcomes, "product")
    for name, meaning in MEASURES.items():
        if name in product:
            print(f"{name} ({meaning}):\n  product {product[name]}\n  plain   {plain.get(name, Share(0, 0))}")
            record(
                f"quality.{name}",
                _percent(product[name]),
                "%",
                beside=_beside(plain.get(name), product[name]),
                target=TARGETS.get(name, ""),
            )


def _beside(plain: Share | None, product: Share) -> dict[str, float]:
    low, high = product.interval
    beside = {"95% from": round(100 * low, 2), "95% to": round(100 * high, 2), "of": float(product.total)}
    if plain is not None:
        beside = {"plain model": _percent(plain), **beside}
    return beside


def _percent(share: Share) -> float:
    return round(100 * share.value, 2)


def main() -> None:
    """Run, score, publish; the page of rows only after a run over everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--limit", type=int, help="rows of each set")
    parser.add_argument("--resume", action="store_true", help="keep the outcomes of the last run")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b-instruct")
    options = parser.parse_args()
    if not options.resume:
        CHECKPOINT.unlink(missing_ok=True)
    outcomes = asyncio.run(run(Settings(model=options.model), options.only, options.limit))
    publish(outcomes)
    if list(options.only) == list(SETS):
        SAMPLES.write_text(showcase(outcomes), encoding="utf-8")


if __name__ == "__main__":
    main()
