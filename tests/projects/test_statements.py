"""What lists and boards ask of the database does not grow with what they show."""

import pytest

from tests.architecture.test_statements import unbounded, watched
from tests.making import make_colleague
from tests.projects.making import make_comment, make_project, make_task, me

pytestmark = pytest.mark.anyio


async def statements(person, path):
    with watched() as seen:
        answer = await person.client.get(path)
    assert answer.status_code == 200, answer.text
    assert unbounded(seen) == []
    return len([each for each, _ in seen if not each.startswith(("BEGIN", "SET", "SELECT set_"))])


@pytest.mark.parametrize(
    "path",
    [
        "/api/projects",
        "/api/projects/{project}",
        "/api/projects/{project}/board",
        "/api/tasks",
        "/api/tasks?assignee=me&overdue=true&sort=due_on",
        "/api/tasks/{task}",
        "/api/tasks/{task}/comments",
        "/api/tasks/{task}/logs",
    ],
)
async def test_statements_do_not_grow_with_the_rows(app, person, path):
    user = await make_colleague(app, person)
    people = [(await me(user))["id"], (await me(person))["id"]]
    project = await make_project(person, lead_id=people[0])
    task = await make_task(person, project, assignee_ids=people, due_on="2026-01-01")
    below = {"parent_id": task["id"], "assignee_ids": people, "due_on": "2026-01-02"}
    await make_task(person, project, **below)
    other = await make_task(person, project)
    await person.client.put(f"/api/tasks/{task['id']}/dependencies/{other['id']}")
    await make_comment(user, task, "@1 look")
    path = path.format(project=project["id"], task=task["id"])
    few = await statements(person, path)
    for number in range(8):
        await make_project(person, lead_id=people[number % 2])
        await make_task(person, project, **below)
        another = await make_task(user, project)
        await person.client.put(f"/api/tasks/{task['id']}/dependencies/{another['id']}")
        await make_comment(person, task, f"@{number % 2 + 1} look")
    await person.client.put(f"/api/projects/{project['id']}/team", json={"member_ids": people})

    many = await statements(person, path)

    assert many == few <= 7
    await user.client.aclose()


async def test_a_batch_asks_a_fixed_number_of_times_before_it_writes(person):
    def body(count):
        return {
            "projects": [
                {"ref": f"p{n}", "code": f"{count}-{n}", "name": "P"} for n in range(count)
            ],
            "tasks": [
                {"project": {"ref": f"p{n}"}, "title": "T", "ref": f"t{n}"} for n in range(count)
            ],
        }

    await person.client.post("/api/projects/batch", json=body(1))
    asked = []
    for count in (2, 40):
        with watched() as seen:
            answer = await person.client.post("/api/projects/batch", json=body(count))
        assert answer.status_code == 200
        asked.append(len([each for each, _ in seen if each.startswith("SELECT")]))

    assert asked[0] == asked[1]
