"""What a customer may hold: limits and normal forms, before any database."""

from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

from erp.customers.models import Customer
from erp.customers.schemas import (
    AddressEdit,
    AddressIn,
    ContactEdit,
    ContactIn,
    CustomerEdit,
    CustomerIn,
)
from erp.kernel.errors import ValidationFailed

ADDRESS = {"kind": "billing", "lines": "1 Main Street", "country": "DE"}


def codes_of(schema: type[BaseModel], **given: object) -> list[str]:
    """The codes that the schema answers with; none if it takes the values."""
    try:
        schema.model_validate(given)
    except ValidationError as error:
        return [fault["type"] for fault in error.errors()]
    return []


def kept(field: str, value: object) -> object:
    given = {"name": "Acme", field: value}
    return getattr(CustomerIn.model_validate(given), field)


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("name", 200),
        ("company", 200),
        ("phone", 40),
        ("vat_id", 32),
        ("buyer_reference", 100),
        ("notes", 5000),
    ],
)
def test_texts_of_a_customer_have_a_longest_length(field, longest):
    assert kept(field, "X" * longest) == "X" * longest

    assert codes_of(CustomerIn, **{"name": "Acme", field: "X" * (longest + 1)}) == [
        "string_too_long"
    ]


@pytest.mark.parametrize(
    "field", ["name", "company", "phone", "vat_id", "buyer_reference", "notes"]
)
def test_blank_texts_of_a_customer_are_refused(field):
    assert codes_of(CustomerIn, **{"name": "Acme", field: " \u00a0\t"}) == ["string_too_short"]


@pytest.mark.parametrize("field", ["name", "company", "phone", "buyer_reference", "notes"])
@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x7f", "\x85"])
def test_control_characters_are_refused(field, mark):
    assert codes_of(CustomerIn, **{"name": "Acme", field: f"a{mark}b"}) == ["control_character"]


def test_only_notes_keep_line_breaks():
    assert kept("notes", "one\r\n\ttwo") == "one\n\ttwo"

    assert codes_of(CustomerIn, name="one\ntwo") == ["control_character"]
    assert codes_of(CustomerIn, name="Acme", notes="one\rtwo") == ["control_character"]


def test_texts_are_trimmed_and_composed():
    assert kept("name", "  Cafe\u0301 \u3000") == "Caf\u00e9"


def test_lengths_are_counted_after_trimming_in_code_points():
    smiles = "\U0001f600" * 200

    assert kept("name", f"  {smiles}  ") == smiles


def test_a_vat_id_is_kept_in_upper_case_without_blanks():
    assert kept("vat_id", " de 123\u00a0456 789 ") == "DE123456789"


def test_an_email_address_is_normalized_and_its_local_part_kept():
    assert kept("email", "  Jane.Doe@EXAMPLE.Com ") == "Jane.Doe@example.com"


@pytest.mark.parametrize(
    "address",
    ["jane", "jane@", "@example.com", "a b@example.com", "Jane <jane@example.com>", "a\n@b.co"],
)
def test_what_is_no_email_address_is_refused(address):
    assert codes_of(CustomerIn, name="Acme", email=address)[0] in {
        "email_invalid",
        "control_character",
    }


def test_an_email_address_has_at_most_254_characters():
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"

    assert codes_of(CustomerIn, name="Acme", email=long + "s.museum") == ["string_too_long"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "partner", "literal_error"),
        ("currency", "eur", "string_pattern_mismatch"),
        ("currency", "XXX", "currency_unknown"),
        ("currency", "DEM", "currency_unknown"),
        ("language", "klingon", "string_pattern_mismatch"),
        ("language", "xq", "language_unknown"),
        ("payment_days", -1, "greater_than_equal"),
        ("payment_days", 366, "less_than_equal"),
        ("payment_days", "14", "int_type"),
        ("payment_days", 1.5, "int_type"),
        ("payment_days", True, "int_type"),
        ("tax_exempt", "perhaps", "bool_parsing"),
        ("credit_limit", 100, "decimal_expected"),
        ("credit_limit", 1.5, "decimal_expected"),
        ("credit_limit", "1.2345", "decimal_expected"),
        ("credit_limit", "1,5", "decimal_expected"),
        ("credit_limit", "NaN", "decimal_expected"),
        ("credit_limit", "Infinity", "decimal_expected"),
        ("credit_limit", "1_000", "decimal_expected"),
        ("credit_limit", "\u0661", "decimal_expected"),
        ("credit_limit", "-0.01", "out_of_range"),
        ("credit_limit", "1000000000000", "out_of_range"),
        ("number", 7, "extra_forbidden"),
        ("archived_at", "2026-01-01T00:00:00Z", "extra_forbidden"),
        ("organization_id", "x", "extra_forbidden"),
    ],
)
def test_what_a_customer_cannot_hold_is_refused_with_a_code(field, value, code):
    assert codes_of(CustomerIn, **{"name": "Acme", field: value}) == [code]
    assert codes_of(CustomerEdit, **{field: value}) == [code]


