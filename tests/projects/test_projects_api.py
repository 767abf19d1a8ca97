"""Projects over HTTP: what works, and how it is refused."""

import asyncio

import pytest

from erp.projects.schemas.projects import ProjectOut, ProjectRow
from tests.making import make_colleague, make_customer
from tests.organizations.making import set_member
from tests.projects.making import make_project, make_task, me

pytestmark = pytest.mark.anyio


async def test_a_project_gets_a_number_and_its_maker_in_the_team(person):
    customer = await make_customer(person, name="Acme")
    body = {
        "code": "SITE",
        "name": "New site",
        "customer_id": customer["id"],
        "starts_on": "2026-11-01",
        "due_on": "2026-12-01",
        "budget_seconds": 36_000,
        "budget_amount": "1500.50",
    }

    answer = await person.client.post("/api/projects", json=body)

    made = answer.json()
    myself = await me(person)
    assert (answer.status_code, made["number"], made["state"]) == (201, 1, "active")
    assert answer.headers["location"] == f"/api/projects/{made['id']}"
    assert answer.headers["etag"] == '"1"'
    assert made["customer"] == {"id": customer["id"], "number": 1, "name": "Acme"}
    assert [each["id"] for each in made["team"]] == [myself["id"]]
    assert (made["budget_amount"], made["currency"]) == ("1500.5", "EUR")
    assert made == (await person.client.get(answer.headers["location"])).json()
    ProjectOut.model_validate(made)


async def test_a_taken_code_is_refused_with_its_holder_whatever_its_case(person):
    holder = await make_project(person, code="Site")

    answer = await person.client.post("/api/projects", json={"code": " site", "name": "B"})

    assert (answer.status_code, answer.json()["code"]) == (409, "project_code_taken")
    assert answer.json()["errors"][0]["pointer"] == "/code"
    assert answer.json()["holder"] == {
        "id": holder["id"],
        "number": 1,
        "code": "Site",
        "name": holder["name"],
        "archived": False,
    }


async def test_of_parallel_projects_with_one_code_one_is_made(person):
    body = {"code": "ONE", "name": "One"}

    answers = await asyncio.gather(
        *(person.client.post("/api/projects", json=body) for _ in range(8))
    )

    assert sorted(each.status_code for each in answers) == [201] + [409] * 7


@pytest.mark.parametrize(
    ("over", "pointer", "code"),
    [
        ({"code": ""}, "/code", "string_too_short"),
        ({"code": "x" * 33}, "/code", "string_too_long"),
        ({"starts_on": "2026-05-02", "due_on": "2026-05-01"}, "/due_on", "due_before_start"),
        ({"due_on": 20_000}, "/due_on", "day_expected"),
        ({"due_on": "2026-05-01T00:00:00"}, "/due_on", "day_expected"),
        ({"due_on": "1026-05-01"}, "/due_on", "out_of_range"),
        ({"budget_amount": 10}, "/budget_amount", "decimal_expected"),
        ({"budget_amount": "1.005"}, "/budget_amount", "decimal_expected"),
        ({"budget_seconds": -1}, "/budget_seconds", "greater_than_equal"),
        ({"external_id": "7"}, "/external_id", "incomplete"),
        ({"state": "open"}, "/state", "literal_error"),
        ({"number": 7}, "/number", "extra_forbidden"),
        ({"lead_id": "01890a5d-ac96-774b-bcce-b302099a8057"}, "/lead_id", "unknown_member"),
        (
            {"customer_id": "01890a5d-ac96-774b-bcce-b302099a8057"},
            "/customer_id",
            "unknown_customer",
        ),
    ],
)
async def test_wrong_values_are_named(person, over, pointer, code):
    answer = await person.client.post("/api/projects", json={"code": "A", "name": "A"} | over)

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        (pointer, code)
    ]


async def test_an_end_before_the_known_beginning_is_refused_when_only_one_is_sent(person):
    project = await make_project(person, starts_on="2026-05-02")
    path = f"/api/projects/{project['id']}"

    answer = await person.client.patch(path, json={"due_on": "2026-05-01"})

    assert answer.json()["errors"][0]["code"] == "due_before_start"
    assert (await person.client.get(path)).json() == project


