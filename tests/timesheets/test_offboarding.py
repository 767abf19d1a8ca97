"""Leaving in one transaction."""

import pytest

from tests.making import make_client, make_colleague
from tests.projects.making import make_project, make_task, states_of
from tests.timesheets.making import make_entry, member_id_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def leaver(app, person):
    somebody = await make_colleague(app, person)
    somebody.member_id = await member_id_of(app, somebody, person)
    yield somebody
    await somebody.client.aclose()


async def offboard(person, member_id, **body):
    return await person.client.post(f"/api/members/{member_id}/offboard", json=body)


async def assignees_of(person, task):
    shown = (await person.client.get(f"/api/tasks/{task['id']}")).json()
    return [each["number"] for each in shown["assignees"]]


async def test_everything_ends_at_once_and_hours_stay(app, person, leaver):
    mine = (await person.client.get("/api/auth/me")).json()["member"]["id"]
    project = await make_project(person)
    done = (await states_of(person))["completed"]["id"]
    both = [leaver.member_id, mine]
    open_task, shared, finished = [
        await make_task(person, project, assignee_ids=who)
        for who in ([leaver.member_id], both, [leaver.member_id])
    ]
    await person.client.patch(f"/api/tasks/{finished['id']}", json={"state_id": done})
    entry = await make_entry(leaver, project["id"], "09:00", "10:00")
    key = {"name": "Script", "scopes": ["time:read"], "expires_in_days": 7}
    secret = (await leaver.client.post("/api/api-keys", json=key)).json()["key"]
    await leaver.client.post("/api/timer/start", json={"project_id": project["id"]})

    answer = await offboard(person, leaver.member_id, reassign_to=mine)

    assert answer.status_code == 200, answer.text
    assert answer.json()["reassigned_tasks"] == 2
    stopped = f"/api/time-entries/{answer.json()['stopped_entry_id']}"
    assert (await person.client.get(stopped)).json()["is_running"] is False
    assert await assignees_of(person, open_task) == await assignees_of(person, shared) == [1]
    assert await assignees_of(person, finished) == [2]
    assert (await person.client.get(f"/api/time-entries/{entry['id']}")).json()["seconds"] == 3600
    assert (await leaver.client.get("/api/timer")).status_code == 404
    by_key = make_client(app, Authorization=f"Bearer {secret}")
    assert (await by_key.get("/api/timer")).status_code == 401
    members = (await person.client.get("/api/members")).json()["items"]
    assert [each["status"] for each in members] == ["active", "removed"]


async def test_without_a_successor_tasks_lose_the_assignee(person, leaver):
    project = await make_project(person)
    task = await make_task(person, project, assignee_ids=[leaver.member_id])

    answer = await offboard(person, leaver.member_id)

    assert answer.json() == {
        "member_id": leaver.member_id,
        "stopped_entry_id": None,
        "reassigned_tasks": 1,
    }
    assert await assignees_of(person, task) == []


async def test_a_refusal_leaves_everything_as_it_was(person, leaver):
    mine = (await person.client.get("/api/auth/me")).json()["member"]["id"]
    project = await make_project(person)
    await leaver.client.post("/api/timer/start", json={"project_id": project["id"]})
    nobody = "01890a5d-ac96-774b-bcce-b302099a8057"

    answers = [
        await offboard(person, leaver.member_id, reassign_to=leaver.member_id),
        await offboard(person, leaver.member_id, reassign_to=nobody),
        await offboard(person, mine),
        await offboard(leaver, mine),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 409, 403]
    assert answers[2].json()["code"] == "own_membership"
    assert (await leaver.client.get("/api/timer")).json()["running"] is not None


async def test_an_admin_can_be_offboarded_by_another_but_not_by_oneself(app, person):
    other = await make_colleague(app, person, "admin")
    mine = (await person.client.get("/api/auth/me")).json()["member"]["id"]
    theirs = await member_id_of(app, other, person)

    gone = await offboard(other, mine)
    last = await offboard(other, theirs)

    assert (gone.status_code, last.json()["code"]) == (200, "own_membership")
    await other.client.aclose()
