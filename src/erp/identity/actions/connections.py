"""The accounts of directories that organizations are connected with."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.directory.models import DirectoryConnection, Identity
from erp.kernel.errors import NotFound
from erp.kernel.schema import fold


async def find_enabled_connection(
    session: AsyncSession, account_id: str
) -> DirectoryConnection | None:
    """The connection through which people of this account sign in; there is one at most."""
    query = _of_account(account_id).where(DirectoryConnection.enabled)
    return (await session.scalars(query.limit(1))).one_or_none()


async def find_any_connection(session: AsyncSession, account_id: str) -> DirectoryConnection | None:
    """A connection that is enabled, or else one that somebody wants to enable."""
    return (await session.scalars(_of_account(account_id).limit(1))).one_or_none()


def _of_account(account_id: str) -> Select[DirectoryConnection]:
    query = select(DirectoryConnection).where(DirectoryConnection.account_key == fold(account_id))
    return query.order_by(DirectoryConnection.enabled.desc(), DirectoryConnection.id)


async def list_connections(
    session: AsyncSession, organization_id: UUID
) -> list[DirectoryConnection]:
    """The organization's connections, the oldest first."""
    mine = DirectoryConnection.organization_id == organization_id
    query = select(DirectoryConnection).where(mine).order_by(DirectoryConnection.id)
    return list(await session.scalars(query))


async def get_connection(
    session: AsyncSession, organization_id: UUID, connection_id: UUID
) -> DirectoryConnection:
    """One of the organization's connections, locked. Raises `NotFound`, for foreign ones too."""
    query = select(DirectoryConnection).where(
        DirectoryConnection.organization_id == organization_id,
        DirectoryConnection.id == connection_id,
    )
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    return found


async def belongs_to_account(
    session: AsyncSession, user_id: UUID, connection: DirectoryConnection
) -> bool:
    """Whether the directory has vouched for the user as one of this account's people."""
    query = select(Identity.id).where(
        Identity.user_id == user_id,
        Identity.provider == connection.provider,
        Identity.issuer_key == connection.account_key,
    )
    return await session.scalar(query.limit(1)) is not None
