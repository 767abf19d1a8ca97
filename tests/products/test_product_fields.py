"""What a product may hold: limits and normal forms, before any database."""

from decimal import Decimal
from uuid import UUID

import pytest
from pydantic import ValidationError

from erp.products.models import STANDARD_UNITS, Product, standard_unit_id
from erp.products.schemas import ProductEdit, ProductIn


def codes_of(schema, **given):
    """The codes that the schema answers with; none if it takes the values."""
    try:
        schema.model_validate(given)
    except ValidationError as error:
        return [fault["type"] for fault in error.errors()]
    return []


def kept(field, value):
    return getattr(ProductIn.model_validate({"name": "Laptop", field: value}), field)


@pytest.mark.parametrize(
    ("field", "longest"),
    [("name", 200), ("sku", 64), ("barcode", 64), ("supplier_code", 64), ("description", 5000)],
)
def test_texts_of_a_product_have_a_longest_length(field, longest):
    assert kept(field, f" {'x' * longest} ") == "x" * longest

    given = {"name": "Laptop", field: "x" * (longest + 1)}
    assert codes_of(ProductIn, **given) == ["string_too_long"]


@pytest.mark.parametrize("field", ["name", "sku", "barcode", "supplier_code", "description"])
@pytest.mark.parametrize(
    ("value", "code"), [("  ", "string_too_short"), ("a\x00b", "control_character")]
)
def test_texts_of_a_product_are_neither_blank_nor_broken(field, value, code):
    assert codes_of(ProductIn, **{"name": "Laptop", field: value}) == [code]


def test_only_descriptions_keep_line_breaks():
    assert kept("description", "one\r\ntwo") == "one\ntwo"

    assert codes_of(ProductIn, name="Laptop", sku="one\ntwo") == ["control_character"]


@pytest.mark.parametrize("field", ["sale_price", "cost_price"])
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1, "decimal_expected"),
        (9.99, "decimal_expected"),
        ("9.99999", "decimal_expected"),
        ("0.00001", "decimal_expected"),
        ("", "decimal_expected"),
        ("9,99", "decimal_expected"),
        ("NaN", "decimal_expected"),
        ("-Infinity", "decimal_expected"),
        ("1e999999999999999999999", "decimal_expected"),
        (True, "decimal_expected"),
        ([], "decimal_expected"),
        ("-0.0001", "out_of_range"),
        ("1000000000", "out_of_range"),
        ("1e2", "decimal_expected"),
    ],
)
def test_what_is_no_price_is_refused(field, value, code):
    assert codes_of(ProductIn, **{"name": "Laptop", field: value}) == [code]
    assert codes_of(ProductEdit, **{field: value}) == [code]


@pytest.mark.parametrize("price", ["0", "0.0001", "9.9900", "999999999.9999", " 12.5 ", "007"])
def test_prices_are_exact(price):
    assert kept("sale_price", price) == Decimal(price.strip())


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "bundle", "literal_error"),
        ("unit_id", "pc", "uuid_parsing"),
        ("number", 1, "extra_forbidden"),
        ("currency", "USD", "extra_forbidden"),
        ("first_moved_at", None, "extra_forbidden"),
    ],
)
def test_what_a_product_cannot_hold_is_refused_with_a_code(field, value, code):
    assert codes_of(ProductIn, **{"name": "Laptop", field: value}) == [code]
    assert codes_of(ProductEdit, **{field: value}) == [code]


@pytest.mark.parametrize("field", ["name", "kind", "unit_id", "sale_price"])
def test_null_cannot_clear_what_every_product_has(field):
    assert len(codes_of(ProductEdit, **{field: None})) == 1


@pytest.mark.parametrize("field", ["sku", "barcode", "description", "supplier_code", "cost_price"])
def test_null_clears_what_a_product_may_lack(field):
    assert ProductEdit.model_validate({field: None}).changes() == {field: None}


def test_what_lists_sort_and_search_by_follows_the_values():
    product = Product(number=12)
    product.write({"name": "Äpfel", "sku": "\uff33\u00a01", "barcode": "B1", "supplier_code": "X"})

    product.write({"barcode": None})

    assert (product.name_key, product.sku_key) == ("apfel", "s 1")
    assert product.search_key == "apfel s 1 x 12"


def test_every_organization_starts_with_twelve_units_of_its_own():
    ids = [standard_unit_id(UUID(int=7), unit.code) for unit in STANDARD_UNITS]

    assert len(set(ids)) == len(STANDARD_UNITS) == 12
    assert standard_unit_id(UUID(int=8), "pc") not in ids
    assert all(0 <= unit.decimals <= 4 for unit in STANDARD_UNITS)
