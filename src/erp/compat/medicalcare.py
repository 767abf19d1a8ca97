"""The API of the MedicalCare backend: sign-up with a mailed code, sign-in, recovery, profile.

Its front end reads errors of the public calls from `message` in an answer with status 200.
"""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from erp.compat.dialect import Dialect, saying_detail, words_for
from erp.compat.signing import Login, SignUp, sign_in, sign_up
from erp.identity.access import AtDesk, FromVisitor, Public, ensure_trusted_page
from erp.identity.actions import accounts, recovery
from erp.identity.actions.registration import Pending, Proof
from erp.identity.errors import (
    EmailNotVerified,
    EmailTaken,
    InvalidCredentials,
    OtpInvalid,
    ResetTokenInvalid,
)
from erp.identity.models import User
from erp.identity.schemas import Password
from erp.kernel.errors import NotFound, Refusal
from erp.kernel.fields import Email
from erp.kernel.http import RoomRoute
from erp.organizations.actions import entering
from erp.organizations.actions.entering import Entered

DESCRIPTION = """
The calls of the MedicalCare backend, over the same accounts as the product's own API.

- Refusals of the public calls are `{"message": …}` with status 200, as its front end expects.
- The answer to `forgot-password` is the same for every address.
- Access tokens live 60 minutes. Passwords are never cut at 72 bytes.
"""
WORDS = {
    InvalidCredentials: (200, "Invalid credentials"),
    EmailTaken: (200, "Email already registered"),
    EmailNotVerified: (200, "Email not verified"),
    OtpInvalid: (200, "Invalid or expired OTP"),
    ResetTokenInvalid: (200, "Invalid or expired token"),
}
SENT = "OTP sent to your email"
PUBLIC_CALLS = frozenset({"signup", "verify-otp", "login", "forgot-password", "reset-password"})

router = APIRouter(route_class=RoomRoute)


class MessageOut(BaseModel):
    """What happened, or why not."""

    message: str


class SignedUpOut(MessageOut):
    """A sign-up; `otp` only where codes are shown for development."""

    otp: str | None = None


class TokenOut(BaseModel):
    """A bearer token and whose it is."""

    access_token: str
    token_type: str = "bearer"
    username: str
    full_name: str | None


class ProveIn(BaseModel):
    """The code that was mailed to an address."""

    email: Email
    otp: Annotated[str, Field(pattern="^[0-9]{6}$")]


class ForgotIn(BaseModel):
    """Whose password is forgotten."""

    email: Email


class ResetIn(BaseModel):
    """A mailed token and the next password."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    new_password: Password


@router.get("/", dependencies=[Public])
@router.get("/health", dependencies=[Public])
async def read_health() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}


@router.post(
    "/auth/signup",
    tags=["auth"],
    response_model_exclude_none=True,
    dependencies=[Public],
)
async def signup(request: Request, desk: AtDesk, visitor: FromVisitor, body: SignUp) -> SignedUpOut:
    """A new account; where addresses must be proved, its code is mailed."""
    outcome = await sign_up(request, desk, visitor, body)
    if isinstance(outcome, Pending):
        return SignedUpOut(message=SENT, otp=outcome.debug_code)
    return SignedUpOut(message="User created, please log in")


@router.post("/auth/verify-otp", tags=["auth"], dependencies=[Public])
async def verify_otp(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: ProveIn
) -> TokenOut | MessageOut:
    """Prove an address, and be signed in."""
    ensure_trusted_page(request, desk, "bearer")
    proof = Proof(body.email, body.otp)
    entered = await entering.verify_email(desk, proof, visitor, remember=False)
    return _token(entered) if entered else MessageOut(message="Email verified, please log in")


@router.post("/auth/login", tags=["auth"], dependencies=[Public])
async def login(request: Request, desk: AtDesk, visitor: FromVisitor, body: Login) -> TokenOut:
    """Sign in; only with a proved address where that is asked for."""
    return _token(await sign_in(request, desk, visitor, body))


@router.post("/auth/forgot-password", tags=["auth"], dependencies=[Public])
async def forgot_password(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: ForgotIn
) -> MessageOut:
    """Mail a link, good once and for 15 minutes, if there is such an account."""
    ensure_trusted_page(request, desk, "bearer")
    await recovery.ask_for_reset(desk, body.email, visitor)
    return MessageOut(message="If this email is registered, a reset link was sent")


@router.post("/auth/reset-password", tags=["auth"], dependencies=[Public])
async def reset_password(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: ResetIn
) -> MessageOut:
    """Set the password by the token of the link."""
    ensure_trusted_page(request, desk, "bearer")
    await accounts.reset_password(desk, body.token, body.new_password, visitor)
    return MessageOut(message="Password reset successful")


def _token(entered: Entered) -> TokenOut:
    user, _memberships, tokens = entered
    return TokenOut(access_token=tokens.access, username=_name_of(user), full_name=user.full_name)


def _name_of(user: User) -> str:
    return user.username or user.email or str(user.id)


def say(request: Request, refusal: Refusal) -> Response:
    """Public calls refuse with 200 and `message`, all others with status and `detail`."""
    if request.url.path.rpartition("/")[2] not in PUBLIC_CALLS:
        return saying_detail({NotFound: (404, "User not found")})(request, refusal)
    _status, text = words_for(refusal, WORDS)
    return JSONResponse({"message": text}, 200)


MEDICALCARE = Dialect(
    name="medicalcare",
    title="MedicalCare",
    description=DESCRIPTION,
    router=router,
    say=say,
    lives={"access_token_minutes": 60},
)
