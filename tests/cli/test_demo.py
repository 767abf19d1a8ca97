"""`erp demo` fills a local organization once, with the people and goods of the old system."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.process.running import answered, run_erp, serving, settings_for

OLD_PRODUCTS = {
    "LAP-001": ("Laptop", "999.99"),
    "MOU-001": ("Mouse", "29.99"),
    "KEY-001": ("Keyboard", "89.99"),
    "MON-001": ("Monitor", "449.99"),
}
LISTS = ("products", "customers", "projects", "tasks")
OLD_CUSTOMERS = {"Acme Corporation", "Globex Industries", "Initech"}


def everything(client: httpx2.Client, path: str) -> list[dict[str, Any]]:
    """Every record of the list."""
    items: list[dict[str, Any]] = []
    query = {"limit": "200"}
    while True:
        page = client.get(path, params=query).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        query["cursor"] = page["next_cursor"]


def test_the_demo_is_filled_once_and_its_people_can_sign_in(empty_url, tmp_path):
    settings = settings_for(tmp_path, empty_url)

    first = run_erp(tmp_path, settings, "demo")
    with serving(tmp_path, settings) as server:
        people = [
            answered(server, 200, "/api/auth/login", {"username": name, "password": password})
            for name, password in (
                ("admin", "admin123"),
                ("manager", "manager123"),
                ("johndoe", "password123"),
            )
        ]
        with server.client(Authorization=f"Bearer {people[0]['access_token']}") as client:
            filled = [everything(client, f"/api/{name}") for name in LISTS]
            hours = client.get("/api/time-entries", params={"count": "true"}).json()
            weeks = client.get("/api/timesheets").json()["items"]
            second = run_erp(tmp_path, settings, "demo")
            again = [everything(client, f"/api/{name}") for name in LISTS]
            stock = everything(client, "/api/stock"), everything(client, "/api/stock/postings")
            proof = client.post("/api/stock/proof").json()

    products, customers, projects, tasks = filled
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "admin / admin123" in first.stdout
    assert [person["organizations"][0]["role"] for person in people] == ["admin", "manager", "user"]
    assert len({person["organizations"][0]["id"] for person in people}) == 1
    by_sku = {each["sku"]: (each["name"], each["sale_price"]) for each in products}
    assert {sku: by_sku.get(sku) for sku in OLD_PRODUCTS} == OLD_PRODUCTS
    assert {each["name"] for each in customers} >= OLD_CUSTOMERS
    assert len(products) > 50
    assert len(customers) > 30
    assert {each["code"] for each in projects} >= {"SHOP", "CARE", "INT"}
    assert {each["state"]["group"] for each in tasks} == {
        *("backlog", "unstarted", "started", "completed", "canceled"),
    }
    assert [each["key"] for each in tasks if each["overdue"]] == ["SHOP-3"]
    assert hours["total"] > 100
    assert {each["state"] for each in weeks} == {"approved", "submitted"}
    assert len({each["member"]["number"] for each in weeks}) == 3
    assert again == filled
    ensure_believable(*stock, proof)


def ensure_believable(
    goods: list[dict[str, Any]], postings: list[dict[str, Any]], proof: dict[str, Any]
) -> None:
    """A year of stock history for 200 products, whose balances are proved."""
    assert proof["ok"]
    assert len(goods) == 200
    assert 3 <= len([row for row in goods if row["low_since"]]) <= 40
    kinds = {each["kind"] for each in postings}
    assert {"opening", "receipt", "issue", "return_in", "transfer", "count", "reversal"} <= kinds
    months = {each["effective_at"][:7] for each in postings}
    assert len(months) >= 12
    assert len({each["posted_by"]["number"] for each in postings}) == 3


def test_the_demo_refuses_production_settings_and_touches_nothing(tmp_path):
    settings = settings_for(
        tmp_path, ENVIRONMENT="production", PUBLIC_BASE_URL="https://erp.example.com"
    )

    result = run_erp(tmp_path, settings, "demo")

    assert result.returncode == 1
    assert result.stderr == (
        "erp: the settings cannot be used: "
        "erp demo makes accounts with known passwords: ENVIRONMENT=local only\n"
    )
    assert not (tmp_path / "data").exists()
