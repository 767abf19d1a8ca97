"""Members whose account an administrator makes, with a password that is theirs to change."""

from dataclasses import dataclass

from erp.identity.actions.accounts import NewAccount, hash_first_password, insert_user
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.events import note_event
from erp.identity.actions.profile import propose_email
from erp.identity.models import User
from erp.kernel.mail import send_mail
from erp.kernel.schema import fold, new_id
from erp.kernel.workspace import Workspace
from erp.organizations.errors import NamesOfTheirOwner
from erp.organizations.models import Member, Organization
from erp.organizations.numbering import take_number


@dataclass(frozen=True, slots=True)
class Place:
    """What a new member may do, and whether at once."""

    role: str
    status: str = "active"


async def add_member(
    work: Workspace, desk: Desk, given: NewAccount, place: Place, visitor: Visitor
) -> Member:
    """A new account for an address that nobody has, and its membership.

    The password was handed out, so that its owner must set another one before anything but the
    door that admits it opens. Raises `EmailTaken`, `UsernameTaken`, `WeakPassword`.
    """
    # Hashed within the transaction: only administrators wait for it, and nobody else can ask
    hashed = await hash_first_password(desk, given)
    user = await insert_user(work.session, desk, given, hashed, visitor)
    user.hand_password(hashed, work.now())
    number = await take_number(work.session, work.organization_id, "member")
    member = Member(id=new_id(), number=number, user_id=user.id, role=place.role)
    member.status = place.status
    work.add(member)
    await work.session.flush()  # the answer shows the member
    noted = note_event(work.session, "member.added", visitor, user_id=user.id, by=work.user_id)
    noted.data = (noted.data or {}) | {"role": place.role}
    await _tell_owner(work, desk, user)
    return member


async def _tell_owner(work: Workspace, desk: Desk, user: User) -> None:
    """The password comes from the administrator; how to be rid of it comes by mail."""
    organization = await work.session.get_one(Organization, work.organization_id)
    host = await work.session.get_one(User, work.user_id)
    values = {
        "name": user.display_name,
        "host": host.display_name,
        "organization": organization.name,
        "link": f"{desk.settings.base_url}/forgot",
    }
    template, home = "organizations/account_made", work.organization_id
    address = user.email or ""
    await send_mail(work.session, template, address, host.locale, values, organization_id=home)


@dataclass(frozen=True, slots=True)
class Names:
    """What an account is called by, as an administrator would have it."""

    username: str | None
    full_name: str | None
    email: str | None


async def rename_member(
    work: Workspace, desk: Desk, user: User, names: Names, visitor: Visitor
) -> None:
    """Correct the names of an account that was handed out and not yet taken over by its owner.

    Another address is proposed to the owner, who decides by a code. Raises `NamesOfTheirOwner`,
    `UsernameTaken`, `TooManyAttempts`.
    """
    is_other = (user.username, user.full_name) != (names.username, names.full_name)
    if is_other and not user.must_change_password:
        raise NamesOfTheirOwner
    if is_other:
        user.full_name = names.full_name
        user.name_by(user.email, names.username)
        await work.session.flush()  # a taken name must be refused before anything is mailed
        note_event(work.session, "user.renamed", visitor, user_id=user.id, by=work.user_id)
    if names.email and fold(names.email) != user.email_key:
        await propose_email(work.session, desk, user, names.email)
        note_event(work.session, "email.proposed", visitor, user_id=user.id, by=work.user_id)
