"""The members that projects and tasks name."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from erp.kernel.errors import FieldError, ValidationFailed
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.organizations.queries import name_people


async def ensure_members(work: Workspace, pointers: Mapping[UUID | None, str]) -> None:
    """Raises a fault at the pointer of everybody who does not work here."""
    named = {member_id for member_id in pointers if member_id is not None}
    if not named:
        return
    query = work.select(Member).where(Member.id.in_(named), Member.status == "active")
    known = set(await work.session.scalars(query.with_only_columns(Member.id)))
    if unknown := named - known:
        raise ValidationFailed(errors=tuple(_unknown(pointers[each]) for each in unknown))


def pointers_to(member_ids: Sequence[UUID], pointer: str = "/member_ids") -> dict[UUID | None, str]:
    """Where each member stands in the body's list."""
    return {each: f"{pointer}/{place}" for place, each in enumerate(member_ids)}


def _unknown(pointer: str) -> FieldError:
    return FieldError(pointer, "unknown_member", "Nobody with this id works here")


async def numbers_of(work: Workspace, member_ids: Iterable[UUID]) -> list[int]:
    """The members as histories name them."""
    return sorted(each.number for each in (await name_people(work, member_ids)).values())
