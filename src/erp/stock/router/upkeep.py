"""Locations, rules of what is low, closings and proofs."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.stock.actions import closing, locations, low, proving
from erp.stock.errors import (
    ClosingMovesBack,
    LocationCodeTaken,
    LocationFixed,
    LocationNotEmpty,
    ProductNotStocked,
)
from erp.stock.queries import proofs, upkeep
from erp.stock.schemas.locations import LocationEdit, LocationIn, LocationOut, LocationsOut
from erp.stock.schemas.upkeep import CloseIn, ClosingOut, LastProofOut, ProofOut, RuleIn, RuleOut

router = room_router("stock", "/api/stock")
Reading = Annotated[Workspace, may("stock:read")]
Moving = Annotated[Workspace, may("stock:move")]
Closing = Annotated[Workspace, may("stock:close")]


@also_as_files(router)
@router.get("/locations", response_model=LocationsOut, responses=refuses(*READING))
async def list_locations(work: Reading) -> LocationsOut:
    """Every location, storage first."""
    return LocationsOut(items=await upkeep.list_locations(work))


@router.post(
    "/locations",
    status_code=201,
    response_model=LocationOut,
    responses=refuses(*CREATING, LocationCodeTaken),
)
async def create_location(work: Moving, body: LocationIn) -> Response:
    """Add a storage location."""
    made = await locations.create_location(work, body)
    return answer(LocationOut, made, made_at=f"/api/stock/locations/{made.id}")


@router.patch(
    "/locations/{location_id}",
    response_model=LocationOut,
    responses=refuses(*CHANGING, LocationCodeTaken, LocationFixed),
)
async def change_location(
    work: Moving, location_id: UUID, body: LocationEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent, or make it the default."""
    changed = await locations.change_location(work, location_id, body, version)
    return answer(LocationOut, changed)


@router.post(
    "/locations/{location_id}/archive",
    response_model=LocationOut,
    responses=refuses(*CHANGING, LocationFixed, LocationNotEmpty),
)
async def archive_location(work: Moving, location_id: UUID, version: ReadVersion) -> Response:
    """Use an empty location no more."""
    return answer(LocationOut, await locations.archive_location(work, location_id, version))


@router.put(
    "/rules/{product}",
    response_model=RuleOut,
    responses=refuses(*CHANGING, ProductNotStocked),
)
async def set_rule(work: Moving, product: UUID, body: RuleIn) -> Response:
    """Say below which figure a product is low, and up to which it is ordered."""
    return answer(RuleOut, await low.set_rule(work, product, body))


@router.get("/close", response_model=ClosingOut, responses=refuses(*READING))
async def read_closing(work: Reading) -> ClosingOut:
    """The last closed day."""
    return await upkeep.read_closing(work)


@router.post("/close", response_model=ClosingOut, responses=refuses(*CREATING, ClosingMovesBack))
async def close(work: Closing, body: CloseIn) -> ClosingOut:
    """Close every day up to this one: nothing is posted on them any more."""
    return ClosingOut.model_validate(await closing.close(work, body.until, body.reason))


@router.get("/proof", response_model=LastProofOut, responses=refuses(*READING))
async def read_last_proof(work: Reading) -> LastProofOut:
    """The last comparison of balances with their moves; null before the first."""
    return LastProofOut.model_validate({"proof": await proofs.find_last_proof(work)})


@router.post("/proof", status_code=201, response_model=ProofOut, responses=refuses(*CREATING))
async def prove(work: Closing) -> ProofOut:
    """Compare every balance with its moves now."""
    proof = await proving.prove(work)
    return ProofOut.model_validate(await proofs.read_proof(work, proof.id))
