"""Coming in by a directory and going on with one refresh token, as the task hub's clients do."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions import fixed_tokens
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.identities import find_identity
from erp.identity.actions.sessions import Tokens
from erp.identity.directory.models import Identity
from erp.identity.directory.provider import DirectoryCredentials
from erp.identity.errors import SessionRevoked
from erp.identity.models import SessionRow
from erp.organizations.actions.admitting import sign_in_by_directory
from erp.organizations.models import Member
from erp.organizations.queries import list_memberships


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who came in by a directory: the account there, the place here, and the tokens."""

    identity: Identity
    member: Member
    tokens: Tokens


async def sign_in(desk: Desk, given: DirectoryCredentials, visitor: Visitor) -> Admitted:
    """As `sign_in_by_directory`; the access token names the member's role, for clients."""
    user, _places, tokens = await sign_in_by_directory(
        desk, given, visitor, ending=None, remember=True
    )
    async with desk.database.reading() as session:
        row = await session.get_one(SessionRow, tokens.session_id)
        identity = await find_identity(session, user.id, given.account_id)
        member = await _member_at(session, user.id, row.organization_id)
    return Admitted(identity, member, fixed_tokens.tell(desk, tokens, role=member.role))


async def renew_access(desk: Desk, token: str) -> str:
    """The next access token for a refresh token that stays the same.

    Raises `RefreshTokenInvalid` (also for tokens of other sessions), `RefreshTokenExpired`,
    `SessionRevoked`, `TooManyAttempts`.
    """
    row, tokens = await fixed_tokens.renew_access(desk, token)
    async with desk.database.reading() as session:
        member = await _member_at(session, row.user_id, row.organization_id)
    return fixed_tokens.tell(desk, tokens, role=member.role).access


async def _member_at(session: AsyncSession, user_id: UUID, home: UUID | None) -> Member:
    """The person's place where the session works; whoever has none there any more signs in anew."""
    for place in await list_memberships(session, user_id):
        if place.organization.id == home:
            return place.member
    raise SessionRevoked
