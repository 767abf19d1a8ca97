"""An import may take longer than a request, and who follows changes still hears of everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import text

from erp.kernel import db
from erp.transfer.actions.lasting import lift_limits
from tests.transfer import old_systems
from tests.transfer.moving import bring, list_of
from tests.transfer.old_systems import write_sqlite

pytestmark = pytest.mark.anyio

LIMIT = timedelta(seconds=0.2)


async def test_a_long_import_is_not_cut_and_counts_as_made_at_its_end(
    app, person, tag, tmp_path, monkeypatch
):
    many = [old_systems.product(number, f"Part {number}", 1.5) for number in range(1, 201)]
    place = write_sqlite(tmp_path / "erp.db", old_systems.inventory(tag, products=many))
    monkeypatch.setattr(db, "LONGEST_WRITE", LIMIT)
    begun = monotonic()

    report = await bring(app, person, "inventory-manager", place)

    assert monotonic() - begun > LIMIT.total_seconds(), "the test is too small to show anything"
    assert report.outcomes["products"] == {"created": 200}
    first, *_, last = await list_of(person, "/api/products?sort=created_at&limit=200")
    made, told = (datetime.fromisoformat(first[name]) for name in ("created_at", "updated_at"))
    assert told > made
    assert told >= datetime.fromisoformat(last["created_at"])


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)  # SQLite has no such limits
async def test_the_limits_of_requests_are_lifted_for_one_transaction_alone(app):
    names = ("statement_timeout", "idle_in_transaction_session_timeout")

    async def limits(session):
        return [await session.scalar(text(f"SHOW {name}")) for name in names]

    async with app.state.database.writing() as session:
        before = await limits(session)
        await lift_limits(session)
        lifted = await limits(session)
    async with app.state.database.writing() as session:
        after = await limits(session)

    assert lifted == ["0", "0"]
    assert before == after == ["15s", "30s"]
