"""The chains of seals: what was altered, removed or put in later is named, on both databases."""

from __future__ import annotations

import asyncio
from typing import ClassVar
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from erp.audit import jobs, seals
from erp.audit.jobs import seal_trails
from erp.audit.models import AuditSeal, SecuritySeal
from erp.audit.seals import Chain, hash_of, verify
from erp.cli.auditing import tell
from erp.customers.actions.customers import create_customer
from erp.customers.schemas import CustomerIn
from erp.kernel.errors import Conflict
from erp.kernel.walls import admit
from erp.migrations.protection import triggers_of
from erp.migrations.pruning import prune_events
from erp.migrations.roles import RolesUnfit
from tests.identity.making import rows
from tests.making import make_product, sign_up, workspace_of, writing_all

pytestmark = pytest.mark.anyio


def chain_of(person) -> Chain:
    return Chain(UUID(person.organization["id"]))


async def seal(app) -> None:
    await seal_trails(app.state.database, None)


async def verdict_of(app, chain) -> seals.Verdict:
    async with app.state.database.reading() as session:
        await admit(session, organization_id=chain.organization_id)
        return await verify(session, chain)


async def tamper(app, person, statement: str, **values: object) -> None:
    """What the owner of the database could do: on SQLite by dropping the triggers."""
    table = statement.split()[1] if statement.startswith("UPDATE") else statement.split()[2]
    is_file = app.state.database.is_sqlite
    async with writing_all(app) as session:
        for verb in ("update", "delete") if is_file else ():
            await session.execute(text(f"DROP TRIGGER no_{verb}_{table}"))
        await session.execute(text(statement), {"home": person.organization["id"], **values})
        for each in triggers_of(table) if is_file else ():
            await session.execute(text(each))


class Nobody:
    """Whoever tampers with what belongs to no organization."""

    organization: ClassVar = {"id": ""}


async def enter(app) -> None:
    """Somebody signs up and in, which leaves events."""
    somebody = await sign_up(app)
    await somebody.client.aclose()


async def count(app, model) -> int:
    return len(await rows(app, model))


async def links_of(app, person) -> list[AuditSeal]:
    found = await rows(app, AuditSeal, AuditSeal.organization_id == UUID(person.organization["id"]))
    return sorted(found, key=lambda each: each.seq)


async def test_every_change_gets_one_seal_in_order(app, person, other):
    for _ in range(3):
        await make_product(person)
    await make_product(other)

    await seal(app)
    await make_product(person)
    await seal(app)
    await seal(app)

    links = await links_of(app, person)
    assert [each.seq for each in links] == [1, 2, 3, 4]
    assert len({each.audit_id for each in links}) == 4
    assert [each.seq for each in await links_of(app, other)] == [1]
    verdict = await verdict_of(app, chain_of(person))
    assert (verdict.sealed, verdict.head, verdict.fault) == (4, links[-1].hash, None)


async def test_chains_longer_than_a_batch_are_sealed_and_walked_whole(app, person, monkeypatch):
    monkeypatch.setattr(seals, "AT_ONCE", 2)
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    for _ in range(5):
        await make_product(person)

    await seal(app)

    verdict = await verdict_of(app, chain_of(person))
    assert (verdict.sealed, verdict.fault) == (5, None)


@pytest.fixture
async def sealed(app, person):
    """Five changes with their seals."""
    for number in range(5):
        await make_product(person, name=f"Product {number}")
    await seal(app)
    return await links_of(app, person)


CHANGED = (
    "UPDATE audit_log SET data = CAST(replace(CAST(data AS text), 'Product 2', 'Product 7') AS {})"
    " WHERE organization_id = :home"
)


async def test_one_altered_byte_is_named(app, person, sealed, backend):
    kind = "json" if backend == "postgres" else "text"

    await tamper(app, person, CHANGED.format(kind))

    verdict = await verdict_of(app, chain_of(person))
    assert verdict.fault == f"row {sealed[2].audit_id} of seal 3 was changed"
    assert verdict.sealed == 2


@pytest.mark.parametrize(
    "change",
    ["action = 'product.archived'", "request_id = NULL", "session_id = NULL", "actor_kind = 'job'"],
)
async def test_no_column_can_be_altered_unseen(app, person, sealed, change):
    statement = f"UPDATE audit_log SET {change} WHERE id = :row"

    await tamper(app, person, statement, row=str(sealed[1].audit_id))

    fault = (await verdict_of(app, chain_of(person))).fault
    assert fault == f"row {sealed[1].audit_id} of seal 2 was changed"


async def test_a_removed_row_is_named_with_the_seal_it_had(app, person, sealed):
    await tamper(app, person, "DELETE FROM audit_seals WHERE organization_id = :home AND seq = 4")
    row = str(sealed[3].audit_id)
    await tamper(app, person, "DELETE FROM audit_log WHERE id = :row", row=row)

    verdict = await verdict_of(app, chain_of(person))

    assert (verdict.sealed, verdict.fault) == (3, "seal 4 is missing")


async def test_a_chain_that_begins_later_is_no_chain(app, person, sealed):
    await tamper(app, person, "DELETE FROM audit_seals WHERE organization_id = :home AND seq = 1")

    assert (await verdict_of(app, chain_of(person))).fault == "seal 1 is missing"


async def test_a_row_whose_seal_was_made_up_is_named(app, person, sealed):
    made_up = "UPDATE audit_seals SET hash = 'f00' WHERE organization_id = :home AND seq = 2"

    await tamper(app, person, made_up)

    fault = (await verdict_of(app, chain_of(person))).fault
    assert fault == f"row {sealed[1].audit_id} of seal 2 was changed"


