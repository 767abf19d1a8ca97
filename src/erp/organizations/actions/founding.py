"""New organizations and the addresses they get."""

import re
import secrets
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk
from erp.identity.models import User
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id, plain
from erp.kernel.walls import admit
from erp.organizations.errors import SlugTaken
from erp.organizations.models import RESERVED_SLUGS, Member, Organization
from erp.organizations.numbering import take_number

LONGEST_SLUG = 39
SLUG_TRIES = 8


async def found_organization(session: AsyncSession, desk: Desk, founder: User, name: str) -> Member:
    """A new organization whose admin is the founder, with a free slug made from the name."""
    organization_id = await _insert_organization(session, desk, name)
    await admit(session, organization_id=organization_id)
    member = Member(
        organization_id=organization_id,
        number=await take_number(session, organization_id, "member"),
        user_id=founder.id,
        role="admin",
    )
    session.add(member)
    await session.flush()  # the session row and the caller need the member now
    return member


async def _insert_organization(session: AsyncSession, desk: Desk, name: str) -> UUID:
    now, organization_id = desk.now(), new_id()
    row = {
        "id": organization_id,
        "name": name,
        "status": "active",
        "currency": desk.settings.currency,
        "time_zone": desk.settings.time_zone,
        "week_start": "monday",
        "writers": "everyone",
        "require_mfa": False,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    for slug in slugs_for(name):
        insert = insert_into(session, Organization).values(**row, slug=slug)
        found = await session.execute(insert.on_conflict_do_nothing().returning(Organization.id))
        if found.first():
            return organization_id
    raise SlugTaken


def slugs_for(name: str) -> Iterator[str]:
    """The slug of a name, then variants of it, for the case that it is taken or reserved."""
    words = re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")[: LONGEST_SLUG - 5].strip("-")
    base = words if len(words) >= 2 else f"team-{words}".strip("-")
    if base not in RESERVED_SLUGS:
        yield base
    for _ in range(SLUG_TRIES):
        yield f"{base}-{secrets.token_hex(2)}"
