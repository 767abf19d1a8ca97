"""Sign-in by user name, and being alive."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Request

from erp.compat.inventory_manager.schemas import LoginIn, MessageOut, SignedInUser, TokenOut
from erp.compat.inventory_manager.users import show_user
from erp.compat.signing import Login, sign_in
from erp.identity.access import AtDesk, FromVisitor, Public, read_claims
from erp.identity.actions.sessions import sign_out
from erp.identity.errors import AccountDisabled
from erp.identity.models import SessionRow, User
from erp.kernel.errors import NotSignedIn
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import may
from erp.organizations.models import Member

router = APIRouter(route_class=RoomRoute)
Working = Annotated[Workspace, may("organization:read")]


@router.get("/", dependencies=[Public])
async def greet() -> MessageOut:
    """What this is."""
    return MessageOut(message="ERP Inventory Manager API")


@router.get("/api/health", dependencies=[Public])
async def read_health() -> dict[str, str]:
    """Alive."""
    return {"status": "healthy"}


@router.post("/api/auth/login", tags=["auth"], dependencies=[Public])
async def log_in(request: Request, desk: AtDesk, visitor: FromVisitor, body: LoginIn) -> TokenOut:
    """Sign in by user name or e-mail address, to work where one worked last."""
    given = Login(username=body.username, password=body.password)
    user, memberships, tokens = await sign_in(request, desk, visitor, given)
    async with desk.database.reading() as session:
        home = (await session.get_one(SessionRow, tokens.session_id)).organization_id
    here = next((each.member for each in memberships if each.organization.id == home), None)
    if here is None:  # nowhere an active member
        await sign_out(desk, user.id, tokens.session_id, "local", visitor)
        raise AccountDisabled
    return TokenOut(access_token=tokens.access, user=show_user(here, user))


@router.post("/api/auth/logout", tags=["auth"], dependencies=[Public])
async def log_out(request: Request, desk: AtDesk, visitor: FromVisitor) -> MessageOut:
    """End the session of the token; fine without one."""
    if "authorization" in request.headers:
        with suppress(NotSignedIn):
            claims = read_claims(request)
            await sign_out(desk, claims.user_id, claims.session_id, "local", visitor)
    return MessageOut(message="Logged out successfully")


@router.get("/api/auth/me", tags=["auth"])
async def read_me(work: Working) -> SignedInUser:
    """Who the token belongs to."""
    member = await work.get(Member, work.member_id)
    return show_user(member, await work.session.get_one(User, work.user_id))
