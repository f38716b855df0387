"""From rows that passed every step to the corpus: exact copies out, held-out files apart, the rest in train.

Whole documents are held out, chosen by their digests: a row of a conversation is never in training while
another of it is in the held-out file. What shares a long run of words with a held-out row is left out too.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from datatrove.data import Document

from .config import CorpusConfig, HeldOut
from .overlap import Index
from .rows import Row, SetDigest, fingerprint, line, whole
from .steps.shards import handed

HeldOutName = Literal["cantonese", "chinese", "english", "parallel"]
HELD_OUT: tuple[HeldOutName, ...] = get_args(HeldOutName)
_LEAKING = 0.25
"""Share of a document's rows in evaluation sets from which the document is one of theirs."""
ORIGIN_KEYS = ("document", "place", "fingerprint", "url", "personal", "script_repaired", "officer")


@dataclass(slots=True)
class Assembled:
    """What became of the rows, counted."""

    kept: Counter[str] = field(default_factory=Counter)
    """Rows in training, by source."""
    held: Counter[str] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By source and step.reason."""
    samples: list[dict[str, Any]] = field(default_factory=list)
    characters: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    licences: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    heldout: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Rows, characters and documents of each held-out file."""
    repaired: Counter[str] = field(default_factory=Counter)
    personal: Counter[str] = field(default_factory=Counter)
    digest: SetDigest = field(default_factory=SetDigest)
    index: Index = field(default_factory=lambda: Index(()))
    """Over the held-out rows."""
    leaked: frozenset[str] = frozenset()
    """Documents of which so much is in an evaluation set that they are one of its own."""
    held_documents: frozenset[str] = frozenset()
    """Documents that some held-out file has."""
    pairs: list[dict[str, Any]] = field(default_factory=list)
    """Parallel rows in training: what instruction rows may be made from."""
    preferred: list[dict[str, Any]] = field(default_factory=list)
    """What officers preferred to the model's words."""


def assemble(
    config: CorpusConfig, kept: Path, tasks: int, out: Path, leaking: Mapping[str, int]
) -> Assembled:
    """Write `train.jsonl`, `origins.jsonl` and the held-out files into `out`.

    `leaking` says how many rows of a document were turned away for a piece of an evaluation set. Where it is
    a quarter of them, the others go too: it is a document that models are measured on, and nobody has asked
    about those pages yet.
    """
    made = Assembled(leaked=_leaked(kept, tasks, leaking))
    held = _held_documents(kept, tasks, config, made.leaked)
    made.held_documents = frozenset().union(*held.values())
    made.index = Index(
        (name, row.text)
        for row, name in _named(kept, tasks, made.leaked)
        if row.metadata["document"] in held.get(name, ())
    )
    files = _Files(out)
    with files:
        for row, name in _named(kept, tasks, made.leaked):
            if name and row.metadata["document"] in held.get(name, ()):
                _hold(row, name, made, files)
            else:
                _train(row, made, files)
    for name in HELD_OUT:
        if not made.heldout[name]["rows"]:
            (out / "heldout" / f"{name}.jsonl").unlink()
            del made.heldout[name]
    for name, documents in held.items():
        made.heldout[name]["documents"] = len(documents)
    return made


class _Files:
    """The corpus's files while they are written; each appears whole."""

    NAMES = (
        "train.jsonl",
        "origins.jsonl",
        *(f"heldout/{name}.jsonl" for name in HELD_OUT),
    )

    def __init__(self, out: Path) -> None:
        self._parts = {name: whole(out / name) for name in self.NAMES}
        self._open: dict[str, Any] = {}

    def __enter__(self) -> None:
        self._open = {name: part.__enter__().open("wb") for name, part in self._parts.items()}

    def __exit__(self, kind: object, *more: object) -> None:
        try:
            for file in self._open.values():
                file.close()
        except OSError:
            kind = kind or OSError
            raise
        finally:
            for part in self._parts.values():
                part.__exit__(kind, *more)

    def write(self, name: str, value: object) -> bytes:
        """A line at the end of that file."""
        written = line(value)
        self._open[name].write(written)
        return written


def _leaked(kept: Path, tasks: int, leaking: Mapping[str, int]) -> frozenset[str]:
    left: Counter[str] = Counter()
    for rank in range(tasks if leaking else 0):
        left.update(row.metadata["document"] for row in handed(kept, rank))
    return frozenset(
        document for document, count in leaking.items() if count >= _LEAKING * (count + left[document])
    )


