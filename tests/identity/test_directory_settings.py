"""Where passwords are forwarded to: https, or this very machine while nothing is at stake."""

from __future__ import annotations

from pathlib import Path

import pytest

from erp.kernel.settings import UnusableSettings, read_settings
from tests.kernel.test_settings import SAFE

HTTPS = "https://ace.example.com/api/v2/login?tenant=a"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No `.env` of the developer is found."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["ACE_API_URL", "ACE_PROJECTS_URL"])
@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ("production", "http://127.0.0.1:8099/ace/login"),
        ("cloud_run", "http://localhost/ace/login"),
        ("local", "http://ace.example.com/login"),
        ("local", "http://127.0.0.1.example.com/login"),
        ("local", "http://127.0.0.1@evil.example/login"),
        ("local", "ftp://127.0.0.1/login"),
        ("local", "ace.example.com/login"),
        ("local", "https:///login"),
        ("production", "https://user:s3cret@ace.example.com/login"),
        ("production", "https://ace.example.com/login#part"),
        ("production", "https://ace.example.com:99999/login"),
    ],
)
def test_an_address_that_is_not_safe_stops_the_start(environment: str, address: str, name: str):
    given = {**SAFE, "ENVIRONMENT": environment, "INSTANCE_CONN_NAME": "a:b:c", name: address}

    with pytest.raises(UnusableSettings) as caught:
        read_settings(given)

    assert "ACE_API_URL" in str(caught.value) or "Port" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ("production", HTTPS),
        ("local", "http://127.0.0.1:8099/ace/login"),
        ("test", "http://localhost:8099/ace/login"),
        ("local", "http://[::1]:8099/ace/login"),
    ],
)
def test_safe_addresses_are_taken(environment: str, address: str):
    settings = read_settings({**SAFE, "ENVIRONMENT": environment, "ACE_API_URL": address})

    assert settings.ace_api_url == address


@pytest.mark.parametrize(
    ("login", "projects", "expected"),
    [
        (HTTPS, "", "https://ace.example.com/api/v2/projects"),
        ("https://ace.example.com:8443/login", "", "https://ace.example.com:8443/projects"),
        ("https://ace.example.com", "", "https://ace.example.com/projects"),
        (HTTPS, "https://other.example.com/p", "https://other.example.com/p"),
        ("", "https://other.example.com/p", "https://other.example.com/p"),
        ("", "", None),
    ],
)
def test_projects_lie_beside_the_sign_in(login: str, projects: str, expected: str | None):
    given = {**SAFE, "ACE_API_URL": login, "ACE_PROJECTS_URL": projects}

    assert read_settings(given).ace_projects == expected


def test_the_service_token_is_not_shown():
    settings = read_settings({**SAFE, "ACE_API_URL": HTTPS, "ACE_API_TOKEN": "s3cret-token"})

    assert "s3cret" not in repr(settings)
    assert settings.ace_api_token is not None
    assert settings.ace_api_token.get_secret_value() == "s3cret-token"
