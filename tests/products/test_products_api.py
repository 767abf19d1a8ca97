"""Products over HTTP."""

import pytest

from tests.making import Person, make_product

pytestmark = pytest.mark.anyio


async def test_a_product_is_made_with_the_next_number(person: Person) -> None:
    first = await make_product(person, name="Laptop", sale_price="999.99")

    second = await make_product(person)

    assert (first["number"], second["number"]) == (1, 2)
    assert first["sale_price"] == "999.99"


async def test_products_of_another_organization_do_not_exist(person: Person, other: Person) -> None:
    product = await make_product(other)

    answer = await person.client.get(f"/api/products/{product['id']}")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
