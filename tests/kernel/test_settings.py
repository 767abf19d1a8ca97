"""Settings: which database, which names, and what is refused."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, make_url

from erp.app import create_app
from erp.kernel.settings import (
    OLD_NAMES,
    Settings,
    UnusableSettings,
    read_settings,
    setting_names,
    warnings_about,
)

STRONG = "kP3-x9Qm_Zt7Lw2Rv8Yb5Nc1Hd6Jf4Gs0"
SAFE = {
    "SECRET_KEY": STRONG,
    "PUBLIC_BASE_URL": "https://erp.example.com",
    "ENVIRONMENT": "production",
}
AWKWARD = "p@ss:/w#r%d$1?&=+ \\'\"ü"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of the developer is found."""
    monkeypatch.chdir(tmp_path)


def url_of(**given: str) -> URL:
    return read_settings({"ENVIRONMENT": "local", **given}).url


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("postgres://ada:pw@db.example:5433/erp", "postgresql+psycopg"),
        ("postgresql://ada:pw@db.example:5433/erp", "postgresql+psycopg"),
        ("postgresql+asyncpg://ada:pw@db.example:5433/erp", "postgresql+psycopg"),
        ("postgresql+psycopg2://ada:pw@db.example:5433/erp", "postgresql+psycopg"),
        ("sqlite:///erp.db", "sqlite+inline"),
        ("sqlite+aiosqlite:///erp.db", "sqlite+inline"),
    ],
)
def test_every_usual_spelling_of_an_address_is_understood(written: str, driver: str) -> None:
    url = url_of(DATABASE_URL=written, DB_HOST="elsewhere", DB_NAME="other")

    assert url.drivername == driver
    assert url.database in {"erp", "erp.db"}
    assert (url.host, url.port) in {("db.example", 5433), (None, None)}


@pytest.mark.parametrize(
    "written",
    ["mysql://u:secret-pw@h/db", "not an address: secret-pw", "postgresql://ada@h:secret-pw/db"],
)
def test_an_address_of_another_kind_is_refused_without_showing_it(written: str) -> None:
    with pytest.raises(UnusableSettings, match="DATABASE_URL") as caught:
        create_app(read_settings({"ENVIRONMENT": "local", "DATABASE_URL": written}))

    assert "secret-pw" not in str(caught.value)


def test_cloud_run_speaks_through_a_socket() -> None:
    url = url_of(
        ENVIRONMENT="cloud_run",
        INSTANCE_CONN_NAME="proj:region:inst",
        DB_USER="ada",
        DB_PASS=AWKWARD,
        DB_NAME="books",
    )

    assert (url.host, url.port, url.database) == (None, None, "books")
    assert dict(url.query) == {"host": "/cloudsql/proj:region:inst"}
    assert (url.username, url.password) == ("ada", AWKWARD)


def test_cloud_run_needs_the_name_of_its_instance() -> None:
    with pytest.raises(UnusableSettings, match="INSTANCE_CONN_NAME"):
        read_settings({"ENVIRONMENT": "cloud_run"})


def test_the_socket_folder_can_be_another() -> None:
    url = url_of(ENVIRONMENT="cloud_run", INSTANCE_CONN_NAME="a:b:c", DB_SOCKET_DIR="/tmp/sockets")

    assert url.query["host"] == "/tmp/sockets/a:b:c"


def test_the_proxy_stands_on_this_machine() -> None:
    url = url_of(
        ENVIRONMENT="proxy", DB_HOST="ignored", DB_PORT="9999", DB_NAME="books", DB_USER="ada"
    )

    assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "127.0.0.1", 5432)


def test_a_server_is_named_by_its_parts() -> None:
    named = url_of(
        DB_HOST="db.example", DB_PORT="5433", DB_NAME="books", DB_USER="ada", DB_PASS="pw"
    )
    by_name_alone = url_of(DB_NAME="books")

    assert named == make_url("postgresql+psycopg://ada:pw@db.example:5433/books")
    assert (by_name_alone.host, by_name_alone.port) == ("127.0.0.1", 5432)
    assert by_name_alone.username == getpass.getuser()


def test_without_any_word_data_lies_in_a_file(tmp_path: Path) -> None:
    assert url_of() == make_url("sqlite+inline:///data/erp.db")
    assert url_of(DATA_DIR=str(tmp_path)).database == str(tmp_path / "erp.db")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_passwords_hold_any_character(password: str) -> None:
    settings = Settings(environment="local", db_host="db", db_pass=password)

    assert settings.url.password == password
    assert make_url(settings.url.render_as_string(hide_password=False)).password == password


