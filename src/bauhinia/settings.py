"""Every setting, in one place. Environment variables begin with `BAUHINIA_`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Limits(BaseSettings):
    """What a document may cost to read. A file over any of them is refused with HTTP 413."""

    model_config = SettingsConfigDict(env_prefix="BAUHINIA_LIMIT_", frozen=True, extra="forbid")

    file_bytes: int = 50_000_000
    """Size of an uploaded file, bytes."""
    unpacked_bytes: int = 500_000_000
    """Size of a zipped file's parts once unpacked, bytes."""
    pages: int = 2_000
    """Pages of a PDF."""
    nesting: int = 100
    """Depth of nested elements (tables, lists, HTML)."""
    blocks: int = 200_000
    """Paragraphs, headings, list items and table cells together."""
    characters: int = 20_000_000
    """Text of one document."""
    seconds: float = 60.0
    """Time to read one document; of a scan, one page."""
    page_pixels: int = 40_000_000
    """Pixels of a picture that is a page."""
    memory_bytes: int = 2_000_000_000
    """Address space of the reading process, bytes."""


class Settings(BaseSettings):
    """One frozen record, read once from the environment and an optional `.env` file."""

    model_config = SettingsConfigDict(env_prefix="BAUHINIA_", env_file=".env", frozen=True, extra="ignore")

    data_folder: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("bauhinia")))
    """The embedded database and the blobs live here."""
    models_folder: Path = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("bauhinia")) / "models"
    )
    """Cache of weights, each file named by its SHA-256."""
    database_url: str = ""
    """An external PostgreSQL (`postgresql://...`); empty means the embedded one."""
    blobs_url: str = ""
    """Where uploaded files are kept, `s3://bucket/prefix`; empty means `blobs` in the data folder."""
    blobs_endpoint: str = ""
    """Base URL of the S3-compatible store (`https://host:9000`); empty means Amazon's own."""
    blobs_region: str = ""
    """The bucket's region; empty leaves it to `AWS_REGION`."""
    blobs_key: SecretStr = SecretStr("")
    """Access key of that store; empty leaves it to the environment, as Amazon's own tools do."""
    blobs_secret: SecretStr = SecretStr("")
    """Secret of that access key."""
    blobs_path_style: bool = True
    """`https://host/bucket/...`, as most stores want it; false writes `https://bucket.host/...`."""
    ledger_name: str = "bauhinia/ledger"
    """What this ledger is called in its signed checkpoints, such as `hyd.example/ledger`."""
    ledger_checkpoints: str = ""
    """Where signed checkpoints of the ledger go besides the data folder, commas between: folders that exist,
    such as another department's that is mounted, and `s3://bucket/prefix` (best with object lock)."""
    ledger_checkpoint_seconds: float = Field(default=60.0, gt=0)
    """Seconds between two of them while the ledger grows."""
    ledger_keys: str = ""
    """Public keys of other processes or of before whose checkpoints count too, commas between, as `bauhinia
    ledger key` prints them."""
    ledger_s3_endpoint: str = ""
    """Base URL of the S3-compatible store of checkpoints; empty means Amazon's own."""
    ledger_s3_region: str = ""
    """That bucket's region; empty leaves it to `AWS_REGION`."""
    ledger_s3_key: SecretStr = SecretStr("")
    """Access key of that store: let it write and read, and delete nothing."""
    ledger_s3_secret: SecretStr = SecretStr("")
    """Secret of that access key."""
    host: str = "127.0.0.1"
    """Address that the server listens on; loopback is this machine alone."""
    port: int = 8300
    """Port that the server listens on."""
    allowed_hosts: str = ""
    """Further host names that the server answers to, commas between; loopback and `host` always count."""
    stop_seconds: float = 30.0
    """How long requests that are being answered may take to finish after a signal to stop."""
    log_format: Literal["text", "json"] = "text"
    """`text`: warnings, for a person. `json`: a line for every request and event, for a collector."""
    metrics: Literal["off", "loopback", "token"] = "off"
    """Who may read `/metrics`: nobody, this machine alone (by no proxy), or who shows `metrics_token`."""
    metrics_token: SecretStr = SecretStr("")
    """What Prometheus sends as `Authorization: Bearer ...`."""
    otlp_url: str = ""
    """Base URL of an OpenTelemetry collector (`http://host:4318`) that is sent traces; empty keeps none."""

    model: str = "qwen2.5-coder-1.5b-instruct"
    """Name in the catalogue of the model that answers; `fake` is the shipped FakeModel."""
    model_url: str = ""
    """Base URL of an OpenAI-compatible server (`https://host/v1`); empty means the embedded model."""
    model_key: SecretStr = SecretStr("")
    """Key that the remote server asks for; never written to a log or a page."""
    model_context: int = 8_192
    """Context length in tokens, for each of the embedded model's slots."""
    model_slots: int = 2
    """Requests that the embedded model works on at once."""
    model_threads: int = 0
    """Threads of the embedded model; 0 lets the product choose."""
    model_timeout: float = 600.0
    """Seconds without a byte from the backend before a request is given up."""
    model_thinks_first: bool = False
    """The remote model's chat template opens `<think>` by itself, so its answers begin inside it."""
    model_path: Path | None = None
    """Weights already on this machine: the file of `model`, or a folder holding files of the catalogue."""
    catalogue: Path | None = None
    """A YAML file of further models, in the shape of `models/catalogue.yaml`."""
    prices: Path | None = None
    """A YAML file of models' prices in HK$, in the shape of `gateway/prices.yaml` and read before it."""
    tools: Path | None = None
    """A YAML file of the MCP servers and tools that models may use; they may use none while it is unset."""
    chat_sources: str = "live"
    """Where the assistant's live tools ask: `live` is the hosts themselves, `replay` (or `replay:PORT`) is
    `bauhinia replay` on this machine, or the base URL of a mirror that has each host as a folder."""
    hub_url: str = "https://huggingface.co"
    """The hub that weights are fetched from, or a mirror of it; empty leaves the hub out."""
    embedder_url: str = ""
    """Base URL of an OpenAI-compatible `/v1/embeddings` server; empty means the built-in embedder."""
    embedder_model: str = ""
    """Name of the model to ask that server for; empty takes the first one it lists."""
    reranker_url: str = ""
    """Base URL of a server whose `/rerank` puts what the library's search found into order; empty does
    without."""
    reranker_model: str = ""
    """Name of the model to ask that server for; empty leaves it to the server."""
    reranker_key: SecretStr = SecretStr("")
    """Key that this server asks for; never written to a log or a page."""
    reranker_api: Literal["cohere", "tei"] = "cohere"
    """`cohere`: the shape that vLLM, infinity, llama.cpp, Jina and Cohere share. `tei`: that of Text
    Embeddings Inference."""
    reranker_timeout: float = Field(default=5.0, gt=0)
    """Seconds that a search waits for it before it shows the order that it has."""

    listener_url: str = ""
    """Base URL of an OpenAI-compatible server (`https://host/v1`) that writes down speech; empty means
    Whisper base on this machine."""
    listener_model: str = ""
    """Name of the model to ask that server for."""
    speaker_url: str = ""
    """Base URL of an OpenAI-compatible server that speaks; empty leaves the voices of espeak-ng alone."""
    speaker_model: str = ""
    """Name of the model to ask that server for."""
    speaker_voices: dict[str, str] = Field(default_factory=dict)
    """Which of its voices speaks `yue`, `cmn` and `en`, as JSON."""
    songs_url: str = ""
    """Base URL of an ACE-Step server that makes songs with voices; empty leaves the built-in composer."""
    songs_model: str = ""
    """Name of the model to ask that server for."""
    films_url: str = ""
    """Base URL of an OpenAI-compatible server (`/v1/videos`) that makes films; empty leaves drawn ones."""
    films_model: str = ""
    """Name of the model to ask that server for."""
    media_key: SecretStr = SecretStr("")
    """Key that these four servers ask for; never written to a log or a page."""

    model_classification: str = ""
    """The highest classification that the model may see, to lower it; empty means `restricted` on this
    machine and `unclassified` elsewhere. Only two administrators raise it (`/boundary`)."""
    embedder_classification: str = ""
    """The same for what turns text into vectors."""
    reranker_classification: str = ""
    """The same for what puts passages into order."""
    listener_classification: str = ""
    """The same for what writes down speech."""
    speaker_classification: str = ""
    """The same for the server that speaks."""
    songs_classification: str = ""
    """The same for the server that makes songs."""
    films_classification: str = ""
    """The same for the server that makes films."""
    classification: str = "unclassified"
    """What an uploaded document is classified while its officer chooses nothing else."""

    stale_days: int = Field(default=365, ge=1)
    """Days after which a source that a draft uses is flagged as one that may be out of date."""
    release_blocks: str = ""
    """Checks before export whose findings keep a draft in until they are gone, commas between:
    `personal_data`, `wording`, `copied`. Empty shows them and keeps nothing in."""
    human_led: str = ""
    """AI uses that people lead (`pilot.draft,pilot.ask`), commas between: the draft is help on its page, with
    sources and checks, and cannot be accepted, shared or saved as a file."""
    copyright: str = "Copyright in a draft follows your terms of service; a source keeps its owner's."
    """What is said of copyright beside the export buttons."""
    copyright_zh: str = "草稿的版權誰屬，按你的服務條款而定；資料來源的版權仍屬原有版權擁有人。"
    """The same in Traditional Chinese."""

    jobs: int = Field(default=8, ge=0)
    """Jobs that the server works on at once; 0 leaves all to `bauhinia worker` processes."""

    sign_in: Literal["none", "accounts", "openid"] = "none"
    """`none`: one officer, who is whoever reaches this machine. `accounts`: people sign in with accounts of
    this server. `openid`: with an OpenID Connect provider, and such accounts beside it."""
    chat_guests: bool = False
    """Whether people who have not signed in may use the assistant at `/chat`; they reach nothing else."""
    public_url: str = ""
    """Where people reach this server (`https://host`); empty takes what each request names."""
    openid_preset: Literal["entra", "adfs", "keycloak", "iamsmart", "other"] = "other"
    """Which claims the provider sends by which names; the settings below replace single ones."""
    openid_issuer: str = ""
    """The provider's issuer, exactly as its discovery document has it."""
    openid_client_id: str = ""
    """What the provider calls this server."""
    openid_client_secret: SecretStr = SecretStr("")
    """The secret that goes with it; empty for a public client, which PKCE alone protects."""
    openid_scopes: str = ""
    """Scopes to ask for, spaces between; empty takes the preset's."""
    openid_account_claim: str = ""
    """Claim that is the account, `.` between nested names."""
    openid_name_claim: str = ""
    """Claim that is the officer's name."""
    openid_department_claim: str = ""
    """Claim that is the department's short name."""
    openid_roles_claim: str = ""
    """Claim that lists groups or roles."""
    openid_roles: dict[str, str] = Field(default_factory=dict)
    """Which of them gives which role here, as JSON; empty leaves roles to this server."""
    openid_new_officers: Literal["provisioned", "created"] = "provisioned"
    """Who may come in: who was added before, or anybody whose department claim names a department."""
    token: SecretStr = SecretStr("")
    """What the command line shows to a running server that people sign in to."""
    department: str = "Pilot Department"
    """The department of the single local officer where nobody signs in."""
    department_zh: str = ""
    """Its name in Chinese, for the letterhead; empty writes the English one."""
    address: str = ""
    """Its address on the letterhead, lines parted by a semicolon."""
    address_zh: str = ""
    """The same in Chinese."""
    telephone: str = ""
    """Its telephone number on the letterhead, as it is to be printed."""
    crest: Path | None = None
    """A PNG or JPEG picture for the letterhead."""


SECRETS = Path("/run/secrets")
"""Where containers get secrets: a file `bauhinia_model_key` sets `model_key` if the environment does not."""


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The process's settings."""
    given: dict[str, Any] = {"_secrets_dir": SECRETS} if SECRETS.is_dir() else {}
    return Settings(**given)
