"""What people see and change about themselves, over HTTP."""

from fastapi import Response

from erp.identity.access import AtDesk, FromVisitor
from erp.identity.actions import profile
from erp.identity.actions.registration import RESEND_SECONDS
from erp.identity.errors import (
    CsrfFailed,
    EmailTaken,
    OtpAttemptsExceeded,
    OtpInvalid,
    ReauthenticationRequired,
    TooManyAttempts,
)
from erp.identity.models import User
from erp.identity.schemas import (
    EmailChangeIn,
    EmailConfirmIn,
    EmailPendingOut,
    ProfileEdit,
    ProfileOut,
)
from erp.kernel.border import OriginRefused
from erp.kernel.errors import Malformed, Stale, ValidationFailed
from erp.kernel.http import ReadVersion, answer, refuses, room_router
from erp.organizations.access import HAVING_SIGNED_IN, Identified, SignedIn
from erp.organizations.errors import OrganizationNotFound

router = room_router("identity", "/api/users/me")
CHANGING_ONESELF = (*HAVING_SIGNED_IN, CsrfFailed, OriginRefused, Malformed, ValidationFailed)


@router.get(
    "",
    response_model=ProfileOut,
    responses=refuses(*HAVING_SIGNED_IN, OrganizationNotFound),
)
async def read_profile(caller: SignedIn) -> Response:
    """My details, with their version."""
    return answer(ProfileOut, await caller.session.get_one(User, caller.user_id))


@router.patch(
    "",
    response_model=ProfileOut,
    responses=refuses(*CHANGING_ONESELF, Stale, OrganizationNotFound),
)
async def change_profile(caller: SignedIn, body: ProfileEdit, version: ReadVersion) -> Response:
    """Change my name, phone, language or time zone."""
    changed = await profile.change_profile(caller.session, caller.user_id, body, version)
    return answer(ProfileOut, changed)


@router.post(
    "/email",
    status_code=202,
    responses=refuses(*CHANGING_ONESELF, ReauthenticationRequired, TooManyAttempts),
)
async def ask_for_email(
    holder: Identified, desk: AtDesk, visitor: FromVisitor, body: EmailChangeIn
) -> EmailPendingOut:
    """Ask for another address: a code goes there, and a notice to the present one.

    It wants a sign-in of the last ten minutes. The answer is the same for every address.
    """
    await profile.ask_for_email(desk, holder, body.email, visitor)
    return EmailPendingOut(resend_after=RESEND_SECONDS)


@router.post(
    "/email/confirm",
    status_code=204,
    responses=refuses(*CHANGING_ONESELF, OtpInvalid, OtpAttemptsExceeded, EmailTaken),
)
async def confirm_email(
    holder: Identified, desk: AtDesk, visitor: FromVisitor, body: EmailConfirmIn
) -> None:
    """The code from the new address: I sign in with that one from now on."""
    await profile.confirm_email(desk, holder, body.otp, visitor)
