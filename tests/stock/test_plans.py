"""What a posting locks is found by its key: it costs the same however much lies in storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Select, create_engine
from sqlalchemy.dialects import sqlite

from erp.kernel.schema import Base
from erp.stock.queries import locking

LOCKED = {
    "goods": (locking._GOODS, "id"),
    "moved goods": (locking._MOVED_GOODS, "id"),
    "rules": (locking._RULES, "product_id"),
    "balances": (locking._BALANCES, "product_id=? AND location_id"),
    "sums": (locking._AVAILABLE, "product_id"),
}


@pytest.fixture(scope="module")
def tables() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        yield connection
    engine.dispose()


@pytest.mark.parametrize(("statement", "column"), LOCKED.values(), ids=LOCKED)
def test_rows_are_found_by_their_key(
    tables: Connection, statement: Select[Any], column: str
) -> None:
    compiled = statement.compile(dialect=sqlite.dialect())
    values = tuple("[]" for _ in compiled.positiontup)

    steps = tables.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
    plan = [row[3] for row in steps]

    assert f"(organization_id=? AND {column}=?)" in plan[0]
    assert not [step for step in plan if "TEMP B-TREE" in step]
