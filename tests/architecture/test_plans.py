"""Each list's default order comes from an index on both databases: no full scan, no full sort."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from erp.audit.models import AuditRow
from erp.customers.models import Customer
from erp.kernel.jobs import OutboxRow
from erp.kernel.schema import new_id
from erp.kernel.walls import admit
from erp.organizations.models import Notice
from erp.products.models import Product
from erp.projects.actions.states import states_to_use
from erp.projects.models import Project, Task, TaskLog
from erp.stock.models import StockPosting
from tests.architecture.test_statements import watched
from tests.making import make_customer, make_product, sign_up, workspace_of, writing_all

pytestmark = pytest.mark.anyio

ROWS = 3000


@pytest.fixture(scope="module")
async def full(app):
    """A person with some thousand products and customers, and a product with a long history."""
    person = await sign_up(app)
    product, customer = await make_product(person), await make_customer(person)
    async with workspace_of(app, person) as work:
        now = work.now()
        shared = {
            "organization_id": work.organization_id,
            "created_by": work.member_id,
            "created_at": now,
            "version": 1,
            "currency": "EUR",
        }
        spread = [(number, new_id(), now + timedelta(seconds=number)) for number in range(2, ROWS)]
        products = [
            shared
            | {
                "id": record_id,
                "updated_at": moment,
                "number": number,
                "name": f"Product {number}",
                "name_key": f"product {number * 7919 % ROWS:05}",
                "search_key": f"product {number}",
                "kind": "goods",
                "unit_id": UUID(product["unit_id"]),
                "sale_price": Decimal(1),
            }
            for number, record_id, moment in spread
        ]
        customers = [
            shared
            | {
                "id": record_id,
                "updated_at": moment,
                "number": number,
                "kind": "company",
                "name": f"Customer {number}",
                "name_key": f"customer {number * 7919 % ROWS:05}",
                "search_key": f"customer {number}",
                "payment_days": 14,
                "tax_exempt": False,
            }
            for number, record_id, moment in spread
        ]
        trail = [
            {
                "organization_id": work.organization_id,
                "id": new_id(),
                "at": moment,
                "actor_kind": "member",
                "actor_id": work.member_id,
                "action": "product.changed" if number % 5 else "product.deleted",
                "target_kind": "product",
                "target_id": record_id if number % 10 else UUID(product["id"]),
                "about_id": None if number % 7 else UUID(customer["id"]),
                "data": {"changes": {}},
            }
            for number, record_id, moment in spread
        ]
        projects = [
            shared
            | {
                "id": record_id,
                "updated_at": moment,
                "number": number,
                "code": f"C{number}",
                "code_key": f"c{number}",
                "name": f"Project {number}",
                "name_key": f"project {number * 7919 % ROWS:05}",
                "search_key": f"c{number} project {number}",
                "state": "active",
                "billable": True,
            }
            for number, record_id, moment in spread
        ]
        state_id = next(iter(await states_to_use(work)))
        kept = {name: shared[name] for name in shared if name != "currency"}
        tasks = [
            kept
            | {
                "id": new_id(),
                "updated_at": moment,
                "project_id": projects[number % 20]["id"],
                "number": number,
                "title": f"Task {number}",
                "search_key": f"task {number}",
                "state_id": state_id,
                "priority": "none",
                "position": number * 1024,
            }
            for number, _record_id, moment in spread
        ]
        home = {"organization_id": work.organization_id}
        postings = [
            home | {"id": record_id, "kind": "receipt", "effective_at": moment, "posted_at": moment}
            for _number, record_id, moment in spread
        ]
        notices = [
            home
            | {
                "id": record_id,
                "member_id": work.member_id,
                "kind": "test",
                "code": "test",
                "params": {},
                "created_at": moment,
            }
            for _number, record_id, moment in spread
        ]
        lines = [
            home
            | {
                "id": new_id(),
                "task_id": task["id"],
                "kind": "moved",
                "member_id": work.member_id,
                "at": moment,
                "to_state_id": state_id,
            }
            for task, (_number, _record_id, moment) in zip(tasks, spread, strict=True)
        ]
        jobs = [
            home
            | {"id": record_id, "kind": "test", "payload": {}, "priority": 5, "attempts": 0}
            | {"run_at": moment, "created_at": moment, "done_at": moment}
            for _number, record_id, moment in spread
        ]
        for model, rows in (
            *((Product, products), (Customer, customers), (AuditRow, trail)),
            *((Project, projects), (Task, tasks), (StockPosting, postings), (Notice, notices)),
            *((TaskLog, lines), (OutboxRow, jobs)),
        ):
            await work.session.execute(insert(model), rows)
    async with writing_all(app) as session:  # only the owner may
        await session.execute(text("ANALYZE"))
    yield person, {"id": product["id"], "customer": customer["id"]}
    await person.client.aclose()


SINCE = "updated_since=2019-01-01T00:00:00Z"
LISTS = [
    ("/api/products", "products", "ix_products_organization_id_name_key_id"),
    ("/api/products?sort=-name", "products", "ix_products_organization_id_name_key_id"),
    ("/api/products?sort=-updated_at", "products", "ix_products_organization_id_updated_at_id"),
    ("/api/customers", "customers", "ix_customers_organization_id_name_key_id"),
    ("/api/customers?sort=-updated_at", "customers", "ix_customers_organization_id_updated_at_id"),
    ("/api/projects", "projects", "ix_projects_organization_id_name_key_id"),
    ("/api/projects?sort=-updated_at", "projects", "ix_projects_organization_id_updated_at_id"),
    ("/api/tasks", "tasks", "ix_tasks_organization_id_updated_at_id"),
    ("/api/audit/product/{id}", "audit_log", "ix_audit_log_target"),
    (f"/api/products?{SINCE}", "products", "ix_products_organization_id_updated_at_id"),
    (f"/api/customers?{SINCE}", "customers", "ix_customers_organization_id_updated_at_id"),
    ("/api/customers/{customer}/timeline", "audit_log", "ix_audit_log_organization_id_about_id_id"),
    ("/api/deletions?since=2019-01-01T00:00:00Z", "audit_log", "ix_audit_log_deleted"),
    ("/api/audit", "audit_log", "audit_log"),
    ("/api/stock", "products", "ix_products_organization_id_name_key_id"),
    ("/api/stock?sort=-name", "products", "ix_products_organization_id_name_key_id"),
    (
        "/api/stock/postings",
        "stock_postings",
        "ix_stock_postings_organization_id_effective_at_id",
    ),
    ("/api/notices", "notices", "_notices"),
    ("/api/task-logs", "task_logs", "task_logs"),
    ("/api/outbox", "outbox", "outbox"),
]


# On a busy machine PostgreSQL sometimes takes the rows of a fresh table for a single one and sorts.
GUESSED = ("/api/stock/postings", "/api/notices")


@pytest.mark.parametrize("page", ["first", "second"])
@pytest.mark.parametrize(("path", "table", "index"), LISTS)
async def test_a_list_comes_from_its_index(app, full, path, table, index, page):
    if path in GUESSED and not app.state.database.is_sqlite:
        pytest.skip("plans: PostgreSQL's guess about this fresh table is not the same each time")
    person, product = full
    path = path.format_map(product)
    if page == "second":
        cursor = (await person.client.get(path)).json()["next_cursor"]
        path += f"{'&' if '?' in path else '?'}cursor={cursor}"

    with watched() as seen:
        answer = await person.client.get(path)

    assert len(answer.json()["items"]) == 50
    [query] = [each for each in seen if is_page_of(table, each[0])]
    steps = await explain(app, UUID(person.organization["id"]), *query)
    assert [step for step in steps if index in step], steps
    assert [step for step in steps if is_costly(step, table)] == [], steps


TWINS = [
    ("/api/products/duplicates?name=product+7&sku=a&barcode=b", "products"),
    ("/api/customers/duplicates?name=customer+7&email=a&vat_id=b&phone=1", "customers"),
]


@pytest.mark.parametrize(("path", "table"), TWINS)
async def test_twins_are_found_without_reading_everything(app, full, path, table):
    person, _product = full

    with watched() as seen:
        answer = await person.client.get(path)

    assert answer.status_code == 200
    queries = [each for each in seen if f"FROM {table}" in each[0]]
    assert len(queries) == path.count("=")
    for query in queries:
        steps = await explain(app, UUID(person.organization["id"]), *query)
        assert [step for step in steps if re.search(READS_ALL.format(table), step)] == [], steps


def is_page_of(table: str, statement: str) -> bool:
    return f"FROM {table}" in statement and " AS c0" in statement


async def explain(app, organization_id: UUID, statement: str, parameters: Any) -> list[str]:
    """The steps of the plan, one line each, behind the second wall."""
    database = app.state.database
    values = tuple(parameters) if isinstance(parameters, list) else parameters
    verb = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    async with database.reading() as session:
        await admit(session, organization_id=organization_id)
        rows = await session.run_sync(
            lambda sync: sync.connection().exec_driver_sql(f"{verb} {statement}", values).all()
        )
    return [str(row[-1]) for row in rows]


READS_ALL = r"Seq Scan on {0}\b|^SCAN {0}\b"


def is_costly(step: str, table: str) -> bool:
    """Reads the whole table, or sorts more than the page."""
    return bool(re.search(READS_ALL.format(table) + r"|\bSort\b(?! Key)|TEMP B-TREE", step))


@pytest.mark.parametrize(
    ("step", "costly"),
    [
        ("SCAN products", True),
        ("USE TEMP B-TREE FOR ORDER BY", True),
        ("SEARCH products USING INDEX ix_p (organization_id=?)", False),
        ("->  Sort  (cost=1..2 rows=3000 width=8)", True),
        (
            "  Sort Key: products.name_key",
            False,
        ),  # of a sort, which has a line of its own, or a merge
        ("->  Seq Scan on products  (cost=0..1)", True),
        ("->  Seq Scan on units  (cost=0..1)", False),
        ("->  Index Scan using ix_products on products", False),
    ],
)
def test_the_check_itself_tells_plans_apart(step, costly):
    assert is_costly(step, "products") is costly