@pytest.mark.parametrize("days", [0, 365])
def test_payment_days_reach_from_none_to_a_year(days):
    assert kept("payment_days", days) == days


@pytest.mark.parametrize("language", ["en", "de-CH", "zh-Hant-TW"])
def test_languages_are_named_by_tags(language):
    assert kept("language", language) == language


@pytest.mark.parametrize("field", ["kind", "name", "currency", "payment_days", "tax_exempt"])
def test_null_cannot_clear_what_every_customer_has(field):
    assert len(codes_of(CustomerEdit, **{field: None})) == 1


@pytest.mark.parametrize(
    "field",
    ["company", "email", "phone", "vat_id", "buyer_reference", "language", "notes", "credit_limit"],
)
def test_null_clears_what_a_customer_may_lack(field):
    edit = CustomerEdit.model_validate({field: None})

    assert edit.changes() == {field: None}


def test_absent_fields_are_no_changes():
    assert CustomerEdit.model_validate({"phone": "1"}).changes() == {"phone": "1"}


@pytest.mark.parametrize(
    ("currency", "limit", "minor"),
    [("EUR", "12.50", 1250), ("JPY", "1250", 1250), ("KWD", "1.250", 1250), ("EUR", "1e2", 10000)],
)
def test_a_credit_limit_is_kept_in_minor_units(currency, limit, minor):
    customer = make_record(currency=currency, credit_limit=Decimal(limit))

    assert customer.credit_limit_minor == minor
    assert customer.credit_limit == Decimal(limit)


@pytest.mark.parametrize(("currency", "limit"), [("EUR", "1.001"), ("JPY", "0.5")])
def test_a_credit_limit_has_no_more_decimals_than_its_currency(currency, limit):
    with pytest.raises(ValidationFailed) as refused:
        make_record(currency=currency, credit_limit=Decimal(limit))

    [error] = refused.value.errors
    assert (error.pointer, error.code) == ("/credit_limit", "decimal_expected")


def test_the_amount_of_a_credit_limit_outlives_a_change_of_currency():
    customer = make_record(currency="EUR", credit_limit=Decimal("12.00"))

    customer.write({"currency": "KWD"})

    assert (customer.credit_limit_minor, customer.credit_limit) == (12000, Decimal("12.000"))


def test_what_lists_sort_and_search_by_follows_the_values():
    customer = make_record(name="Äpfel & Söhne", email="Info@Example.com")

    customer.write({"name": "Birnen", "email": None, "vat_id": "DE1"})

    assert customer.name_key == "birnen"
    assert customer.email_key is None
    assert customer.search_key.split() == ["birnen", "de1", "1"]


@pytest.mark.parametrize(
    ("schema", "given", "code"),
    [
        (ContactIn, {"name": "J" * 201}, "string_too_long"),
        (ContactIn, {"name": "Jo", "role": "r" * 81}, "string_too_long"),
        (ContactIn, {"name": "Jo", "phone": "1" * 41}, "string_too_long"),
        (ContactIn, {"name": "Jo", "email": "jo"}, "email_invalid"),
        (ContactIn, {"name": "Jo", "customer_id": "x"}, "extra_forbidden"),
        (ContactIn, {}, "missing"),
        (ContactEdit, {"name": None}, "string_type"),
        (ContactEdit, {"is_primary": None}, "bool_type"),
        (AddressIn, ADDRESS | {"kind": "home"}, "literal_error"),
        (AddressIn, ADDRESS | {"lines": "l" * 201}, "string_too_long"),
        (AddressIn, ADDRESS | {"postal_code": "1" * 17}, "string_too_long"),
        (AddressIn, ADDRESS | {"city": "c" * 81}, "string_too_long"),
        (AddressIn, ADDRESS | {"region": "r" * 81}, "string_too_long"),
        (AddressIn, ADDRESS | {"country": "Germany"}, "string_pattern_mismatch"),
        (AddressIn, ADDRESS | {"country": "EU"}, "country_unknown"),
        (AddressEdit, {"lines": None}, "string_type"),
    ],
)
def test_what_contacts_and_addresses_cannot_hold_is_refused(schema, given, code):
    assert codes_of(schema, **given) == [code]


def make_record(**values: object) -> Customer:
    customer = Customer(number=1, currency=values.get("currency", "EUR"))
    customer.write({"name": "Acme", **values})
    return customer
