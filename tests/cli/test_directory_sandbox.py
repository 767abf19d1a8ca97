"""`erp directory-sandbox` plays a company directory, and the whole story can be tried with it."""

from __future__ import annotations

import socket
import subprocess
from time import monotonic, sleep

import httpx2
import pytest
from fastapi import FastAPI

from erp.cli.sandbox import PEOPLE, TOKEN, describe_sandbox
from tests.identity.directories import asking, log_in_there, sandbox_at_work
from tests.identity.making import sign_in_again
from tests.making import Person
from tests.process.running import ERP, PLAIN, environment, free_port, run_erp, settings_for

pytestmark = pytest.mark.anyio

ADA = {"account_id": "northwind", "username": "ada", "password": "Ada-Sandbox-1"}


async def test_the_whole_story_from_a_claim_to_a_colleague(app: FastAPI, person: Person):
    async with sandbox_at_work() as address, asking(app, address) as asker:
        admin = await sign_in_again(asker, person)
        claim = {"account_id": "northwind", "role_map": {"developer": "manager"}}
        made = (await admin.client.post("/api/directory-connections", json=claim)).json()
        linked = await admin.client.post("/api/auth/identities", json=ADA)
        path = f"/api/directory-connections/{made['id']}"
        enabled = await admin.client.patch(path, json={"enabled": True})

        grace = {"username": "grace", "password": "Grace-Sandbox-1"}
        colleague = await log_in_there(asker, "northwind", **grace)
        mine = await log_in_there(asker, "northwind", password=ADA["password"])
        await admin.client.delete(path)  # other runs of this test connect the same account

    assert (linked.status_code, enabled.status_code) == (201, 200)
    assert colleague.json()["user"]["email"] == "grace@northwind.example.com"
    [place] = colleague.json()["organizations"]
    assert (place["id"], place["role"]) == (person.organization["id"], "manager")
    assert mine.json()["user"]["id"] == person.tokens["user"]["id"]
    assert mine.json()["organizations"][0]["role"] == "admin"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({**ADA, "password": "wrong"}, 401, "INVALID_CREDENTIALS"),
        ({**ADA, "username": "nobody"}, 401, "INVALID_CREDENTIALS"),
        ({**ADA, "account_id": "nowhere"}, 404, "INVALID_ACCOUNT_ID"),
        ({**ADA, "account_id": "globex"}, 401, "INVALID_CREDENTIALS"),
        ({**ADA, "username": "linus"}, 423, "ACCOUNT_LOCKED"),
        ({**ADA, "username": "otto", "password": "Otto-Sandbox-1"}, 403, "PASSWORD_EXPIRED"),
        ({"username": "ada"}, 400, "MALFORMED"),
    ],
)
async def test_the_sandbox_says_no_like_a_directory(asked, status: int, code: str):
    async with sandbox_at_work() as address, httpx2.AsyncClient() as client:
        answer = await client.post(address, json=asked)

    assert (answer.status_code, answer.json()) == (status, {"error_code": code})


async def test_projects_are_listed_for_the_service_token_alone():
    async with sandbox_at_work() as address, httpx2.AsyncClient() as client:
        path = address.replace("login", "projects")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        listed = await client.get(path, params={"account_id": "globex"}, headers=headers)
        unknown = await client.get(path, params={"account_id": "nowhere"}, headers=headers)
        bare = await client.get(path, params={"account_id": "globex"})

    assert [each["name"] for each in listed.json()["projects"]] == ["Volcano lair"]
    assert (unknown.status_code, bare.status_code) == (404, 401)


def test_the_sandbox_tells_how_to_set_the_product_up():
    told = describe_sandbox(8099)

    assert "ENVIRONMENT=local" in told
    assert "ACE_API_URL=http://127.0.0.1:8099/ace/login" in told
    assert f"ACE_API_TOKEN={TOKEN}" in told
    assert all(each.username in told and each.password in told for each in PEOPLE)


@pytest.mark.parametrize("name", ["production", "cloud_run", "proxy", ""])
def test_the_sandbox_refuses_production_settings(tmp_path, name: str):
    settings = {"ENVIRONMENT": name, "INSTANCE_CONN_NAME": "a:b:c"}

    refused = run_erp(tmp_path, settings, "directory-sandbox")

    assert refused.returncode == 1
    assert refused.stderr.startswith("erp: ")
    assert "ENVIRONMENT=local only" in refused.stderr
    assert "Ada-Sandbox-1" not in refused.stdout


def test_the_sandbox_serves_this_machine_on_the_port_asked_for(tmp_path, empty_url):
    port = free_port()
    command = [ERP, "directory-sandbox", "--port", str(port)]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment(settings_for(tmp_path, empty_url)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as sandbox:
        try:
            answer = ask_until_answered(f"http://127.0.0.1:{port}/ace/login")
            is_open_elsewhere = reaches("127.0.0.2", port)
        finally:
            sandbox.terminate()
            printed, _ = sandbox.communicate(timeout=20)

    assert answer.json()["guid"] == "guid-northwind-ada"
    assert f"127.0.0.1:{port}/ace/login" in printed.decode()
    assert not is_open_elsewhere


def reaches(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def ask_until_answered(address: str) -> httpx2.Response:
    end = monotonic() + 20
    while True:
        try:
            return httpx2.post(address, json=ADA, **PLAIN)
        except httpx2.ConnectError:
            if monotonic() > end:
                raise
            sleep(0.1)
