"""People who come in through a company directory: recognized, made, and let into organizations.

Nobody is recognized by an e-mail address: whoever has it here already signs in here and links.
"""

from uuid import UUID

from sqlalchemy import select  # noqa: TID251  sign-in has no Workspace
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import find_user_by_email
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.directory import Vouched, ask_directory
from erp.identity.actions.events import note_event, note_refusal
from erp.identity.actions.identities import add_directory_user, find_user_of, renew_profile
from erp.identity.actions.known_devices import tell_of_new_device
from erp.identity.actions.sessions import begin_session, revoke
from erp.identity.actions.throttling import refund_tries
from erp.identity.directory.models import DirectoryConnection
from erp.identity.directory.provider import DirectoryCredentials, ExternalIdentity
from erp.identity.errors import (
    AccountDisabled,
    AccountLinkRequired,
    EmailTaken,
    IdentityTaken,
    InvalidAccountId,
    UserNotProvisioned,
)
from erp.identity.models import User
from erp.kernel.errors import Stale
from erp.kernel.walls import admit
from erp.organizations.actions.entering import Entered
from erp.organizations.errors import MemberExists
from erp.organizations.models import Member
from erp.organizations.numbering import take_number
from erp.organizations.queries import list_memberships

# What the second of two first sign-ins runs into; once the first is through, all is known. It may
# have come through between looking for the identity and for the address: then that one is in use.
MET_A_TWIN = (AccountLinkRequired, EmailTaken, IdentityTaken, MemberExists, Stale)
REFUSED = (AccountDisabled, AccountLinkRequired, InvalidAccountId, UserNotProvisioned)


async def sign_in_by_directory(
    desk: Desk,
    given: DirectoryCredentials,
    visitor: Visitor,
    *,
    ending: UUID | None,
    remember: bool,
) -> Entered:
    """A new session of the person whom the directory vouches for; the old cookie's one ends.

    Raises what `ask_directory` raises, and `AccountLinkRequired`, `UserNotProvisioned`,
    `AccountDisabled`.
    """
    vouched = await ask_directory(desk, given, visitor)
    try:
        try:
            return await _enter(desk, vouched, visitor, ending=ending, remember=remember)
        except MET_A_TWIN:
            return await _enter(desk, vouched, visitor, ending=ending, remember=remember)
    except REFUSED as refusal:  # all was undone: the note needs a transaction of its own
        async with desk.database.writing() as session:
            note_refusal(session, "user.login_failed", visitor, refusal.code())
        raise


async def _enter(
    desk: Desk, vouched: Vouched, visitor: Visitor, *, ending: UUID | None, remember: bool
) -> Entered:
    async with desk.database.writing() as session:
        connection = await session.get(DirectoryConnection, vouched.connection.id)
        if connection is None or not connection.enabled:  # switched off while we asked
            raise InvalidAccountId
        user = await _recognize(session, desk, connection, vouched.identity, visitor)
        await admit(session, organization_id=connection.organization_id)
        await _give_place(session, connection, vouched.identity, user, visitor)
        await session.flush()  # the memberships must show it
        memberships = await list_memberships(session, user.id)
        if not memberships:
            raise UserNotProvisioned
        await tell_of_new_device(session, desk, user, visitor)
        if ending:
            await revoke(session, ending, "logout", visitor)
        places = [each.organization.id for each in memberships]
        home = connection.organization_id
        tokens = await begin_session(
            session,
            desk,
            user,
            visitor,
            organization_id=home if home in places else places[0],
            remember=remember,
            auth_method="directory",
        )
        note_event(session, "user.login", visitor, user_id=user.id, session_id=tokens.session_id)
        await refund_tries(session, desk, vouched.tries)
        return user, memberships, tokens


async def _recognize(
    session: AsyncSession,
    desk: Desk,
    connection: DirectoryConnection,
    external: ExternalIdentity,
    visitor: Visitor,
) -> User:
    """The user of this directory account, or a new one where that is allowed."""
    user = await find_user_of(session, external)
    if user is not None:
        if not user.is_active:
            raise AccountDisabled
        await renew_profile(session, desk, user, external)
        return user
    if external.email and await find_user_by_email(session, external.email):
        raise AccountLinkRequired
    if not connection.lets_join(external.email):
        raise UserNotProvisioned
    return await add_directory_user(session, desk, external, visitor)


async def _give_place(
    session: AsyncSession,
    connection: DirectoryConnection,
    external: ExternalIdentity,
    user: User,
    visitor: Visitor,
) -> None:
    """Join the organization of the connection, or follow the directory in the role it gave.

    Who was suspended or removed there stays so: that is for an administrator to change.
    """
    role = connection.role_for(external.groups)
    query = select(Member).where(
        Member.organization_id == connection.organization_id, Member.user_id == user.id
    )
    member = (await session.scalars(query)).one_or_none()
    if member is not None:
        await _follow_role(session, member, role, visitor)
    elif connection.lets_join(external.email):
        home = connection.organization_id
        number = await take_number(session, home, "member")
        member = Member(organization_id=home, number=number, user_id=user.id, role=role)
        member.role_by_directory = True
        session.add(member)
        note_event(session, "member.joined", visitor, user_id=user.id, reason="directory")


async def _follow_role(session: AsyncSession, member: Member, role: str, visitor: Visitor) -> None:
    """A role that an administrator gave stays; so does the last administrator."""
    if not member.role_by_directory or member.role == role:
        return
    if member.role == "admin" and not await _has_other_admin(session, member):
        return
    member.role = role
    note_event(session, "member.role_changed", visitor, user_id=member.user_id, reason="directory")


async def _has_other_admin(session: AsyncSession, member: Member) -> bool:
    """Whether the organization has one; all are locked, so that none can go meanwhile."""
    query = select(Member).where(
        Member.organization_id == member.organization_id, Member.role == "admin"
    )
    locked = query.order_by(Member.id).with_for_update(key_share=True)
    admins = await session.scalars(locked.execution_options(populate_existing=True))
    return any(each.status == "active" and each.id != member.id for each in admins)
