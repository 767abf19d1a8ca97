"""Accounts at directories: whose they are, how they are linked, and people who come by them.

The key is provider, account and subject. An e-mail address never joins two accounts (ASVS 6.8.1).
"""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import find_user_by_email
from erp.identity.actions.connections import find_any_connection
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.directory import ask_directory
from erp.identity.actions.events import note_event
from erp.identity.actions.recovery import Holder, ensure_recent
from erp.identity.actions.sessions import revoke_all
from erp.identity.actions.throttling import refund_tries
from erp.identity.directory.models import Identity
from erp.identity.directory.provider import DirectoryCredentials, ExternalIdentity
from erp.identity.errors import OnlyWayIn
from erp.identity.models import User
from erp.kernel.errors import NotFound
from erp.kernel.mail import send_mail
from erp.kernel.schema import fold


async def find_user_of(session: AsyncSession, external: ExternalIdentity) -> User | None:
    """The user to whom this account of the directory belongs."""
    query = (
        select(User)
        .join(Identity, Identity.user_id == User.id)
        .where(Identity.provider == external.provider)
        .where(Identity.issuer_key == external.issuer_key, Identity.subject == external.subject)
    )
    return (await session.scalars(query)).one_or_none()


async def find_identity(session: AsyncSession, user_id: UUID, account_id: str) -> Identity:
    """The person's account in this account of the directory: the one that signed in last."""
    query = select(Identity).where(
        Identity.user_id == user_id, Identity.issuer_key == fold(account_id)
    )
    last = func.coalesce(Identity.last_login_at, Identity.linked_at).desc()
    return (await session.scalars(query.order_by(last).limit(1))).one()


async def add_directory_user(
    session: AsyncSession, desk: Desk, external: ExternalIdentity, visitor: Visitor
) -> User:
    """Somebody who signs in by a directory for the first time."""
    user, identity = await keep_directory_user(session, desk, external)
    user.last_login_at = identity.last_login_at = desk.now()
    note_event(session, "user.registered", visitor, user_id=user.id, reason=external.provider)
    return user


async def keep_directory_user(
    session: AsyncSession, desk: Desk, external: ExternalIdentity
) -> tuple[User, Identity]:
    """A user without a password and without a user name of our own, and the account elsewhere."""
    user = User(full_name=external.display_name or external.username)
    user.name_by(external.email, None)
    if external.email_verified:
        user.email_verified_at = desk.now()
    session.add(user)
    await session.flush()  # a taken address must be refused before anything else is made
    identity = _identity(desk, user, external)
    session.add(identity)
    return user, identity


async def renew_profile(
    session: AsyncSession, desk: Desk, user: User, external: ExternalIdentity
) -> None:
    """Take over what the directory says by now. Who has a password here keeps the profile, too.

    An address that somebody else has by now is not taken over.
    """
    statement = update(Identity).where(
        Identity.provider == external.provider,
        Identity.issuer_key == external.issuer_key,
        Identity.subject == external.subject,
    )
    known = {"username": external.username, "claims": _claims(external)}
    await session.execute(statement.values(**known, last_login_at=desk.now()))
    seen = update(User).where(User.id == user.id).values(last_login_at=desk.now())
    await session.execute(seen.execution_options(synchronize_session=False))
    if user.password_hash is not None:
        return
    user.full_name = external.display_name or external.username
    if external.email and external.email != user.email:
        holder = await find_user_by_email(session, external.email)
        if holder is None or holder.id == user.id:
            user.name_by(external.email, user.username)
            user.email_verified_at = desk.now() if external.email_verified else None


async def link_identity(
    desk: Desk, holder: Holder, given: DirectoryCredentials, visitor: Visitor
) -> Identity:
    """From now on the directory signs this person in, too. Raises what `ask_directory` raises.

    Raises `ReauthenticationRequired`, and `IdentityTaken` if it signs somebody in already.
    """
    async with desk.database.reading() as session:
        await ensure_recent(session, desk, holder.session_id)
    vouched = await ask_directory(
        desk, given, visitor, find=find_any_connection, refused_as="identity.refused"
    )
    async with desk.database.writing() as session:
        await ensure_recent(session, desk, holder.session_id)
        user = await session.get_one(User, holder.user_id)
        identity = _identity(desk, user, vouched.identity)
        session.add(identity)
        await refund_tries(session, desk, vouched.tries)
        await _tell(session, "linked", user, identity, visitor)
    return identity


async def list_identities(desk: Desk, holder: Holder) -> list[Identity]:
    """The person's accounts at directories, the oldest first."""
    query = select(Identity).where(Identity.user_id == holder.user_id).order_by(Identity.id)
    async with desk.database.reading() as session:
        return list(await session.scalars(query))


async def unlink_identity(desk: Desk, holder: Holder, identity_id: UUID, visitor: Visitor) -> None:
    """The directory signs this person in no more; sessions elsewhere end.

    Raises `NotFound`, `ReauthenticationRequired`, and `OnlyWayIn` for the last one of somebody
    without a password.
    """
    async with desk.database.writing() as session:
        await ensure_recent(session, desk, holder.session_id)
        user = await session.get_one(User, holder.user_id, with_for_update=True)
        mine = select(Identity).where(Identity.user_id == user.id)
        identities = {each.id: each for each in await session.scalars(mine)}
        if identity_id not in identities:
            raise NotFound
        if user.password_hash is None and len(identities) == 1:
            raise OnlyWayIn
        await session.delete(identities[identity_id])
        await revoke_all(session, user.id, "revoke_all", visitor, but=holder.session_id)
        await _tell(session, "unlinked", user, identities[identity_id], visitor)


async def _tell(
    session: AsyncSession, change: str, user: User, identity: Identity, visitor: Visitor
) -> None:
    """An event, and a mail to whom it concerns: it is about a way in."""
    note_event(session, f"identity.{change}", visitor, user_id=user.id, reason=identity.provider)
    if user.email:
        names = {"username": identity.username, "account": identity.account_id}
        values = {"name": user.display_name, **names}
        await send_mail(session, f"identity/identity_{change}", user.email, user.locale, values)


def _identity(desk: Desk, user: User, external: ExternalIdentity) -> Identity:
    return Identity(
        user_id=user.id,
        provider=external.provider,
        issuer_key=external.issuer_key,
        subject=external.subject,
        username=external.username,
        email_at_link=external.email,
        claims=_claims(external),
        linked_at=desk.now(),
    )


def _claims(external: ExternalIdentity) -> dict[str, object]:
    return {
        "account_id": external.issuer,
        "user_id": external.user_id,
        "groups": list(external.groups),
    }
