"""What people do with organizations."""

import re
import secrets
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select, update  # noqa: TID251  about people, across organizations
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import NewAccount, add_user, prepare_sign_up
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.registration import (
    Pending,
    Proof,
    begin_registration,
    complete_registration,
    verify_code,
)
from erp.identity.actions.sessions import Tokens, begin_session, revoke
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
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id, plain
from erp.organizations.errors import SlugTaken
from erp.organizations.models import RESERVED_SLUGS, Member, Organization
from erp.organizations.numbering import take_number
from erp.organizations.queries import Membership, list_memberships

LONGEST_SLUG = 39
SLUG_TRIES = 8


Entered = tuple[User, list[Membership], Tokens]


async def sign_up(
    desk: Desk, given: NewAccount, visitor: Visitor, *, remember: bool
) -> Entered | Pending:
    """Where verification is on, a pending registration.

    Else a new user, a first organization of which he or she is the admin, and a session.
    """
    password_hash = await prepare_sign_up(desk, given, visitor)
    if desk.settings.verification == "required":
        return await begin_registration(desk, given, password_hash, visitor)
    async with desk.database.writing() as session:
        user = await add_user(session, desk, given, password_hash, visitor)
        return await _move_in(
            session, desk, user, given.organization_name, visitor, remember=remember
        )


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


async def _enter(
    desk: Desk, proved: SignIn, visitor: Visitor, *, ending: UUID | None, remember: bool
) -> Entered | None:
    async with desk.database.writing() as session:
        user = await confirm_sign_in(session, desk, proved)
        if user is None:
            return None
        if ending:
            await revoke(session, ending, "logout", visitor)
        memberships = await list_memberships(session, user.id)
        home = await _last_organization(session, user.id, memberships)
        tokens = await begin_session(
            session, desk, user, visitor, organization_id=home, remember=remember
        )
        note_event(session, "user.login", visitor, user_id=user.id, session_id=tokens.session_id)
        return user, memberships, tokens


async def found_organization(session: AsyncSession, desk: Desk, founder: User, name: str) -> Member:
    """A new organization whose admin is the founder, with a free slug made from the name."""
    organization_id = await _insert_organization(session, desk, name)
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
