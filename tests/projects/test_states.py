"""Task states: which are needed, which are used, and what becomes of their tasks."""

import asyncio

import pytest

from tests.projects.making import complete, make_project, make_task, states_of

pytestmark = pytest.mark.anyio

PATH = "/api/task-states"


async def names(person):
    return [each["name"] for each in (await person.client.get(PATH)).json()["items"]]


async def make_state(person, **over):
    answer = await person.client.post(PATH, json={"name": "Review", "group": "started"} | over)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_states_to_start_with_have_their_ids_before_they_are_rows(person):
    before = (await person.client.get(PATH)).json()
    await make_task(person, await make_project(person))

    after = (await person.client.get(PATH)).json()

    assert before == after
    assert [each["group"] for each in after["items"]] == [
        *("backlog", "unstarted", "started", "completed", "canceled"),
    ]
    assert [each["name"] for each in after["items"] if each["is_default"]] == ["To do"]


async def test_first_uses_at_the_same_time_make_the_states_once(person):
    project = await make_project(person)
    body = {"project_id": project["id"], "title": "Paint"}

    answers = await asyncio.gather(
        *(person.client.post("/api/tasks", json=body) for _ in range(4)),
        *(person.client.post(PATH, json={"name": f"S{n}", "group": "started"}) for n in range(4)),
    )

    assert {each.status_code for each in answers} == {201}
    assert len(await names(person)) == 9


async def test_a_new_state_comes_last_and_can_be_placed(person):
    state = await make_state(person)

    placed = await person.client.patch(
        f"{PATH}/{state['id']}", json={"position": 2}, headers={"If-Match": '"1"'}
    )
    stale = await person.client.patch(
        f"{PATH}/{state['id']}", json={"position": 0}, headers={"If-Match": '"1"'}
    )

    assert (state["position"], placed.json()["position"], placed.headers["etag"]) == (5, 2, '"2"')
    assert stale.status_code == 412
    assert await names(person) == [
        *("Backlog", "To do", "Review", "In progress", "Done", "Canceled"),
    ]


async def test_names_are_taken_whatever_their_case(person):
    answer = await person.client.post(PATH, json={"name": "TO  DO", "group": "started"})

    assert (answer.status_code, answer.json()["code"]) == (409, "state_name_taken")


async def test_the_default_goes_from_one_state_to_another(person):
    state = await make_state(person, is_default=True)
    task = await make_task(person, await make_project(person))
    todo = (await states_of(person))["unstarted"]

    cleared = await person.client.patch(f"{PATH}/{state['id']}", json={"is_default": False})
    back = await person.client.patch(f"{PATH}/{todo['id']}", json={"is_default": True})

    assert task["state"]["name"] == "Review"
    assert cleared.status_code == 422
    assert back.json()["is_default"] is True
    items = (await person.client.get(PATH)).json()["items"]
    assert [each["name"] for each in items if each["is_default"]] == ["To do"]


async def test_parallel_defaults_leave_one(person):
    states = [await make_state(person, name=f"S{number}") for number in range(4)]

    answers = await asyncio.gather(
        *(person.client.patch(f"{PATH}/{each['id']}", json={"is_default": True}) for each in states)
    )

    assert {each.status_code for each in answers} == {200}
    items = (await person.client.get(PATH)).json()["items"]
    assert len([each for each in items if each["is_default"]]) == 1


async def test_new_work_begins_open_so_the_default_is_never_a_finished_state(person):
    done = (await states_of(person))["completed"]

    answer = await person.client.patch(f"{PATH}/{done['id']}", json={"is_default": True})

    assert (answer.status_code, answer.json()["code"]) == (409, "state_needed")


async def test_an_unstarted_and_a_completed_state_and_the_default_stay(person):
    states = await states_of(person)
    backlog = states["backlog"]
    await person.client.patch(f"{PATH}/{backlog['id']}", json={"is_default": True})

    last_unstarted = await person.client.delete(f"{PATH}/{states['unstarted']['id']}")
    last_completed = await person.client.delete(f"{PATH}/{states['completed']['id']}")
    default = await person.client.delete(f"{PATH}/{backlog['id']}")
    regrouped = await person.client.patch(
        f"{PATH}/{states['completed']['id']}", json={"group": "canceled"}
    )
    free = await person.client.delete(f"{PATH}/{states['canceled']['id']}")

    codes = [each.json()["code"] for each in (last_unstarted, last_completed, default, regrouped)]
    assert codes == ["state_needed"] * 4
    assert free.status_code == 204


