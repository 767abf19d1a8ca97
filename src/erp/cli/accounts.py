"""Accounts made by an operator."""

from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import find_user_by_email, make_reset_link
from erp.identity.actions.desk import Desk, open_desk
from erp.identity.actions.events import note_job
from erp.identity.models import User
from erp.kernel.db import Database
from erp.kernel.settings import Settings
from erp.migrations.upgrade import ensure_newest
from erp.organizations.actions.founding import found_organization
from erp.organizations.queries import list_memberships


async def make_admin(settings: Settings, email: str, organization: str | None) -> str:
    """The link by which the administrator chooses a password. Known accounts get one too."""
    database = Database(settings.url, settings.db_pool_size)
    desk = open_desk(settings, database)
    try:
        async with database.writing() as session:
            await session.run_sync(lambda sync: ensure_newest(sync.connection()))
            user = await find_user_by_email(session, email) or await _add(session, email)
            if organization or not await list_memberships(session, user.id):
                await found_organization(session, desk, user, organization or _name_for(email))
            return await _link(session, desk, user)
    finally:
        await database.dispose()
        desk.passwords.close()


async def _add(session: AsyncSession, email: str) -> User:
    user = User()
    user.name_by(email, None)
    session.add(user)
    await session.flush()  # the organization refers to the user
    return user


def _name_for(email: str) -> str:
    return email.partition("@")[2].partition(".")[0].title() or "My company"


async def _link(session: AsyncSession, desk: Desk, user: User) -> str:
    link = await make_reset_link(session, desk, user)
    note_job(session, "password.link_made", user_id=user.id, reason="operator")
    return f"Open this link within 24 hours to choose a password:\n{link}"