async def test_new_work_cannot_name_an_archived_customer_but_open_work_goes_on(person):
    customer = await make_customer(person)
    project = await make_project(person, customer_id=customer["id"])
    await person.client.post(f"/api/customers/{customer['id']}/archive")
    named = {"customer_id": customer["id"]}

    new = await person.client.post("/api/projects", json={"code": "B", "name": "B"} | named)
    old = await person.client.patch(f"/api/projects/{project['id']}", json={"name": "C"} | named)

    assert (new.status_code, new.json()["code"]) == (409, "customer_archived")
    assert (old.status_code, old.json()["name"]) == (200, "C")


async def test_a_change_raises_the_version_and_a_stale_one_is_refused(person):
    project = await make_project(person)
    path = f"/api/projects/{project['id']}"

    changed = await person.client.patch(path, json={"name": "New"}, headers={"If-Match": '"1"'})
    stale = await person.client.patch(path, json={"name": "Old"}, headers={"If-Match": '"1"'})
    same = await person.client.patch(path, json={"name": "New"})

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale.json()["current"]["name"] == "New"
    assert stale.json()["changed_by"]["number"] == 1
    assert same.headers["etag"] == '"2"'


async def test_the_team_is_part_of_the_version_and_told_in_the_history(app, person):
    colleague = await make_colleague(app, person)
    theirs, mine = await me(colleague), await me(person)
    project = await make_project(person)
    path = f"/api/projects/{project['id']}"
    body = {"member_ids": [theirs["id"], mine["id"], theirs["id"]]}

    answer = await person.client.put(f"{path}/team", json=body, headers={"If-Match": '"1"'})
    again = await person.client.put(f"{path}/team", json=body)

    assert [each["number"] for each in answer.json()["team"]] == [1, 2]
    assert [answer.json()["version"], again.json()["version"]] == [2, 2]
    history = (await person.client.get(f"/api/audit/project/{project['id']}")).json()["items"]
    assert [each["action"] for each in history] == ["project.changed", "project.created"]
    assert history[0]["changes"] == {"team": [[1], [1, 2]]}
    await colleague.client.aclose()


async def test_somebody_who_left_stays_in_the_team_but_is_not_added(app, person):
    colleague = await make_colleague(app, person)
    theirs = (await me(colleague))["id"]
    old, new = await make_project(person), await make_project(person)
    await person.client.put(f"/api/projects/{old['id']}/team", json={"member_ids": [theirs]})
    await set_member(app, colleague, person, status="removed")

    kept = await person.client.put(f"/api/projects/{old['id']}/team", json={"member_ids": [theirs]})
    added = await person.client.put(
        f"/api/projects/{new['id']}/team", json={"member_ids": [theirs]}
    )

    assert [each["id"] for each in kept.json()["team"]] == [theirs]
    assert added.json()["errors"][0]["pointer"] == "/member_ids/0"
    assert added.json()["errors"][0]["code"] == "unknown_member"
    await colleague.client.aclose()


async def test_an_archived_project_leaves_lists_and_takes_no_tasks(person):
    project = await make_project(person)
    task = await make_task(person, project)
    path = f"/api/projects/{project['id']}"
    archived = await person.client.post(f"{path}/archive")

    refused = await person.client.post(
        "/api/tasks", json={"project_id": project["id"], "title": "More"}
    )
    live = (await person.client.get("/api/projects")).json()["items"]
    shelved = (await person.client.get("/api/projects?archived=true")).json()["items"]
    tasks = (await person.client.get("/api/tasks")).json()["items"]
    named = (await person.client.get(f"/api/tasks?project={project['id']}")).json()["items"]

    assert archived.json()["archived_at"] is not None
    assert (refused.status_code, refused.json()["code"]) == (409, "project_archived")
    assert (live, tasks) == ([], [])
    assert [each["id"] for each in shelved] == [project["id"]]
    assert [each["id"] for each in named] == [task["id"]]
    restored = await person.client.post(f"{path}/restore")
    assert restored.json()["archived_at"] is None
    await make_task(person, project)


