"""The board: columns, counts, places, and what completing needs."""

import asyncio

import pytest

from erp.projects.schemas.tasks import BoardOut
from tests.making import make_colleague
from tests.projects.making import complete, make_project, make_task, me, states_of

pytestmark = pytest.mark.anyio


async def columns(person, project, query=""):
    """The numbers of the cards, by the group of their column."""
    answer = await person.client.get(f"/api/projects/{project['id']}/board?{query}")
    assert answer.status_code == 200, answer.text
    BoardOut.model_validate(answer.json())
    return {
        each["state"]["group"]: [task["number"] for task in each["tasks"]]
        for each in answer.json()["columns"]
    }


async def move(person, task, state, after=None, **over):
    body = {"state_id": state["id"], "after_id": after and after["id"]} | over
    return await person.client.post(f"/api/tasks/{task['id']}/move", json=body)


async def test_a_board_shows_every_column_with_count_and_first_cards(app, person):
    colleague = await make_colleague(app, person)
    project, other = await make_project(person), await make_project(person)
    theirs = (await me(colleague))["id"]
    for number in range(5):
        await make_task(person, project, assignee_ids=[theirs] if number == 3 else [])
    await make_task(person, other)

    answer = await person.client.get(f"/api/projects/{project['id']}/board?limit=2")

    board = answer.json()
    groups = [each["state"]["group"] for each in board["columns"]]
    assert groups == ["backlog", "unstarted", "started", "completed", "canceled"]
    todo = board["columns"][1]
    assert (todo["total"], todo["is_default"]) == (5, True)
    assert [each["number"] for each in todo["tasks"]] == [1, 2]
    path = f"/api/tasks?project={project['id']}&state={todo['state']['id']}&sort=position"
    rest = await person.client.get(f"{path}&cursor={todo['next_cursor']}")
    assert [each["number"] for each in rest.json()["items"]] == [3, 4, 5]
    assert (await columns(person, project, f"assignee={theirs}"))["unstarted"] == [4]
    assert (await columns(person, project, "assignee=nobody"))["unstarted"] == [1, 2, 3, 5]
    assert (await columns(person, project, "assignee=me"))["unstarted"] == []
    await colleague.client.aclose()


async def test_cards_go_between_others_and_to_the_top(person):
    project = await make_project(person)
    one, two, three = [await make_task(person, project) for _ in range(3)]
    states = await states_of(person)
    todo, doing = states["unstarted"], states["started"]

    await move(person, three, todo, after=one)
    between = await columns(person, project)
    await move(person, two, todo)
    on_top = await columns(person, project)
    await move(person, one, doing)
    moved = await move(person, two, doing, after=one)
    elsewhere = await columns(person, project)

    assert between["unstarted"] == [1, 3, 2]
    assert on_top["unstarted"] == [2, 1, 3]
    assert (elsewhere["unstarted"], elsewhere["started"]) == ([3], [1, 2])
    assert moved.json()["state"]["group"] == "started"


async def test_a_card_cannot_go_after_one_of_another_column(person):
    project = await make_project(person)
    one, two = await make_task(person, project), await make_task(person, project)
    states = await states_of(person)

    answer = await move(person, two, states["started"], after=one)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_task")
    assert (await columns(person, project))["unstarted"] == [1, 2]


async def test_going_nowhere_changes_nothing(person):
    project = await make_project(person)
    one, two = await make_task(person, project), await make_task(person, project)
    todo = (await states_of(person))["unstarted"]

    after_itself = await move(person, two, todo, after=two)
    in_place = await move(person, two, todo, after=one)

    assert [after_itself.json()["version"], in_place.json()["version"]] == [1, 1]
    assert (await columns(person, project))["unstarted"] == [1, 2]


async def test_a_closed_gap_is_opened_without_touching_others_versions(person):
    project = await make_project(person)
    anchor, *others = [await make_task(person, project) for _ in range(3)]
    todo = (await states_of(person))["unstarted"]

    for turn in range(24):  # each halves the gap after the anchor: 1024 is used up by the eleventh
        answer = await move(person, others[turn % 2], todo, after=anchor)
        assert answer.status_code == 200

    tasks = (await person.client.get("/api/tasks?sort=position")).json()["items"]
    assert [each["number"] for each in tasks] == [1, 3, 2]
    assert len({each["position"] for each in tasks}) == 3
    assert tasks[0]["version"] == 1


