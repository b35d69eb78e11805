"""Configuration: environment variables that begin with APP_."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveFloat
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass(frozen=True)
class Limits:
    """How long a request waits for the database, in seconds; PostgreSQL counts the first three."""

    lock: float
    statement: float
    idle_transaction: float
    connection: float
    pool: float


class Settings(BaseSettings):
    """Production sets APP_DATABASE_URL; the embedded database sets APP_EMBEDDED_URL instead, never both."""

    model_config = SettingsConfigDict(env_prefix="APP_", extra="ignore")

    database_url: str | None = None
    embedded_url: str | None = None
    demonstration: bool = True
    keys: Path = Path("var/keys")
    issuer: str = "urn:hagukumi"
    audience: str = "urn:hagukumi:api"
    token_minutes: int = 60
    leavers_grace_days: int = 0
    body_limit: int = 1_048_576
    calls_per_minute: int = 300_000
    wrong_sign_ins_per_minute: int = 20
    pool_size: int = 30
    transaction_pool: bool = False
    replica_urls: list[str] = []
    replica_lag_seconds: PositiveFloat = 5
    lock_seconds: PositiveFloat = 10
    statement_seconds: PositiveFloat = 30
    idle_transaction_seconds: PositiveFloat = 30
    connection_seconds: PositiveFloat = 5
    pool_seconds: PositiveFloat = 20
    jobs_seconds: NonNegativeFloat = 60
    release_unconfirmed_days: NonNegativeInt | None = None
    leader_absence_days: int = 30
    cors_origins: list[str] = []
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    log_sql: bool = False

    @cached_property
    def url(self) -> str:
        """The asyncpg URL of the database in use."""
        given = self.database_url or self.embedded_url
        if not given:
            raise SystemExit("Set APP_DATABASE_URL, or start with scripts/serve, which brings its own database.")
        return _for_asyncpg(given)

    @cached_property
    def replicas(self) -> list[str]:
        """The asyncpg URLs of the replicas."""
        return [_for_asyncpg(given) for given in self.replica_urls]

    @cached_property
    def limits(self) -> Limits:
        """For requests; what an operator starts, such as a migration, takes the time it needs."""
        return Limits(
            lock=self.lock_seconds,
            statement=self.statement_seconds,
            idle_transaction=self.idle_transaction_seconds,
            connection=self.connection_seconds,
            pool=self.pool_seconds,
        )

    @cached_property
    def demo_accounts(self) -> bool:
        """Made-up accounts are accepted with the embedded database only."""
        return self.database_url is None and self.embedded_url is not None and self.demonstration


def _for_asyncpg(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if scheme in {"postgres", "postgresql"} else url
