"""What a company directory knows about the projects of its account."""

from uuid import UUID

from sqlalchemy import select

from erp.identity.actions.desk import Desk
from erp.identity.directory.models import DirectoryConnection
from erp.identity.directory.provider import AccountProject, ProviderError
from erp.identity.errors import DirectoryNotConnected, DirectoryUnavailable


async def fetch_account_projects(desk: Desk, organization_id: UUID) -> list[AccountProject]:
    """The projects of every account that is connected with the organization, and enabled.

    Call it while no transaction is open: a directory may take five seconds to answer. Raises
    `DirectoryNotConnected`, `DirectoryUnavailable`, `DirectoryTimeout`, `DirectoryBadResponse`.
    """
    query = select(DirectoryConnection).where(
        DirectoryConnection.organization_id == organization_id, DirectoryConnection.enabled
    )
    async with desk.database.reading() as session:
        connections = list(await session.scalars(query.order_by(DirectoryConnection.id)))
    if not connections:
        raise DirectoryNotConnected
    return [project for each in connections for project in await _fetch(desk, each)]


async def _fetch(desk: Desk, connection: DirectoryConnection) -> list[AccountProject]:
    directory = desk.directories.get(connection.endpoint)
    if directory is None:  # the operator took it out of the settings
        raise DirectoryUnavailable
    try:
        return await directory.list_projects(connection)
    except ProviderError as error:
        raise error.refusal() from error