async def test_parallel_moves_leave_one_order(person):
    project = await make_project(person)
    tasks = [await make_task(person, project) for _ in range(8)]
    doing = (await states_of(person))["started"]

    answers = await asyncio.gather(*(move(person, each, doing) for each in tasks))

    assert {each.status_code for each in answers} == {200}
    rows = (await person.client.get(f"/api/tasks?state={doing['id']}&sort=position")).json()
    assert len({each["position"] for each in rows["items"]}) == 8


async def test_completing_sets_the_moment_and_reopening_clears_it(person):
    task = await make_task(person, await make_project(person))
    states = await states_of(person)

    done = (await complete(person, task)).json()
    canceled = (await move(person, task, states["canceled"])).json()

    assert done["completed_at"] is not None
    assert canceled["completed_at"] is None


async def test_what_waits_cannot_be_completed_and_the_refusal_lists_for_what(person):
    project = await make_project(person)
    first, second = await make_task(person, project), await make_task(person, project)
    await person.client.put(f"/api/tasks/{second['id']}/dependencies/{first['id']}")
    done = (await states_of(person))["completed"]

    by_change = await complete(person, second)
    by_move = await move(person, second, done)
    await complete(person, first)
    afterwards = await complete(person, second)

    for refused in (by_change, by_move):
        assert (refused.status_code, refused.json()["code"]) == (409, "task_blocked")
        assert [each["key"] for each in refused.json()["tasks"]] == [first["key"]]
    assert afterwards.status_code == 200


async def test_a_canceled_predecessor_blocks_nothing(person):
    project = await make_project(person)
    first, second = await make_task(person, project), await make_task(person, project)
    await person.client.put(f"/api/tasks/{second['id']}/dependencies/{first['id']}")
    await move(person, first, (await states_of(person))["canceled"])

    answer = await complete(person, second)

    assert answer.status_code == 200


async def test_open_subtasks_are_listed_or_completed_too(person):
    project = await make_project(person)
    parent = await make_task(person, project)
    child = await make_task(person, project, parent_id=parent["id"])
    grandchild = await make_task(person, project, parent_id=child["id"])

    refused = await complete(person, parent)
    together = await complete(person, parent, with_subtasks=True)

    assert (refused.status_code, refused.json()["code"]) == (409, "subtasks_open")
    listed = [each["key"] for each in refused.json()["tasks"]]
    assert listed == [child["key"], grandchild["key"]]
    assert together.status_code == 200
    assert sorted((await columns(person, project))["completed"]) == [1, 2, 3]
    history = await person.client.get(f"/api/audit/task/{grandchild['id']}")
    assert history.json()["items"][0]["changes"] == {"state": ["To do", "Done"]}


async def test_subtasks_that_wait_for_others_are_not_completed_along(person):
    project = await make_project(person)
    parent, other = await make_task(person, project), await make_task(person, project)
    child = await make_task(person, project, parent_id=parent["id"])
    await person.client.put(f"/api/tasks/{child['id']}/dependencies/{other['id']}")

    answer = await complete(person, parent, with_subtasks=True)

    assert answer.json()["code"] == "task_blocked"
    assert [each["key"] for each in answer.json()["tasks"]] == [other["key"]]
    assert (await columns(person, project))["completed"] == []


async def test_subtasks_that_wait_for_each_other_are_completed_along(person):
    project = await make_project(person)
    parent = await make_task(person, project)
    one, two = [await make_task(person, project, parent_id=parent["id"]) for _ in range(2)]
    await person.client.put(f"/api/tasks/{one['id']}/dependencies/{two['id']}")

    answer = await complete(person, parent, with_subtasks=True)

    assert answer.status_code == 200


async def test_completing_and_adding_a_predecessor_never_both_win(person):
    project = await make_project(person)
    for _ in range(6):
        first, second = await make_task(person, project), await make_task(person, project)

        done, waits = await asyncio.gather(
            complete(person, second),
            person.client.put(f"/api/tasks/{second['id']}/dependencies/{first['id']}"),
        )

        assert waits.status_code == 200
        if done.status_code == 409:
            assert done.json()["code"] == "task_blocked"
        else:  # then it was finished when it was told to wait
            assert waits.json()["completed_at"] is not None
