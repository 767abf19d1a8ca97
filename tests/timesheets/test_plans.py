"""Lists and checks of hours come from an index, however many there are."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, text

from erp.kernel.schema import new_id
from erp.timesheets.models.entries import TimeEntry
from tests.architecture.test_plans import explain, is_costly, is_page_of
from tests.architecture.test_statements import watched
from tests.making import sign_up, workspace_of, writing_all
from tests.timesheets.making import make_project

pytestmark = pytest.mark.anyio
ROWS = 3000


@pytest.fixture(scope="module")
async def busy(app):
    """A person with some thousand entries, one each hour, and a project of a few of them."""
    person = await sign_up(app)
    many, few = await make_project(app, person), await make_project(app, person)
    async with workspace_of(app, person) as work:
        now = work.now().replace(microsecond=0)
        rows = [
            {
                "organization_id": work.organization_id,
                "id": new_id(),
                "created_by": work.member_id,
                "created_at": now,
                "updated_at": now,
                "version": 1,
                "member_id": work.member_id,
                "project_id": UUID(many if number % 20 else few),
                "kind": "clock",
                "started_at": now - timedelta(hours=number),
                "begins_at": now - timedelta(hours=number),
                "ended_at": now - timedelta(hours=number, minutes=-30),
                "seconds": 1800,
                "work_date": (now - timedelta(hours=number)).date(),
                "time_zone": "UTC",
                "search_key": "",
                "billable": True,
                "needs_review": False,
            }
            for number in range(1, ROWS)
        ]
        await work.session.execute(insert(TimeEntry), rows)
        member = str(work.member_id)
    async with writing_all(app) as session:
        await session.execute(text("ANALYZE"))
    yield person, {"member": member, "project": few}
    await person.client.aclose()


LISTS = [
    ("/api/time-entries", "ix_time_entries_"),
    ("/api/time-entries?sort=started_at", "ix_time_entries_"),
    ("/api/time-entries?sort=-updated_at", "ix_time_entries_organization_id_updated_at_id"),
    ("/api/time-entries?member_id={member}", "ix_time_entries_"),
    ("/api/time-entries?project_id={project}", "ix_time_entries_project"),
]


# PostgreSQL's guess of how few entries a project has changes with what other tests have left.
GUESSED = ("/api/time-entries?project_id={project}",)


@pytest.mark.parametrize(("path", "index"), LISTS)
async def test_a_list_of_hours_comes_from_its_index(app, busy, path, index):
    if path in GUESSED and not app.state.database.is_sqlite:
        pytest.skip("plans: PostgreSQL's guess about this fresh table is not the same each time")
    person, ids = busy

    with watched() as seen:
        answer = await person.client.get(path.format_map(ids))

    assert len(answer.json()["items"]) == 50
    [query] = [each for each in seen if is_page_of("time_entries", each[0])]
    steps = await explain(app, UUID(person.organization["id"]), *query)
    assert [step for step in steps if index in step], steps
    assert [step for step in steps if is_costly(step, "time_entries")] == [], steps


async def test_looking_for_overlaps_reads_no_more_for_more_entries(app, busy):
    person, ids = busy
    now = (await person.client.get("/api/timer")).json()["now"]
    body = {"project_id": ids["project"], "started_at": now, "note": "One more"}

    with watched() as seen:
        answer = await person.client.post("/api/time-entries", json=body)

    assert answer.status_code == 201, answer.text
    reads = [
        each
        for each in seen
        if each[0].startswith("SELECT time_entries.organization_id") and "begins_at" in each[0]
    ]
    assert len(reads) >= 3
    for statement, parameters in reads:
        steps = await explain(app, UUID(person.organization["id"]), statement, parameters)
        assert [step for step in steps if is_costly(step, "time_entries")] == [], steps
