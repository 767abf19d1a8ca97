"""Tasks over HTTP: numbers, lists, families, and what is refused."""

import asyncio
from datetime import timedelta

import pytest

from erp.projects.schemas.tasks import TaskOut, TaskRow
from tests.making import make_colleague, make_customer
from tests.organizations.making import set_organization
from tests.projects.making import complete, make_project, make_task, me, states_of

pytestmark = pytest.mark.anyio


async def keys(person, query=""):
    """The keys of the listed tasks, in their order."""
    answer = await person.client.get(f"/api/tasks?{query}")
    assert answer.status_code == 200, answer.text
    return [each["key"] for each in answer.json()["items"]]


async def test_a_task_gets_the_next_number_of_its_project_and_the_default_state(person):
    project, other = await make_project(person, code="SITE"), await make_project(person)
    myself = await me(person)
    await make_task(person, other)
    body = {"project_id": project["id"], "title": " Paint ", "assignee_ids": [myself["id"]]}

    answer = await person.client.post("/api/tasks", json=body)

    made = answer.json()
    second = await make_task(person, project)
    assert (answer.status_code, made["key"], second["key"]) == (201, "SITE-1", "SITE-2")
    assert answer.headers["location"] == f"/api/tasks/{made['id']}"
    assert (made["title"], made["state"]["name"], made["version"]) == ("Paint", "To do", 1)
    assert made["project"]["name"] == project["name"]
    assert [each["number"] for each in made["assignees"]] == [1]
    assert made["created_by"]["name"] == "Ada Lovelace"
    assert second["position"] - made["position"] == 1024
    assert made == (await person.client.get(answer.headers["location"])).json()
    TaskOut.model_validate(made)


async def test_of_a_hundred_parallel_tasks_each_has_a_number_of_its_own(person):
    project = await make_project(person)
    body = {"project_id": project["id"], "title": "Paint"}

    async def create():
        while True:
            answer = await person.client.post("/api/tasks", json=body)
            if answer.status_code != 503:  # on a busy machine: who waited too long sends again
                return answer

    answers = await asyncio.gather(*(create() for _ in range(100)))

    made = [each.json() for each in answers]
    assert {each.status_code for each in answers} == {201}
    assert sorted(each["number"] for each in made) == list(range(1, 101))
    assert len({each["position"] for each in made}) == 100


