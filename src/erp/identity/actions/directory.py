"""Asking a company directory: count, find the connection, forward the password once.

No transaction is open meanwhile. An account id that nobody connected is never asked about.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.connections import find_enabled_connection
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_refusal
from erp.identity.actions.throttling import (
    DIRECTORY,
    LOGIN_ADDRESS,
    Tries,
    count_tries,
    refund_tries,
    throttle_address,
)
from erp.identity.directory.models import DirectoryConnection, Identity
from erp.identity.directory.provider import DirectoryCredentials, ExternalIdentity, ProviderError
from erp.identity.errors import InvalidCredentials
from erp.kernel.schema import fold

Find = Callable[[AsyncSession, str], Awaitable[DirectoryConnection | None]]


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody whom a directory confirmed, by which connection, and what to refund."""

    connection: DirectoryConnection
    identity: ExternalIdentity
    tries: Tries


async def ask_directory(
    desk: Desk,
    given: DirectoryCredentials,
    visitor: Visitor,
    *,
    find: Find = find_enabled_connection,
    refused_as: str = "user.login_failed",
) -> Vouched:
    """Let the directory check name and password. Raises `TooManyAttempts` before it is asked.

    Raises `InvalidCredentials`, `InvalidAccountId`, `AceAccountLocked`, `AcePasswordExpired`,
    `DirectoryBadResponse`, `DirectoryUnavailable`, `DirectoryTimeout`.
    """
    person = (DIRECTORY, f"{fold(given.account_id)}\n{fold(given.username)}")
    tries = ((LOGIN_ADDRESS, throttle_address(visitor.ip)), person)
    await count_tries(desk, tries)
    async with desk.database.reading() as session:
        connection = await find(session, given.account_id)
    try:
        return await _authenticate(desk, connection, given, tries)
    except ProviderError as error:
        refusal = error.refusal(uniform=desk.settings.directory_uniform_errors)
        async with desk.database.writing() as session:
            note_refusal(session, refused_as, visitor, error.refusal().code())
            if error.retryable:
                await refund_tries(session, desk, (person,))
        raise refusal from error


async def _authenticate(
    desk: Desk, connection: DirectoryConnection | None, given: DirectoryCredentials, tries: Tries
) -> Vouched:
    if connection is None:
        raise ProviderError("invalid_account_id")
    directory = desk.directories.get(connection.endpoint)
    if directory is None:  # the operator took it out of the settings
        raise ProviderError("unavailable", retryable=True)
    return Vouched(connection, await directory.authenticate(connection, given), tries)


async def confirm_by_directory(desk: Desk, user_id: UUID, password: str, visitor: Visitor) -> Tries:
    """The person proves again to be the one whom the directory signs in; returns what to refund.

    Raises what `ask_directory` raises.
    """
    newest = func.coalesce(Identity.last_login_at, Identity.linked_at).desc()
    query = select(Identity).where(Identity.user_id == user_id).order_by(newest).limit(1)
    async with desk.database.reading() as session:
        known = await session.scalar(query)
    if known is None:
        raise InvalidCredentials
    given = DirectoryCredentials(known.issuer_key, known.username, password)
    vouched = await ask_directory(desk, given, visitor)
    if vouched.identity.key != known.key:
        raise InvalidCredentials
    return vouched.tries
