"""Conflict answers: ready fixes, and applying one by the same call."""

import pytest

from tests.timesheets.making import ago, at, list_spans, make_entry, make_project, plain

pytestmark = pytest.mark.anyio
ENTRIES = "/api/time-entries"


@pytest.fixture
async def project(app, person):
    return await make_project(app, person)


async def send(person, project, start, end, **over):
    body = {"project_id": project, "started_at": at(start), "ended_at": at(end)} | over
    return await person.client.post(ENTRIES, json=body)


def hours(spans):
    """`09:00-10:00` for each."""
    return [f"{start[11:16]}-{end[11:16]}" for start, end in spans]


@pytest.mark.parametrize(
    ("stored", "mine", "fix", "after"),
    [
        (["10:00-12:00"], "09:00-11:00", "trim_mine", ["09:00-10:00", "10:00-12:00"]),
        (["10:00-12:00"], "09:00-11:00", "trim_theirs", ["09:00-11:00", "11:00-12:00"]),
        (["09:00-11:00"], "10:00-12:00", "trim_theirs", ["09:00-10:00", "10:00-12:00"]),
        (
            ["09:00-12:00"],
            "10:00-11:00",
            "split_theirs",
            ["09:00-10:00", "10:00-11:00", "11:00-12:00"],
        ),
        (
            ["08:00-10:00", "11:00-13:00"],
            "09:00-12:00",
            "trim_mine",
            ["08:00-10:00", "10:00-11:00", "11:00-13:00"],
        ),
        (
            ["08:00-10:00", "11:00-13:00"],
            "09:00-12:00",
            "trim_theirs",
            ["08:00-09:00", "09:00-12:00", "12:00-13:00"],
        ),
    ],
)
async def test_a_fix_that_was_offered_is_applied_by_the_same_call(
    person, project, stored, mine, fix, after
):
    for span in stored:
        await make_entry(person, project, *span.split("-"))

    refused = await send(person, project, *mine.split("-"))
    offered = {each["fix"]: each["pieces"] for each in refused.json()["fixes"]}
    applied = await send(person, project, *mine.split("-"), resolve=fix)

    assert refused.status_code == 409
    assert fix in offered
    assert applied.status_code == 201, applied.text
    assert hours(await list_spans(person)) == after
    kept = [f"{each['started_at'][11:16]}-{each['ended_at'][11:16]}" for each in offered[fix]]
    assert set(kept) <= set(after)


async def test_the_rest_of_a_split_entry_is_about_the_same(person, project):
    whole = await make_entry(
        person, project, "09:00", "12:00", note="Long [a:b]", activity="Talk", billable=False
    )

    await send(person, project, "10:00", "11:00", resolve="split_theirs")

    items = (await person.client.get(f"{ENTRIES}?sort=started_at")).json()["items"]
    first, mine, rest = items
    assert first["id"] == whole["id"]
    assert mine["note"] is None
    same = ("note", "activity", "billable", "tags", "project", "member", "work_date")
    assert [rest[name] for name in same] == [whole[name] for name in same]
    assert (await person.client.get(f"{ENTRIES}?tag=a:b&count=true")).json()["total"] == 2
    history = (await person.client.get(f"/api/audit/time_entry/{rest['id']}")).json()
    assert history["items"][0]["action"] == "time_entry.created"


async def test_a_running_timer_is_split_and_runs_on(person, project):
    started = {"project_id": project, "started_at": ago(hours=3)}
    running = (await person.client.post("/api/timer/start", json=started)).json()["running"]

    answer = await send(person, project, ago(hours=2), ago(hours=1), resolve="split_theirs")

    assert answer.status_code == 201, answer.text
    now = (await person.client.get("/api/timer")).json()["running"]
    assert now["id"] != running["id"]
    assert plain(now["started_at"]) == plain(answer.json()["ended_at"])
    spans = await list_spans(person)
    assert [before[1] for before in spans[:-1]] == [after[0] for after in spans[1:]]


@pytest.mark.parametrize("fix", ["trim_mine", "trim_theirs", "split_theirs"])
async def test_a_fix_that_does_not_fit_changes_nothing(person, project, fix):
    await make_entry(person, project, "10:00", "11:00")

    answer = await send(person, project, "09:00", "12:00", resolve=fix)

    assert (answer.status_code, answer.json()["code"]) == (409, "time_overlap")
    assert answer.json()["fixes"] == []
    assert hours(await list_spans(person)) == ["10:00-11:00"]


async def test_a_fix_without_an_overlap_is_not_needed(person, project):
    answer = await send(person, project, "10:00", "11:00", resolve="trim_mine")

    assert answer.status_code == 201
    assert hours(await list_spans(person)) == ["10:00-11:00"]


async def test_a_change_can_be_resolved_as_well(person, project):
    await make_entry(person, project, "10:00", "12:00")
    mine = await make_entry(person, project, "08:00", "09:00")
    path = f"{ENTRIES}/{mine['id']}"

    refused = await person.client.patch(path, json={"ended_at": at("11:00")})
    applied = await person.client.patch(
        path, json={"ended_at": at("11:00"), "resolve": "trim_theirs"}
    )

    assert [each["fix"] for each in refused.json()["fixes"]] == ["trim_mine", "trim_theirs"]
    assert applied.status_code == 200
    assert hours(await list_spans(person)) == ["08:00-11:00", "11:00-12:00"]


async def test_a_batch_resolves_item_by_item(person, project):
    await make_entry(person, project, "09:00", "12:00")
    data = {"project_id": project, "started_at": at("10:00"), "ended_at": at("11:00")}
    items = [
        {"op": "create", "data": data | {"resolve": "split_theirs"}},
        {"op": "create", "data": data | {"started_at": at("10:30"), "resolve": "trim_theirs"}},
    ]

    answer = await person.client.post(f"{ENTRIES}/batch", json={"items": items})

    assert answer.status_code == 200, answer.text
    assert hours(await list_spans(person)) == [
        *("09:00-10:00", "10:00-10:30", "10:30-11:00", "11:00-12:00"),
    ]