@pytest.mark.parametrize(
    ("over", "pointer", "code"),
    [
        ({"title": " "}, "/title", "string_too_short"),
        ({"title": "x" * 201}, "/title", "string_too_long"),
        ({"description": "x" * 20_001}, "/description", "string_too_long"),
        ({"priority": "huge"}, "/priority", "literal_error"),
        ({"due_on": "2026-01-01", "starts_on": "2026-01-02"}, "/due_on", "due_before_start"),
        ({"estimate_seconds": 1.5}, "/estimate_seconds", "int_type"),
        ({"external_source": "hub"}, "/external_id", "incomplete"),
        ({"completed_at": "2026-01-01T00:00:00Z"}, "/completed_at", "extra_forbidden"),
        ({"state_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "/state_id", "unknown_state"),
        ({"parent_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "/parent_id", "unknown_task"),
        ({"project_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "/project_id", "unknown_project"),
        (
            {"assignee_ids": ["01890a5d-ac96-774b-bcce-b302099a8057"]},
            "/assignee_ids/0",
            "unknown_member",
        ),
    ],
)
async def test_wrong_values_are_named(person, over, pointer, code):
    project = await make_project(person)
    body = {"project_id": project["id"], "title": "Paint"} | over

    answer = await person.client.post("/api/tasks", json=body)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]


async def test_an_identifier_of_another_system_is_there_once(person):
    project = await make_project(person)
    named = {"external_source": "hub", "external_id": "7"}
    first = await make_task(person, project, **named)
    body = {"project_id": project["id"], "title": "Again"} | named

    again = await person.client.post("/api/tasks", json=body)

    assert (again.status_code, again.json()["code"]) == (409, "external_id_taken")
    found = await keys(person, "external_source=hub&external_id=7")
    assert found == [first["key"]]


async def test_a_change_raises_the_version_and_tells_the_history_in_words(person):
    project = await make_project(person)
    task = await make_task(person, project, title="Paint")
    path, started = f"/api/tasks/{task['id']}", (await states_of(person))["started"]

    changed = await person.client.patch(
        path,
        json={"title": "Paint it", "priority": "high", "state_id": started["id"]},
        headers={"If-Match": '"1"'},
    )
    stale = await person.client.patch(path, json={"title": "No"}, headers={"If-Match": '"1"'})
    same = await person.client.patch(path, json={"title": "Paint it"})

    assert (changed.status_code, changed.json()["state"]["group"]) == (200, "started")
    assert changed.headers["etag"] == same.headers["etag"] == '"2"'
    assert (stale.status_code, stale.json()["current"]["title"]) == (412, "Paint it")
    history = (await person.client.get(f"/api/audit/task/{task['id']}")).json()["items"]
    told = {each["action"]: each["changes"] for each in history}
    assert told["task.changed"] == {"title": ["Paint", "Paint it"], "priority": ["none", "high"]}
    assert told["task.moved"] == {"state": ["To do", "In progress"]}
    assert told["task.created"]["project"] == [None, project["code"]]


async def test_null_clears_and_absent_stays(person):
    project = await make_project(person)
    task = await make_task(person, project, description="One\n\ntwo", due_on="2026-05-01")

    answer = await person.client.patch(f"/api/tasks/{task['id']}", json={"due_on": None})

    assert (answer.json()["due_on"], answer.json()["description"]) == (None, "One\n\ntwo")


async def test_lists_filter_by_what_screens_ask_for(app, person):
    colleague = await make_colleague(app, person)
    theirs, mine = await me(colleague), await me(person)
    customer = await make_customer(person)
    a = await make_project(person, code="A", customer_id=customer["id"])
    b = await make_project(person, code="B")
    await make_task(person, a, title="Äpfel", priority="urgent", assignee_ids=[theirs["id"]])
    await make_task(person, a, title="Birnen", due_on="2026-01-05", assignee_ids=[mine["id"]])
    done = await make_task(colleague, b, title="Kirschen", due_on="2026-01-01", priority="low")
    await complete(person, done)
    states = await states_of(person)

    found = {
        query: await keys(person, query)
        for query in (
            "sort=created_at",
            "sort=priority",
            "sort=-priority",
            "sort=due_on",
            "sort=title",
            f"project={a['id']}&sort=number",
            f"customer={customer['id']}&sort=-number",
            "group=completed",
            f"state={states['unstarted']['id']}&sort=created_at",
            "is_open=false",
            "is_open=true&sort=created_at",
            "priority=urgent",
            "assignee=me",
            "assignee=nobody",
            f"assignee={theirs['id']}",
            f"creator={theirs['id']}",
            "due_from=2026-01-02&due_to=2026-01-05",
            "overdue=true",
            "overdue=false&sort=created_at",
            "q=apfel",
            "q=b-1",
            "number=2",
        )
    }

    assert [*found.values()] == [
        ["A-1", "A-2", "B-1"],
        ["A-2", "B-1", "A-1"],
        ["A-1", "B-1", "A-2"],
        ["B-1", "A-2", "A-1"],
        ["A-1", "A-2", "B-1"],
        ["A-1", "A-2"],
        ["A-2", "A-1"],
        ["B-1"],
        ["A-1", "A-2"],
        ["B-1"],
        ["A-1", "A-2"],
        ["A-1"],
        ["A-2"],
        ["B-1"],
        ["A-1"],
        ["B-1"],
        ["A-2"],
        ["A-2"],
        ["A-1", "B-1"],
        ["A-1"],
        ["B-1"],
        ["A-2"],
    ]
    unknown = await person.client.get("/api/tasks?owner=me")
    assert unknown.json()["errors"][0]["code"] == "unknown_parameter"
    await colleague.client.aclose()


@pytest.mark.parametrize("sort", ["priority", "-due_on", "title", "position", "-updated_at"])
async def test_pages_hold_each_task_once_whatever_the_order(person, sort):
    project = await make_project(person)
    for number in range(7):
        day = f"2026-01-0{number % 3 + 1}" if number % 2 else None
        await make_task(person, project, priority=["low", "high"][number % 2], due_on=day)
    seen, cursor = [], ""

    while cursor is not None:
        path = f"/api/tasks?sort={sort}&limit=3{cursor and f'&cursor={cursor}'}"
        answer = (await person.client.get(path)).json()
        seen += [each["number"] for each in answer["items"]]
        cursor = answer["next_cursor"]

    assert sorted(seen) == [1, 2, 3, 4, 5, 6, 7]


async def test_rows_name_people_in_one_go_and_have_the_declared_form(app, person):
    colleague = await make_colleague(app, person)
    project = await make_project(person)
    both = [(await me(colleague))["id"], (await me(person))["id"]]
    await make_task(person, project, assignee_ids=both)

    [row] = (await person.client.get("/api/tasks")).json()["items"]

    assert [each["name"] for each in row["assignees"]] == ["Ada Lovelace", "Carl Colleague"]
    TaskRow.model_validate(row)
    await colleague.client.aclose()


async def test_overdue_is_about_the_day_where_the_organization_is(app, person, clock):
    project = await make_project(person)
    now = clock()
    today = now.date()
    yesterday = today - timedelta(days=1)
    late = await make_task(person, project, due_on=str(yesterday))
    due = await make_task(person, project, due_on=str(today))

    in_utc = [each["overdue"] for each in (late, due)]
    # as far east as one can be, it is tomorrow for most of the day; as far west, yesterday
    ahead = "Pacific/Kiritimati" if now.hour >= 10 else "Etc/GMT+12"
    await set_organization(app, person, time_zone=ahead)
    after = [
        (await person.client.get(f"/api/tasks/{each['id']}")).json()["overdue"]
        for each in (late, due)
    ]

    assert in_utc == [True, False]
    assert after == ([True, True] if now.hour >= 10 else [now.hour >= 12, False])


async def test_what_is_finished_is_not_overdue(person):
    project = await make_project(person)
    task = await make_task(person, project, due_on="2026-01-01")

    done = (await complete(person, task)).json()

    assert (task["overdue"], done["overdue"]) == (True, False)


async def test_subtasks_show_on_both_sides_and_keep_their_parent_in_place(person):
    project = await make_project(person)
    parent = await make_task(person, project)
    child = await make_task(person, project, parent_id=parent["id"])

    above = (await person.client.get(f"/api/tasks/{parent['id']}")).json()
    refused = await person.client.delete(f"/api/tasks/{parent['id']}")

    assert child["parent"]["key"] == parent["key"]
    assert [each["key"] for each in above["subtasks"]] == [child["key"]]
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert await keys(person, f"parent={parent['id']}") == [child["key"]]


async def test_a_parent_of_another_project_is_refused(person):
    a, b = await make_project(person), await make_project(person)
    parent, task = await make_task(person, a), await make_task(person, b)

    answer = await person.client.patch(f"/api/tasks/{task['id']}", json={"parent_id": parent["id"]})

    assert answer.json()["errors"][0]["code"] == "unknown_task"


async def test_subtasks_go_five_levels_deep_and_never_in_circles(person):
    project = await make_project(person)
    chain = [await make_task(person, project)]
    for _ in range(5):
        chain.append(await make_task(person, project, parent_id=chain[-1]["id"]))
    body = {"project_id": project["id"], "title": "Deep", "parent_id": chain[-1]["id"]}
    loose = await make_task(person, project)

    deep = await person.client.post("/api/tasks", json=body)
    pushed = await person.client.patch(
        f"/api/tasks/{chain[0]['id']}", json={"parent_id": loose["id"]}
    )
    circle = await person.client.patch(
        f"/api/tasks/{chain[0]['id']}", json={"parent_id": chain[3]["id"]}
    )
    own = await person.client.patch(
        f"/api/tasks/{chain[0]['id']}", json={"parent_id": chain[0]["id"]}
    )

    assert [each.json()["code"] for each in (deep, pushed)] == ["too_deep", "too_deep"]
    assert [each.json()["code"] for each in (circle, own)] == ["task_cycle", "task_cycle"]
    assert {each.status_code for each in (deep, pushed, circle, own)} == {409}


async def test_dependencies_show_on_both_sides_and_are_stored_once(person):
    project = await make_project(person)
    first, second = await make_task(person, project), await make_task(person, project)
    path = f"/api/tasks/{second['id']}/dependencies/{first['id']}"

    added = await person.client.put(path, headers={"If-Match": '"1"'})
    again = await person.client.put(path)
    other = (await person.client.get(f"/api/tasks/{first['id']}")).json()
    kept = await person.client.delete(f"/api/tasks/{first['id']}")
    removed = await person.client.delete(path)
    gone = await person.client.delete(path)

    assert [each["key"] for each in added.json()["depends_on"]] == [first["key"]]
    assert [each["key"] for each in other["blocks"]] == [second["key"]]
    assert [added.json()["version"], again.json()["version"]] == [2, 2]
    assert kept.json()["code"] == "in_use"
    assert (removed.status_code, removed.json()["depends_on"]) == (200, [])
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_nothing_waits_for_itself_however_far_around(person):
    project, other = await make_project(person), await make_project(person)
    a, b, c = [await make_task(person, project) for _ in range(3)]
    child = await make_task(person, project, parent_id=a["id"])
    foreign = await make_task(person, other)

    async def depend(task, on):
        path = f"/api/tasks/{task['id']}/dependencies/{on['id']}"
        answer = await person.client.put(path)
        return answer.status_code, answer.json().get("code")

    assert await depend(a, b) == (200, None)
    assert await depend(b, c) == (200, None)
    assert await depend(c, a) == (409, "task_cycle")
    assert await depend(a, a) == (409, "task_cycle")
    assert await depend(child, a) == (409, "task_cycle")  # a waits for its subtask anyway
    assert await depend(a, foreign) == (422, "other_project")


async def test_of_parallel_dependencies_in_a_circle_one_is_missing(person):
    project = await make_project(person)
    tasks = [await make_task(person, project) for _ in range(6)]
    pairs = [*zip(tasks, [*tasks[1:], tasks[0]], strict=True)]

    answers = await asyncio.gather(
        *(person.client.put(f"/api/tasks/{a['id']}/dependencies/{b['id']}") for a, b in pairs)
    )

    assert sorted(each.status_code for each in answers) == [200] * 5 + [409]


async def test_assignees_are_set_as_a_whole_and_journaled(app, person):
    colleague = await make_colleague(app, person)
    theirs, mine = await me(colleague), await me(person)
    task = await make_task(person, await make_project(person), assignee_ids=[mine["id"]])
    path = f"/api/tasks/{task['id']}"
    body = {"member_ids": [theirs["id"]]}

    changed = await person.client.put(f"{path}/assignees", json=body, headers={"If-Match": '"1"'})
    same = await person.client.put(f"{path}/assignees", json=body)
    emptied = await person.client.put(f"{path}/assignees", json={"member_ids": []})

    assert [each["number"] for each in changed.json()["assignees"]] == [2]
    assert [each.json()["version"] for each in (changed, same, emptied)] == [2, 2, 3]
    history = (await person.client.get(f"/api/audit/task/{task['id']}")).json()["items"]
    told = [(each["action"], each["changes"].get("assignees")) for each in history]
    assert told == [
        ("task.unassigned", [[2], []]),
        ("task.assigned", [[1], [2]]),
        ("task.assigned", [[], [1]]),
        ("task.created", None),
    ]
    logs = (await person.client.get(f"{path}/logs?sort=at")).json()["items"]
    kinds = ["created", "assigned", "unassigned", "assigned", "unassigned"]
    assert [each["kind"] for each in logs] == kinds
    await colleague.client.aclose()


async def test_a_copy_is_open_and_has_a_number_of_its_own(person):
    a, b = await make_project(person, code="A"), await make_project(person, code="B")
    mine = await me(person)
    task = await make_task(
        person, a, title="Paint", priority="high", due_on="2026-05-01", assignee_ids=[mine["id"]]
    )
    child = await make_task(person, a, title="Brush", parent_id=task["id"])
    await make_task(person, a, title="Handle", parent_id=child["id"])
    await complete(person, task, with_subtasks=True)
    path = f"/api/tasks/{task['id']}/copy"

    here = (await person.client.post(path, json={"title": "Again"})).json()
    body = {"project_id": b["id"], "with_subtasks": True, "with_assignees": False}
    there = await person.client.post(path, json=body)

    made = there.json()
    [brush] = made["subtasks"]
    below = (await person.client.get(f"/api/tasks/{brush['id']}")).json()
    assert (here["key"], here["title"], here["state"]["group"]) == ("A-4", "Again", "unstarted")
    assert (here["priority"], here["due_on"], len(here["assignees"])) == ("high", "2026-05-01", 1)
    assert (here["completed_at"], here["subtasks"]) == (None, [])
    assert (there.status_code, made["key"], made["assignees"]) == (201, "B-1", [])
    assert [each["title"] for each in below["subtasks"]] == ["Handle"]


async def test_a_batch_makes_changes_moves_and_removes_or_does_nothing(person):
    project = await make_project(person)
    one, two = await make_task(person, project), await make_task(person, project)
    started = (await states_of(person))["started"]["id"]
    items = [
        {"op": "create", "data": {"project_id": project["id"], "title": "New"}},
        {"op": "change", "id": one["id"], "version": 1, "data": {"title": "Changed"}},
        {"op": "change", "id": one["id"], "data": {"title": "Changed"}},
        {"op": "move", "id": one["id"], "data": {"state_id": started}},
        {"op": "delete", "id": two["id"]},
    ]
    bad = {"op": "change", "id": one["id"], "version": 9, "data": {"title": "Stale"}}

    refused = await person.client.post("/api/tasks/batch", json={"items": [*items, bad]})
    before = await keys(person, "count=true")
    saved = await person.client.post("/api/tasks/batch", json={"items": items})

    assert (refused.status_code, refused.json()["code"]) == (409, "batch_refused")
    assert [each["code"] for each in refused.json()["items"]] == [None] * 5 + ["stale"]
    assert len(before) == 2
    outcomes = [each["outcome"] for each in saved.json()["items"]]
    assert outcomes == ["created", "changed", "skipped", "changed", "changed"]
    after = (await person.client.get("/api/tasks?sort=number")).json()["items"]
    assert [(each["title"], each["state"]["group"]) for each in after] == [
        ("Changed", "started"),
        ("New", "unstarted"),
    ]


async def test_managers_keeping_the_books_leave_users_their_own_tasks(app, person):
    user = await make_colleague(app, person)
    theirs = await me(user)
    project = await make_project(person)
    foreign = await make_task(person, project)
    assigned = await make_task(person, project, assignee_ids=[theirs["id"]])
    await set_organization(app, person, writers="managers")
    body = {"title": "Changed"}

    made = await user.client.post("/api/tasks", json={"project_id": project["id"], "title": "Mine"})
    answers = [
        await user.client.patch(f"/api/tasks/{each['id']}", json=body)
        for each in (foreign, assigned, made.json())
    ]
    blocked = await user.client.post("/api/projects", json={"code": "X", "name": "X"})
    note = await user.client.post(f"/api/tasks/{foreign['id']}/logs", json={"text": "Hm"})
    seen = await user.client.get(f"/api/tasks/{foreign['id']}")

    assert made.status_code == 201
    assert [each.status_code for each in answers] == [403, 200, 200]
    assert answers[0].json()["permission"] == "tasks:write"
    assert (blocked.status_code, note.status_code, seen.status_code) == (403, 403, 200)
    await user.client.aclose()


async def test_what_is_completed_below_must_be_ones_own_too(app, person):
    user = await make_colleague(app, person)
    project = await make_project(person)
    mine = await make_task(person, project, assignee_ids=[(await me(user))["id"]])
    await make_task(person, project, parent_id=mine["id"])
    await set_organization(app, person, writers="managers")

    answer = await complete(user, mine, with_subtasks=True)

    assert answer.status_code == 403
    assert (await person.client.get(f"/api/tasks/{mine['id']}")).json()["completed_at"] is None
    await user.client.aclose()


async def test_a_list_is_also_a_file_with_names_in_it(person):
    project = await make_project(person, code="CSV")
    await make_task(person, project, title="=1+1")

    answer = await person.client.get("/api/tasks.csv?sort=number")

    head, row = answer.text.splitlines()
    assert "project.code" in head.split(",")
    assert "CSV-1" in row.split(",")
    assert "'=1+1" in row


async def test_changes_can_be_followed_and_those_of_archived_projects_too(person, clock):
    project = await make_project(person)
    old, new = await make_task(person, project), await make_task(person, project)
    clock.advance(minutes=10)
    begun = (await person.client.get("/api/tasks?updated_since=2026-01-01T00:00:00Z")).json()
    await person.client.patch(f"/api/tasks/{old['id']}", json={"title": "Changed"})
    await person.client.post(f"/api/projects/{project['id']}/archive")
    await person.client.delete(f"/api/tasks/{new['id']}")

    path = f"/api/tasks?updated_since={begun['next_since']}"
    followed = (await person.client.get(path)).json()
    gone = (await person.client.get(f"/api/deletions?since={begun['next_since']}")).json()

    assert [each["id"] for each in begun["items"]] == [old["id"], new["id"]]
    assert [each["title"] for each in followed["items"]] == ["Changed"]
    assert new["id"] in [each["id"] for each in gone["items"]]
