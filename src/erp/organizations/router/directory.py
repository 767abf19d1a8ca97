"""Company directories over HTTP: signing in, linking oneself, connecting an organization."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from erp.identity.access import (
    AtDesk,
    FromVisitor,
    Public,
    ensure_trusted_page,
    hand_over,
    remember_device,
    session_of_old_cookie,
)
from erp.identity.actions import identities
from erp.identity.actions.connections import list_connections
from erp.identity.directory.models import Identity
from erp.identity.directory.provider import DirectoryCredentials
from erp.identity.errors import (
    AccountDisabled,
    AccountLinkRequired,
    AceAccountLocked,
    AcePasswordExpired,
    CsrfFailed,
    DirectoryAccountTaken,
    DirectoryBadResponse,
    DirectoryConnected,
    DirectoryProofRequired,
    DirectoryTimeout,
    DirectoryUnavailable,
    IdentityTaken,
    InvalidAccountId,
    InvalidCredentials,
    OnlyWayIn,
    ReauthenticationRequired,
    TooManyAttempts,
    UserNotProvisioned,
)
from erp.identity.schemas import DirectoryIn, DirectoryLoginIn, IdentitiesOut, IdentityOut
from erp.kernel.border import OriginRefused
from erp.kernel.errors import NotFound, ValidationFailed
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import (
    CHANGING,
    CREATING,
    HAVING_SIGNED_IN,
    READING,
    Identified,
    may,
)
from erp.organizations.actions import connecting
from erp.organizations.actions.admitting import sign_in_by_directory
from erp.organizations.router.entering import signed_in
from erp.organizations.schemas import (
    DirectoryConnectionEdit,
    DirectoryConnectionIn,
    DirectoryConnectionOut,
    DirectoryConnectionsOut,
    SignedInOut,
)

router = room_router("identity", "/api/auth")
connections = room_router("organizations", "/api/directory-connections")
Reading = Annotated[Workspace, may("directory:read")]
Writing = Annotated[Workspace, may("directory:write")]

# How a directory, or the way to it, says no.
ASKING = (
    InvalidCredentials,
    InvalidAccountId,
    AceAccountLocked,
    AcePasswordExpired,
    DirectoryBadResponse,
    DirectoryUnavailable,
    DirectoryTimeout,
    TooManyAttempts,
)
SIGNING_IN = refuses(
    *ASKING,
    AccountDisabled,
    UserNotProvisioned,
    AccountLinkRequired,
    ValidationFailed,
    OriginRefused,
)
LINKING = (*HAVING_SIGNED_IN, CsrfFailed, OriginRefused, ReauthenticationRequired, ValidationFailed)


@router.post(
    "/login/ace",
    response_model=SignedInOut,
    dependencies=[Public],
    responses=SIGNING_IN,
    include_in_schema=False,
)
@router.post(
    "/login/directory", response_model=SignedInOut, dependencies=[Public], responses=SIGNING_IN
)
async def log_in_by_directory(
    request: Request,
    desk: AtDesk,
    visitor: FromVisitor,
    body: DirectoryLoginIn,
    response: Response,
) -> dict[str, Any]:
    """Sign in with account id, user name and password of the company's directory."""
    ensure_trusted_page(request, desk, body.mode)
    ending = session_of_old_cookie(request, desk) if body.mode == "cookie" else None
    user, memberships, tokens = await sign_in_by_directory(
        desk, _credentials(body), visitor, ending=ending, remember=body.remember_me
    )
    if body.mode == "cookie" and body.remember_me:
        remember_device(request, desk, user, response)
    return signed_in(user, memberships, hand_over(desk, tokens, body.mode, response))


@router.get("/identities", response_model=IdentitiesOut, responses=refuses(*HAVING_SIGNED_IN))
async def list_identities(desk: AtDesk, holder: Identified) -> dict[str, list[Identity]]:
    """The accounts at company directories that sign me in."""
    return {"items": await identities.list_identities(desk, holder)}


@router.post(
    "/identities",
    status_code=201,
    response_model=IdentityOut,
    responses=refuses(*LINKING, *ASKING, IdentityTaken),
)
async def link_identity(
    desk: AtDesk, visitor: FromVisitor, holder: Identified, body: DirectoryIn
) -> Identity:
    """Let my account at a company directory sign me in from now on."""
    return await identities.link_identity(desk, holder, _credentials(body), visitor)


@router.delete(
    "/identities/{identity_id}",
    status_code=204,
    responses=refuses(*LINKING, NotFound, OnlyWayIn),
)
async def unlink_identity(
    desk: AtDesk, visitor: FromVisitor, holder: Identified, identity_id: UUID
) -> None:
    """Let it sign me in no more; my sessions elsewhere end."""
    await identities.unlink_identity(desk, holder, identity_id, visitor)


def _credentials(body: DirectoryIn) -> DirectoryCredentials:
    return DirectoryCredentials(body.account_id, body.username, body.password)


@also_as_files(connections)
@connections.get("", responses=refuses(*READING))
async def list_directory_connections(work: Reading) -> DirectoryConnectionsOut:
    """The accounts of company directories whose people may work here."""
    found = await list_connections(work.session, work.organization_id)
    return DirectoryConnectionsOut(
        items=[DirectoryConnectionOut.model_validate(each) for each in found]
    )


@connections.post(
    "",
    status_code=201,
    response_model=DirectoryConnectionOut,
    responses=refuses(*CREATING, DirectoryConnected, DirectoryAccountTaken, DirectoryProofRequired),
)
async def connect_directory(
    work: Writing, desk: AtDesk, visitor: FromVisitor, body: DirectoryConnectionIn
) -> Response:
    """Connect an account. Only who has linked a person of it (`/api/auth/identities`) enables."""
    made = await connecting.connect_directory(work, desk, body, visitor)
    return answer(DirectoryConnectionOut, made, made_at=f"/api/directory-connections/{made.id}")


@connections.patch(
    "/{connection_id}",
    response_model=DirectoryConnectionOut,
    responses=refuses(*CHANGING, DirectoryAccountTaken, DirectoryProofRequired),
)
async def change_directory_connection(
    work: Writing,
    visitor: FromVisitor,
    connection_id: UUID,
    body: DirectoryConnectionEdit,
    version: ReadVersion,
) -> Response:
    """Enable or disable a connection, or change who may join by it and as what."""
    changed = await connecting.change_connection(work, connection_id, body, version, visitor)
    return answer(DirectoryConnectionOut, changed)


@connections.delete("/{connection_id}", status_code=204, responses=refuses(*CHANGING))
async def disconnect_directory(
    work: Writing, visitor: FromVisitor, connection_id: UUID, version: ReadVersion
) -> None:
    """End a connection; who came by it stays a member."""
    await connecting.disconnect_directory(work, connection_id, version, visitor)


router.routes.extend(connections.routes)
