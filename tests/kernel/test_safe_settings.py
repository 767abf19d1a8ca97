"""Production refuses what is unsafe, and says every reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from erp.app import create_app
from erp.kernel.settings import UnusableSettings, read_settings
from tests.kernel.test_settings import SAFE, STRONG


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of the developer is found."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        ({"SECRET_KEY": ""}, "32 characters"),
        ({"SECRET_KEY": STRONG[:31]}, "32 characters"),
        ({"SECRET_KEY": "change-me-please-change-me-please-0"}, "looks like a sample"),
        ({"SECRET_KEY": "a" * 40}, "looks like a sample"),
        ({"PREVIOUS_SECRET_KEYS": STRONG}, "repeats a key"),
        ({"PREVIOUS_SECRET_KEYS": "short"}, "32 characters"),
        ({"PASSWORD_PEPPER": "short"}, "PASSWORD_PEPPER"),
        ({"PREVIOUS_PASSWORD_PEPPERS": "short"}, "PASSWORD_PEPPER"),
        ({"PASSWORD_PEPPER": STRONG}, "must not repeat a key"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"CORS_ORIGINS": "https://a.example, *"}, "CORS_ORIGINS"),
        ({"FRONTEND_URL": "*"}, "CORS_ORIGINS"),
        ({"COOKIE_SECURE": "false"}, "COOKIE_SECURE"),
        ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://erp.example.com"}, "PUBLIC_BASE_URL"),
        ({"EMAIL_VERIFICATION": "off"}, "EMAIL_VERIFICATION"),
        ({"EXPOSE_OTP": "true"}, "EXPOSE_OTP"),
    ],
)
@pytest.mark.parametrize("environment", ["production", "cloud_run", "proxy", ""])
def test_unsafe_production_settings_are_refused(
    environment: str, over: dict[str, str], reason: str
) -> None:
    given = {**SAFE, "ENVIRONMENT": environment, "INSTANCE_CONN_NAME": "a:b:c", **over}

    with pytest.raises(UnusableSettings, match=reason):
        create_app(read_settings(given))


def test_every_reason_is_named_at_once() -> None:
    with pytest.raises(UnusableSettings) as caught:
        read_settings({"DEBUG": "true"}).ensure_safe()

    assert all(word in str(caught.value) for word in ("SECRET_KEY", "DEBUG", "PUBLIC_BASE_URL"))


def test_safe_production_settings_are_accepted() -> None:
    settings = read_settings(SAFE)

    settings.ensure_safe()

    assert (settings.secure_cookies, settings.verification, settings.runs_worker) == (
        True,
        "required",
        True,
    )
    assert not read_settings({**SAFE, "DB_HOST": "db"}).runs_worker


def test_locally_nothing_is_demanded() -> None:
    read_settings({"ENVIRONMENT": "local", "DEBUG": "true"}).ensure_safe()


def test_secrets_are_never_shown() -> None:
    settings = read_settings(
        {
            **SAFE,
            "DB_HOST": "db",
            "DB_PASS": "s3cret-db",
            "SMTP_PASS": "s3cret-smtp",
            "DATABASE_URL": "postgresql://a:s3cret-url@h/d",
        }
    )

    assert not {"s3cret-db", "s3cret-smtp", "s3cret-url", STRONG} & set(
        str(settings).replace("'", " ").split()
    )
    assert "s3cret" not in repr(settings)
    assert STRONG not in repr(settings)
