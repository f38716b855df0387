"""What a corpus is made of: the recipe's `corpus` stage."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

PERMISSIVE = (
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "ISC", "MIT",
    "MIT-0", "MPL-2.0", "PSF-2.0", "Unicode-3.0", "Unlicense", "Zlib",
)  # fmt: skip
WEAK_COPYLEFT = ("LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later")
OWN = ("consent",)
"""Not a licence: officers agreed to this use, and may take that back."""
Guarded = Literal["all", "structured"]
"""`all`: names and addresses too; `structured`: numbers, dates of birth and e-mail addresses only, for
reference data whose very subject is names of places and bodies."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Any(_Part):
    name: str = Field(default="", pattern=r"^[a-z0-9][a-z0-9_-]*$|^$")
    """What rows of it are called by; without one, its kind."""
    licence: str = ""
    """An SPDX identifier, or `consent`. A source without a licence is refused."""
    consent: str = ""
    """Who agreed to this use and where that is recorded."""
    replay: bool = False
    """Its rows are there so that the model does not forget, not to teach it something."""
    personal: Guarded = "all"
    most_characters: int | None = Field(default=None, ge=1)
    """Of what comes with packages, a sample of about so many characters, the same each time; of files, the
    first."""


class _Files(_Any):
    path: Path
    """A file, or a folder that is read with all below it."""


class TextSource(_Files):
    """Plain text in any encoding that is recognised; a file a document."""

    kind: Literal["text"]
    suffixes: tuple[str, ...] = (".txt", ".md")


class JsonlSource(_Files):
    """An object a line."""

    kind: Literal["jsonl"]
    text: str = "text"
    document: str = "id"
    """The key of what a row belongs to: rows of one document are held out together."""


class ParquetSource(_Files):
    """A row group at a time, through datatrove's reader."""

    kind: Literal["parquet"]
    text: str = "text"
    document: str = "id"


class WarcSource(_Files):
    """Web archives through datatrove's reader; pages through the product's own reader of HTML."""

    kind: Literal["warc"]


class PairsSource(_Files):
    """Parallel text in a CSV or TSV with a header line."""

    kind: Literal["pairs"]
    english: str = "en"
    chinese: str = "zh"


class DocumentsSource(_Files):
    """Files of every format that the product reads, each in a child process, within its limits."""

    kind: Literal["documents"]


class CorrectionsSource(_Files):
    """What `bauhinia corrections export` wrote."""

    kind: Literal["corrections"]
    licence: str = "consent"
    consent: str = "Officers' consent to training, asked at export (D-3.2.1-16)"


class PublicSource(_Files):
    """One of the public sets that `data/public_sets.yaml` knows, from where somebody has put it."""

    kind: Literal["public"]
    set: str


class HkcancorSource(_Any):
    """The Hong Kong Cantonese Corpus, which pycantonese carries; a conversation a document."""

    kind: Literal["hkcancor"]
    licence: str = "CC-BY-4.0"


class CtcpcSource(_Any):
    """The Cantonese side of the Cantonese-Traditional Chinese Parallel Corpus, which pycantonese carries."""

    kind: Literal["ctcpc"]
    licence: str = "CC0-1.0"


class CataloguesSource(_Any):
    """Message catalogues of Debian packages for zh_HK, beside the English of the programs."""

    kind: Literal["catalogues"]
    path: Path = Path("/usr/share/locale/zh_HK/LC_MESSAGES")
    licence: str = "LGPL-2.1-or-later"
    personal: Guarded = "structured"


class CldrSource(_Any):
    """Names of places, languages, currencies, scripts and units in the CLDR data of `babel`."""

    kind: Literal["cldr"]
    licence: str = "Unicode-3.0"
    personal: Guarded = "structured"


class TermbaseSource(_Any):
    """The product's termbase: official names and terms in both languages."""

    kind: Literal["termbase"]
    licence: str = "Apache-2.0"
    personal: Guarded = "structured"


class SamplesSource(_Any):
    """The product's synthetic samples. Most of them are evaluation documents, and are turned away as such."""

    kind: Literal["samples"]
    path: Path | None = None
    licence: str = "Apache-2.0"


