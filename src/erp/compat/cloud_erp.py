"""The API of the cloud ERP: sign-up and sign-in by e-mail, and lists of what there is."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from erp.compat.dialect import Dialect, saying_detail
from erp.compat.signing import NOT_PROVED, SignUp, described_login, read_login, sign_in, sign_up
from erp.identity.access import AtDesk, FromVisitor, Public
from erp.identity.actions.registration import Pending
from erp.identity.errors import EmailTaken, InvalidCredentials
from erp.identity.models import User
from erp.kernel.fields import DecimalOut
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import SignedIn, may
from erp.organizations.queries import list_colleagues, list_memberships
from erp.products.models import Product

DESCRIPTION = """
The calls of the cloud ERP, over the same accounts and records as the product's own API.

- `POST /auth/login` takes JSON, or a form with `username` and `password`.
- Access tokens live 60 minutes. Sign-in is limited: after five wrong passwords, wait.
- Where addresses must be confirmed, signing up says so, alike for known and unknown addresses.
"""
WORDS = {
    InvalidCredentials: (400, "Invalid credentials"),
    EmailTaken: (400, "Email already registered"),
}

router = APIRouter(route_class=RoomRoute)
Members = Annotated[Workspace, may("members:read")]
Products = Annotated[Workspace, may("products:read")]


class TokenOut(BaseModel):
    """A bearer token."""

    access_token: str
    token_type: str = "bearer"


class RegisteredOut(BaseModel):
    """A new account."""

    message: str = "User registered"
    user_id: str


class PersonOut(BaseModel):
    """Somebody by id and address."""

    id: str
    email: str | None


class OrganizationOut(BaseModel):
    """An organization one works in."""

    id: str
    name: str


class ProductOut(BaseModel):
    """A product; the price is a decimal as text."""

    id: UUID
    number: int
    name: str
    sku: str | None
    currency: str
    sale_price: DecimalOut


@router.get("/health", dependencies=[Public])
async def read_health() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}


@router.post("/auth/register", tags=["auth"], response_model=RegisteredOut, dependencies=[Public])
async def register(request: Request, desk: AtDesk, visitor: FromVisitor, body: SignUp) -> Any:
    """A new account with an organization of its own; the id is text."""
    outcome = await sign_up(request, desk, visitor, body)
    if isinstance(outcome, Pending):
        return JSONResponse({"message": NOT_PROVED}, 202)
    user, _memberships, _tokens = outcome
    return RegisteredOut(user_id=str(user.id))


@router.post(
    "/auth/login",
    tags=["auth"],
    dependencies=[Public],
    openapi_extra=described_login(),
)
async def log_in(request: Request, desk: AtDesk, visitor: FromVisitor) -> TokenOut:
    """Sign in by JSON, or by the form that the Authorize button sends."""
    given = await read_login(request, desk)
    _user, _memberships, tokens = await sign_in(request, desk, visitor, given)
    return TokenOut(access_token=tokens.access)


@router.get("/auth/me", tags=["auth"])
async def read_me(caller: SignedIn) -> PersonOut:
    """Who the token belongs to."""
    user = await caller.session.get_one(User, caller.user_id)
    return PersonOut(id=str(user.id), email=user.email)


@router.get("/users/test", tags=["users"], dependencies=[Public])
async def smoke_users() -> dict[str, str]:
    """Whether this router is there."""
    return {"msg": "user ok"}


@router.get("/users", tags=["users"])
async def list_users(work: Members) -> list[PersonOut]:
    """Everybody who works in the organization."""
    return [PersonOut(id=str(each.id), email=each.email) for each in await list_colleagues(work)]


@router.get("/organizations/test", tags=["organizations"], dependencies=[Public])
async def smoke_organizations() -> dict[str, str]:
    """Whether this router is there."""
    return {"msg": "organization ok"}


@router.get("/organizations", tags=["organizations"])
async def list_organizations(caller: SignedIn) -> list[OrganizationOut]:
    """The organizations one works in."""
    found = await list_memberships(caller.session, caller.user_id)
    return [
        OrganizationOut(id=str(each.organization.id), name=each.organization.name) for each in found
    ]


@router.get("/products/test", tags=["products"], dependencies=[Public])
async def smoke_products() -> dict[str, str]:
    """Whether this router is there."""
    return {"msg": "product ok"}


@router.get("/products", tags=["products"])
async def list_products(work: Products) -> list[ProductOut]:
    """Every product that is not archived; prices are decimals as text."""
    found = await work.session.scalars(
        work.select(Product).where(Product.archived_at.is_(None)).order_by(Product.number)
    )
    return [ProductOut.model_validate(each, from_attributes=True) for each in found]


CLOUD_ERP = Dialect(
    name="cloud-erp",
    title="Cloud ERP",
    description=DESCRIPTION,
    router=router,
    say=saying_detail(WORDS),
    lives={"access_token_minutes": 60},
)