async def test_the_group_of_a_used_state_is_fixed(person):
    state = await make_state(person)
    before = await person.client.patch(f"{PATH}/{state['id']}", json={"group": "backlog"})
    await make_task(person, await make_project(person), state_id=state["id"])

    after = await person.client.patch(f"{PATH}/{state['id']}", json={"group": "completed"})
    renamed = await person.client.patch(f"{PATH}/{state['id']}", json={"name": "Check"})

    assert before.json()["group"] == "backlog"
    assert (after.status_code, after.json()["code"]) == (409, "state_in_use")
    assert renamed.json()["name"] == "Check"


async def test_a_used_state_goes_when_another_takes_its_tasks(person):
    state, project = await make_state(person), await make_project(person)
    doing = (await states_of(person))["started"]
    there = await make_task(person, project, state_id=doing["id"])
    tasks = [await make_task(person, project, state_id=state["id"]) for _ in range(2)]

    refused = await person.client.delete(f"{PATH}/{state['id']}")
    gone = await person.client.delete(f"{PATH}/{state['id']}?replace_by={doing['id']}")

    assert (refused.status_code, refused.json()["code"]) == (409, "state_in_use")
    assert gone.status_code == 204
    rows = (await person.client.get("/api/tasks?sort=position")).json()["items"]
    assert [(each["number"], each["state"]["id"]) for each in rows] == [
        (each["number"], doing["id"]) for each in (there, *tasks)
    ]
    assert [each["version"] for each in rows] == [1, 2, 2]
    logs = (await person.client.get(f"/api/tasks/{tasks[0]['id']}/logs")).json()["items"]
    assert (logs[0]["kind"], logs[0]["from_state"], logs[0]["to_state"]) == (
        *("moved", "Review", "In progress"),
    )
    assert len(await names(person)) == 5


@pytest.mark.parametrize("group", ["completed", "canceled"])
async def test_open_tasks_are_not_finished_by_removing_their_state(person, group):
    state = await make_state(person)
    await make_task(person, await make_project(person), state_id=state["id"])
    successor = (await states_of(person))[group]["id"]

    answer = await person.client.delete(f"{PATH}/{state['id']}?replace_by={successor}")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "other_group")


@pytest.mark.parametrize("named", ["itself", "nothing"])
async def test_what_cannot_take_the_tasks_is_refused(person, named):
    state = await make_state(person)
    nothing = "01890a5d-ac96-774b-bcce-b302099a8057"
    successor = state["id"] if named == "itself" else nothing

    answer = await person.client.delete(f"{PATH}/{state['id']}?replace_by={successor}")

    assert answer.json()["errors"][0]["pointer"] == "?replace_by"


async def test_removing_a_state_and_using_it_never_both_win(person):
    project = await make_project(person)
    for number in range(5):
        state = await make_state(person, name=f"S{number}")
        body = {"project_id": project["id"], "title": "Paint", "state_id": state["id"]}

        removed, made = await asyncio.gather(
            person.client.delete(f"{PATH}/{state['id']}"),
            person.client.post("/api/tasks", json=body),
        )

        assert sorted((removed.status_code, made.status_code)) in ([201, 409], [204, 422])


async def test_what_a_state_was_called_stays_in_the_journal(person):
    state, project = await make_state(person), await make_project(person)
    task = await make_task(person, project, state_id=state["id"])
    await complete(person, task)
    await person.client.delete(f"{PATH}/{state['id']}")

    logs = (await person.client.get(f"/api/tasks/{task['id']}/logs")).json()["items"]

    assert [(each["kind"], each["from_state"], each["to_state"]) for each in logs] == [
        ("moved", "Review", "Done"),
        ("created", None, "Review"),
    ]
