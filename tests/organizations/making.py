"""Makers for tests of membership."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import and_, update

from erp.identity.models import User
from erp.organizations.actions.founding import found_organization
from erp.organizations.actions.notices import Told, notify
from erp.organizations.models import Member, Notice, Organization
from erp.organizations.numbering import take_number
from tests.identity.making import newest_sealed, run, user_id_of
from tests.making import Person, workspace_of, writing_all


async def found_second(app: FastAPI, person: Person, name: str) -> Organization:
    """Another organization of the person."""
    desk = app.state.desk
    async with desk.database.writing() as session:
        user = await session.get_one(User, user_id_of(person))
        member = await found_organization(session, desk, user, name)
        return await session.get_one(Organization, member.organization_id)


async def join(app: FastAPI, person: Person, host: Person, role: str = "user") -> str:
    """Let the person work in the host's organization too; its slug."""
    home = UUID(host.organization["id"])
    async with writing_all(app) as session:
        number = await take_number(session, home, "member")
        session.add(
            Member(organization_id=home, number=number, user_id=user_id_of(person), role=role)
        )
    slug: str = host.organization["slug"]
    return slug


async def set_member(app: FastAPI, person: Person, host: Person, **values: Any) -> None:
    """Change the person's membership in the host's organization."""
    mine = and_(
        Member.organization_id == UUID(host.organization["id"]),
        Member.user_id == user_id_of(person),
    )
    await run(app, update(Member).where(mine).values(**values))


async def set_organization(app: FastAPI, person: Person, **values: Any) -> None:
    """Change the settings of the person's own organization."""
    mine = Organization.id == UUID(person.organization["id"])
    await run(app, update(Organization).where(mine).values(**values))


async def invite(app: FastAPI, host: Person, email: str, role: str = "user") -> str:
    """Invite the address into the host's organization; the token of the mailed link."""
    answer = await host.client.post("/api/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    sealed = await newest_sealed(app, "organizations/invitation", email)
    token: str = sealed["link"].partition("#token=")[2]
    return token


async def make_notice(app: FastAPI, person: Person, **over: Any) -> Notice:
    """A notice for the person."""
    given: dict[str, Any] = {"kind": "test", "code": "test", "params": {}, "is_state": True}
    async with workspace_of(app, person) as work:
        await notify(work, Told(**(given | over)), [work.member_id])
        query = work.select(Notice).order_by(Notice.id.desc())
        return (await work.session.scalars(query)).first()
