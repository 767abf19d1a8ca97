"""The trail belongs to the transaction of the change, and nobody alters it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, update

from erp.audit.actions import as_json, record
from erp.audit.models import AuditRow
from erp.audit.queries import HIDDEN, READABLE, list_history
from erp.audit.schemas import HistoryQuery
from erp.customers.actions.customers import change_customer, create_customer
from erp.customers.schemas import CustomerEdit, CustomerIn
from erp.kernel.errors import Conflict, NotAllowed, NotFound
from erp.organizations.access import PERMISSIONS
from tests.making import make_customer, make_product, workspace_of

pytestmark = pytest.mark.anyio


class GivenUp(Exception):
    """The transaction ends without a commit."""


async def count_rows(app, person):
    async with workspace_of(app, person) as work:
        query = select(func.count()).where(AuditRow.organization_id == work.organization_id)
        return await work.session.scalar(query)


async def test_a_change_that_is_rolled_back_leaves_no_row(app, person):
    async def begin_and_give_up():
        async with workspace_of(app, person) as work:
            await create_customer(work, CustomerIn(name="Acme"))
            raise GivenUp

    with pytest.raises(GivenUp):
        await begin_and_give_up()

    assert await count_rows(app, person) == 0


async def test_a_refused_request_leaves_no_row(app, person):
    await make_customer(person, email="a@example.com")
    body = {"name": "B", "email": "a@example.com"}

    answers = [
        await person.client.post("/api/customers", json=body),
        await person.client.post("/api/customers", json=body | {"name": ""}),
        await person.client.post(
            "/api/customers/batch", json={"items": [{"op": "create", "data": body}]}
        ),
    ]

    assert [answer.status_code for answer in answers] == [409, 422, 409]
    assert await count_rows(app, person) == 1


async def test_a_change_within_a_lost_savepoint_leaves_no_row(app, person):
    async def try_and_give_up(work, customer):
        async with work.attempt():
            await change_customer(work, customer.id, CustomerEdit(name="B"), None)
            raise GivenUp

    async with workspace_of(app, person) as work:
        customer = await create_customer(work, CustomerIn(name="Acme"))
        with pytest.raises(GivenUp):
            await try_and_give_up(work, customer)

    assert await count_rows(app, person) == 1


async def test_reading_leaves_no_row(app, person):
    made = await make_product(person)

    for path in ("", f"/{made['id']}"):
        assert (await person.client.get(f"/api/products{path}")).status_code == 200

    assert await count_rows(app, person) == 1


async def test_a_row_says_who_did_it_in_which_session_and_request(work):
    customer = await create_customer(work, CustomerIn(name="Acme"))
    record(work, "customer.changed", customer, changes={}, reason="a slip of the pen")
    await work.session.flush()

    rows = list(await work.session.scalars(work.select(AuditRow).order_by(AuditRow.id)))

    assert {row.actor_id for row in rows} == {work.member_id}
    assert {row.session_id for row in rows} == {work.session_id}
    assert {row.request_id for row in rows} == {"test"}
    assert {(row.target_kind, row.target_id) for row in rows} == {("customer", customer.id)}
    assert rows[1].data == {"changes": {}, "reason": "a slip of the pen"}


@pytest.mark.parametrize("kind", sorted(READABLE))
async def test_a_history_needs_the_permission_of_its_room(work, kind):
    stranger = replace(work, permissions=work.permissions - {READABLE[kind]})

    with pytest.raises(NotAllowed) as refused:
        await list_history(stranger, kind, UUID(int=1), HistoryQuery())

    assert refused.value.members == {"permission": READABLE[kind]}


async def test_a_history_of_another_organization_does_not_exist(app, person, other):
    made = await make_customer(other)

    async with workspace_of(app, person) as work:
        with pytest.raises(NotFound):
            await list_history(work, "customer", UUID(made["id"]), HistoryQuery())


def test_what_is_hidden_and_asked_for_are_permissions():
    assert {*READABLE.values(), *HIDDEN.values()} <= PERMISSIONS["admin"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("10.5000"), "10.5"),
        (Decimal("1E+2"), "100"),
        (datetime(2026, 5, 1, 8, tzinfo=UTC), "2026-05-01T08:00:00.000000Z"),
        (date(2026, 5, 1), "2026-05-01"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (True, True),
        (None, None),
    ],
)
def test_values_are_told_as_json_holds_them(value, shown):
    assert as_json(value) == shown


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # PostgreSQL does it by privileges
@pytest.mark.parametrize("statement", [update(AuditRow).values(action="nothing"), delete(AuditRow)])
async def test_the_database_lets_nobody_alter_the_trail(app, person, statement):
    async def alter_the_trail():
        async with workspace_of(app, person) as work:
            mine = statement.where(AuditRow.organization_id == work.organization_id)
            await work.session.execute(mine, execution_options={"synchronize_session": False})

    await make_customer(person)

    with pytest.raises(Conflict) as refused:
        await alter_the_trail()

    assert "audit_log is append-only" in str(refused.value.__cause__)
    assert await count_rows(app, person) == 1
