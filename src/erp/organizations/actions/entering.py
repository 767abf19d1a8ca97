"""Coming in: sign-up, sign-in, and choosing where to work."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import select, update  # noqa: TID251  about people, across organizations
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import NewAccount, add_user, prepare_sign_up
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.known_devices import tell_of_new_device
from erp.identity.actions.registration import (
    Pending,
    Proof,
    begin_registration,
    complete_registration,
    verify_code,
)
from erp.identity.actions.sessions import Tokens, begin_session, end_with_access, revoke
from erp.identity.actions.signing_in import (
    Credentials,
    SignIn,
    confirm_sign_in,
    verify_again,
    verify_credentials,
)
from erp.identity.actions.verification import find_user_challenge, prove_address
from erp.identity.errors import InvalidCredentials
from erp.identity.models import SessionRow, User
from erp.kernel.passwords import Hashed
from erp.kernel.schema import fold
from erp.organizations.actions.founding import found_organization
from erp.organizations.actions.membership import join, read_invitation
from erp.organizations.errors import InvitedElsewhere
from erp.organizations.queries import Membership, list_memberships

Entered = tuple[User, list[Membership], Tokens]


async def sign_up(
    desk: Desk, given: NewAccount, visitor: Visitor, *, remember: bool
) -> Entered | Pending:
    """Where verification is on, a pending registration.

    Else a new user, a first organization of which he or she is the admin, and a session.
    """
    hashed = await prepare_sign_up(desk, given, visitor)
    if given.invitation_token:
        return await _sign_up_invited(desk, given, hashed, visitor, remember=remember)
    if desk.settings.verification == "required":
        return await begin_registration(desk, given, hashed, visitor)
    async with desk.database.writing() as session:
        user = await add_user(session, desk, given, hashed, visitor)
        return await _move_in(
            session, desk, user, given.organization_name, visitor, remember=remember
        )


async def _sign_up_invited(
    desk: Desk, given: NewAccount, hashed: Hashed, visitor: Visitor, *, remember: bool
) -> Entered:
    """A new user in the organization that sent the link, which also proves the address."""
    token = given.invitation_token or ""
    async with desk.database.writing() as session:
        invited = await read_invitation(session, desk, token)
        if invited.invitation.email_key != fold(given.email):
            raise InvitedElsewhere
        user = await add_user(session, desk, given, hashed, visitor)
        user.email_verified_at = desk.now()
        member = await join(session, desk, token, user, visitor)
        home = member.organization_id
        tokens = await begin_session(
            session, desk, user, visitor, organization_id=home, remember=remember
        )
        return user, await list_memberships(session, user.id), tokens


async def verify_email(
    desk: Desk, proof: Proof, visitor: Visitor, *, remember: bool | None
) -> Entered | None:
    """Prove an address by its code: of an account that has one, or of a pending registration.

    The second makes the user and a first organization, and unless `remember` is None a session.
    Raises `OtpInvalid`, `OtpAttemptsExceeded`.
    """
    known = None if proof.token else await find_user_challenge(desk, proof.email)
    if known:
        await prove_address(desk, known, proof.code, visitor)
        return None
    verified = await verify_code(desk, proof, visitor)
    async with desk.database.writing() as session:
        user = await complete_registration(session, desk, verified, visitor)
        name = verified.registration.organization_name
        if remember is not None:
            return await _move_in(session, desk, user, name, visitor, remember=remember)
        await found_organization(session, desk, user, name or user.display_name)
        return None


async def _move_in(  # noqa: PLR0913  what makes a home, each with a name
    session: AsyncSession,
    desk: Desk,
    user: User,
    name: str | None,
    visitor: Visitor,
    *,
    remember: bool,
) -> Entered:
    member = await found_organization(session, desk, user, name or user.display_name)
    home = member.organization_id
    tokens = await begin_session(
        session, desk, user, visitor, organization_id=home, remember=remember
    )
    return user, await list_memberships(session, user.id), tokens


async def sign_in(
    desk: Desk, given: Credentials, visitor: Visitor, *, ending: UUID | None, remember: bool
) -> Entered:
    """A new session in the organization the person worked in last; the old cookie's one ends."""
    proved = await verify_credentials(desk, given, visitor)
    entered = await _enter(desk, proved, visitor, ending=ending, remember=remember)
    if entered is None:  # another sign-in renewed the hash, or the password was changed
        proved = await verify_again(desk, given, visitor, proved.tries)
        entered = await _enter(desk, proved, visitor, ending=ending, remember=remember)
    if entered is None:
        raise InvalidCredentials
    return entered


async def sign_in_by_form(desk: Desk, given: Credentials, visitor: Visitor) -> Tokens:
    """A session that ends with its access token: who has no refresh token cannot go on with it."""
    at_form = replace(visitor, client="swagger")
    _user, _memberships, tokens = await sign_in(desk, given, at_form, ending=None, remember=False)
    async with desk.database.writing() as session:
        await end_with_access(session, desk, tokens)
    return tokens


async def _enter(
    desk: Desk, proved: SignIn, visitor: Visitor, *, ending: UUID | None, remember: bool
) -> Entered | None:
    async with desk.database.writing() as session:
        user = await confirm_sign_in(session, desk, proved, visitor)
        if user is None:
            return None
        await tell_of_new_device(session, desk, user, visitor)
        if ending:
            await revoke(session, ending, "logout", visitor)
        memberships = await list_memberships(session, user.id)
        home = await _last_organization(session, user.id, memberships)
        tokens = await begin_session(
            session, desk, user, visitor, organization_id=home, remember=remember
        )
        note_event(
            session,
            "user.login",
            visitor,
            user_id=user.id,
            organization_id=home,
            session_id=tokens.session_id,
        )
        return user, memberships, tokens


async def switch_organization(
    session: AsyncSession, user_id: UUID, session_id: UUID, slug: str
) -> Membership | None:
    """Let the session work in another of the person's organizations; None if it is not one."""
    memberships = await list_memberships(session, user_id)
    chosen = next((each for each in memberships if each.organization.slug == slug), None)
    if chosen is not None:
        statement = update(SessionRow).where(SessionRow.id == session_id)
        await session.execute(statement.values(organization_id=chosen.organization.id))
    return chosen


async def _last_organization(
    session: AsyncSession, user_id: UUID, memberships: list[Membership]
) -> UUID | None:
    """Where the latest session worked, else the first membership."""
    query = select(SessionRow.organization_id).where(SessionRow.user_id == user_id)
    last = await session.scalar(query.order_by(SessionRow.created_at.desc()).limit(1))
    known = [each.organization.id for each in memberships]
    return last if last in known else next(iter(known), None)
