"""Weeks: handing in, deciding, and what is locked by that."""

import pytest

from tests.making import make_colleague
from tests.organizations.making import set_member
from tests.timesheets.making import ago, at, make_entry, make_project, make_task, member_id_of

pytestmark = pytest.mark.anyio
ENTRIES = "/api/time-entries"
MONDAY = "2026-03-02"


@pytest.fixture
async def project(app, person):
    return await make_project(app, person)


@pytest.fixture
async def user(app, person):
    somebody = await make_colleague(app, person)
    somebody.member_id = await member_id_of(app, somebody, person)
    yield somebody
    await somebody.client.aclose()


def refusal(answer):
    return answer.status_code, answer.json()["code"]


async def step(who, verb, member_id, day=MONDAY, **headers):
    body = {"reason": "Because"} if verb in ("reject", "reopen") else None
    path = f"/api/timesheets/{member_id}/{day}/{verb}"
    return await who.client.post(path, json=body, headers=headers)


async def grid_of(who, member_id, day=MONDAY):
    answer = await who.client.get(f"/api/timesheets/{member_id}/{day}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_week_goes_from_hand_to_hand(person, user, project):
    await make_entry(user, project, "09:00", "10:30")

    answers = [
        await step(who, verb, user.member_id)
        for who, verb in (
            *((user, "submit"), (user, "withdraw"), (user, "submit"), (person, "reject")),
            *((user, "submit"), (person, "approve"), (person, "reopen"), (user, "submit")),
        )
    ]

    assert {answer.status_code for answer in answers} == {200}, [each.text for each in answers]
    assert [answer.json()["state"] for answer in answers] == [
        *("submitted", "open", "submitted", "rejected"),
        *("submitted", "approved", "reopened", "submitted"),
    ]
    rejected, approved, last = answers[3].json(), answers[5].json(), answers[7].json()
    assert (rejected["reason"], rejected["decided_by"]["name"]) == ("Because", "Ada Lovelace")
    assert (approved["reason"], approved["seconds"], approved["starts_on"]) == (None, 5400, MONDAY)
    assert (last["decided_by"], last["reason"], last["version"]) == (None, None, 8)
    history = (await user.client.get(f"/api/audit/timesheet/{last['id']}")).json()["items"]
    assert [each["action"] for each in history][:3] == [
        *("timesheet.submitted", "timesheet.reopened", "timesheet.approved"),
    ]
    assert history[1]["reason"] == "Because"


@pytest.mark.parametrize("verb", ["withdraw", "approve", "reject", "reopen"])
async def test_a_week_nobody_handed_in_goes_nowhere(person, user, verb):
    assert (await step(person, verb, user.member_id)).status_code == 404


async def test_a_step_that_does_not_fit_names_the_state(person, user):
    await step(user, "submit", user.member_id)

    again = await step(user, "submit", user.member_id)
    reopened = await step(person, "reopen", user.member_id)

    assert refusal(again) == refusal(reopened) == (409, "wrong_state")
    assert again.json()["state"] == "submitted"


async def test_a_stale_step_is_refused(person, user):
    await step(user, "submit", user.member_id)
    await step(user, "withdraw", user.member_id)

    answer = await step(user, "submit", user.member_id, **{"If-Match": '"1"'})

    assert refusal(answer) == (412, "stale")
    assert answer.json()["current"]["state"] == "open"


async def test_users_step_in_their_own_weeks_and_decide_nothing(person, user):
    mine = (await person.client.get("/api/auth/me")).json()["member"]["id"]

    statuses = [(await step(user, verb, mine)).status_code for verb in ("submit", "withdraw")]
    decided = [
        (await step(user, verb, mine)).status_code for verb in ("approve", "reject", "reopen")
    ]
    seen = [
        await user.client.get(f"/api/timesheets/{mine}/{MONDAY}"),
        await user.client.get(f"/api/work-schedules/{mine}"),
    ]

    assert (statuses, decided) == ([404, 404], [403, 403, 403])
    assert [answer.status_code for answer in seen] == [404, 404]


async def test_nobody_approves_the_own_week_unless_nobody_else_may(app, person, user):
    mine = (await person.client.get("/api/auth/me")).json()["member"]["id"]
    await step(person, "submit", mine)
    alone = await step(person, "approve", mine)
    await step(person, "reopen", mine)
    await step(person, "submit", mine)
    await set_member(app, user, person, role="manager")

    with_a_manager = await step(person, "approve", mine)
    by_the_manager = await step(user, "approve", mine)

    assert (alone.status_code, refusal(with_a_manager)) == (200, (409, "own_week"))
    assert by_the_manager.status_code == 200


@pytest.mark.parametrize("verb", ["submit", "approve"])
async def test_no_door_leads_into_a_locked_week(app, person, user, project, verb):
    entry = await make_entry(user, project, "09:00", "10:00", note="Before")
    outside = await make_entry(user, project, "2026-03-09T09:00:00Z", "2026-03-09T10:00:00Z")
    amount = {"kind": "amount", "project_id": project, "work_date": MONDAY, "seconds": 60}
    await step(user, "submit", user.member_id)
    if verb == "approve":
        await step(person, "approve", user.member_id)
    new = {"project_id": project, "started_at": at("12:00"), "ended_at": at("13:00")}
    into = {"started_at": at("12:00"), "ended_at": at("13:00")}
    items = [
        {
            "op": "create",
            "data": new
            | {"started_at": "2026-03-09T11:00:00Z", "ended_at": "2026-03-09T12:00:00Z"},
        },
        {"op": "change", "id": entry["id"], "data": {"note": "After"}},
    ]
    cell = {"project_id": project, "day": MONDAY, "seconds": 60, "activity": "Other"}
    over = {"project_id": project, "started_at": at("08:00"), "ended_at": at("09:30")}
    path, batch = f"{ENTRIES}/{entry['id']}", {"items": items, "all_or_nothing": False}

    answers = [
        await user.client.patch(path, json={"note": "After"}),
        await user.client.delete(path),
        await user.client.post(ENTRIES, json=new),
        await user.client.post(ENTRIES, json=amount),
        await user.client.post(ENTRIES, json=over | {"resolve": "trim_theirs"}),
        await user.client.patch(f"{ENTRIES}/{outside['id']}", json=into),
        await user.client.put(f"/api/timesheets/{user.member_id}/{MONDAY}/cells", json=cell),
        await user.client.post(
            "/api/timer/start", json={"project_id": project, "started_at": at("15:00")}
        ),
        await person.client.patch(path, json={"billable": False}),
    ]
    whole = await user.client.post(f"{ENTRIES}/batch", json=batch)

    codes = {refusal(answer) for answer in answers}
    assert codes == {(409, "entry_locked")}, [answer.text for answer in answers]
    why = "week_submitted" if verb == "submit" else "week_approved"
    assert {answer.json()["why"] for answer in answers} == {why}
    assert refusal(whole) == (409, "batch_refused")
    assert [each["code"] for each in whole.json()["items"]] == [None, "entry_locked"]
    shown = (await user.client.get(path)).json()
    assert shown == entry | {"locked": why}
    assert len((await user.client.get(ENTRIES)).json()["items"]) == 2


async def test_a_fix_never_touches_a_locked_entry(app, person, user, project):
    late = await make_entry(user, project, "2026-03-08T22:00:00Z", "2026-03-09T02:00:00Z")
    await step(user, "submit", user.member_id, "2026-03-08")
    body = {
        "project_id": project,
        "started_at": "2026-03-09T01:00:00Z",
        "ended_at": "2026-03-09T04:00:00Z",
    }

    refused = await user.client.post(ENTRIES, json=body)
    forced = await user.client.post(ENTRIES, json=body | {"resolve": "trim_theirs"})
    trimmed = await user.client.post(ENTRIES, json=body | {"resolve": "trim_mine"})

    assert [each["fix"] for each in refused.json()["fixes"]] == ["trim_mine"]
    assert refused.json()["entries"][0]["locked"] == "week_submitted"
    assert refusal(forced) == (409, "time_overlap")
    assert (trimmed.status_code, trimmed.json()["seconds"]) == (201, 7200)
    assert (await user.client.get(f"{ENTRIES}/{late['id']}")).json()["seconds"] == 4 * 3600


async def test_a_week_with_a_timer_or_a_doubt_cannot_be_handed_in(person, user, project):
    start = {"project_id": project, "started_at": at("09:00")}
    running = (await user.client.post("/api/timer/start", json=start)).json()["running"]

    with_timer = await step(user, "submit", user.member_id)
    await user.client.post("/api/timer/stop", json={})
    with_doubt = await step(user, "submit", user.member_id)
    edit = {"ended_at": at("17:00")}
    await user.client.patch(f"{ENTRIES}/{running['id']}", json=edit)
    without = await step(user, "submit", user.member_id)

    assert refusal(with_timer) == (409, "timer_running")
    assert with_timer.json()["entry"]["id"] == running["id"]
    assert refusal(with_doubt) == (409, "review_needed")
    assert with_doubt.json()["entry_ids"] == [running["id"]]
    assert without.status_code == 200


async def test_a_rejected_week_can_be_corrected(person, user, project):
    entry = await make_entry(user, project, "09:00", "10:00")
    await step(user, "submit", user.member_id)
    await step(person, "reject", user.member_id)

    changed = await user.client.patch(f"{ENTRIES}/{entry['id']}", json={"note": "Better"})

    assert (changed.status_code, changed.json()["locked"]) == (200, None)


async def test_an_entry_counts_in_the_week_of_its_day(app, person, user, project):
    night = await make_entry(user, project, "2026-03-08T23:00:00Z", "2026-03-09T01:00:00Z")

    before, after = [
        await grid_of(user, user.member_id, day) for day in ("2026-03-08", "2026-03-09")
    ]

    assert (before["seconds"], after["seconds"]) == (7200, 0)
    assert night["work_date"] == before["ends_on"] == "2026-03-08"


async def test_lists_of_weeks_follow_state_and_scope(person, user):
    mine = (await person.client.get("/api/auth/me")).json()["member"]["id"]
    await step(user, "submit", user.member_id)
    await step(user, "submit", user.member_id, "2026-03-09")
    await step(person, "submit", mine)
    await step(person, "approve", user.member_id)

    async def weeks(who, query=""):
        items = (await who.client.get(f"/api/timesheets?{query}")).json()["items"]
        return [(each["member"]["number"], each["starts_on"], each["state"]) for each in items]

    assert await weeks(user) == [(2, "2026-03-09", "submitted"), (2, MONDAY, "approved")]
    assert await weeks(user, f"member_id={mine}") == []
    assert len(await weeks(person)) == 3
    assert await weeks(person, "state=approved") == [(2, MONDAY, "approved")]
    assert await weeks(person, "day_to=2026-03-05&state=submitted") == [(1, MONDAY, "submitted")]


async def test_the_first_week_pins_its_beginning(app, person, user):
    changed = await person.client.patch("/api/organization", json={"week_start": "sunday"})
    submitted = await step(user, "submit", user.member_id)

    refused = await person.client.patch("/api/organization", json={"week_start": "monday"})
    same = await person.client.patch(
        "/api/organization", json={"week_start": "sunday", "name": "N"}
    )

    assert (changed.status_code, submitted.json()["starts_on"]) == (200, "2026-03-01")
    assert refusal(refused) == (409, "setting_pinned")
    assert refused.json()["settings"] == ["week_start"]
    assert same.status_code == 200


async def test_the_grid_shows_rows_cells_sums_and_locks(app, person, user, project):
    other = await make_project(app, person, code="A-1", billable=False)
    task = await make_task(app, person, other, number=7)
    clock = await make_entry(user, project, "09:00", "10:00", activity="Call")
    await make_entry(user, project, "11:00", "11:30", activity="Call")
    amount = {"kind": "amount", "task_id": task, "work_date": "2026-03-03", "seconds": 7200}
    await user.client.post(ENTRIES, json=amount)
    due = {"valid_from": "2026-01-01", "monday": 5400, "tuesday": 9000, "friday": 60}
    await person.client.put(f"/api/work-schedules/{user.member_id}", json=due)

    grid = await grid_of(user, user.member_id, "2026-03-04")

    first, second = grid["rows"]
    assert (first["project"]["code"], first["task"]["code"], first["activity"]) == (
        "A-1",
        "A-1-7",
        None,
    )
    assert (second["task"], second["activity"], second["seconds"]) == (None, "Call", 5400)
    assert [cell["seconds"] for cell in second["cells"]] == [5400, 0, 0, 0, 0, 0, 0]
    assert [cell["seconds"] for cell in first["cells"]] == [0, 7200, 0, 0, 0, 0, 0]
    assert (second["cells"][0]["locked"], first["cells"][1]["locked"]) == ("clock_entries", None)
    assert clock["id"] in second["cells"][0]["entry_ids"]
    assert [day["status"] for day in grid["days"]] == [
        *("full", "short", "free", "free", "empty", "free", "free"),
    ]
    assert [day["missing_seconds"] for day in grid["days"]] == [0, 1800, 0, 0, 60, 0, 0]
    assert (grid["seconds"], grid["billable_seconds"], grid["expected_seconds"]) == (
        12600,
        5400,
        14460,
    )
    assert (grid["state"], grid["version"], grid["is_complete"]) == ("open", None, False)
    assert grid["steps"] == ["submit"]
    await step(user, "submit", user.member_id)
    locked = await grid_of(person, user.member_id)
    assert {day["locked"] for day in locked["days"]} == {"week_submitted"}
    assert locked["steps"] == ["withdraw", "approve", "reject"]


async def test_a_running_entry_shows_in_its_cell(app, person, user, project):
    started = await user.client.post(
        "/api/timer/start", json={"project_id": project, "started_at": ago(minutes=1)}
    )
    running = started.json()["running"]

    grid = await grid_of(user, user.member_id, running["work_date"])

    [row] = grid["rows"]
    [cell] = [each for each in row["cells"] if each["is_running"]]
    assert (cell["day"], cell["locked"]) == (running["work_date"], "timer_running")
    assert grid["running_id"] == running["id"]


async def test_a_cell_is_filled_changed_and_emptied(person, user, project):
    path = f"/api/timesheets/{user.member_id}/{MONDAY}/cells"
    cell = {"project_id": project, "day": "2026-03-04", "activity": "Design"}

    grids = [
        (await user.client.put(path, json=cell | {"seconds": seconds})).json()
        for seconds in (3600, 5400, 1800, 0, 0)
    ]

    assert [grid["seconds"] for grid in grids] == [3600, 5400, 1800, 0, 0]
    assert [len(grid["rows"]) for grid in grids] == [1, 1, 1, 0, 0]
    assert grids[0]["days"][2]["seconds"] == 3600
    assert grids[0]["rows"][0]["cells"][2]["amount_seconds"] == 3600


async def test_a_smaller_cell_takes_from_the_newest_amount_first(person, user, project):
    path = f"/api/timesheets/{user.member_id}/{MONDAY}/cells"
    amount = {"kind": "amount", "project_id": project, "work_date": MONDAY, "seconds": 3600}
    for note in ("First", "Second", "Third"):
        await user.client.post(ENTRIES, json=amount | {"note": note})

    await user.client.put(path, json={"project_id": project, "day": MONDAY, "seconds": 5400})

    items = (await user.client.get(ENTRIES)).json()["items"]
    assert sorted((each["note"], each["seconds"]) for each in items) == [
        *(("First", 3600), ("Second", 1800)),
    ]


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"day": "2026-03-09"}, "validation_failed"),
        ({"seconds": 86_401}, "day_too_long"),
        ({"seconds": -1}, "validation_failed"),
        ({"project_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "unknown_project"),
    ],
)
async def test_a_cell_refuses_what_does_not_fit(person, user, project, over, code):
    path = f"/api/timesheets/{user.member_id}/{MONDAY}/cells"
    body = {"project_id": project, "day": MONDAY, "seconds": 60} | over

    answer = await user.client.put(path, json=body)

    assert refusal(answer) == (422, code)


