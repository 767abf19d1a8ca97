"""API keys over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from erp.identity.access import AtDesk, FromVisitor
from erp.identity.errors import ReauthenticationRequired
from erp.kernel.exporting import also_as_files
from erp.kernel.http import refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.organizations.actions import keys
from erp.organizations.errors import ApiKeyLimit
from erp.organizations.idempotency import seal_answer
from erp.organizations.schemas import ApiKeyIn, ApiKeysOut, NewApiKeyOut

router = room_router("organizations", "/api/api-keys")
Seeing = Annotated[Workspace, may("keys:read")]
Holding = Annotated[Workspace, may("keys:write")]


@also_as_files(router)
@router.get("", responses=refuses(*READING))
async def list_api_keys(work: Seeing) -> ApiKeysOut:
    """My keys in this organization; admins see everybody's."""
    return ApiKeysOut(items=await keys.list_keys(work))


@router.post(
    "",
    status_code=201,
    response_model=NewApiKeyOut,
    dependencies=[Depends(seal_answer)],
    responses=refuses(*CREATING, ReauthenticationRequired, ApiKeyLimit),
)
async def create_api_key(
    work: Holding, desk: AtDesk, visitor: FromVisitor, body: ApiKeyIn, response: Response
) -> NewApiKeyOut:
    """A key for a program, with some of my permissions, for a year at most; shown this once.

    Send it as `Authorization: Bearer erp_sk_…`. It wants a sign-in of the last ten minutes.
    """
    made = await keys.create_key(work, desk, body, visitor)
    response.headers["Location"] = f"/api/api-keys/{made.id}"
    return made


@router.delete("/{key_id}", status_code=204, responses=refuses(*CHANGING))
async def revoke_api_key(work: Holding, key_id: UUID, visitor: FromVisitor) -> None:
    """End a key at once; admins may end anybody's."""
    await keys.revoke_key(work, key_id, visitor)