async def test_a_cut_off_end_shows_by_its_unsealed_rows_and_by_the_head(app, person, sealed, clock):
    before = await verdict_of(app, chain_of(person))
    await tamper(app, person, "DELETE FROM audit_seals WHERE organization_id = :home AND seq > 3")

    at_once = await verdict_of(app, chain_of(person))
    clock.advance(minutes=61)
    later = await verdict_of(app, chain_of(person))

    assert (at_once.sealed, at_once.fault) == (3, None)
    assert at_once.head != before.head
    assert later.fault == f"row {sealed[3].audit_id} has no seal"


async def test_two_sealers_at_once_make_one_chain(app, person):
    for _ in range(4):
        await make_product(person)

    await asyncio.gather(*(seal(app) for _ in range(4)))
    await seal(app)

    verdict = await verdict_of(app, chain_of(person))
    assert (verdict.sealed, verdict.fault) == (4, None)


async def test_the_database_lets_only_one_sealer_win(app, person, sealed):
    async def seal_again():
        async with workspace_of(app, person) as work:
            last, chain = sealed[-1], chain_of(person)
            [row] = await work.session.scalars(
                work.select(chain.row).where(chain.row.id == last.audit_id)
            )
            work.session.add(chain.make_seal(last.seq + 1, row, "twice", work.now()))

    with pytest.raises(Conflict):
        await seal_again()


async def test_a_row_that_was_committed_late_is_sealed_after_younger_ones(app, person):
    async with workspace_of(app, person) as late:
        await create_customer(late, CustomerIn(name="Slow"))
        await late.session.flush()
        if not app.state.database.is_sqlite:
            await make_product(person)
            await seal(app)

    await seal(app)

    verdict = await verdict_of(app, chain_of(person))
    assert (verdict.sealed, verdict.fault) == (1 if app.state.database.is_sqlite else 2, None)


async def test_what_waits_for_its_seal_too_long_is_logged(app, person, clock, monkeypatch):
    told = []
    monkeypatch.setattr(jobs.log, "warning", lambda event, **values: told.append((event, values)))
    await make_product(person)
    clock.advance(minutes=59)
    await jobs.has_unsealed(app.state.database, chain_of(person))
    clock.advance(minutes=2)

    await jobs.has_unsealed(app.state.database, chain_of(person))

    assert [(event, each["organization_id"]) for event, each in told] == [
        ("audit.unsealed", person.organization["id"])
    ]


def test_the_hash_covers_number_predecessor_and_row(person_row):
    base = hash_of("before", 1, person_row)

    assert len(base) == 64
    assert base == hash_of("before", 1, person_row)
    assert base != hash_of("another", 1, person_row)
    assert base != hash_of("before", 2, person_row)


@pytest.fixture
async def person_row(app, person):
    await make_product(person)
    chain = chain_of(person)
    [row] = await rows(app, chain.row, chain.row.organization_id == chain.organization_id)
    return row


async def test_security_events_are_one_chain(alone):
    app, _owner, _clock = alone
    await enter(app)
    await enter(app)
    await seal(app)

    first = await verdict_of(app, Chain(None))
    await tamper(app, Nobody, "UPDATE security_events SET ip = '192.0.2.1'")
    second = await verdict_of(app, Chain(None))

    assert first.fault is None
    assert first.sealed == await count(app, SecuritySeal) > 1
    assert second.fault.endswith("of seal 1 was changed")


async def test_old_events_are_pruned_up_to_a_seal_that_stays(alone):
    app, owner, clock = alone
    await enter(app)
    await seal(app)
    old = await count(app, SecuritySeal)
    clock.advance(days=200)
    await enter(app)
    await seal(app)
    head = (await verdict_of(app, Chain(None))).head

    too_early = prune_events(owner, clock())
    clock.advance(days=201)
    gone = prune_events(owner, clock())
    again = prune_events(owner, clock())

    verdict = await verdict_of(app, Chain(None))
    seqs = sorted(each.seq for each in await rows(app, SecuritySeal))
    assert (too_early, gone, again) == (0, old, 0)
    assert seqs[0] == old
    assert (verdict.fault, verdict.head) == (None, head)
    await enter(app)
    await seal(app)
    assert (await verdict_of(app, Chain(None))).fault is None


async def test_an_event_removed_before_its_time_is_no_pruned_one(alone):
    app, _owner, _clock = alone
    await enter(app)
    await seal(app)
    [first] = [each for each in await rows(app, SecuritySeal) if each.seq == 1]

    await tamper(
        app, Nobody, "DELETE FROM security_events WHERE id = :row", row=str(first.event_id)
    )

    fault = (await verdict_of(app, Chain(None))).fault
    assert fault == f"row {first.event_id} of seal 1 is missing"


async def test_pruning_leaves_the_protection_as_it_was(alone):
    app, owner, clock = alone
    await enter(app)
    await seal(app)
    clock.advance(days=401)
    prune_events(owner, clock())
    await enter(app)

    async def remove_events():
        async with app.state.database.writing() as session:
            await session.execute(text("DELETE FROM security_events"))

    with pytest.raises((Conflict, DBAPIError)) as refused:
        await remove_events()

    said = f"{refused.value} {refused.value.__cause__}"
    assert "append-only" in said or "permission denied" in said


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_only_the_owner_prunes(alone):
    app, _owner, clock = alone

    with pytest.raises(RolesUnfit, match="may not remove security events"):
        prune_events(app.state.database.url, clock())


def test_a_verdict_is_one_line():
    holds = tell("organization acme", seals.Verdict(3, "abc"))
    broken = tell("security events", seals.Verdict(2, "abc", "seal 3 is missing"))

    assert holds == "organization acme: 3 sealed, head abc"
    assert broken == "security events: 2 sealed, head abc; seal 3 is missing"
