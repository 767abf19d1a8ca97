"""The other verbs of `erp`, as processes."""

from __future__ import annotations

import email
import email.policy
import json
import socket
from pathlib import Path

import pytest

from erp import __version__
from erp.app import create_app
from erp.kernel.settings import Settings
from tests.process.running import (
    free_port,
    run_erp,
    serving,
    settings_for,
    sign_up_at,
    start_erp,
    wait_for,
)


def test_the_version_is_printed(tmp_path):
    result = run_erp(tmp_path, {}, "version")

    assert (result.returncode, result.stdout) == (0, f"{__version__}\n")


def test_without_a_verb_every_verb_is_listed(tmp_path):
    result = run_erp(tmp_path, {})

    verbs = ["serve", "worker", "migrate", "check", "create-admin", "demo", "openapi", "version"]
    assert [verb for verb in verbs if verb not in result.stdout + result.stderr] == []


def test_the_openapi_document_is_printed_without_settings_or_database(tmp_path):
    result = run_erp(tmp_path, {}, "openapi", "-")

    assert json.loads(result.stdout) == create_app(Settings(environment="test")).openapi()
    assert list(tmp_path.iterdir()) == []


def test_the_openapi_document_is_written_to_a_file(tmp_path):
    result = run_erp(tmp_path, {}, "openapi", str(tmp_path / "api.json"))

    assert (result.returncode, result.stdout) == (0, "")
    assert "/api/products" in json.loads((tmp_path / "api.json").read_text())["paths"]


def test_the_worker_delivers_a_mail_as_a_file_and_stops(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url, EMBEDDED_WORKER="off", MAIL_DIR=tmp_path / "mails")
    with serving(tmp_path, settings) as server:
        sign_up_at(server, "grace@example.com")

    with start_erp(tmp_path, settings, "worker") as worker:
        wait_for(lambda: any((tmp_path / "mails").glob("*.eml")), worker.said)
        code = worker.stop()

    mails = list((tmp_path / "mails").iterdir())
    assert code == 0, worker.said()
    assert [mail.suffix for mail in mails] == [".eml"]
    assert read_mail(mails[0])["To"] == "grace@example.com"
    assert mails[0].stat().st_mode & 0o777 == 0o600


def read_mail(path: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


@pytest.mark.parametrize(("verb", "environment"), [("serve", None), ("worker", "production")])
def test_unsafe_production_settings_end_a_process_with_one_line(tmp_path, verb, environment):
    settings = settings_for(tmp_path, SECRET_KEY="change-me", ENVIRONMENT=environment or "")

    result = run_erp(tmp_path, settings, verb)

    assert result.returncode == 1
    assert result.stdout + result.stderr == (
        "erp: the settings cannot be used: SECRET_KEY must have at least 32 characters; "
        "SECRET_KEY looks like a sample; make a random one; "
        "PUBLIC_BASE_URL must be an https address\n"
    )
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_ends_the_server_with_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run_erp(tmp_path, settings_for(tmp_path, PORT=port), "serve")

    said = f"erp: the settings cannot be used: HOST 127.0.0.1, PORT {port}: Address already in use"
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(said)
    assert len(result.stderr.splitlines()) == 1


def test_host_and_port_are_taken_from_the_command_line_first(tmp_path):
    port = free_port()
    settings = settings_for(tmp_path, PORT=1, HOST="192.0.2.1")
    words = ("serve", "--host", "127.0.0.1", "--port", str(port))

    with start_erp(tmp_path, settings, *words) as server:
        server.base_url = f"http://127.0.0.1:{port}"
        server.wait_until(200)

    assert server.said() == f"Cloud ERP Lite is at http://127.0.0.1:{port}\n"


def test_settings_come_from_the_nearest_env_file_and_variables_win(tmp_path):
    settings = settings_for(tmp_path)
    file = {"SECRET_KEY": settings.pop("SECRET_KEY"), "ENVIRONMENT": "production"}
    (tmp_path / ".env").write_text("".join(f"{key}={value}\n" for key, value in file.items()))
    (tmp_path / "inner").mkdir()

    with serving(tmp_path / "inner", settings) as server:
        signed_up = sign_up_at(server)

    assert signed_up["status"] == "active"