@pytest.mark.parametrize(
    ("new", "old"), [(new, old) for new, olds in OLD_NAMES.items() for old in olds]
)
def test_the_names_of_the_old_systems_still_work(new: str, old: str) -> None:
    values = {
        "SECRET_KEY": STRONG,
        "ALGORITHM": "HS256",
        "ACCESS_TOKEN_MINUTES": "7",
        "REFRESH_TOKEN_DAYS": "9",
        "CORS_ORIGINS": "https://a.example",
        "TIME_ZONE": "Europe/Berlin",
    }

    by_old = read_settings({"ENVIRONMENT": "local", old: values[new]})

    assert by_old == read_settings({"ENVIRONMENT": "local", new: values[new]})
    assert by_old != read_settings({"ENVIRONMENT": "local"}) or new == "ALGORITHM"


def test_old_and_new_names_must_agree() -> None:
    agreeing = {"ACCESS_TOKEN_MINUTES": "20", "JWT_EXPIRATION_MINUTES": "20"}
    assert read_settings({"ENVIRONMENT": "local", **agreeing}).access_token_minutes == 20

    with pytest.raises(
        UnusableSettings, match="ACCESS_TOKEN_MINUTES and JWT_EXPIRATION_MINUTES disagree"
    ):
        read_settings({"ENVIRONMENT": "local", **agreeing, "JWT_EXPIRATION_MINUTES": "21"})


def test_disagreeing_secrets_are_not_shown() -> None:
    with pytest.raises(UnusableSettings) as caught:
        read_settings({"SECRET_KEY": STRONG, "JWT_SECRET_KEY": STRONG[::-1]})

    assert STRONG not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("PORT", "70000"),
        ("ENVIRONMENT", "prodution"),
        ("ACCESS_TOKEN_MINUTES", "0"),
        ("TRUSTED_PROXIES", "nowhere"),
        ("CURRENCY", "euro"),
        ("SMTP_TLS", "maybe"),
        ("DB_POOL_SIZE", "0"),
    ],
)
def test_a_wrong_value_is_named_by_its_variable(name: str, value: str) -> None:
    with pytest.raises(UnusableSettings, match=f"^{name}: ") as caught:
        read_settings({"ENVIRONMENT": "local", name: value})

    assert value not in str(caught.value).removeprefix(name) or len(value) == 1


def test_empty_variables_count_as_absent() -> None:
    empty: dict[str, Any] = dict.fromkeys(setting_names(), "")

    assert read_settings({**empty, "ENVIRONMENT": "local"}) == read_settings(
        {"ENVIRONMENT": "local"}
    )


def test_a_file_can_hold_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{STRONG}\n", encoding="utf-8")

    by_file = read_settings({"ENVIRONMENT": "local", "SECRET_KEY_FILE": str(tmp_path / "key")})

    assert by_file.secret_key.get_secret_value() == STRONG


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableSettings, match="SECRET_KEY_FILE"):
        read_settings({"ENVIRONMENT": "local", "SECRET_KEY_FILE": str(tmp_path / "none")})


def test_the_env_file_is_found_upward_and_variables_win(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "ENVIRONMENT=local\nPORT=9001\nAPP_NAME='From file'\n", encoding="utf-8"
    )
    (tmp_path / "deeper").mkdir()
    monkeypatch.chdir(tmp_path / "deeper")

    settings = read_settings({"PORT": "9002"})

    assert (settings.port, settings.app_name) == (9002, "From file")


def test_unknown_keys_are_named_with_the_nearest_known_one() -> None:
    warnings = list(
        warnings_about(
            {
                "SECRET_KEYS": "x",
                "SMTP_HOTS": "x",
                "PORT": "1",
                "JWT_SECRET_KEY": "x",
                "DB_PASS_FILE": "x",
                "COLOUR": "red",
                "COOKIE_DOMAIN": "x",
            }
        )
    )

    assert warnings == [
        "SECRET_KEYS is not a setting; did you mean SECRET_KEY?",
        "SMTP_HOTS is not a setting; did you mean SMTP_HOST?",
        "COLOUR is not a setting",
        "COOKIE_DOMAIN has no effect: cookies belong to one host",
    ]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings({"ENVIRONMENT": "local"}).port = 1  # type: ignore[misc]
