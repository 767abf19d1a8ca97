"""Saving members, projects, tasks and assignees at once: all of it, or nothing."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from erp.identity.models import User
from erp.organizations.models import Member
from erp.projects.models import Task, TaskAssignee
from erp.projects.schemas.saving import SavedOut
from tests.making import make_colleague, reading_all
from tests.organizations.making import set_organization
from tests.projects.making import complete, make_project, make_task, me, states_of

pytestmark = pytest.mark.anyio

PATH = "/api/projects/batch"
HUB = "hub"


def known(external_id, **fields):
    """Something the hub knows."""
    return {"external_source": HUB, "external_id": external_id} | fields


async def save(person, **body):
    return await person.client.post(PATH, json=body)


async def outcomes(answer):
    assert answer.status_code == 200, answer.text
    SavedOut.model_validate(answer.json())
    return [(each["section"], each["outcome"]) for each in answer.json()["items"]]


def codes(answer):
    """The refused items, with their codes and the pointers of their faults."""
    assert (answer.status_code, answer.json()["code"]) == (409, "batch_refused"), answer.text
    return [
        (
            each["section"],
            each["index"],
            each["code"],
            [fault["pointer"] for fault in each["errors"]],
        )
        for each in answer.json()["items"]
        if each["outcome"] == "refused"
    ]


def everything():
    """One of each kind, with names from the hub, from the batch, and in every direction."""
    return {
        "members": [known("m1", name="Grace Hopper", ref="grace"), known("m2", name="Alan Turing")],
        "projects": [
            known("p1", code="HUB", name="Hub", lead={"ref": "grace"}, due_on="2027-01-01")
        ],
        "tasks": [
            {"ref": "child", "project": known("p1"), "title": "Below", "parent": {"ref": "top"}},
            known("t1", ref="top", project=known("p1"), title="Top", group="started"),
        ],
        "assignees": [
            {"task": {"ref": "child"}, "member": known("m2")},
            {"task": known("t1"), "member": {"ref": "grace"}},
        ],
    }


async def test_all_is_made_whatever_names_what(person):
    answer = await save(person, **everything())

    assert await outcomes(answer) == [
        *[("members", "created")] * 2,
        ("projects", "created"),
        *[("tasks", "created")] * 2,
        *[("assignees", "created")] * 2,
    ]
    [project] = (await person.client.get("/api/projects")).json()["items"]
    assert (project["number"], project["lead"]["name"]) == (1, "Grace Hopper")
    rows = (await person.client.get("/api/tasks?sort=number")).json()["items"]
    below, top = rows
    assert (below["parent_id"], below["key"], top["state"]["group"]) == (
        top["id"],
        "HUB-1",
        "started",
    )
    people = [[each["name"] for each in row["assignees"]] for row in rows]
    assert people == [["Alan Turing"], ["Grace Hopper"]]
    for row, item in zip(rows, answer.json()["items"][3:5], strict=True):
        assert (item["id"], item["number"], item["version"]) == (row["id"], row["number"], 1)
        assert row["version"] == 1
    logs = (await person.client.get(f"/api/tasks/{top['id']}/logs?sort=at")).json()["items"]
    assert [each["kind"] for each in logs] == ["created", "assigned"]
    history = (await person.client.get(f"/api/audit/task/{top['id']}")).json()["items"]
    assert [each["action"] for each in history] == ["task.assigned", "task.created"]


async def test_the_same_again_changes_nothing(person):
    await save(person, **everything())
    body = everything()
    body["tasks"][0] |= known("t2")
    first = await save(person, tasks=[body["tasks"][0] | {"parent": known("t1")}])

    again = await save(person, **(body | {"assignees": body["assignees"][1:]}))

    assert await outcomes(first) == [("tasks", "created")]
    assert {outcome for _, outcome in await outcomes(again)} == {"skipped"}
    assert again.json()["counts"]["tasks"] == {
        "created": 0,
        "changed": 0,
        "skipped": 2,
        "refused": 0,
    }


async def test_changes_raise_versions_and_absent_fields_stay(person):
    await save(person, **everything())

    answer = await save(
        person,
        members=[known("m1", name="Rear Admiral Hopper")],
        projects=[known("p1", name="The hub", lead=None)],
        tasks=[
            known("t1", title="Summit", version=1),
            known("t1b", project=known("p1"), title="New"),
        ],
        assignees=[
            {"task": known("t1"), "member": known("m1"), "assigned": False},
            {"task": known("t1"), "member": known("m2")},
        ],
    )

    assert await outcomes(answer) == [
        *(("members", "changed"), ("projects", "changed"), ("tasks", "changed")),
        *(("tasks", "created"), ("assignees", "changed"), ("assignees", "created")),
    ]
    [project] = (await person.client.get("/api/projects")).json()["items"]
    assert (project["name"], project["code"], project["lead"]) == ("The hub", "HUB", None)
    assert project["due_on"] == "2027-01-01"
    top = (await person.client.get(f"/api/tasks/{answer.json()['items'][2]['id']}")).json()
    assert (top["title"], top["version"], top["state"]["group"]) == ("Summit", 2, "started")
    assert [each["name"] for each in top["assignees"]] == ["Alan Turing"]
    assert [item["version"] for item in answer.json()["items"][4:]] == [2, 2]


async def test_one_bad_item_writes_nothing_and_is_named(app, person):
    body = everything()
    body["tasks"].append({"project": known("nowhere"), "title": "Lost"})

    answer = await save(person, **body)

    assert codes(answer) == [("tasks", 2, "validation_failed", ["/tasks/2/project"])]
    assert answer.json()["counts"]["tasks"] == {
        "created": 2,
        "changed": 0,
        "skipped": 0,
        "refused": 1,
    }
    assert {each["id"] for each in answer.json()["items"]} == {None}
    assert (await person.client.get("/api/projects?archived=false")).json()["items"] == []
    assert len((await person.client.get("/api/members")).json()["items"]) == 1
    assert await outcomes(await save(person, **everything())) != []  # no name or number was used up
    [project] = (await person.client.get("/api/projects")).json()["items"]
    assert project["number"] == 1


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"members": [{"ref": "x"}]}, ("members", 0, "validation_failed", ["/members/0/name"])),
        (
            {"projects": [{"name": "No code"}]},
            ("projects", 0, "validation_failed", ["/projects/0/code"]),
        ),
        (
            {"projects": [{"code": "A", "name": "A"}, {"code": "a", "name": "B"}]},
            ("projects", 1, "project_code_taken", ["/projects/1/code"]),
        ),
        (
            {
                "projects": [
                    {"code": "A", "name": "A", "starts_on": "2026-02-02", "due_on": "2026-01-01"}
                ]
            },
            ("projects", 0, "validation_failed", ["/projects/0/due_on"]),
        ),
        (
            {"projects": [known("p", code="A", name="A"), known("p", code="B", name="B")]},
            ("projects", 1, "validation_failed", ["/projects/1"]),
        ),
        (
            {"members": [{"ref": "x", "name": "A"}, {"ref": "x", "name": "B"}]},
            ("members", 1, "validation_failed", ["/members/1/ref"]),
        ),
        (
            {"tasks": [{"title": "No project"}]},
            ("tasks", 0, "validation_failed", ["/tasks/0/project"]),
        ),
        (
            {"tasks": [{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "title": "A"}]},
            ("tasks", 0, "not_found", []),
        ),
        (
            {"assignees": [{"task": {"ref": "x"}, "member": {"ref": "y"}}]},
            ("assignees", 0, "validation_failed", ["/assignees/0/task"]),
        ),
    ],
)
async def test_each_fault_has_its_code_and_place(person, body, refused):
    answer = await save(person, **body)

    assert codes(answer) == [refused]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "", "wrong_number_of_items"),
        ({"tasks": [known("t", project={}, title="A")]}, "/tasks/0/project", "named_by_nothing"),
        (
            {"tasks": [known("t", project=known("p", ref="p"), title="A")]},
            "/tasks/0/project",
            "named_otherwise",
        ),
        ({"tasks": [{"external_source": HUB, "title": "A"}]}, "/tasks/0", "incomplete"),
        ({"members": [{"name": "A", "role": "admin"}]}, "/members/0/role", "extra_forbidden"),
        ({"members": [{"name": "A", "email": "a@b.de"}]}, "/members/0/email", "extra_forbidden"),
    ],
)
async def test_what_cannot_be_read_is_refused_as_a_whole(person, body, pointer, code):
    answer = await save(person, **body)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]


async def test_a_placeholder_can_be_assigned_but_nobody_can_sign_in_as_one(app, person):
    answer = await save(person, members=[known("m", name="Grace Hopper")])

    [member] = [
        each
        for each in (await person.client.get("/api/members")).json()["items"]
        if not each["is_me"]
    ]
    assert (member["name"], member["role"], member["email"]) == ("Grace Hopper", "user", None)
    assert member["id"] == answer.json()["items"][0]["id"]
    async with reading_all(app) as session:
        query = select(User).join(Member, Member.user_id == User.id)
        user = await session.scalar(query.where(Member.id == UUID(member["id"])))
    assert (user.email_key, user.username_key, user.password_hash) == (None, None, None)


async def test_people_who_can_sign_in_are_named_but_never_renamed(app, person):
    user = await make_colleague(app, person)
    theirs = await me(user)

    same = await save(person, members=[{"id": theirs["id"], "name": "Carl Colleague"}])
    other = await save(person, members=[{"id": theirs["id"], "name": "Mallory"}])

    assert await outcomes(same) == [("members", "skipped")]
    assert codes(other) == [("members", 0, "member_can_sign_in", ["/members/0/name"])]
    await user.client.aclose()


async def test_sections_need_the_rights_of_what_they_change(app, person):
    await save(person, **everything())
    user = await make_colleague(app, person)
    body = everything()

    unchanged = await save(user, members=body["members"], projects=body["projects"])
    placing = await save(user, members=[known("m9", name="New")])
    renaming = await save(user, members=[known("m1", name="New")])
    await set_organization(app, person, writers="managers")
    project = await save(user, projects=[known("p1", name="New")])
    task = await save(user, tasks=[known("t1", title="New")])
    assignee = await save(user, assignees=[{"task": known("t1"), "member": known("m2")}])
    own = await save(
        user,
        tasks=[{"ref": "mine", "project": known("p1"), "title": "Mine"}],
        assignees=[{"task": {"ref": "mine"}, "member": known("m2")}],
    )

    assert {outcome for _, outcome in await outcomes(unchanged)} == {"skipped"}
    refused = [codes(each)[0][2] for each in (placing, renaming, project, task, assignee)]
    assert refused == ["not_allowed"] * 5
    assert await outcomes(own) == [("tasks", "created"), ("assignees", "created")]
    await user.client.aclose()


async def test_a_new_project_without_a_code_takes_what_the_other_system_calls_it(person):
    long = "x" * 40
    first = await save(person, projects=[known("p-7", name="Seven"), known(long, name="Long")])
    again = await save(person, projects=[known("p-7", name="Renamed")])
    taken = await save(
        person, projects=[{"external_source": "else", "external_id": "P-7", "name": "Twin"}]
    )
    nameless = await save(person, projects=[{"name": "Neither code nor identifier"}])

    assert await outcomes(first) == [("projects", "created")] * 2
    assert await outcomes(again) == [("projects", "changed")]
    listed = (await person.client.get("/api/projects")).json()["items"]
    assert {each["code"]: each["name"] for each in listed} == {"p-7": "Renamed", long[:32]: "Long"}
    assert [each[2] for each in codes(taken)] == ["project_code_taken"]
    assert [each[2] for each in codes(nameless)] == ["validation_failed"]


async def test_versions_are_held_where_something_changes(person):
    project = await make_project(person)
    task = await make_task(person, project)

    stale = await save(
        person,
        projects=[{"id": project["id"], "version": 7, "name": "New"}],
        tasks=[{"id": task["id"], "version": 7, "title": "New"}],
    )
    idle = await save(person, tasks=[{"id": task["id"], "version": 7, "title": task["title"]}])

    assert [each[2] for each in codes(stale)] == ["stale", "stale"]
    assert await outcomes(idle) == [("tasks", "skipped")]


async def test_a_task_stays_in_its_project_and_its_parent_too(person):
    a, b = await make_project(person), await make_project(person)
    task, other = await make_task(person, a), await make_task(person, b)

    answer = await save(
        person,
        tasks=[
            {"id": task["id"], "project": {"id": b["id"]}},
            {"id": other["id"], "parent": {"id": task["id"]}},
        ],
    )

    assert [(code, faults) for _, _, code, faults in codes(answer)] == [
        ("project_fixed", ["/tasks/0/project"]),
        ("validation_failed", ["/tasks/1/parent"]),
    ]


async def test_parents_make_no_circle_and_go_five_levels_deep(person):
    project = await make_project(person)
    home = {"id": project["id"]}
    chain = [
        {"ref": f"c{n}", "project": home, "title": "A"}
        | ({"parent": {"ref": f"c{n - 1}"}} if n else {})
        for n in range(7)
    ]
    circle = [
        {"ref": "a", "project": home, "title": "A", "parent": {"ref": "b"}},
        {"ref": "b", "project": home, "title": "B", "parent": {"ref": "a"}},
    ]

    deep, around = await save(person, tasks=chain), await save(person, tasks=circle)
    fits = await save(person, tasks=chain[:6])

    assert codes(deep) == [("tasks", 6, "too_deep", [])]
    assert codes(around) == [("tasks", 1, "task_cycle", [])]
    assert len(await outcomes(fits)) == 6


async def test_a_known_task_goes_below_a_new_one(person):
    project = await make_project(person)
    task = await make_task(person, project)

    answer = await save(
        person,
        tasks=[
            {"id": task["id"], "parent": {"ref": "new"}, "title": "Below"},
            {"ref": "new", "project": {"id": project["id"]}, "title": "Above"},
        ],
    )

    assert await outcomes(answer) == [("tasks", "changed"), ("tasks", "created")]
    below = (await person.client.get(f"/api/tasks/{task['id']}")).json()
    assert (below["parent"]["title"], below["version"]) == ("Above", 2)


async def test_completing_in_a_batch_follows_the_same_rules(person):
    project = await make_project(person)
    home = {"id": project["id"]}
    first, second = await make_task(person, project), await make_task(person, project)
    await person.client.put(f"/api/tasks/{second['id']}/dependencies/{first['id']}")
    parent = await make_task(person, project)
    child = await make_task(person, project, parent_id=parent["id"])

    refused = await save(
        person,
        tasks=[
            {"id": second["id"], "group": "completed"},
            {"id": parent["id"], "group": "completed"},
            {"ref": "n", "project": home, "title": "N", "group": "completed"},
            {"project": home, "title": "Open", "parent": {"ref": "n"}},
        ],
    )
    together = await save(
        person,
        tasks=[{"id": each["id"], "group": "completed"} for each in (parent, second, child, first)],
    )

    assert [(index, code) for _, index, code, _ in codes(refused)] == [
        (0, "task_blocked"),
        (1, "subtasks_open"),
        (2, "subtasks_open"),
    ]
    assert await outcomes(together) == [("tasks", "changed")] * 4
    rows = (await person.client.get("/api/tasks?group=completed")).json()["items"]
    assert all(each["completed_at"] for each in rows)
    assert len(rows) == 4


async def test_archived_projects_and_customers_take_nothing_new(person):
    project = await make_project(person)
    customer = (await person.client.post("/api/customers", json={"name": "Acme"})).json()
    await person.client.post(f"/api/projects/{project['id']}/archive")
    await person.client.post(f"/api/customers/{customer['id']}/archive")

    answer = await save(
        person,
        projects=[{"code": "N", "name": "N", "customer_id": customer["id"]}],
        tasks=[{"project": {"id": project["id"]}, "title": "Late"}],
    )

    assert [code for _, _, code, _ in codes(answer)] == ["customer_archived", "project_archived"]


async def test_new_tasks_stand_at_the_end_of_their_column(person):
    project = await make_project(person)
    await make_task(person, project)
    home = {"id": project["id"]}

    await save(person, tasks=[{"project": home, "title": f"T{n}"} for n in range(3)])

    rows = (await person.client.get("/api/tasks?sort=position")).json()["items"]
    assert [each["number"] for each in rows] == [1, 2, 3, 4]
    assert [each["position"] for each in rows] == [1024, 2048, 3072, 4096]


async def test_a_dry_run_says_what_would_be_and_writes_nothing(person):
    answer = await person.client.post(f"{PATH}?dry_run=true", json=everything())

    assert {each["outcome"] for each in answer.json()["items"]} == {"created"}
    assert (await person.client.get("/api/projects")).json()["items"] == []


async def test_the_same_key_saves_once(person):
    key = {"Idempotency-Key": "once"}

    first = await person.client.post(PATH, json=everything(), headers=key)
    second = await person.client.post(PATH, json=everything(), headers=key)

    assert second.headers["idempotent-replayed"] == "true"
    assert first.json() == second.json()


async def test_parallel_batches_of_one_hub_make_each_record_once(person):
    answers = await asyncio.gather(*(save(person, **everything()) for _ in range(4)))

    assert sorted({each.status_code for each in answers}) in ([200], [200, 409])
    assert len((await person.client.get("/api/projects")).json()["items"]) == 1
    found = await person.client.get(f"/api/tasks?external_source={HUB}&external_id=t1")
    assert len(found.json()["items"]) == 1


def five_thousand(over=None):
    """So many items of all kinds, as large as a hub's; `over` spoils one task."""
    members = [known(f"m{n}", name=f"Member {n}") for n in range(100)]
    projects = [known(f"p{n}", ref=f"p{n}", code=f"B{n}", name=f"Project {n}") for n in range(100)]
    tasks = [
        known(
            f"t{n}",
            project={"ref": f"p{n % 100}"},
            title=f"Task {n}",
            description="What is to be done, and why: " * 12,
            due_on="2026-12-24",
        )
        | ({"parent": known(f"t{n - 100}")} if n % 500 >= 100 else {})
        for n in range(2800)
    ]
    if over is not None:
        tasks[1234] |= over
    assignees = [{"task": known(f"t{n}"), "member": known(f"m{n % 100}")} for n in range(2000)]
    return {"members": members, "projects": projects, "tasks": tasks, "assignees": assignees}


