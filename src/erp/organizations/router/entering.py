"""Sign-up, sign-in and everything else whose answer names organizations."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from erp.identity.access import (
    AtDesk,
    FromVisitor,
    Public,
    bind_registration,
    ensure_trusted_page,
    find_registration,
    forget_registration,
    hand_over,
    remember_device,
    repeat_csrf_token,
    session_of_old_cookie,
)
from erp.identity.actions.accounts import NewAccount
from erp.identity.actions.desk import Desk
from erp.identity.actions.registration import Pending, Proof
from erp.identity.actions.signing_in import Credentials
from erp.identity.errors import (
    AccountDisabled,
    CsrfFailed,
    EmailNotVerified,
    EmailTaken,
    InvalidCredentials,
    OtpAttemptsExceeded,
    OtpInvalid,
    PasswordResetRequired,
    TooManyAttempts,
    UsernameTaken,
    WeakPassword,
)
from erp.identity.models import SessionRow, User
from erp.identity.schemas import (
    CsrfOut,
    LoginIn,
    PendingOut,
    RegisterIn,
    SessionOut,
    UserOut,
    VerifyEmailIn,
)
from erp.kernel.border import OriginRefused
from erp.kernel.errors import Unavailable, ValidationFailed
from erp.kernel.http import refuses, room_router
from erp.organizations.access import HAVING_SIGNED_IN, SignedIn, not_a_member
from erp.organizations.actions import entering as actions
from erp.organizations.errors import (
    InvitationInvalid,
    InvitedElsewhere,
    OrganizationNotFound,
)
from erp.organizations.queries import Membership, list_memberships
from erp.organizations.schemas import (
    MemberOut,
    MeOut,
    OrganizationOut,
    SignedInOut,
    SwitchedOut,
    SwitchIn,
    VerifiedOut,
)

router = room_router("identity", "/api/auth")

REGISTERING = refuses(
    InvitationInvalid,
    InvitedElsewhere,
    EmailTaken,
    UsernameTaken,
    WeakPassword,
    ValidationFailed,
    OriginRefused,
    TooManyAttempts,
    Unavailable,
)
REGISTERING[202] = {"model": PendingOut, "description": "A code was mailed"}
VERIFYING = refuses(
    OtpInvalid, OtpAttemptsExceeded, ValidationFailed, OriginRefused, EmailTaken, UsernameTaken
)
SIGNING_IN = refuses(
    InvalidCredentials,
    AccountDisabled,
    EmailNotVerified,
    PasswordResetRequired,
    ValidationFailed,
    OriginRefused,
    TooManyAttempts,
    Unavailable,
)


@router.post(
    "/signup",
    status_code=201,
    response_model=SignedInOut,
    dependencies=[Public],
    responses=REGISTERING,
    include_in_schema=False,
)
@router.post(
    "/register",
    status_code=201,
    response_model=SignedInOut,
    dependencies=[Public],
    responses=REGISTERING,
)
async def register(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: RegisterIn, response: Response
) -> dict[str, Any] | Response:
    """Sign up: a user, a first organization of which he or she is the admin, and a session.

    Where verification is on: 202, and the same for known and unknown addresses.
    """
    ensure_trusted_page(request, desk, body.mode)
    given = NewAccount(
        body.email,
        body.password,
        body.username,
        body.full_name,
        body.organization_name,
        body.locale,
        body.invitation_token,
    )
    outcome = await actions.sign_up(desk, given, visitor, remember=body.remember_me)
    if isinstance(outcome, Pending):
        return _pending(desk, outcome, body)
    user, memberships, tokens = outcome
    if body.mode == "cookie" and body.remember_me:
        remember_device(request, desk, user, response)
    return signed_in(user, memberships, hand_over(desk, tokens, body.mode, response))


def _pending(desk: Desk, pending: Pending, given: RegisterIn) -> JSONResponse:
    by_cookie = given.mode == "cookie"
    token = None if by_cookie else pending.token
    shown = PendingOut(registration_token=token, resend_after=pending.resend_after)
    debug = {"debug_otp": pending.debug_code} if pending.debug_code else {}
    response = JSONResponse(shown.model_dump() | debug, status_code=202)
    if by_cookie:
        bind_registration(desk, pending.token, given.email, response)
    return response


@router.post(
    "/verify-otp",
    response_model=VerifiedOut,
    dependencies=[Public],
    responses=VERIFYING,
    include_in_schema=False,
)
@router.post(
    "/verify-email", response_model=VerifiedOut, dependencies=[Public], responses=VERIFYING
)
async def verify_email(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: VerifyEmailIn, response: Response
) -> dict[str, Any]:
    """Prove an address by the code that was mailed; with `mode` a sign-up is signed in as well."""
    ensure_trusted_page(request, desk, body.mode or "bearer")
    token = body.registration_token or find_registration(request, desk, body.email)
    proof = Proof(body.email, body.otp, token)
    remember = body.remember_me if body.mode else None
    entered = await actions.verify_email(desk, proof, visitor, remember=remember)
    forget_registration(request, desk, response)
    if entered is None or body.mode is None:
        return {"verified": True}
    user, memberships, tokens = entered
    if body.mode == "cookie" and body.remember_me:
        remember_device(request, desk, user, response)
    handed = hand_over(desk, tokens, body.mode, response)
    return {"verified": True, **signed_in(user, memberships, handed)}


@router.post("/login", response_model=SignedInOut, dependencies=[Public], responses=SIGNING_IN)
async def log_in(
    request: Request, desk: AtDesk, visitor: FromVisitor, body: LoginIn, response: Response
) -> dict[str, Any]:
    """Sign in by e-mail address or user name; `mode` chooses cookies or tokens in the body."""
    ensure_trusted_page(request, desk, body.mode)
    given = Credentials(body.email, body.username, body.password)
    ending = session_of_old_cookie(request, desk) if body.mode == "cookie" else None
    user, memberships, tokens = await actions.sign_in(
        desk, given, visitor, ending=ending, remember=body.remember_me
    )
    if body.mode == "cookie" and body.remember_me:
        remember_device(request, desk, user, response)
    return signed_in(user, memberships, hand_over(desk, tokens, body.mode, response))


@router.get("/csrf", response_model=CsrfOut, responses=refuses(*HAVING_SIGNED_IN))
async def read_csrf_token(
    request: Request, desk: AtDesk, caller: SignedIn, response: Response
) -> CsrfOut:
    """The session's CSRF token, for pages that cannot read the cookie."""
    return CsrfOut(csrf_token=repeat_csrf_token(request, desk, caller.session_id, response))


