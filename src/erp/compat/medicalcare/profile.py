"""The profile of who is signed in."""

from fastapi import APIRouter, Depends

from erp.compat.medicalcare.schemas import ProfileIn, ProfileOut, name_of
from erp.identity.access import FromClaims
from erp.identity.actions.profile import change_profile
from erp.identity.models import User
from erp.identity.schemas import ProfileEdit
from erp.kernel.db import RequestSession
from erp.kernel.errors import NotFound
from erp.kernel.http import RoomRoute
from erp.organizations.access import SignedIn

router = APIRouter(route_class=RoomRoute)


async def _ensure_there(claims: FromClaims, session: RequestSession) -> None:
    """A genuine token of an account that is gone: this front end tells that from a bad one."""
    user = await session.get(User, claims.user_id)
    if user is None or not user.is_active:
        raise NotFound


OfSomebody = Depends(_ensure_there)


@router.get("/auth/user/profile", tags=["auth"], dependencies=[OfSomebody])
async def read_profile(caller: SignedIn) -> ProfileOut:
    """My details."""
    return _profile(await caller.session.get_one(User, caller.user_id))


@router.patch("/auth/user/profile", tags=["auth"], dependencies=[OfSomebody])
async def edit_profile(caller: SignedIn, body: ProfileIn) -> ProfileOut:
    """Change the fields that are sent; null clears one."""
    edit = ProfileEdit.model_validate(body.model_dump(exclude_unset=True))
    return _profile(await change_profile(caller.session, caller.user_id, edit, None))


def _profile(user: User) -> ProfileOut:
    return ProfileOut(
        user_id=str(user.id),
        email=user.email,
        username=name_of(user),
        full_name=user.full_name,
        phone=user.phone,
        is_verified=user.email_verified,
    )
