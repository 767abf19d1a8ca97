"""Users: the members of the organization by their numbers."""

from typing import Annotated, Any

from fastapi import APIRouter

from erp.compat.inventory_manager.finding import Number, get_live
from erp.compat.inventory_manager.schemas import SignedInUser, UserIn, UserOut, UserPut
from erp.identity.access import AtDesk, FromVisitor
from erp.identity.actions.accounts import NewAccount
from erp.identity.models import User
from erp.kernel.errors import wrong_field
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import may
from erp.organizations.actions.handing import Names, Place, add_member, rename_member
from erp.organizations.actions.membership import change_member, remove_member
from erp.organizations.models import Member
from erp.organizations.queries import list_staff
from erp.organizations.schemas import MemberEdit

router = APIRouter(prefix="/api/users", tags=["users"], route_class=RoomRoute)
Reading = Annotated[Workspace, may("members:read")]
Leading = Annotated[Workspace, may("members:write")]


@router.get("")
async def list_users(work: Reading) -> list[UserOut]:
    """Everybody who works here, by id."""
    return [_shown(member, user) for member, user in await list_staff(work)]


@router.post("", status_code=201)
async def add_user(work: Leading, desk: AtDesk, visitor: FromVisitor, body: UserIn) -> UserOut:
    """A new account for an address nobody has; its password must be changed within a week."""
    given = NewAccount(body.email, body.password, body.username, body.full_name)
    place = Place(body.role, _status_of(is_active=body.is_active))
    return await _show(work, await add_member(work, desk, given, place, visitor))


@router.get("/{user_id}")
async def read_user(work: Reading, user_id: Number) -> UserOut:
    """One user."""
    return await _show(work, await get_live(work, Member, user_id))


@router.put("/{user_id}")
async def put_user(
    work: Leading, desk: AtDesk, visitor: FromVisitor, user_id: Number, body: UserPut
) -> UserOut:
    """Change role, state or names. Another e-mail address counts once its owner has proved it."""
    member = await get_live(work, Member, user_id)
    user = await work.session.get_one(User, member.user_id)
    shown = _shown(member, user)
    changed = {key: new for key, new in body.changes().items() if new != getattr(shown, key, None)}
    if edit := _edit_of(changed):
        member = await change_member(work, member.id, edit, None, visitor)
    await rename_member(work, desk, user, _names_of(user, changed), visitor)
    return _shown(member, user)


@router.delete("/{user_id}", status_code=204)
async def delete_user(work: Leading, visitor: FromVisitor, user_id: Number) -> None:
    """End a membership; what the member did stays."""
    member = await get_live(work, Member, user_id)
    await remove_member(work, member.id, None, visitor)


def _edit_of(changed: dict[str, Any]) -> MemberEdit | None:
    edit = {"role": changed["role"]} if "role" in changed else {}
    if "is_active" in changed:
        edit["status"] = _status_of(is_active=changed["is_active"])
    return MemberEdit.model_validate(edit) if edit else None


def _names_of(user: User, changed: dict[str, Any]) -> Names:
    if "@" in (changed.get("username") or ""):
        raise wrong_field("/username", "string_pattern_mismatch", "A user name has no @")
    kept = {name: getattr(user, name) for name in ("username", "full_name", "email")}
    return Names(**{name: changed.get(name, old) for name, old in kept.items()})


def _status_of(*, is_active: bool) -> str:
    return "active" if is_active else "suspended"


async def _show(work: Workspace, member: Member) -> UserOut:
    return _shown(member, await work.session.get_one(User, member.user_id))


def _shown(member: Member, user: User) -> UserOut:
    shown = show_user(member, user)
    return UserOut(**shown.model_dump(), created_at=member.created_at)


def show_user(member: Member, user: User) -> SignedInUser:
    """A member as this front end knows users; who has no user name goes by the address."""
    return SignedInUser(
        id=member.number,
        username=user.username or user.email or str(member.number),
        email=user.email,
        full_name=user.full_name,
        role=member.role,
        is_active=member.status == "active",
    )