class PackagesSource(_Any):
    """English prose from the descriptions of the Python packages that are installed, each under its own
    licence."""

    kind: Literal["packages"]
    licence: str = "per row"
    replay: bool = True


Source = Annotated[
    TextSource
    | JsonlSource
    | ParquetSource
    | WarcSource
    | PairsSource
    | DocumentsSource
    | CorrectionsSource
    | PublicSource
    | HkcancorSource
    | CtcpcSource
    | CataloguesSource
    | CldrSource
    | TermbaseSource
    | SamplesSource
    | PackagesSource,
    Field(discriminator="kind"),
]


class Deduplication(_Part):
    """MinHash: two rows are as good as one above a likeness of about (1/buckets)^(1/hashes)."""

    pieces: int = Field(default=5, ge=1)
    """Chinese characters or Latin words that are taken together."""
    buckets: int = Field(default=14, ge=1)
    hashes: int = Field(default=8, ge=1)


class HeldOut(_Part):
    """What is kept from training, a whole document at a time."""

    share: float = Field(default=0.08, gt=0, lt=1)
    """Of the characters of each kind."""
    most_characters: int = Field(default=20_000, ge=1)
    """Of each kind, however large the corpus."""


class CorpusConfig(_Part):
    """A corpus. The same configuration over the same inputs gives the same files, byte for byte."""

    sources: tuple[Source, ...] = Field(min_length=1)
    licences: tuple[str, ...] = (*PERMISSIVE, *WEAK_COPYLEFT, *OWN)
    """Which licences may be trained on."""
    opt_outs: tuple[Path, ...] = ()
    """Lists of what must not be trained on, one a line: a row's id, a document's name, or the beginning of a
    web address."""
    withdrawals: Path | None = None
    """The register that `withdraw` writes to, for every corpus that shares it; without one, a corpus has its
    own in its folder."""
    evaluation_files: tuple[Path, ...] = ()
    """Further evaluation sets that no row may hold a piece of."""
    thresholds: Path | None = None
    """Quality thresholds other than `data/thresholds.yaml`."""
    deduplication: Deduplication = Deduplication()
    held_out: HeldOut = HeldOut()
    instructions: int = Field(default=400, ge=0)
    """Most program-made instruction rows."""
    preferences: int = Field(default=240, ge=0)
    """Most program-made preference rows."""
    use: tuple[Path, ...] = ()
    """Snapshots that `bauhinia foundry preferences` wrote: their preference rows come first."""
    seed: int = 0
    most_line_bytes: int = Field(default=1_000_000, ge=100)
    most_file_bytes: int = Field(default=50_000_000, ge=100)
    passage_characters: int = Field(default=4_000, ge=200)
    """A longer document becomes several rows, cut between paragraphs or sentences."""
    most_personal: float = Field(default=8.0, gt=0)
    """Pieces of personal data in 1 000 characters above which a row is turned away rather than mended."""
    rejected_samples: int = Field(default=20, ge=0)
    """Of each step and reason, how many rejected rows are kept to be looked at."""
    workers: int = Field(default=1, ge=1)
    """Processes. More of them give the same bytes."""

    @model_serializer(mode="wrap")
    def _only_what_is_used(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A recipe that takes nothing from use keeps the digest that it had before it could."""
        told: dict[str, Any] = handler(self)
        return told if self.use else {name: value for name, value in told.items() if name != "use"}

    @model_validator(mode="after")
    def _names_differ(self) -> CorpusConfig:
        names = [name_of(source) for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are called {twice[0]}: give one of them another `name`")
        return self


def name_of(source: Source) -> str:
    """What the rows of a source are called by."""
    return source.name or (source.set if isinstance(source, PublicSource) else source.kind)


def rehearsal(*, workers: int = 1) -> CorpusConfig:
    """The corpus that any machine with the foundry's packages can build: what the rehearsal trains on."""
    return CorpusConfig(
        workers=workers,
        sources=(
            HkcancorSource(kind="hkcancor"),
            CataloguesSource(kind="catalogues"),
            CldrSource(kind="cldr"),
            TermbaseSource(kind="termbase"),
            SamplesSource(kind="samples"),
            PackagesSource(kind="packages", most_characters=300_000),
        ),
    )