@router.get(
    "/me",
    response_model=MeOut,
    responses=refuses(*HAVING_SIGNED_IN, OrganizationNotFound),
)
async def read_me(caller: SignedIn) -> MeOut:
    """Who I am, where I work and what I may do there."""
    user = await caller.session.get_one(User, caller.user_id)
    row = await caller.session.get_one(SessionRow, caller.session_id)
    memberships = await list_memberships(caller.session, caller.user_id)
    here = next(
        (each for each in memberships if each.organization.id == caller.organization_id), None
    )
    return MeOut(
        user=UserOut.model_validate(user),
        session=SessionOut.model_validate(row),
        organization=OrganizationOut.model_validate(here.organization) if here else None,
        member=MemberOut.model_validate(here.member) if here else None,
        permissions=here.permissions() if here else [],
        organizations=[each.shown() for each in memberships],
    )


@router.post(
    "/switch-organization",
    response_model=SwitchedOut,
    responses=refuses(
        OrganizationNotFound,
        *HAVING_SIGNED_IN,
        CsrfFailed,
        OriginRefused,
        ValidationFailed,
    ),
)
async def switch_organization(request: Request, caller: SignedIn, body: SwitchIn) -> SwitchedOut:
    """Work in another of my organizations from now on; tokens stay valid."""
    chosen = await actions.switch_organization(
        caller.session, caller.user_id, caller.session_id, body.organization
    )
    if chosen is None:
        raise not_a_member(request, caller.user_id)
    return SwitchedOut(
        organization=OrganizationOut.model_validate(chosen.organization),
        member=MemberOut.model_validate(chosen.member),
        permissions=chosen.permissions(),
    )


def signed_in(user: User, memberships: list[Membership], handed: dict[str, Any]) -> dict[str, Any]:
    """What every sign-in answers: who one is and where one may work, beside the tokens."""
    shown = [each.shown() for each in memberships]
    return {"user": UserOut.model_validate(user), "organizations": shown, **handed}
