"""Connecting an organization with an account of a company directory."""

from uuid import UUID

from erp.identity.actions.connections import belongs_to_account, get_connection
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.directory.models import DirectoryConnection
from erp.identity.errors import DirectoryProofRequired
from erp.kernel.errors import Stale, wrong_field
from erp.kernel.workspace import Workspace
from erp.organizations.schemas import DirectoryConnectionEdit, DirectoryConnectionIn


async def connect_directory(
    work: Workspace, desk: Desk, given: DirectoryConnectionIn, visitor: Visitor
) -> DirectoryConnection:
    """A connection with an account, at first perhaps only a claim to it.

    Raises `DirectoryConnected`, and for an enabled one what `change_connection` raises.
    """
    _ensure_known(desk, given.endpoint)
    values = given.model_dump(exclude={"account_id"})
    connection = DirectoryConnection(organization_id=work.organization_id, **values)
    connection.name_account(given.account_id)
    if connection.enabled:
        await _ensure_own_account(work, connection)
    work.session.add(connection)
    await work.session.flush()  # the answer shows the version
    note_event(work.session, "directory.connected", visitor, user_id=work.user_id)
    return connection


async def change_connection(
    work: Workspace,
    connection_id: UUID,
    edit: DirectoryConnectionEdit,
    version: int | None,
    visitor: Visitor,
) -> DirectoryConnection:
    """Switch on or off, or change who may join and as what.

    Raises `DirectoryProofRequired` when somebody enables it who is not of the account,
    `DirectoryAccountTaken` when it is enabled elsewhere, `Stale`, `NotFound`.
    """
    connection = await _get(work, connection_id, version)
    was_enabled = connection.enabled
    for name, value in edit.changes().items():
        setattr(connection, name, value)
    if connection.enabled and not was_enabled:
        await _ensure_own_account(work, connection)
    await work.session.flush()  # the answer shows the version
    note_event(work.session, "directory.changed", visitor, user_id=work.user_id)
    return connection


async def disconnect_directory(
    work: Workspace, connection_id: UUID, version: int | None, visitor: Visitor
) -> None:
    """Nobody signs in through it any more; members and their identities stay."""
    connection = await _get(work, connection_id, version)
    await work.session.delete(connection)
    note_event(work.session, "directory.disconnected", visitor, user_id=work.user_id)


async def _get(work: Workspace, connection_id: UUID, version: int | None) -> DirectoryConnection:
    connection = await get_connection(work.session, work.organization_id, connection_id)
    if version is not None and connection.version != version:
        raise Stale
    return connection


async def _ensure_own_account(work: Workspace, connection: DirectoryConnection) -> None:
    """Else anybody could claim a company's account: its people, and the list of its projects."""
    if not await belongs_to_account(work.session, work.user_id, connection):
        raise DirectoryProofRequired


def _ensure_known(desk: Desk, endpoint: str) -> None:
    if endpoint not in desk.directories:
        raise wrong_field("/endpoint", "endpoint_unknown", "The settings name no such directory")