async def test_a_project_with_tasks_stays_and_an_empty_one_goes_with_its_team(person):
    used, empty = await make_project(person), await make_project(person)
    await make_task(person, used)

    refused = await person.client.delete(f"/api/projects/{used['id']}")
    gone = await person.client.delete(f"/api/projects/{empty['id']}")

    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    assert gone.status_code == 204
    assert (await person.client.get(f"/api/projects/{empty['id']}")).status_code == 404


async def test_the_budget_in_money_is_for_those_who_may_see_money(app, person):
    project = await make_project(person, budget_amount="5")
    user = await make_colleague(app, person)
    path = f"/api/projects/{project['id']}"
    await person.client.patch(path, json={"budget_amount": "6"})

    seen = await user.client.get(path)
    sent = await user.client.patch(path, json={"budget_amount": "7"})
    trail = (await user.client.get(f"/api/audit/project/{project['id']}")).json()["items"]
    told = (await person.client.get(f"/api/audit/project/{project['id']}")).json()["items"]

    assert "budget_amount" not in seen.json()
    assert (sent.status_code, sent.json()["permission"]) == (403, "reports:money")
    assert [each["changes"].get("budget_amount") for each in trail] == [None, None]
    assert told[0]["changes"] == {"budget_amount": ["5", "6"]}
    await user.client.aclose()


async def test_lists_show_names_and_count_tasks_by_group(person):
    customer = await make_customer(person, name="Acme")
    project = await make_project(
        person, name="Zeta", customer_id=customer["id"], lead_id=(await me(person))["id"]
    )
    await make_project(person, name="Alpha", state="planned")
    await make_task(person, project)
    await make_task(person, project)

    by_name = (await person.client.get("/api/projects?count=true")).json()
    filtered = {
        query: [
            each["name"]
            for each in (await person.client.get(f"/api/projects?{query}")).json()["items"]
        ]
        for query in (
            f"customer={customer['id']}",
            "state=planned",
            "q=zet",
            f"code={project['code'].lower()}",
            f"lead={(await me(person))['id']}",
            f"member={(await me(person))['id']}&sort=-name",
            "sort=due_on",
        )
    }

    assert by_name["total"] == 2
    assert [each["name"] for each in by_name["items"]] == ["Alpha", "Zeta"]
    last = by_name["items"][1]
    assert (last["lead"]["name"], last["customer"]["name"]) == ("Ada Lovelace", "Acme")
    assert last["task_counts"] == {
        "backlog": 0,
        "unstarted": 2,
        "started": 0,
        "completed": 0,
        "canceled": 0,
    }
    assert [*filtered.values()] == [
        ["Zeta"],
        ["Alpha"],
        ["Zeta"],
        ["Zeta"],
        ["Zeta"],
        ["Zeta", "Alpha"],
        ["Zeta", "Alpha"],
    ]
    ProjectRow.model_validate(last)


async def test_a_page_by_due_day_goes_on_where_it_ended(person):
    days = ["2026-03-01", None, "2026-01-01", "2026-02-01", None]
    for day in days:
        await make_project(person, due_on=day)
    seen, cursor = [], ""

    while cursor is not None:
        path = f"/api/projects?sort=due_on&limit=2{cursor and f'&cursor={cursor}'}"
        answer = (await person.client.get(path)).json()
        seen += [each["due_on"] for each in answer["items"]]
        cursor = answer["next_cursor"]

    assert seen == ["2026-01-01", "2026-02-01", "2026-03-01", None, None]


async def test_a_made_up_cursor_is_refused(person):
    await make_project(person)
    made_up = "WyJkdWVfb24iLCAibm8gZGF5IiwgIjAxODkwYTVkLWFjOTYtNzc0Yi1iY2NlLWIzMDIwOTlhODA1NyJd"

    answer = await person.client.get(f"/api/projects?sort=due_on&cursor={made_up}")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor_invalid")


async def test_the_same_key_makes_one_project(person):
    body, key = {"code": "ONCE", "name": "Once"}, {"Idempotency-Key": "once"}

    first = await person.client.post("/api/projects", json=body, headers=key)
    second = await person.client.post("/api/projects", json=body, headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["idempotent-replayed"] == "true"
    assert first.json() == second.json()
