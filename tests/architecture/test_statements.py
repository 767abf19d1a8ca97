"""What is sent to the database: every statement names the organization, and lists stay cheap."""

import re
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from erp.records import metadata
from erp.worker import Worker
from tests.architecture.tour import CALLS, make_everything
from tests.making import (
    PASSWORD,
    make_address,
    make_client,
    make_colleague,
    make_customer,
    make_product,
    sign_up,
)
from tests.organizations.making import invite

pytestmark = pytest.mark.anyio

TENANT = sorted(name for name, table in metadata.tables.items() if table.info["scope"] == "tenant")

# Statements on tenant tables that name no organization, and why they may. None of them locks a row
# that anybody still works with.
EXCEPTIONS = {
    r"SELECT outbox\.organization_id FROM outbox .+ GROUP BY": "which organizations have due jobs",
    r"SELECT min\(outbox\.run_at\)": "the operator's total on the health page",
}


@contextmanager
def watched():
    """The statements that are sent within the block."""
    seen = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        seen.append((" ".join(statement.split()), parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def tables_in(statement):
    return {table for table, _name in named_in(statement)}


def named_in(statement):
    """The tenant tables, each beside the name it has in the statement."""
    found = re.findall(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)(?: AS (\w+))?", statement)
    return {(table, alias or table) for table, alias in found if table in TENANT}


def is_within_organization(statement, table):
    """Whether the rows of what is so called are narrowed to an organization, or made for one."""
    if statement.startswith("INSERT"):
        return bool(re.match(rf"INSERT INTO {table} \(organization_id,", statement))
    start = statement.index(" FROM ") if statement.startswith("SELECT") else 0
    conditions = statement[start:].partition(" RETURNING ")[0]
    equal = rf"\b{table}\.organization_id = |= {table}\.organization_id\b"
    listed = rf"\({table}\.organization_id, {table}\.\w+\) IN \("
    derived = rf"\(SELECT {table}\.organization_id AS .+\) AS (\w+) WHERE \1\.organization_id = "
    return bool(re.search(f"{equal}|{listed}|{derived}", conditions))


def unbounded(seen):
    return sorted(
        {
            statement
            for statement, _parameters in seen
            for _table, name in named_in(statement)
            if not is_within_organization(statement, name)
            if not any(re.match(pattern, statement) for pattern in EXCEPTIONS)
        }
    )


@pytest.mark.parametrize(
    ("statement", "bounded"),
    [
        ("SELECT products.organization_id, products.id FROM products WHERE products.id = ?", False),
        ("SELECT count(*) FROM products", False),
        ("SELECT products.id FROM products WHERE products.organization_id = ?", True),
        ("UPDATE members SET role=? WHERE members.id = ?", False),
        ("SELECT a.id FROM units AS a JOIN units AS b ON a.organization_id = ?", False),
        ("SELECT a.id FROM units AS a WHERE a.organization_id = ? AND a.id = ?", True),
        ("DELETE FROM products WHERE products.organization_id = ? AND products.id = ?", True),
        ("DELETE FROM products WHERE products.id = ? RETURNING products.organization_id", False),
        ("INSERT INTO counters (series, organization_id) VALUES (?, ?)", False),
        (
            (
                "SELECT t.id FROM (SELECT audit_log.organization_id AS organization_id FROM audit_log) AS t"
                " WHERE t.organization_id = ?"
            ),
            True,
        ),
        (
            (
                "SELECT t.id FROM (SELECT audit_log.organization_id AS organization_id FROM audit_log) AS t"
                " WHERE t.id = ?"
            ),
            False,
        ),
        (
            "SELECT members.id FROM sessions JOIN members ON members.user_id = sessions.user_id",
            False,
        ),
    ],
)
def test_the_check_itself_tells_statements_apart(statement, bounded):
    assert (unbounded([(statement, ())]) == []) is bounded


async def test_every_statement_of_the_rooms_names_the_organization(app, person):
    ids = await make_everything(app, person)

    with watched() as seen:
        for number, call in enumerate(CALLS):
            key = {"Idempotency-Key": f"tour-{number}"} if call.method == "POST" else {}
            answer = await call.send(person, ids, **key)
            assert answer.status_code < 300, f"{call}: {answer.text}"

    assert {table for statement, _ in seen for table in tables_in(statement)} >= {
        *("audit_log", "counters", "customers", "customer_addresses", "customer_contacts"),
        *("idempotency_keys", "invitations", "members", "outbox", "products", "units"),
    }
    assert unbounded(seen) == []


async def test_refused_changes_name_the_organization_too(person):
    await make_product(person, sku="A")
    customer = await make_customer(person, email="a@example.com")

    with watched() as seen:
        answers = [
            await person.client.post("/api/products", json={"name": "B", "sku": "A"}),
            await person.client.post(
                "/api/customers", json={"name": "B", "email": "a@example.com"}
            ),
            await person.client.patch(
                f"/api/customers/{customer['id']}", json={}, headers={"If-Match": '"9"'}
            ),
        ]

    assert [answer.status_code for answer in answers] == [409, 409, 412]
    assert unbounded(seen) == []


async def test_signing_in_and_out_names_the_organization_too(app):
    with watched() as seen:
        somebody = await sign_up(app)
        body = {"email": somebody.email, "password": somebody.password}
        async with make_client(app) as client:
            tokens = (await client.post("/api/auth/login", json=body)).json()
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            await client.get("/api/auth/me")
            slug = {"organization": somebody.organization["slug"]}
            await client.post("/api/auth/switch-organization", json=slug)
            await client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
            await client.post("/api/auth/logout", json={"scope": "all"})

    assert {"members", "counters"} <= {table for each, _ in seen for table in tables_in(each)}
    assert unbounded(seen) == []
    await somebody.client.aclose()


async def test_following_an_invitation_names_the_organization_too(app, person, other):
    newcomer = make_address()
    body = {"token": await invite(app, person, other.email)}
    link = await invite(app, person, newcomer)
    account = {"email": newcomer, "password": PASSWORD, "invitation_token": link}

    with watched() as seen:
        read = await make_client(app).post("/api/invitations/read", json=body)
        accepted = await other.client.post("/api/invitations/accept", json=body)
        registered = await make_client(app).post("/api/auth/register", json=account)
        founded = await other.client.post("/api/organizations", json={"name": "One More"})

    answers = (read, accepted, registered, founded)
    assert [answer.status_code for answer in answers] == [200, 200, 201, 201]
    assert {"counters", "invitations", "members"} <= {
        table for each, _ in seen for table in tables_in(each)
    }
    assert unbounded(seen) == []


async def test_the_worker_names_the_organization_but_for_a_few_statements(app, client, clock):
    worker = Worker(app.state.database, app.state.settings)
    clock.advance(days=5)  # the periodic jobs of today may be done already

    with watched() as seen:
        while await worker.run_once():
            pass
        await client.get("/health")

    excepted = [
        pattern for pattern in EXCEPTIONS if any(re.match(pattern, each) for each, _ in seen)
    ]
    assert unbounded(seen) == []
    assert excepted == list(EXCEPTIONS)
    assert not any("FOR " in pattern for pattern in EXCEPTIONS)


READS = [call for call in CALLS if call.method == "GET"]


@pytest.fixture(scope="module")
async def grown(app):
    """A person whose organization grew, its ids, and what each read had sent before it did."""
    person = await sign_up(app)
    ids = await make_everything(app, person)
    few = {str(call): await count_statements(person, call, ids) for call in READS}
    await grow(app, person, ids)
    yield person, ids, few
    await person.client.aclose()


async def grow(app, person, ids):
    """A dozen more of what lists are made of."""
    for number in range(12):
        if number < 3:
            await (await make_colleague(app, person)).client.aclose()
        await person.client.post("/api/invitations", json={"email": make_address()})
        await make_product(person)
        await make_customer(person)
        path = f"/api/customers/{ids['customer_id']}"
        await person.client.post(f"{path}/contacts", json={"name": f"Jo {number}"})
        address = {"kind": "shipping", "lines": "1 Main Street", "country": "DE"}
        await person.client.post(f"{path}/addresses", json=address)
        await person.client.patch(f"/api/products/{ids['product_id']}", json={"sku": f"S{number}"})


@pytest.mark.parametrize("call", READS, ids=str)
async def test_the_statements_of_a_read_do_not_grow_with_the_rows(grown, call):
    person, ids, few = grown

    many = await count_statements(person, call, ids)

    assert many == few[str(call)] <= 6


async def count_statements(person, call, ids):
    with watched() as seen:
        answer = await call.send(person, ids)
    assert answer.status_code == 200
    work = [statement for statement, _ in seen if not statement.startswith(("BEGIN", "SET"))]
    return len(work)
