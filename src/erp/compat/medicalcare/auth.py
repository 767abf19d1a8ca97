"""The public calls of the MedicalCare backend: sign-up with a mailed code, sign-in, recovery."""

from fastapi import APIRouter, Request

from erp.compat.medicalcare.schemas import (
    ForgotIn,
    MessageOut,
    ProveIn,
    ResetIn,
    SignedUpOut,
    TokenOut,
    name_of,
)
from erp.compat.signing import Login, SignUp, sign_in, sign_up
from erp.identity.access import AtDesk, FromVisitor, Public, ensure_trusted_page
from erp.identity.actions import accounts, recovery
from erp.identity.actions.registration import Pending, Proof
from erp.kernel.db import is_reachable
from erp.kernel.http import RoomRoute
from erp.organizations.actions import entering
from erp.organizations.actions.entering import Entered

SENT = "OTP sent to your email"

router = APIRouter(route_class=RoomRoute)


@router.get("/", dependencies=[Public])
async def greet() -> dict[str, str]:
    """Alive."""
    return {"status": "ok"}


@router.get("/health", dependencies=[Public])
async def read_health(desk: AtDesk) -> dict[str, str]:
    """Alive, and whether the database is."""
    is_up = await is_reachable(desk.database)
    return {"status": "ok" if is_up else "degraded", "database": "up" if is_up else "down"}


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
    return TokenOut(access_token=tokens.access, username=name_of(user), full_name=user.full_name)
