"""What something refers to cannot be removed: the database itself says no."""

import pytest
from sqlalchemy import text

from tests.making import make_customer, make_product, writing_all

pytestmark = pytest.mark.anyio

TABLE = """
CREATE TABLE notes_of_{name} (
    organization_id {uuid}, record_id {uuid},
    FOREIGN KEY (organization_id, record_id) REFERENCES {name} (organization_id, id)
)
"""


@pytest.fixture(params=[("customers", make_customer), ("products", make_product)])
async def referred(request, app, person, backend):
    """A record that a row of a later room refers to, and its path."""
    name, make = request.param
    record = await make(person)
    kind = "uuid" if backend == "postgres" else "text"
    keys = {"home": person.organization["id"], "record": record["id"]}
    async with writing_all(app) as session:
        await session.execute(text(TABLE.format(name=name, uuid=kind)))
        await session.execute(text(f"INSERT INTO notes_of_{name} VALUES (:home, :record)"), keys)
    yield f"/api/{name}/{record['id']}", name, record
    async with writing_all(app) as session:
        await session.execute(text(f"DROP TABLE notes_of_{name}"))


async def test_a_record_in_use_stays(person, referred):
    path, _name, record = referred

    answer = await person.client.delete(path)

    assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
    assert (await person.client.get(path)).json() == record


async def test_a_batch_that_removes_a_record_in_use_is_refused(person, referred):
    path, name, record = referred
    items = [{"op": "delete", "id": record["id"]}, {"op": "archive", "id": record["id"]}]

    answer = await person.client.post(
        f"/api/{name}/batch", json={"items": items, "all_or_nothing": False}
    )

    assert [each["code"] for each in answer.json()["items"]] == ["in_use", None]
    assert (await person.client.get(path)).json()["archived_at"] is not None
