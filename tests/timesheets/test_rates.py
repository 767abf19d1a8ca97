"""Rates, their snapshot on entries, repricing, and billing rules."""

import pytest

from tests.making import make_colleague
from tests.timesheets.making import at, make_entry, make_project, member_id_of

pytestmark = pytest.mark.anyio
ENTRIES, DAY = "/api/time-entries", "2026-03-02"
SPAN = {"day_from": "2026-03-01", "day_to": "2026-03-31"}


@pytest.fixture
async def project(app, person):
    return await make_project(app, person)


@pytest.fixture
async def me(person):
    return (await person.client.get("/api/auth/me")).json()["member"]["id"]


def refusal(answer):
    return answer.status_code, answer.json()["code"]


async def make_rate(person, rate, kind="bill", since="2026-01-01", **scope):
    body = {"kind": kind, "rate": rate, "valid_from": since} | scope
    answer = await person.client.post("/api/rates", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def rates_of(person, entry):
    shown = (await person.client.get(f"{ENTRIES}/{entry['id']}")).json()
    return shown["bill_rate"], shown["bill_source"]


async def test_an_entry_keeps_the_rate_of_the_narrowest_scope(person, project, me):
    found = []
    ladder = [
        {},
        {"member_id": me},
        {"project_id": project},
        {"member_id": me, "project_id": project},
    ]
    for number, scope in enumerate(ladder):
        await make_rate(person, f"{number}.5", **scope)
        hour = f"{number + 9:02}"
        entry = await make_entry(person, project, f"{hour}:00", f"{hour}:30")
        found.append((entry["bill_rate"], entry["bill_source"], entry["currency"]))

    assert found == [
        ("0.5", "organization", "EUR"),
        ("1.5", "member", "EUR"),
        ("2.5", "project", "EUR"),
        ("3.5", "member_project", "EUR"),
    ]


async def test_a_new_rate_never_rewrites_what_is_stored(person, project):
    await make_rate(person, "80")
    entry = await make_entry(person, project, "09:00", "10:00")
    rate = await make_rate(person, "90", since=DAY)
    await person.client.patch(f"/api/rates/{rate['id']}", json={"rate": "95"})
    await person.client.delete(f"/api/rates/{rate['id']}")
    await person.client.patch(f"{ENTRIES}/{entry['id']}", json={"note": "Only words"})

    assert await rates_of(person, entry) == ("80", "organization")


async def test_another_day_or_project_finds_the_rate_again(app, person, project):
    await make_rate(person, "80")
    await make_rate(person, "90", since="2026-03-03")
    other = await make_project(app, person)
    await make_rate(person, "70", project_id=other)
    entry = await make_entry(person, project, "09:00", "10:00")
    path = f"{ENTRIES}/{entry['id']}"

    later = {"started_at": "2026-03-03T09:00:00Z", "ended_at": "2026-03-03T10:00:00Z"}
    moved = (await person.client.patch(path, json=later)).json()
    given = (await person.client.patch(path, json={"project_id": other})).json()

    assert [each["bill_rate"] for each in (entry, moved, given)] == ["80", "90", "70"]


async def test_a_rate_of_the_entry_itself_stays_until_it_is_cleared(person, project):
    await make_rate(person, "80")
    entry = await make_entry(person, project, "09:00", "10:00", bill_rate="120.25")
    path = f"{ENTRIES}/{entry['id']}"
    later = {"started_at": "2026-03-03T09:00:00Z", "ended_at": "2026-03-03T10:00:00Z"}

    moved = (await person.client.patch(path, json=later)).json()
    cleared = (await person.client.patch(path, json={"bill_rate": None})).json()

    assert (entry["bill_rate"], entry["bill_source"]) == ("120.25", "entry")
    assert (moved["bill_rate"], cleared["bill_rate"]) == ("120.25", "80")


async def test_users_neither_see_nor_set_rates(app, person, project):
    await make_rate(person, "80")
    user = await make_colleague(app, person)
    entry = await make_entry(user, project, "09:00", "10:00")
    body = {"project_id": project, "started_at": at("12:00"), "bill_rate": "1"}

    answers = [
        await user.client.get("/api/rates"),
        await user.client.post(ENTRIES, json=body),
        await user.client.patch(f"{ENTRIES}/{entry['id']}", json={"cost_rate": "1"}),
        await user.client.get("/api/billing-rules"),
    ]
    history = (await user.client.get(f"/api/audit/time_entry/{entry['id']}")).json()

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "bill_rate" not in entry
    assert "bill_rate" not in history["items"][0]["changes"]
    assert await rates_of(person, entry) == ("80", "organization")
    await user.client.aclose()


async def test_two_rates_of_one_scope_do_not_begin_on_one_day(person, project):
    first = await make_rate(person, "80")
    await make_rate(person, "80", kind="cost")
    second = await make_rate(person, "90", since="2026-02-01")
    body = {"kind": "bill", "rate": "1", "valid_from": "2026-01-01"}

    taken = await person.client.post("/api/rates", json=body)
    moved = await person.client.patch(
        f"/api/rates/{second['id']}", json={"valid_from": "2026-01-01"}
    )

    assert refusal(taken) == refusal(moved) == (409, "rate_taken")
    assert taken.json()["errors"][0]["pointer"] == "/valid_from"
    again = (await person.client.get(f"/api/rates/{first['id']}")).json()
    assert (again["next_from"], second["next_from"]) == ("2026-02-01", None)


async def test_rates_are_listed_with_names_and_scope(person, project, me):
    await make_rate(person, "80", member_id=me)
    await make_rate(person, "60", kind="cost", project_id=project, since="2026-02-01")

    items = (await person.client.get("/api/rates")).json()["items"]
    bill = (await person.client.get("/api/rates?kind=bill")).json()["items"]

    assert [each["kind"] for each in items] == ["cost", "bill"]
    assert items[0]["project"]["code"] == "P1"
    assert (bill[0]["member"]["name"], bill[0]["project"]) == ("Ada Lovelace", None)


async def test_a_stale_rate_is_refused(person):
    rate = await make_rate(person, "80")
    path = f"/api/rates/{rate['id']}"
    await person.client.patch(path, json={"rate": "81"})

    answer = await person.client.patch(path, json={"rate": "82"}, headers={"If-Match": '"1"'})

    assert refusal(answer) == (412, "stale")
    assert answer.json()["current"]["rate"] == "81"


async def test_a_rate_pins_the_currency(person):
    await make_rate(person, "80")

    answer = await person.client.patch("/api/organization", json={"currency": "USD"})

    assert refusal(answer) == (409, "setting_pinned")


async def test_repricing_shows_first_and_leaves_what_is_locked(app, person, project, me):
    open_entry = await make_entry(person, project, "2026-03-09T09:00:00Z", "2026-03-09T11:00:00Z")
    fixed = await make_entry(
        person, project, "2026-03-09T12:00:00Z", "2026-03-09T13:00:00Z", bill_rate="1"
    )
    locked = await make_entry(person, project, "09:00", "10:00")
    await person.client.post(f"/api/timesheets/{me}/{DAY}/submit")
    await make_rate(person, "80.5")
    await make_rate(person, "30", kind="cost")

    preview = await person.client.post("/api/rates/reprice?dry_run=true", json=SPAN)
    untouched = await rates_of(person, open_entry)
    done = await person.client.post("/api/rates/reprice", json=SPAN)
    again = await person.client.post("/api/rates/reprice", json=SPAN)

    assert preview.headers["dry-run"] == "true"
    assert preview.json() == done.json()
    assert untouched == (None, None)
    body = done.json()
    assert (body["changed"], body["unchanged"], body["locked"]) == (2, 0, 1)
    assert (body["bill_before"], body["bill_after"], body["cost_after"]) == ("1", "162", "90")
    assert (again.json()["changed"], again.json()["unchanged"]) == (0, 2)
    assert await rates_of(person, open_entry) == ("80.5", "organization")
    assert await rates_of(person, fixed) == ("1", "entry")
    assert await rates_of(person, locked) == (None, None)
    history = (await person.client.get(f"/api/audit/time_entry/{open_entry['id']}")).json()
    assert history["items"][0]["action"] == "time_entry.repriced"


@pytest.mark.parametrize("last", ["2026-02-28", "2027-03-02"])
async def test_repricing_needs_a_span_of_a_year_at_most(person, last):
    answer = await person.client.post("/api/rates/reprice", json=SPAN | {"day_to": last})

    assert answer.json()["errors"][0]["pointer"] == "/day_to"


async def set_rule(person, project=None, **rule):
    path = "/api/billing-rules" + (f"/{project}" if project else "")
    answer = await person.client.put(path, json=rule)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sums(person, query="by=project"):
    return (await person.client.get(f"{ENTRIES}/sums?{query}")).json()


async def test_worked_seconds_stay_and_billable_ones_follow_the_rule(app, person, project, me):
    first = await make_entry(person, project, "09:00", "09:10")
    await make_entry(person, project, "10:00", "10:20")
    await make_entry(person, project, "11:00", "11:30", billable=False)
    path = f"{ENTRIES}/{first['id']}"
    shown = []
    for project_rule in (
        None,
        {"direction": "down", "applies_to": "entry"},
        {"direction": "up", "applies_to": "day"},
    ):
        if project_rule is None:
            await set_rule(person, step=900, direction="up", applies_to="entry")
        else:
            await set_rule(person, project, step=900, **project_rule)
        entry = (await person.client.get(path)).json()
        total = await sums(person)
        grid = (await person.client.get(f"/api/timesheets/{me}/{DAY}")).json()
        assert grid["billable_seconds"] == total["billable_seconds"]
        assert (entry["seconds"], total["seconds"], grid["seconds"]) == (600, 3600, 3600)
        shown.append((entry["billable_seconds"], total["billable_seconds"]))

    assert shown == [(900, 900 + 1800), (0, 900), (None, 1800)]
    listed = (await person.client.get("/api/billing-rules")).json()["items"]
    assert [each["project_id"] for each in listed] == [None, project]
    assert (await person.client.delete(f"/api/billing-rules/{project}")).status_code == 204
    assert (await person.client.delete("/api/billing-rules")).status_code == 204
    assert (await person.client.get(path)).json()["billable_seconds"] == 600
    assert (await person.client.delete("/api/billing-rules")).status_code == 404


async def test_hours_add_up_by_everything(app, person, project, me):
    user = await make_colleague(app, person)
    theirs = await member_id_of(app, user, person)
    other = await make_project(app, person)
    await make_entry(person, project, "09:00", "10:00")
    await make_entry(person, other, "2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z")
    await make_entry(user, project, "09:00", "11:00")

    by_project = await sums(person)
    by_both = await sums(person, "by=member&then=day")
    by_day = await sums(person, "by=day&day_from=2026-03-03")
    own = await sums(user, "by=member")
    foreign = await sums(user, f"member_id={me}")

    assert sorted(each["seconds"] for each in by_project["rows"]) == [1800, 3 * 3600]
    assert by_project["seconds"] == by_both["seconds"] == 12_600
    assert by_project["entries"] == 3
    rows = {(each["member"]["number"], each["day"], each["seconds"]) for each in by_both["rows"]}
    assert rows == {(1, DAY, 3600), (1, "2026-03-03", 1800), (2, DAY, 7200)}
    assert [(each["day"], each["seconds"]) for each in by_day["rows"]] == [("2026-03-03", 1800)]
    assert [each["member"]["id"] for each in own["rows"]] == [theirs]
    assert (own["seconds"], foreign["rows"]) == (7200, [])
    await user.client.aclose()


async def test_completeness_tells_done_from_forgotten(app, person, project, me):
    user = await make_colleague(app, person)
    due = {"valid_from": "2026-01-01", "monday": 3600, "tuesday": 3600, "friday": 3600}
    await person.client.put(f"/api/work-schedules/{me}", json=due)
    await make_entry(person, project, "09:00", "10:00")
    await make_entry(person, project, "2026-03-03T09:00:00Z", "2026-03-03T09:30:00Z")
    await person.client.post(f"/api/timesheets/{me}/{DAY}/submit")
    query = "/api/timesheets/completeness?day_from=2026-03-02&day_to=2026-03-09"

    everybody = (await person.client.get(query)).json()["members"]
    own = (await user.client.get(query)).json()["members"]

    assert [each["member"]["number"] for each in everybody] == [1, 2]
    assert [each["member"]["number"] for each in own] == [2]
    days = everybody[0]["days"]
    assert [(each["status"], each["state"]) for each in days] == [
        *(("full", "submitted"), ("short", "submitted"), ("free", "submitted")),
        *(("free", "submitted"), ("empty", "submitted"), ("free", "submitted")),
        *(("free", "submitted"), ("empty", "open")),
    ]
    assert everybody[0]["missing_seconds"] == 1800 + 3600 + 3600
    long = await person.client.get(query.replace("03-09", "05-03"))
    assert long.json()["errors"][0]["pointer"] == "?day_to"
    await user.client.aclose()


async def test_an_unknown_code_makes_a_project_for_those_who_may(app, person):
    body = {
        "project_code": "New one",
        "create_project": True,
        "started_at": at("09:00"),
        "ended_at": at("10:00"),
    }

    made = (await person.client.post(ENTRIES, json=body)).json()
    again = await make_entry(person, None, "10:00", "11:00", project_code="new  ONE")

    assert (made["project"]["code"], made["project"]["name"]) == ("New one", "New one")
    assert again["project"] == made["project"]
    shown = (await person.client.get(f"/api/projects/{made['project']['id']}")).json()
    assert [each["number"] for each in shown["team"]] == [1]
