"""`erp create-admin` prints a link that sets a password, once."""

from __future__ import annotations

import httpx2

from tests.process.running import (
    PLAIN,
    Running,
    answered,
    free_port,
    run_erp,
    serving,
    settings_for,
    sign_in_at,
    sign_up_at,
)

CHOSEN = "Chosen-By-Link-7"


def token_in(said: str, base_url: str) -> str:
    """The secret in the link's fragment, which no server and no log ever sees."""
    link = said.strip().splitlines()[-1]
    assert link.startswith(f"{base_url}/reset#token="), said
    return link.partition("#token=")[2]


def choose_password(server: Running, token: str, password: str = CHOSEN) -> httpx2.Response:
    body = {"token": token, "new_password": password}
    return httpx2.post(f"{server.base_url}/api/auth/reset-password", json=body, **PLAIN)


def test_the_link_sets_a_password_once_and_the_admin_signs_in(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url, PORT=free_port())
    words = ("--email", "boss@acme.example.com", "--organization", "Acme & Sons")

    with serving(tmp_path, settings) as server:
        made = run_erp(tmp_path, settings, "create-admin", *words)
        token = token_in(made.stdout, server.base_url)
        weak = choose_password(server, token, "weak")
        first = choose_password(server, token)
        second = choose_password(server, token, "Another-Password-7")
        signed_in = answered(
            server, 200, "/api/auth/login", {"email": "BOSS@acme.example.com", "password": CHOSEN}
        )

    assert made.returncode == 0, made.stderr
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    assert first.status_code == 204
    assert (second.status_code, second.json()["code"]) == (400, "reset_token_invalid")
    assert [(each["name"], each["role"]) for each in signed_in["organizations"]] == [
        ("Acme & Sons", "admin")
    ]


def test_somebody_known_gets_a_new_link_and_no_second_organization(tmp_path):
    settings = settings_for(tmp_path, PORT=free_port())

    with serving(tmp_path, settings) as server:
        before = sign_up_at(server)
        old = sign_in_at(server)
        said = [
            run_erp(tmp_path, settings, "create-admin", "--email", "ada@example.com").stdout
            for _ in range(2)
        ]
        first, second = [token_in(each, server.base_url) for each in said]
        statuses = [choose_password(server, token).status_code for token in (second, first)]
        after = answered(
            server, 200, "/api/auth/login", {"email": "ada@example.com", "password": CHOSEN}
        )
        with server.client(**old) as client:
            old_session = client.get("/api/auth/me").status_code

    assert after["organizations"] == before["organizations"]
    assert statuses == [204, 400]
    assert old_session == 401


def test_what_is_no_address_is_refused_in_plain_words(tmp_path):
    result = run_erp(tmp_path, settings_for(tmp_path), "create-admin", "--email", "boss@")

    assert result.returncode == 2
    assert "this is not an e-mail address" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_schema_the_missing_step_is_named(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url)

    result = run_erp(tmp_path, settings, "create-admin", "--email", "boss@example.com")

    assert result.returncode == 1
    assert result.stderr.splitlines() == ["erp: the database is at nothing; run erp migrate first"]
