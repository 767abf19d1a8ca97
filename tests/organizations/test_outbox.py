"""The outbox: what waits, what failed, and trying again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from erp.identity.models import User
from erp.kernel.jobs import Job, OutboxRow, claim_within, enqueue, mark_done
from tests.identity.making import rows, run, user_id_of
from tests.making import make_address, make_colleague, workspace_of, writing_all

pytestmark = pytest.mark.anyio

PATH = "/api/outbox"
NOW = datetime(2026, 5, 1, tzinfo=UTC)


async def outbox_of(person, **query) -> list[dict[str, Any]]:
    answer = await person.client.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def invite(person) -> str:
    """The address that was invited; the mail with its link waits in the outbox."""
    address = make_address()
    await person.client.post("/api/invitations", json={"email": address, "role": "user"})
    return address


async def send_test(person) -> str:
    """The id of a test mail."""
    answer = await person.client.post(f"{PATH}/test")
    assert (answer.status_code, answer.json()) == (202, {"to": person.email})
    [row, *_] = await outbox_of(person)
    return row["id"]


async def end(app, row_id: str, **values: Any) -> None:
    """As the worker leaves a row."""
    await run(app, update(OutboxRow).where(OutboxRow.id == UUID(row_id)).values(values))


async def resend(person, row_id: str) -> Any:
    return await person.client.post(f"{PATH}/{row_id}/resend")


async def test_the_outbox_tells_which_mail_goes_to_whom_and_nothing_of_what_it_says(person):
    address = await invite(person)

    answer = await person.client.get(PATH)

    [row] = answer.json()["items"]
    assert (row["kind"], row["mail"]) == ("mail.deliver", "organizations/invitation")
    assert (row["to"], row["state"], row["attempts"]) == (address, "waiting", 0)
    assert row["can_be_resent"]
    assert not {"payload", "sealed", "values"} & row.keys()
    assert "token" not in answer.text


async def test_mails_about_an_account_and_those_of_others_are_not_told(person, other):
    await invite(other)

    assert await outbox_of(person) == []
    assert len(await outbox_of(other)) == 1


async def test_the_outbox_is_narrowed_to_a_state(app, person):
    waiting, dead, done = [await send_test(person) for _ in range(3)]
    await end(app, dead, dead_at=NOW, attempts=10, last_error="SMTPConnectError: refused")
    await end(app, done, done_at=NOW)

    found = {state: await outbox_of(person, state=state) for state in ("waiting", "dead", "done")}

    assert {state: [row["id"] for row in each] for state, each in found.items()} == {
        "waiting": [waiting],
        "dead": [dead],
        "done": [done],
    }
    assert found["dead"][0]["last_error"] == "SMTPConnectError: refused"
    assert found["done"][0]["done_at"].startswith("2026-05-01T00:00:00")


async def test_what_failed_for_good_is_tried_again_with_all_its_attempts(app, person):
    mail = await send_test(person)
    await end(app, mail, dead_at=NOW, attempts=10, last_error="TimeoutError: ")

    answer = await resend(person, mail)

    again = answer.json()
    assert (answer.status_code, again["state"]) == (200, "waiting")
    assert (again["attempts"], again["last_error"], again["dead_at"]) == (0, None, None)
    [row] = await rows(app, OutboxRow, OutboxRow.id == UUID(mail))
    assert row.run_at <= datetime.now(UTC) + timedelta(seconds=5)


async def test_who_sent_a_mail_again_stands_in_the_trail(app, person):
    mail = await send_test(person)
    await resend(person, mail)

    trail = await person.client.get("/api/audit", params={"action": "mail.resent"})

    [row] = trail.json()["items"]
    assert (row["target_kind"], row["target_id"]) == ("outbox_row", mail)
    assert row["actor"]["name"] == "Ada Lovelace"


async def test_a_mail_that_was_sent_goes_out_a_second_time(app, person):
    mail = await send_test(person)
    [job] = await claim_due_of(app, person)
    async with writing_all(app) as session:
        await mark_done(session, job)

    answer = await resend(person, mail)

    assert (answer.status_code, answer.json()["state"]) == (200, "waiting")
    assert await claim_due_of(app, person) == [job]


async def claim_due_of(app, person) -> list[Job]:
    """What a worker would send now for the person's organization."""
    home = UUID(person.organization["id"])
    return await claim_within(app.state.database, home)


async def test_a_mail_whose_code_is_wiped_cannot_be_sent_again(app, person):
    await invite(person)
    [row] = await outbox_of(person)
    payload = {"template": row["mail"], "to": row["to"], "language": "en"}
    await end(app, row["id"], done_at=NOW, payload=payload)

    answer = await resend(person, row["id"])

    assert (answer.status_code, answer.json()["code"]) == (409, "mail_wiped")
    assert [each["can_be_resent"] for each in await outbox_of(person)] == [False]


async def test_other_work_is_not_done_twice(app, person):
    async with workspace_of(app, person) as work:
        home = work.organization_id
        await enqueue(work.session, "stock.prove", {}, organization_id=home)
    [row] = await outbox_of(person)
    before = await resend(person, row["id"])
    await end(app, row["id"], done_at=NOW)

    after = await resend(person, row["id"])

    assert (row["mail"], row["to"]) == (None, None)
    assert before.status_code == 200
    assert (after.status_code, after.json()["code"]) == (409, "job_done")


async def test_what_is_being_sent_is_left_to_its_runner(app, person):
    mail = await send_test(person)
    await end(app, mail, lease_until=datetime.now(UTC) + timedelta(seconds=60))

    answer = await resend(person, mail)

    assert (answer.status_code, answer.json()["code"]) == (409, "job_running")


async def test_a_test_mail_needs_an_address(app, person):
    mine = User.id == user_id_of(person)
    await run(app, update(User).where(mine).values(email=None, username="ada"))

    answer = await person.client.post(f"{PATH}/test")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_address")
    assert await outbox_of(person) == []


async def test_a_test_mail_is_promised_once_per_key(person):
    once = {"Idempotency-Key": "test-mail-1"}
    for _ in range(2):
        await person.client.post(f"{PATH}/test", headers=once)

    assert len(await outbox_of(person)) == 1


async def test_only_administrators_see_the_outbox(app, person):
    manager = await make_colleague(app, person, "manager")
    mail = await send_test(person)

    answers = [
        await manager.client.get(PATH),
        await manager.client.post(f"{PATH}/test"),
        await resend(manager, mail),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    await manager.client.aclose()
