"""Column types give back exactly what they were given, on both databases, in the same order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, Column, Dialect, MetaData, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from erp.kernel.db import Database
from erp.kernel.fields import plain_decimal
from erp.kernel.schema import Id, Instant, Key, Scaled, fold, new_id, plain, snake_case, unscaled

pytestmark = pytest.mark.anyio

DIALECTS = (sqlite.dialect(), postgresql.dialect())
SAMPLES = Table(
    "samples",
    MetaData(),
    Column("id", Id, primary_key=True),
    Column("at", Instant),
    Column("amount", Scaled),
    Column("word", Key),
)


@pytest.fixture
async def database(empty_url: URL) -> AsyncIterator[Database]:
    made = Database(empty_url)
    async with made.writing() as session:
        await (await session.connection()).run_sync(SAMPLES.create)
    yield made
    await made.dispose()


async def test_values_come_back_as_they_were(database: Database) -> None:
    tokyo = timezone(timedelta(hours=9))
    row = {
        "id": new_id(),
        "at": datetime(2026, 5, 1, 8, 30, 0, 123456, tokyo),
        "amount": Decimal("-999999999.9999"),
        "word": "äpfel",
    }
    empty = {"id": new_id(), "at": None, "amount": None, "word": None}

    async with database.writing() as session:
        await session.execute(insert(SAMPLES), [row, empty])
    async with database.reading() as session:
        found = [
            dict(each)
            for each in (await session.execute(select(SAMPLES).order_by(SAMPLES.c.id))).mappings()
        ]

    assert found == [row, empty]
    assert found[0]["at"].utcoffset() == timedelta(0)
    assert isinstance(found[0]["id"], UUID)


async def test_rows_sort_alike_on_both_databases(database: Database) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    instants = [start + timedelta(microseconds=step) for step in (0, 1, 999_999, 1_000_000)]
    amounts = [Decimal(text) for text in ("-10", "-9.5", "2", "10")]
    words = ["Z", "a b", "ab", "z"]  # by bytes: capitals first, a blank before a letter
    rows = [
        {"id": new_id(), "at": at, "amount": amount, "word": word}
        for at, amount, word in zip(instants, amounts, words, strict=True)
    ]

    async with database.writing() as session:
        await session.execute(insert(SAMPLES), rows[::-1])
    async with database.reading() as session:
        orders = [
            list(await session.scalars(select(SAMPLES.c.word).order_by(column)))
            for column in (SAMPLES.c.id, SAMPLES.c.at, SAMPLES.c.amount, SAMPLES.c.word)
        ]

    assert orders == [words] * 4


@pytest.mark.parametrize("value", [1.5, 3, "2", Decimal("0.00001"), Decimal("NaN")])
async def test_what_is_no_exact_decimal_is_refused(database: Database, value: object) -> None:
    with pytest.raises(StatementError):
        async with database.writing() as session:
            await session.execute(insert(SAMPLES), {"id": new_id(), "amount": value})


async def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        async with database.writing() as session:
            await session.execute(insert(SAMPLES), {"id": new_id(), "at": datetime(2026, 1, 1)})  # noqa: DTZ001


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(value=st.decimals("-900000000000", "900000000000", places=4))
def test_decimals_survive(dialect: Dialect, value: Decimal) -> None:
    stored = Scaled().bind_processor(dialect)(value)

    assert isinstance(stored, int)
    assert Scaled().result_processor(dialect, None)(stored) == value
    assert unscaled(stored) == plain_decimal(value.copy_abs() if value.is_zero() else value)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(value=st.datetimes(datetime(1000, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_instants_survive(dialect: Dialect, value: datetime) -> None:
    stored = Instant().process_bind_param(value, dialect)

    assert Instant().process_result_value(stored, dialect) == value.astimezone(UTC)


@given(st.lists(st.datetimes(datetime(1000, 1, 1)), max_size=5))  # noqa: DTZ001
def test_stored_instants_sort_as_instants_do(values: list[datetime]) -> None:
    instants = [value.replace(tzinfo=UTC) for value in values]

    stored = [Instant().process_bind_param(instant, DIALECTS[0]) for instant in instants]

    assert sorted(stored) == [
        Instant().process_bind_param(each, DIALECTS[0]) for each in sorted(instants)
    ]


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(5000)]

    assert made == sorted(made)
    assert [str(each) for each in made] == sorted(str(each) for each in made)
    assert len(set(made)) == 5000
    assert {(each.version, each.variant) for each in made} == {(7, uuid4().variant)}


@given(st.text(max_size=60))
def test_folding_is_settled_after_one_time(value: str) -> None:
    assert fold(fold(value)) == fold(value)
    assert plain(plain(value)) == plain(value)


@pytest.mark.parametrize(
    ("value", "folded", "searched"),
    [
        ("  Äpfel\u00a0 \t und  ", "äpfel und", "apfel und"),
        ("STRASSE ﬁn", "strasse fin", "strasse fin"),
        ("Straße", "strasse", "strasse"),
        ("A\u0308pfel", "äpfel", "apfel"),
        ("\uff26\uff35\uff2c\uff2c", "full", "full"),
        ("Łódź", "łódź", "łodz"),
    ],
)
def test_texts_that_people_take_for_equal_are_equal(value: str, folded: str, searched: str) -> None:
    assert fold(value) == folded
    assert plain(value) == searched


def test_names_become_snake_case() -> None:
    assert [snake_case(name) for name in ("Customer", "CustomerContact", "X2Y")] == [
        "customer",
        "customer_contact",
        "x2_y",
    ]