async def test_a_cell_with_entries_by_the_clock_is_not_typed_over(person, user, project):
    entry = await make_entry(user, project, "09:00", "10:00")
    path = f"/api/timesheets/{user.member_id}/{MONDAY}/cells"

    answer = await user.client.put(path, json={"project_id": project, "day": MONDAY, "seconds": 60})

    assert refusal(answer) == (409, "cell_has_clock_entries")
    assert answer.json()["entry_ids"] == [entry["id"]]


async def test_a_future_cell_is_refused(person, user, project):
    path = f"/api/timesheets/{user.member_id}/2999-01-01/cells"

    answer = await user.client.put(
        path, json={"project_id": project, "day": "2999-01-01", "seconds": 60}
    )

    assert refusal(answer) == (422, "time_in_future")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "today", "2026-02-30"])
async def test_a_day_that_is_none_has_no_week(person, user, day):
    answer = await user.client.get(f"/api/timesheets/{user.member_id}/{day}")

    assert answer.status_code == 404


async def test_schedules_hold_from_their_day(person, user):
    path = f"/api/work-schedules/{user.member_id}"
    await person.client.put(path, json={"valid_from": "2026-03-04", "wednesday": 7200})
    await person.client.put(path, json={"valid_from": "2026-01-01", "monday": 60, "wednesday": 60})
    again = await person.client.put(path, json={"valid_from": "2026-01-01", "monday": 3600})

    grid = await grid_of(user, user.member_id)
    listed = (await user.client.get(path)).json()["items"]

    assert again.json()["version"] == 2
    assert [day["expected_seconds"] for day in grid["days"]] == [3600, 0, 7200, 0, 0, 0, 0]
    assert [each["valid_from"] for each in listed] == ["2026-03-04", "2026-01-01"]
    assert (await user.client.put(path, json={"valid_from": "2026-01-01"})).status_code == 403


async def test_approvers_hear_of_a_week_and_its_member_of_what_became_of_it(person, user):
    for who, verb in (
        *((user, "submit"), (person, "reject"), (user, "submit")),
        *((person, "approve"), (person, "reopen")),
    ):
        await step(who, verb, user.member_id)

    heard = {
        name: (await who.client.get("/api/notices")).json()["items"]
        for name, who in (("approver", person), ("member", user))
    }

    assert [each["code"] for each in heard["approver"]] == ["week_submitted", "week_submitted"]
    assert heard["approver"][0]["values"]["member"]["name"] == "Carl Colleague"
    assert heard["approver"][0]["values"]["starts_on"] == MONDAY
    assert [each["code"] for each in heard["member"]] == [
        *("week_reopened", "week_approved", "week_rejected"),
    ]
    assert heard["member"][2]["values"]["reason"] == "Because"