async def count_rows(app, person, *models):
    async with reading_all(app) as session:
        mine = UUID(person.organization["id"])
        return [
            await session.scalar(
                select(func.count()).select_from(model).where(model.organization_id == mine)
            )
            for model in models
        ]


async def test_five_thousand_items_are_saved_within_the_limit_or_not_at_all(app, person):
    refused = await save(person, **five_thousand({"project": known("nowhere"), "parent": None}))
    before = await count_rows(app, person, Task, Member)

    saved = await save(person, **five_thousand())

    spoiled = [(each[0], each[1]) for each in codes(refused)]
    assert ("tasks", 1234) in spoiled
    assert {"tasks", "assignees"} == {section for section, _ in spoiled}  # and what named it
    assert before == [0, 1]
    assert saved.status_code == 200
    sums = saved.json()["counts"]
    assert [sums[each]["created"] for each in ("members", "projects", "tasks", "assignees")] == [
        *(100, 100, 2800, 2000),
    ]
    assert await count_rows(app, person, Task, TaskAssignee, Member) == [2800, 2000, 101]


async def test_more_than_five_thousand_are_refused(person):
    answer = await save(person, members=[{"name": "A"}] * 5001)

    assert answer.json()["errors"][0]["code"] == "wrong_number_of_items"


async def test_moving_by_state_or_group_takes_the_first_of_the_group(person):
    project = await make_project(person)
    task = await make_task(person, project)
    states = await states_of(person)

    by_group = await save(person, tasks=[{"id": task["id"], "group": "started"}])
    by_state = await save(person, tasks=[{"id": task["id"], "state_id": states["backlog"]["id"]}])
    done = await complete(person, task)

    assert await outcomes(by_group) == await outcomes(by_state) == [("tasks", "changed")]
    assert done.json()["version"] == 4