def _named(kept: Path, tasks: int, leaked: frozenset[str]) -> Iterator[tuple[Document, str]]:
    """Rows in order, each with the held-out file that it could be in; empty for none, as for a copy."""
    seen: set[str] = set()
    for rank in range(tasks):
        for row in handed(kept, rank):
            # the words as they are now: two rows may have become the same when names were taken out
            key = fingerprint(row.text)[:16]
            row.metadata["copy"] = key in seen
            seen.add(key)
            out = row.metadata["copy"] or row.metadata["document"] in leaked
            yield row, "" if out else held_out_name(row.metadata)


def held_out_name(about: dict[str, Any]) -> HeldOutName | Literal[""]:
    """The held-out file for rows of that kind and language."""
    kind, language = about["kind"], about["language"]
    if kind == "parallel":
        return "parallel"
    if language == "en":
        return "english"
    if kind != "text":
        return ""
    return {"yue": "cantonese", "zh-Hant": "chinese"}.get(language, "")  # type: ignore[return-value]


def _held_documents(
    kept: Path, tasks: int, config: CorpusConfig, leaked: frozenset[str]
) -> dict[str, frozenset[str]]:
    sizes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, name in _named(kept, tasks, leaked):
        if name:
            sizes[name][row.metadata["document"]] += len(row.text)
    return {name: chosen(sizes[name], config.held_out, config.seed) for name in sizes}


def chosen(sizes: Counter[str], rule: HeldOut, seed: int) -> frozenset[str]:
    """The documents with the least digests, until they hold their share; never all of them, and none where
    there is but one."""
    wanted = min(rule.share * sizes.total(), rule.most_characters)
    held: list[str] = []
    taken = 0
    for document in sorted(sizes, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest()):
        if taken >= wanted or len(held) == len(sizes) - 1:
            break
        if held and taken + sizes[document] > 1.5 * wanted:
            continue
        held.append(document)
        taken += sizes[document]
    return frozenset(held)


def row_of(row: Document) -> Row:
    """The line of the corpus."""
    about = row.metadata
    return Row(
        id=row.id,
        text=row.text,
        source=about["source"],
        licence=about["licence"],
        language=about["language"],
        kind=about["kind"],
    )


def _hold(row: Document, name: str, made: Assembled, files: _Files) -> None:
    files.write(f"heldout/{name}.jsonl", row_of(row))
    _trace(row, name, made, files)
    made.held[row.metadata["source"]] += 1
    made.heldout[name]["rows"] += 1
    made.heldout[name]["characters"] += len(row.text)


def _train(row: Document, made: Assembled, files: _Files) -> None:
    about = row.metadata
    if reason := _reason(row, made):
        made.rejected[about["source"], f"assembling.{reason}"] += 1
        shown = {key: about.get(key, "") for key in ("source", "place", "language")}
        made.samples.append({"id": row.id, **shown, "reason": reason, "text": row.text[:300]})
        return
    made.digest.add(files.write("train.jsonl", row_of(row)))
    _trace(row, "train", made, files)
    source = about["source"]
    made.kept[source] += 1
    made.characters[source] += len(row.text)
    made.languages[about["language"]] += 1
    made.kinds[about["kind"]] += 1
    if pair := about.get("pair"):
        made.pairs.append(
            {"id": row.id, "source": source, "licence": about["licence"], "en": pair[0], "zh": pair[1]}
        )
    if preferred := about.get("preferred"):
        made.preferred.append(
            {"id": row.id, "source": source, "licence": about["licence"], "officer": about["officer"]}
            | preferred
        )


def _reason(row: Document, made: Assembled) -> str:
    """Why a row is not trained on after all; empty where it is."""
    if row.metadata["document"] in made.leaked:
        return "evaluation_document"
    if row.metadata["copy"]:
        return "exact_copy"
    if row.metadata["document"] in made.held_documents:
        return "held_out_document"
    return "held_out_leak" if made.index.find(row.text) else ""


def _trace(row: Document, where: str, made: Assembled, files: _Files) -> None:
    """Where a row came from, in a file beside: by it any row can be found and taken back."""
    about = row.metadata
    made.licences[about["source"]][about["licence"]] += 1
    for name, count in (("script_repaired", made.repaired), ("personal", made.personal)):
        if name in about:
            count["rows"] += 1
            count["pieces"] += about[name]
    origin = {key: about[key] for key in ORIGIN_KEYS if about.get(key) not in (None, "")}
    files.write("origins.jsonl", {"id": row.id, "in": where, "source": about["source"], **origin})
