"""Placeholder members: people other systems know, as whom nobody can sign in here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists

from erp.identity.directory.models import Identity
from erp.identity.models import User
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member, Placeholder
from erp.organizations.numbering import take_numbers

External = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Placed:
    """A member beside the user, and what another system knows the person by."""

    member: Member
    user: User
    external: External | None
    can_sign_in: bool

    @property
    def id(self) -> UUID:
        """The member's."""
        return self.member.id


async def find_placed(
    work: Workspace, ids: Iterable[UUID], externals: Iterable[External]
) -> list[Placed]:
    """The members with these ids, or known to other systems by these identifiers."""
    wanted = list(externals)
    known = (
        Placeholder.external_source.in_({source for source, _ in wanted}),
        Placeholder.external_id.in_({external_id for _, external_id in wanted}),
    )
    linked = exists().where(Identity.user_id == User.id)
    query = (
        work.select(Member)
        .join(User, User.id == Member.user_id)
        .outerjoin(
            Placeholder,
            and_(
                Placeholder.organization_id == Member.organization_id,
                Placeholder.member_id == Member.id,
            ),
        )
        .where(Member.id.in_(list(ids)) | and_(*known))
        .add_columns(User, Placeholder, linked)
    )
    return [_placed(*row) for row in await work.session.execute(query)]


def _placed(member: Member, user: User, kept: Placeholder | None, is_linked: object) -> Placed:
    external = None
    if kept is not None and kept.external_source is not None and kept.external_id is not None:
        external = (kept.external_source, kept.external_id)
    has_account = user.email_key is not None or user.password_hash is not None
    can_sign_in = kept is None or has_account or bool(is_linked)
    return Placed(member, user, external, can_sign_in)


def make_placeholder(work: Workspace, name: str, external: External | None) -> Placed:
    """A member to be, with a user that has neither address nor password."""
    user = User(id=new_id(), full_name=name)
    user.name_by(None, None)
    member = Member(id=new_id(), organization_id=work.organization_id, user_id=user.id)
    member.role, member.status = "user", "active"
    return Placed(member, user, external, can_sign_in=False)


async def place_members(work: Workspace, placed: Sequence[Placed]) -> None:
    """Write placeholders that were made, with the next numbers of members."""
    if not placed:
        return
    numbers = await take_numbers(work.session, work.organization_id, "member", len(placed))
    for each, number in zip(placed, numbers, strict=True):
        each.member.number = number
    await work.insert_all([each.user for each in placed])
    await work.insert_all([each.member for each in placed])
    await work.insert_all([_kept(each) for each in placed])


def _kept(placed: Placed) -> Placeholder:
    source, external_id = placed.external or (None, None)
    return Placeholder(
        id=new_id(), member_id=placed.id, external_source=source, external_id=external_id
    )
