"""Each documented call of the time logger's entries, as its front end makes it."""

from __future__ import annotations

import pytest

from tests.compat.speaking import front_end
from tests.making import make_colleague

pytestmark = pytest.mark.anyio
NAME = "logger"
PATH = "/api/time-entries/"
ENTRY = {
    "project_code": "WEB",
    "activity": "Design",
    "start_utc": "2026-03-02T08:00:00Z",
    "end_utc": "2026-03-02T09:30:00Z",
    "notes": "First draft [prio:normal]",
}


@pytest.fixture
async def front(app, person):
    async with front_end(app, NAME, person) as client:
        yield client


async def add(front, **over):
    answer = await front.post(
        PATH, json={name: each for name, each in (ENTRY | over).items() if each is not ...}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_entry_is_made_read_changed_and_removed(front):
    made = await add(front)
    read = await front.get(f"{PATH}{made['id']}")
    listed = await front.get(PATH)
    changed = await front.patch(f"{PATH}{made['id']}", json={"activity": "Build", "notes": None})
    removed = await front.delete(f"{PATH}{made['id']}")
    gone = await front.get(f"{PATH}{made['id']}")

    assert isinstance(made["id"], str)
    assert made == ENTRY | {
        "id": made["id"],
        "start_utc": "2026-03-02T08:00:00.000000Z",
        "end_utc": "2026-03-02T09:30:00.000000Z",
        "seconds": 5400,
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert read.json() == made
    assert listed.json() == [made]
    shown = changed.json()
    assert shown | {"updated_at": ""} == made | {
        "activity": "Build",
        "notes": None,
        "updated_at": "",
    }
    assert (removed.status_code, removed.content) == (204, b"")
    assert (gone.status_code, set(gone.json())) == (404, {"detail"})


async def test_an_unknown_project_code_makes_a_project_and_a_known_one_is_used(front, person):
    first = await add(front)
    second = await add(
        front, project_code="web", start_utc="2026-03-02T10:00:00Z", end_utc="2026-03-02T11:00:00Z"
    )
    moved = await front.patch(f"{PATH}{second['id']}", json={"project_code": "APP"})

    projects = (await person.client.get("/api/projects")).json()["items"]
    assert sorted(each["code"] for each in projects) == ["APP", "WEB"]
    assert (first["project_code"], second["project_code"]) == ("WEB", "WEB")
    assert moved.json()["project_code"] == "APP"


async def test_without_an_end_a_timer_runs_and_there_is_one(front):
    running = await add(front, end_utc=...)
    second = await front.post(
        PATH, json=ENTRY | {"start_utc": "2026-03-03T08:00:00Z", "end_utc": None}
    )
    stopped = await front.patch(f"{PATH}{running['id']}", json={"end_utc": "2026-03-02T08:20:00Z"})
    renamed = await front.patch(f"{PATH}{running['id']}", json={"activity": "Talk"})
    again = await front.patch(f"{PATH}{running['id']}", json={"end_utc": None})

    assert (running["end_utc"], running["seconds"]) == (None, None)
    assert (second.status_code, second.json()) == (
        409,
        {"detail": "A timer is running; stop it first."},
    )
    assert stopped.json()["seconds"] == 1200
    assert renamed.json()["end_utc"] == "2026-03-02T08:20:00.000000Z"  # unset is not null
    assert (again.json()["end_utc"], again.json()["seconds"]) == (None, None)


async def test_an_overlap_is_409_with_a_detail(front):
    await add(front)

    over = await front.post(
        PATH, json=ENTRY | {"start_utc": "2026-03-02T09:00:00Z", "end_utc": "2026-03-02T10:00:00Z"}
    )
    beside = await add(front, start_utc="2026-03-02T09:30:00Z", end_utc="2026-03-02T10:00:00Z")
    moved = await front.patch(f"{PATH}{beside['id']}", json={"start_utc": "2026-03-02T09:00:00Z"})

    for answer in (over, moved):
        assert (answer.status_code, answer.json()) == (
            409,
            {"detail": "Other entries lie within this time."},
        )


@pytest.mark.parametrize(
    ("times", "status", "said"),
    [
        ({"end_utc": "2026-03-02T08:00:00Z"}, 400, "The end must come after the start."),
        ({"end_utc": "2026-03-02T07:00:00Z"}, 400, "The end must come after the start."),
        (
            {"start_utc": "2999-03-02T08:00:00Z", "end_utc": None},
            400,
            "Time that has not passed yet cannot be recorded.",
        ),
        ({"end_utc": "2026-03-04T08:00:00Z"}, 400, "By hand an entry has 24 hours at most."),
        ({"start_utc": None}, 422, "start_utc: "),
        ({"start_utc": "yesterday"}, 422, "start_utc: "),
        ({"start_utc": 1772438400}, 422, "start_utc: "),
        ({"project_code": ""}, 422, "project_code: "),
        ({"project_code": "x" * 33}, 422, "project_code: "),
        ({"notes": "x" * 2001}, 422, "notes: "),
    ],
)
async def test_wrong_entries_are_refused_in_words(front, times, status, said):
    entry = await add(front)
    await front.delete(f"{PATH}{entry['id']}")
    other = await add(front)

    made = await front.post(PATH, json=ENTRY | {"start_utc": "2026-03-02T08:00:00Z"} | times)
    changed = await front.patch(f"{PATH}{other['id']}", json=times)

    for answer in (made, changed):
        assert answer.status_code == status, answer.text
        assert answer.json()["detail"].startswith(said)


async def test_the_window_is_in_utc_from_inclusive_to_exclusive(front):
    starts = [f"2026-03-0{day}T{hour}:00:00" for day in (2, 3) for hour in ("00", "12")]
    made = [await add(front, start_utc=start, end_utc=f"{start[:-5]}30:00Z") for start in starts]
    ids = [each["id"] for each in made]

    async def listed(**query):
        answer = await front.get(PATH, params=query)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()]

    day = {"from": "2026-03-02T12:00:00Z", "to": "2026-03-03T12:00:00Z"}
    assert await listed() == ids
    assert await listed(**day) == ids[1:3]
    assert await listed(**{"from": "2026-03-03", "to": "2026-03-04T00:00:00+00:00"}) == ids[2:]
    assert await listed(**{"from": "2026-03-02T13:00:00+01:00"}) == ids[1:]
    assert await listed(skip=1, limit=2) == ids[1:3]
    assert await listed(limit=500) == ids


@pytest.mark.parametrize(
    "query", ["limit=501", "limit=0", "skip=-1", "from=soon", "form=2026-03-02"]
)
async def test_a_wrong_window_is_refused(front, query):
    answer = await front.get(f"{PATH}?{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(query.partition("=")[0])


async def test_an_amount_of_a_day_stands_at_its_start(front, person):
    await add(front)
    [project] = (await person.client.get("/api/projects")).json()["items"]
    amount = {
        "kind": "amount",
        "work_date": "2026-03-05",
        "seconds": 3600,
        "project_id": project["id"],
    }
    await person.client.post("/api/time-entries", json=amount)

    shown = (await front.get(PATH, params={"from": "2026-03-05"})).json()

    assert [(each["start_utc"], each["end_utc"], each["seconds"]) for each in shown] == [
        ("2026-03-05T00:00:00.000000Z", "2026-03-05T01:00:00.000000Z", 3600)
    ]


async def test_entries_of_colleagues_are_out_of_reach_even_for_administrators(app, front, person):
    colleague = await make_colleague(app, person)
    async with front_end(app, NAME, colleague) as theirs:
        theirs.headers["X-Organization"] = person.organization["slug"]
        entry = await add(theirs)
    place = f"{PATH}{entry['id']}"

    answers = [
        await front.get(place),
        await front.patch(place, json={"activity": "Mine"}),
        await front.delete(place),
    ]

    assert [each.status_code for each in answers] == [404] * 3
    assert (await front.get(PATH)).json() == []
    await colleague.client.aclose()


@pytest.mark.parametrize("entry_id", ["1", "none", "01890a5d-ac96-774b-bcce-b302099a8057"])
async def test_what_is_no_id_is_not_found(front, entry_id):
    answer = await front.get(f"{PATH}{entry_id}")

    assert (answer.status_code, set(answer.json())) == (404, {"detail"})


async def test_locked_time_stays_as_it_is(front, person):
    entry = await add(front)
    closed = await person.client.post("/api/timesheets/close", json={"until": "2026-03-31"})
    assert closed.status_code == 200, closed.text

    answers = [
        await front.patch(f"{PATH}{entry['id']}", json={"activity": "Late"}),
        await front.delete(f"{PATH}{entry['id']}"),
        await front.post(
            PATH,
            json=ENTRY | {"start_utc": "2026-03-05T08:00:00Z", "end_utc": "2026-03-05T09:00:00Z"},
        ),
    ]

    assert [each.status_code for each in answers] == [409] * 3


async def test_tags_of_notes_count_in_the_product(front, person):
    entry = await add(front)

    found = await person.client.get("/api/time-entries", params={"tag": "prio:normal"})

    assert [each["id"] for each in found.json()["items"]] == [entry["id"]]
