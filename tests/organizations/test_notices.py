"""Notices: one's own, read, snoozed, told once."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from erp.organizations.actions.notices import Told, notify
from tests.making import make_colleague, workspace_of
from tests.organizations.making import make_notice

pytestmark = pytest.mark.anyio

PATH = "/api/notices"


async def codes_of(person, **query):
    answer = await person.client.get(PATH, params=query)
    return [each["code"] for each in answer.json()["items"]]


async def test_one_sees_ones_own_notices_the_newest_first(app, person):
    colleague = await make_colleague(app, person)
    await make_notice(app, person, code="first", params={"n": 1}, subject=("product", UUID(int=7)))
    await make_notice(app, person, code="second", kind="other")

    shown = (await person.client.get(PATH)).json()["items"]

    assert [each["code"] for each in shown] == ["second", "first"]
    assert (shown[1]["values"], shown[1]["subject_id"]) == ({"n": 1}, str(UUID(int=7)))
    assert await codes_of(person, kind="other") == ["second"]
    assert await codes_of(colleague) == []
    await colleague.client.aclose()


async def test_a_notice_is_read_once_and_leaves_the_unread_ones(app, person):
    notice = await make_notice(app, person)
    path = f"{PATH}/{notice.id}/read"

    first, second = await person.client.post(path), await person.client.post(path)

    assert first.json()["read_at"] == second.json()["read_at"] is not None
    assert await codes_of(person, unread="true") == []
    assert await codes_of(person) == ["test"]


async def test_a_colleagues_notice_does_not_exist(app, person):
    colleague = await make_colleague(app, person)
    notice = await make_notice(app, person)

    answers = [
        await colleague.client.post(f"{PATH}/{notice.id}/read"),
        await colleague.client.post(
            f"{PATH}/{notice.id}/snooze", json={"until": "2099-01-01T00:00:00Z"}
        ),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    await colleague.client.aclose()


async def test_a_snoozed_notice_comes_back_unread(app, person, clock):
    notice = await make_notice(app, person)
    await person.client.post(f"{PATH}/{notice.id}/read")
    until = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()

    answer = await person.client.post(f"{PATH}/{notice.id}/snooze", json={"until": until})

    assert (answer.status_code, answer.json()["read_at"]) == (200, None)
    assert await codes_of(person) == []
    clock.advance(minutes=6)
    assert await codes_of(person, unread="true") == ["test"]


async def test_nothing_is_snoozed_until_the_past(app, person):
    notice = await make_notice(app, person)
    body = {"until": "2026-01-01T00:00:00Z"}

    answer = await person.client.post(f"{PATH}/{notice.id}/snooze", json=body)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/until")


async def test_all_that_shows_is_read_at_once(app, person):
    await make_notice(app, person)
    await make_notice(app, person)
    hidden = await make_notice(app, person, code="hidden")
    body = {"until": "2099-01-01T00:00:00Z"}
    await person.client.post(f"{PATH}/{hidden.id}/snooze", json=body)

    first = await person.client.post(f"{PATH}/read-all")
    second = await person.client.post(f"{PATH}/read-all")

    assert (first.json(), second.json()) == ({"read": 2}, {"read": 0})


async def test_the_same_is_told_once(app, person):
    for _ in range(2):
        await make_notice(app, person, dedupe_key="lamp:low")

    assert await codes_of(person) == ["test"]


async def test_nobody_is_told_of_his_or_her_own_act(app, person):
    colleague = await make_colleague(app, person)
    theirs = UUID((await colleague.client.get("/api/auth/me")).json()["member"]["id"])
    act = Told(kind="test", code="act", params={})

    async with workspace_of(app, person) as work:
        await notify(work, act, [work.member_id, theirs])

    assert (await codes_of(person), await codes_of(colleague)) == ([], ["act"])
    await colleague.client.aclose()
