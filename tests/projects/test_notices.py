"""Who is told about tasks and comments: whom it concerns, and never whoever did it."""

import pytest

from tests.making import make_colleague
from tests.projects.making import make_comment, make_project, make_task, me

pytestmark = pytest.mark.anyio


@pytest.fixture
async def user(app, person):
    somebody = await make_colleague(app, person)
    yield somebody
    await somebody.client.aclose()


@pytest.fixture
async def third(app, person):
    somebody = await make_colleague(app, person)
    yield somebody
    await somebody.client.aclose()


async def told(person):
    """What the person was told, the oldest first."""
    items = (await person.client.get("/api/notices")).json()["items"]
    return [(each["kind"], each["code"]) for each in reversed(items)]


async def test_whoever_is_assigned_is_told_by_whom_and_what(person, user):
    project = await make_project(person, code="SITE")
    theirs = (await me(user))["id"]

    task = await make_task(person, project, title="Paint", assignee_ids=[theirs])

    [notice] = (await user.client.get("/api/notices")).json()["items"]
    assert (notice["kind"], notice["code"]) == ("task_assigned", "task_assigned")
    assert notice["values"] == {
        "task": {"key": "SITE-1", "title": "Paint"},
        "by": {"number": 1, "name": "Ada Lovelace"},
    }
    assert (notice["subject_kind"], notice["subject_id"]) == ("task", task["id"])


async def test_nobody_is_told_of_what_he_did_or_what_stays(person, user):
    project, mine, theirs = await make_project(person), await me(person), await me(user)
    task = await make_task(person, project, assignee_ids=[mine["id"]])
    path = f"/api/tasks/{task['id']}/assignees"

    await person.client.put(path, json={"member_ids": [mine["id"], theirs["id"]]})
    await person.client.put(path, json={"member_ids": [theirs["id"]]})
    await make_comment(person, task, "Note to @1, that is me")

    assert await told(person) == []
    assert await told(user) == [
        ("task_assigned", "task_assigned"),
        ("task_comment", "task_comment"),
    ]


async def test_a_comment_reaches_assignees_and_creator_and_a_mention_those_it_names(
    person, user, third
):
    project = await make_project(person)
    task = await make_task(person, project, assignee_ids=[(await me(user))["id"]])

    await make_comment(user, task, "Done, @3 please check")

    assert await told(person) == [("task_comment", "task_comment")]
    assert await told(user) == [("task_assigned", "task_assigned")]
    assert await told(third) == [("mention", "mention")]


async def test_a_mentioned_assignee_hears_of_the_comment_once(person, user):
    task = await make_task(person, await make_project(person))
    await person.client.put(
        f"/api/tasks/{task['id']}/assignees", json={"member_ids": [(await me(user))["id"]]}
    )

    await make_comment(person, task, "@2, and again @2")

    assert await told(user) == [("task_assigned", "task_assigned"), ("mention", "mention")]


async def test_an_edited_comment_tells_only_those_it_names_anew(person, user, third):
    task = await make_task(person, await make_project(person))
    comment = await make_comment(person, task, "@2 look")
    path = f"/api/comments/{comment['id']}"

    await person.client.patch(path, json={"text": "@2 and @3 look"})
    await person.client.patch(path, json={"text": "@2 and @3, look!"})

    assert await told(user) == [("mention", "mention")]
    assert await told(third) == [("mention", "mention")]


async def test_a_refused_change_tells_nobody(person, user):
    project = await make_project(person)
    theirs = (await me(user))["id"]
    body = {"project_id": project["id"], "title": "X", "assignee_ids": [theirs, project["id"]]}

    answer = await person.client.post("/api/tasks", json=body)

    assert answer.status_code == 422
    assert await told(user) == []


async def test_a_batch_tells_each_member_once_how_many_tasks_came(person, user):
    project = await make_project(person)
    theirs, mine = (await me(user))["id"], (await me(person))["id"]
    tasks = [{"ref": f"t{n}", "project": {"id": project["id"]}, "title": "T"} for n in range(3)]
    assignees = [
        {"task": {"ref": f"t{n}"}, "member": {"id": member}}
        for n in range(3)
        for member in (theirs, mine)
    ]

    await person.client.post("/api/projects/batch", json={"tasks": tasks, "assignees": assignees})

    [notice] = (await user.client.get("/api/notices")).json()["items"]
    assert (notice["code"], notice["values"]["count"]) == ("tasks_assigned", 3)
    assert await told(person) == []
