"""The only reader of the environment: one frozen object, built once and passed down."""

import getpass
import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from dotenv import dotenv_values, find_dotenv
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from sqlalchemy import URL

from erp.kernel.addresses import database_address, ensure_callable

OLD_NAMES = {
    "SECRET_KEY": ("JWT_SECRET_KEY",),
    "ALGORITHM": ("JWT_ALGORITHM",),
    "ACCESS_TOKEN_MINUTES": (
        "ACCESS_TOKEN_EXPIRE_MINUTES",
        "JWT_EXPIRATION_MINUTES",
        "ACCESS_TOKEN_MIN",
    ),
    "REFRESH_TOKEN_DAYS": ("REFRESH_TOKEN_EXPIRE_DAYS",),
    "CORS_ORIGINS": ("BACKEND_CORS_ORIGINS",),
    "TIME_ZONE": ("TIMEZONE",),
}
DISTINCT_CHARACTERS = 8  # random text of 32 characters has more
SAMPLE_SECRETS = ("change", "secret", "example", "your-", "your_", "dev-", "test", "password")


class UnusableSettings(Exception):
    """The settings contradict each other or are unsafe; the message says which and why."""


def _split(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _address(given: SecretStr | None, name: str) -> URL | None:
    return database_address(given.get_secret_value(), name) if given else None


Listed = BeforeValidator(_split)
OldApi = Literal["cloud-erp", "medicalcare", "inventory-manager", "task-hub", "logger"]


class Settings(BaseModel):
    """Every setting of the product. Names are those of the environment in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True)

    environment: Literal["local", "test", "production", "cloud_run", "proxy"] = "production"
    app_name: str = "Cloud ERP Lite"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_base_url: str = ""
    data_dir: Path = Path("data")

    database_url: SecretStr | None = None
    migration_database_url: SecretStr | None = None
    backup_database_url: SecretStr | None = None
    backup_dir: Path | None = None
    nightly_backups: Literal["auto", "on", "off"] = "auto"
    db_host: str | None = None
    db_port: Annotated[int, Field(ge=1, le=65535)] = 5432
    db_name: str | None = None
    db_user: str | None = None
    db_pass: SecretStr | None = None
    db_socket_dir: str = "/cloudsql"
    instance_conn_name: str | None = None
    db_pool_size: Annotated[int, Field(ge=1, le=100)] = 10
    migrate_on_start: bool = True

    secret_key: SecretStr = SecretStr("")
    previous_secret_keys: Annotated[list[SecretStr], Listed] = []
    algorithm: Literal["HS256"] = "HS256"
    access_token_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 14
    session_days: Annotated[int, Field(ge=1, le=365)] = 30
    cookie_secure: bool | None = None
    cookie_domain: str | None = None
    cors_origins: Annotated[list[str], Listed] = []
    frontend_url: str | None = None
    frontend_url_8081: str | None = None
    compat_apis: Annotated[list[OldApi], Listed] = []
    trusted_proxies: Annotated[list[IPv4Network | IPv6Network], Listed] = []
    email_verification: Literal["required", "off"] | None = None
    enable_password_form: bool | None = None
    expose_otp: bool = False
    debug: bool = False
    password_composition: Literal["on", "off"] = "on"
    password_memory_kib: Annotated[int, Field(ge=8)] = 19456
    password_time_cost: Annotated[int, Field(ge=1)] = 2
    password_pepper: SecretStr | None = None
    previous_password_peppers: Annotated[list[SecretStr], Listed] = []
    api_requests_per_minute: Annotated[int, Field(ge=0)] = 600
    api_burst: Annotated[int, Field(ge=1)] = 60
    ops_token: SecretStr | None = None

    ace_api_url: str | None = None
    ace_projects_url: str | None = None
    ace_api_token: SecretStr | None = None
    directory_uniform_errors: bool = False

    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str | None = None
    smtp_pass: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "off"] = "starttls"
    mail_from: str = "Cloud ERP Lite <erp@localhost>"
    mail_dir: Path | None = None
    embedded_worker: Literal["auto", "on", "off"] = "auto"

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    time_zone: str = "UTC"
    max_body_bytes: Annotated[int, Field(ge=1024)] = 1_048_576
    max_batch_bytes: Annotated[int, Field(ge=1024)] = 8_388_608
    max_upload_bytes: Annotated[int, Field(ge=1024)] = 20_971_520
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"

    @cached_property
    def is_production(self) -> bool:
        """Every environment but `local` and `test` is production, unset included."""
        return self.environment not in ("local", "test")

    @cached_property
    def base_url(self) -> str:
        """Where people reach the product, without a trailing slash; links in mails use it."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return (self.public_base_url or f"http://{host}:{self.port}").rstrip("/")

    @cached_property
    def secure_cookies(self) -> bool:
        """Whether cookies carry `Secure` and the `__Host-` prefix."""
        return (
            self.base_url.startswith("https") if self.cookie_secure is None else self.cookie_secure
        )

    @cached_property
    def verification(self) -> Literal["required", "off"]:
        """Whether a sign-up must prove its e-mail address."""
        return self.email_verification or ("required" if self.is_production else "off")

    @cached_property
    def takes_password_form(self) -> bool:
        """Whether a documentation page may sign in by the OAuth2 password form."""
        given = self.enable_password_form
        return not self.is_production if given is None else given

    @cached_property
    def exposes_codes(self) -> bool:
        """Whether answers show one-time codes: two locks, and never in production."""
        return self.expose_otp and not self.is_production

    @cached_property
    def peppers(self) -> list[SecretStr]:
        """Every pepper that may have been used, of today and before."""
        present = [self.password_pepper] if self.password_pepper else []
        return [*present, *self.previous_password_peppers]

    @cached_property
    def origins(self) -> frozenset[str]:
        """Origins of other hosts that may call the API from a browser."""
        extra = [url for url in (self.frontend_url, self.frontend_url_8081) if url]
        return frozenset(origin.rstrip("/") for origin in [*self.cors_origins, *extra])

    @cached_property
    def ace_projects(self) -> str | None:
        """Where the directory lists projects; by default beside the address of its sign-in."""
        if self.ace_projects_url or not self.ace_api_url:
            return self.ace_projects_url
        parts = urlsplit(self.ace_api_url)
        path = f"{parts.path.rpartition('/')[0]}/projects"
        return urlunsplit((parts.scheme, parts.netloc, path, "", ""))

    @cached_property
    def mail_folder(self) -> Path:
        """Where mails go as `.eml` files while there is no SMTP server."""
        return self.mail_dir or self.data_dir / "mail"

    @cached_property
    def runs_worker(self) -> bool:
        """Whether the API process runs jobs itself."""
        if self.embedded_worker == "auto":
            return not self.is_production or self.url.get_backend_name() == "sqlite"
        return self.embedded_worker == "on"

    @cached_property
    def url(self) -> URL:
        """The database, never glued from strings: passwords may hold any character."""
        if given := _address(self.database_url, "DATABASE_URL"):
            return given
        if self.environment == "cloud_run":
            return self._server(
                None, None, {"host": f"{self.db_socket_dir}/{self.instance_conn_name}"}
            )
        if self.environment == "proxy":
            return self._server("127.0.0.1", 5432)
        if self.db_host or self.db_name:
            return self._server(self.db_host or "127.0.0.1", self.db_port)
        return URL.create("sqlite+inline", database=str(self.data_dir / "erp.db"))

    @cached_property
    def migration_url(self) -> URL:
        """The same database as the role that owns the tables; one role may be both."""
        return _address(self.migration_database_url, "MIGRATION_DATABASE_URL") or self.url

    @cached_property
    def backup_url(self) -> URL:
        """The same database as the role that backs it up, and so reads all of it."""
        return _address(self.backup_database_url, "BACKUP_DATABASE_URL") or self.migration_url

    @cached_property
    def has_two_roles(self) -> bool:
        """Whether the tables belong to another role than the one the product runs as."""
        return self.migration_url.username != self.url.username

    def _server(
        self, host: str | None, port: int | None, query: dict[str, str] | None = None
    ) -> URL:
        return URL.create(
            "postgresql+psycopg",
            username=self.db_user or getpass.getuser(),
            password=self.db_pass.get_secret_value() if self.db_pass else None,
            host=host,
            port=port,
            database=self.db_name or "erp",
            query=query or {},
        )

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        if self.environment == "cloud_run" and not (self.database_url or self.instance_conn_name):
            raise ValueError("ENVIRONMENT=cloud_run needs INSTANCE_CONN_NAME or DATABASE_URL")
        if self.expose_otp and self.is_production:
            raise ValueError("EXPOSE_OTP is for ENVIRONMENT=local only")
        for address in filter(None, (self.ace_api_url, self.ace_projects_url)):
            ensure_callable(address, is_production=self.is_production)
        for name, own in (("MIGRATION", self.migration_url), ("BACKUP", self.backup_url)):
            backends = {own.get_backend_name(), self.url.get_backend_name()}
            is_given = getattr(self, f"{name.lower()}_database_url")
            if len(backends) > 1 or (is_given and backends == {"sqlite"}):
                raise ValueError(f"{name}_DATABASE_URL must name the PostgreSQL of DATABASE_URL")
        return self

    def unsafe(self) -> Iterator[str]:
        """What makes these settings unfit for production, one sentence each."""
        keys = [key.get_secret_value() for key in (self.secret_key, *self.previous_secret_keys)]
        peppers = [pepper.get_secret_value() for pepper in self.peppers]
        is_sample = any(word in keys[0].lower() for word in SAMPLE_SECRETS)
        is_sample = is_sample or len(set(keys[0])) < DISTINCT_CHARACTERS
        faults = {
            "SECRET_KEY must have at least 32 characters": min(map(len, keys)) < 32,
            "PREVIOUS_SECRET_KEYS repeats a key": len(set(keys)) < len(keys),
            "SECRET_KEY looks like a sample; make a random one": is_sample,
            "PASSWORD_PEPPER must have at least 32 characters": any(len(p) < 32 for p in peppers),
            "PASSWORD_PEPPER must not repeat a key": bool({*peppers} & {*keys}),
            "DEBUG must be off": self.debug,
            "CORS_ORIGINS must list origins, not * or null": bool({"*", "null"} & self.origins),
            "COOKIE_SECURE must not be off": self.cookie_secure is False,
            "PUBLIC_BASE_URL must be an https address": not self.base_url.startswith("https://"),
            "EMAIL_VERIFICATION must not be off": self.verification == "off",
        }
        return (fault for fault, is_so in faults.items() if is_so)

    def ensure_safe(self) -> None:
        """Raises `UnusableSettings` in production with any unsafe setting."""
        faults = list(self.unsafe()) if self.is_production else []
        if faults:
            raise UnusableSettings("; ".join(faults))


def read_settings(environ: Mapping[str, str] | None = None, **over: object) -> Settings:
    """Build the settings from the environment and the nearest `.env` (variables win).

    Raises `UnusableSettings` with one line naming each wrong variable; values are never shown.
    """
    given = {**read_env_file(), **(os.environ if environ is None else environ)}
    values = {name.lower(): _one_value(name, given) for name in setting_names()}
    present = {name: value for name, value in values.items() if value is not None}
    try:
        return Settings.model_validate({**present, **over})
    except ValidationError as error:
        faults = [
            f"{_name(fault['loc'])}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        ]
        raise UnusableSettings("; ".join(faults)) from None


def read_env_file() -> dict[str, str]:
    """The variables of the nearest `.env`, looked for from the working directory upward."""
    path = find_dotenv(usecwd=True)
    return {key: value for key, value in dotenv_values(path).items() if value} if path else {}


def setting_names() -> list[str]:
    """Every variable the product reads, old names not included."""
    return [name.upper() for name in Settings.model_fields]


def warnings_about(given: Mapping[str, str]) -> Iterator[str]:
    """Sentences about keys of a `.env` file that have no effect."""
    known = {*setting_names(), *(old for names in OLD_NAMES.values() for old in names)}
    for key in given:
        name = key.upper().removesuffix("_FILE")
        if name not in known:
            near = get_close_matches(name, known, 1)
            yield f"{key} is not a setting" + (f"; did you mean {near[0]}?" if near else "")
    if given.get("COOKIE_DOMAIN"):
        yield "COOKIE_DOMAIN has no effect: cookies belong to one host"


def _one_value(name: str, given: Mapping[str, str]) -> str | None:
    """The value under the name or its old names; a `NAME_FILE` variable names a file with it."""
    found = {alias: given[alias] for alias in (name, *OLD_NAMES.get(name, ())) if given.get(alias)}
    if len(set(found.values())) > 1:
        raise UnusableSettings(f"{' and '.join(found)} disagree; keep one")
    if not found and (path := given.get(f"{name}_FILE")):
        return _read_secret(f"{name}_FILE", path)
    return next(iter(found.values()), None)


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise UnusableSettings(f"{name}: {path} cannot be read: {error}") from None


def _name(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else "settings"
