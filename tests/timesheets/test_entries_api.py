"""Time entries over the API."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.making import make_colleague
from tests.timesheets.making import (
    ago,
    at,
    list_spans,
    make_entry,
    make_project,
    make_task,
    member_id_of,
    plain,
    set_zone,
)

pytestmark = pytest.mark.anyio
ENTRIES = "/api/time-entries"


@pytest.fixture
async def project(app, person):
    return await make_project(app, person, code="SHOP", name="Web shop")


def refusal(answer):
    return answer.status_code, answer.json()["code"]


async def test_an_entry_is_shown_with_what_people_say(app, person, project):
    task = await make_task(app, person, project, title="Cart", number=12)

    shown = await make_entry(
        person, project, "09:00", "10:30", task_id=task, activity="Design", note="Go [prio:High]"
    )

    assert (shown["seconds"], shown["billable_seconds"], shown["version"]) == (5400, 5400, 1)
    assert (shown["work_date"], shown["time_zone"]) == ("2026-03-02", "UTC")
    assert shown["project"] | {"id": 0} == {
        "id": 0,
        "number": 1,
        "code": "SHOP",
        "name": "Web shop",
    }
    assert shown["task"] == {"id": task, "number": 12, "title": "Cart", "code": "SHOP-12"}
    assert (shown["member"]["number"], shown["member"]["name"]) == (1, "Ada Lovelace")
    assert shown["tags"] == [{"name": "prio", "value": "High"}]
    assert (shown["locked"], shown["is_running"], shown["billable"]) == (None, False, True)
    again = await person.client.get(f"{ENTRIES}/{shown['id']}")
    assert (again.json(), again.headers["etag"]) == (shown, '"1"')


async def test_an_entry_made_twice_by_one_key_is_one(person, project):
    body = {"project_id": project, "started_at": at("09:00"), "ended_at": at("10:00")}

    first, second = [
        await person.client.post(ENTRIES, json=body, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    ]

    assert (first.status_code, first.json()) == (201, second.json())
    assert first.headers["location"] == f"{ENTRIES}/{first.json()['id']}"
    assert second.headers["idempotent-replayed"] == "true"


async def test_a_project_can_be_named_by_its_code_and_by_its_task(app, person, project):
    task = await make_task(app, person, project)

    by_code = await make_entry(person, None, "09:00", "10:00", project_code="shop")
    by_task = await make_entry(person, None, "10:00", "11:00", task_id=task)

    assert [each["project"]["code"] for each in (by_code, by_task)] == ["SHOP", "SHOP"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"ended_at": at("09:00")}, "end_before_start", "/ended_at"),
        ({"ended_at": "2026-03-03T09:00:01Z"}, "entry_too_long", "/ended_at"),
        ({"started_at": "2999-01-01T00:00:00Z", "ended_at": None}, "time_in_future", "/started_at"),
        ({"ended_at": "2999-01-01T00:00:00Z"}, "time_in_future", "/ended_at"),
        ({"project_id": None}, "unknown_project", "/project_id"),
        ({"project_code": "NONE", "project_id": None}, "unknown_project", "/project_id"),
        ({"task_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "task_not_in_project", "/task_id"),
        ({"started_at": None}, "missing", "/started_at"),
        ({"started_at": "2026-03-02T09:00:00"}, "timezone_aware", "/started_at"),
        ({"started_at": 1_700_000_000}, "instant_expected", "/started_at"),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, "out_of_range", "/started_at"),
        ({"work_date": "2026-03-02"}, "not_of_kind", "/work_date"),
        ({"kind": "amount"}, "not_of_kind", "/started_at"),
        ({"note": ""}, "string_too_short", "/note"),
        ({"member_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "unknown_member", "/member_id"),
    ],
)
async def test_wrong_values_are_named(person, project, change, code, pointer):
    body = {"project_id": project, "started_at": at("09:00"), "ended_at": at("10:00")} | change

    answer = await person.client.post(ENTRIES, json=body)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]


async def test_a_task_of_another_project_is_refused(app, person, project):
    task = await make_task(app, person, await make_project(app, person))
    body = {"project_id": project, "task_id": task, "started_at": at("09:00")}

    assert refusal(await person.client.post(ENTRIES, json=body)) == (422, "task_not_in_project")


async def test_an_archived_project_takes_no_hours(app, person):
    project = await make_project(app, person, archived_at=datetime.now(UTC))
    body = {"project_id": project, "started_at": at("09:00"), "ended_at": at("10:00")}

    assert refusal(await person.client.post(ENTRIES, json=body)) == (409, "project_archived")
    started = await person.client.post("/api/timer/start", json={"project_id": project})
    assert refusal(started) == (409, "project_archived")


async def test_entries_may_touch_and_not_overlap(person, project):
    await make_entry(person, project, "09:00", "10:00")
    await make_entry(person, project, "10:00", "11:00")
    body = {"project_id": project, "started_at": at("10:50"), "ended_at": at("12:00")}

    answer = await person.client.post(ENTRIES, json=body)

    assert refusal(answer) == (409, "time_overlap")
    [theirs] = answer.json()["entries"]
    assert (plain(theirs["started_at"]), theirs["project"]["code"]) == (
        "2026-03-02T10:00:00Z",
        "SHOP",
    )
    assert len(await list_spans(person)) == 2


async def test_an_amount_stands_beside_entries_by_the_clock(person, project):
    await make_entry(person, project, "00:00", "20:00")
    body = {"kind": "amount", "project_id": project, "work_date": "2026-03-02"}

    fits = await person.client.post(ENTRIES, json=body | {"seconds": 4 * 3600})
    over = await person.client.post(ENTRIES, json=body | {"seconds": 1})

    assert (fits.status_code, plain(fits.json()["begins_at"])) == (201, "2026-03-02T00:00:00Z")
    assert refusal(over) == (422, "day_too_long")
    assert over.json()["day_seconds"] == 24 * 3600


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2025-10-26", 25)])
async def test_a_day_with_amounts_is_as_long_as_it_really_is(app, person, project, day, hours):
    await set_zone(app, person, "Europe/Berlin")
    body = {"kind": "amount", "project_id": project, "work_date": day}

    full = await person.client.post(ENTRIES, json=body | {"seconds": hours * 3600})
    over = await person.client.post(ENTRIES, json=body | {"seconds": 1})

    assert (full.status_code, refusal(over)) == (201, (422, "day_too_long"))


async def test_an_entry_by_the_clock_makes_no_day_with_amounts_too_long(person, project):
    body = {"kind": "amount", "project_id": project, "work_date": "2026-03-02"}
    await person.client.post(ENTRIES, json=body | {"seconds": 23 * 3600})
    clock = {"project_id": project, "started_at": at("09:00"), "ended_at": at("10:01")}

    assert refusal(await person.client.post(ENTRIES, json=clock)) == (422, "day_too_long")


async def test_an_amount_of_tomorrow_is_the_future(person, project):
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    body = {"kind": "amount", "project_id": project, "work_date": tomorrow, "seconds": 60}

    assert refusal(await person.client.post(ENTRIES, json=body)) == (422, "time_in_future")


async def test_the_day_of_an_entry_is_that_of_the_organization(app, person, project):
    await set_zone(app, person, "America/Chicago")
    shown = await make_entry(person, project, "2026-03-03T04:30:00Z", "2026-03-03T05:30:00Z")
    await set_zone(app, person, "Europe/Berlin")

    later = (await person.client.get(f"{ENTRIES}/{shown['id']}")).json()

    assert (shown["work_date"], shown["time_zone"]) == ("2026-03-02", "America/Chicago")
    assert (later["work_date"], later["time_zone"]) == ("2026-03-02", "America/Chicago")


async def test_a_change_is_kept_and_told(app, person, project):
    entry = await make_entry(person, project, "09:00", "10:00", note="[a:1]")
    other = await make_project(app, person, code="OTHER", billable=False)
    path = f"{ENTRIES}/{entry['id']}"
    edit = {"project_id": other, "ended_at": at("11:00"), "note": "[b:2]", "billable": False}

    changed = await person.client.patch(path, json=edit, headers={"If-Match": '"1"'})

    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert (body["version"], body["seconds"], body["billable_seconds"]) == (2, 7200, 0)
    assert (body["project"]["code"], body["tags"]) == ("OTHER", [{"name": "b", "value": "2"}])
    history = (await person.client.get(f"/api/audit/time_entry/{entry['id']}")).json()["items"]
    assert [each["action"] for each in history] == ["time_entry.changed", "time_entry.created"]
    assert history[0]["changes"]["seconds"] == [3600, 7200]


async def test_a_stale_change_is_refused_with_the_present_entry(person, project):
    entry = await make_entry(person, project, "09:00", "10:00")
    path = f"{ENTRIES}/{entry['id']}"
    await person.client.patch(path, json={"note": "First"})

    answer = await person.client.patch(path, json={"note": "Late"}, headers={"If-Match": '"1"'})

    assert refusal(answer) == (412, "stale")
    assert answer.json()["current"]["note"] == "First"


async def test_a_task_alone_brings_its_project_and_a_project_needs_its_own_tasks(
    app, person, project
):
    task = await make_task(app, person, project)
    other = await make_project(app, person)
    entry = await make_entry(person, other, "09:00", "10:00")
    path = f"{ENTRIES}/{entry['id']}"

    taken = await person.client.patch(path, json={"task_id": task})
    refused = await person.client.patch(path, json={"project_id": other})
    cleared = await person.client.patch(path, json={"project_id": other, "task_id": None})

    assert taken.json()["project"]["id"] == project
    assert refusal(refused) == (422, "task_not_in_project")
    assert (cleared.json()["project"]["id"], cleared.json()["task"]) == (other, None)


async def test_a_null_end_lets_an_entry_run_again_if_nothing_follows(person, project):
    first = await make_entry(person, project, ago(hours=3), ago(hours=2))
    last = await make_entry(person, project, ago(hours=2), ago(hours=1))

    blocked = await person.client.patch(f"{ENTRIES}/{first['id']}", json={"ended_at": None})
    runs = await person.client.patch(f"{ENTRIES}/{last['id']}", json={"ended_at": None})

    assert refusal(blocked) == (409, "time_overlap")
    assert (runs.json()["is_running"], runs.json()["seconds"]) == (True, None)
    both = await person.client.patch(f"{ENTRIES}/{first['id']}", json={"ended_at": None})
    assert refusal(both) == (409, "timer_running")


async def test_a_deleted_entry_leaves_its_trace(person, project):
    entry = await make_entry(person, project, "09:00", "10:00", note="[a:1]")

    gone = await person.client.delete(f"{ENTRIES}/{entry['id']}")

    assert gone.status_code == 204
    assert (await person.client.get(f"{ENTRIES}/{entry['id']}")).status_code == 404
    history = (await person.client.get(f"/api/audit/time_entry/{entry['id']}")).json()["items"]
    assert history[0]["action"] == "time_entry.deleted"


async def test_lists_filter_by_start_day_project_and_tag(app, person, project):
    other = await make_project(app, person)
    early = await make_entry(person, project, "09:00", "10:00", note="[prio:High] call")
    late = await make_entry(person, other, "10:00", "11:00", note="[prio:low]", billable=False)
    amount = {"kind": "amount", "project_id": project, "work_date": "2026-03-03", "seconds": 60}
    amount = (await person.client.post(ENTRIES, json=amount)).json()

    async def ids(query):
        items = (await person.client.get(f"{ENTRIES}?{query}")).json()["items"]
        return [each["id"] for each in items]

    assert await ids("") == [amount["id"], late["id"], early["id"]]
    assert await ids(f"from={at('09:00')}&to={at('10:00')}") == [early["id"]]
    assert await ids("sort=started_at&day_to=2026-03-02") == [early["id"], late["id"]]
    assert await ids(f"project_id={other}") == await ids("billable=false") == [late["id"]]
    assert await ids("tag=prio:high") == await ids("q=call") == [early["id"]]
    assert await ids("tag=PRIO&kind=clock") == [late["id"], early["id"]]
    assert await ids("kind=amount") == await ids("day_from=2026-03-03") == [amount["id"]]
    assert await ids("tag=other") == await ids("needs_review=true") == []


@pytest.mark.parametrize("query", ["from=yesterday", "until=2026-03-02", "from_=x", "sort=note"])
async def test_a_list_refuses_what_it_does_not_know(person, query):
    assert (await person.client.get(f"{ENTRIES}?{query}")).status_code == 422


async def test_users_see_and_write_their_own_hours_alone(app, person, project):
    mine = await make_entry(person, project, "09:00", "10:00")
    user = await make_colleague(app, person)
    theirs = await make_entry(user, project, "09:00", "10:00")
    path = f"{ENTRIES}/{mine['id']}"

    answers = [
        await user.client.get(path),
        await user.client.patch(path, json={"note": "Mine"}),
        await user.client.delete(path),
        await user.client.get(f"/api/audit/time_entry/{mine['id']}"),
    ]
    foreign = {"member_id": mine["member"]["id"], "project_id": project, "started_at": at("12:00")}
    made = await user.client.post(ENTRIES, json=foreign | {"ended_at": at("13:00")})

    assert [answer.status_code for answer in answers] == [404] * 4
    assert made.json()["errors"][0]["code"] == "unknown_member"
    listed = (await user.client.get(ENTRIES)).json()["items"]
    assert [each["id"] for each in listed] == [theirs["id"]]
    assert (await user.client.get(f"{ENTRIES}?member_id={mine['member']['id']}")).json()[
        "items"
    ] == []
    assert (await user.client.get(f"/api/audit/time_entry/{theirs['id']}")).status_code == 200
    await user.client.aclose()


async def test_managers_write_hours_of_others(app, person, project):
    user = await make_colleague(app, person)
    member = await member_id_of(app, user, person)

    made = await make_entry(person, project, "09:00", "10:00", member_id=member)
    mine = await make_entry(person, project, "09:00", "10:00")
    moved = await person.client.patch(f"{ENTRIES}/{mine['id']}", json={"member_id": member})

    assert made["member"]["name"] == "Carl Colleague"
    assert refusal(moved) == (409, "time_overlap")
    assert [each["fix"] for each in moved.json()["fixes"]] == []
    assert len((await person.client.get(ENTRIES)).json()["items"]) == 2
    await user.client.aclose()


async def test_a_batch_runs_by_the_rules_of_single_entries(person, project):
    old = await make_entry(person, project, "07:00", "08:00")
    gone = await make_entry(person, project, "08:00", "09:00")
    data = {"project_id": project, "started_at": at("08:00"), "ended_at": at("09:30")}
    items = [
        {"op": "delete", "id": gone["id"]},
        {"op": "create", "data": data},
        {"op": "create", "data": data | {"started_at": at("09:00"), "ended_at": at("10:00")}},
        {"op": "change", "id": old["id"], "data": {"note": "Early"}},
        {"op": "archive", "id": old["id"]},
    ]

    whole = await person.client.post(f"{ENTRIES}/batch", json={"items": items})
    parts = await person.client.post(
        f"{ENTRIES}/batch", json={"items": items, "all_or_nothing": False}
    )

    assert refusal(whole) == (409, "batch_refused")
    results = [(each["outcome"], each["code"]) for each in parts.json()["items"]]
    assert results == [
        ("changed", None),
        ("created", None),
        ("refused", "time_overlap"),
        ("changed", None),
        ("refused", "validation_failed"),
    ]
    assert await list_spans(person) == [
        ("2026-03-02T07:00:00Z", "2026-03-02T08:00:00Z"),
        ("2026-03-02T08:00:00Z", "2026-03-02T09:30:00Z"),
    ]


async def test_days_far_away_can_be_written(person, project):
    shown = await make_entry(person, project, "1970-01-02T00:00:00Z", "1970-01-02T01:00:00Z")

    assert shown["work_date"] == date(1970, 1, 2).isoformat()


async def test_entries_can_be_followed_by_what_changed(person, project):
    first = await make_entry(person, project, "09:00", "10:00")
    await make_entry(person, project, "10:00", "11:00")
    await person.client.patch(f"{ENTRIES}/{first['id']}", json={"note": "Last"})

    feed = (await person.client.get(f"{ENTRIES}?updated_since=2026-01-01T00:00:00Z")).json()
    gone = await person.client.delete(f"{ENTRIES}/{first['id']}")
    deleted = (await person.client.get("/api/deletions?since=2026-01-01T00:00:00Z")).json()

    assert [each["note"] for each in feed["items"]] == [None, "Last"]
    assert feed["next_since"]
    assert gone.status_code == 204
    assert [(each["kind"], each["id"]) for each in deleted["items"]] == [
        ("time_entry", first["id"]),
    ]


async def test_a_change_may_make_the_project_it_names(person, project):
    entry = await make_entry(person, project, "09:00", "10:00")
    path = f"{ENTRIES}/{entry['id']}"

    unknown = await person.client.patch(path, json={"project_code": "NEW"})
    made = await person.client.patch(path, json={"project_code": "NEW", "create_project": True})

    assert refusal(unknown) == (422, "unknown_project")
    assert made.json()["project"]["code"] == "NEW"
