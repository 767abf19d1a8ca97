"""Rates and billing rules over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.db import DRY_RUN
from erp.kernel.errors import Conflict
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.timesheets.actions import rates
from erp.timesheets.errors import RateTaken
from erp.timesheets.queries import rates as queries
from erp.timesheets.schemas.rates import (
    BillingRuleIn,
    BillingRuleOut,
    BillingRulesOut,
    RateEdit,
    RateIn,
    RateOut,
    RatePage,
    RateQuery,
    RepriceIn,
    RepriceOut,
)

router = room_router("timesheets", "/api")
Reading = Annotated[Workspace, may("rates:read")]
Writing = Annotated[Workspace, may("rates:write")]


@also_as_files(router)
@router.get("/rates", response_model=RatePage, responses=refuses(*READING))
async def list_rates(work: Reading, query: Annotated[RateQuery, Query()]) -> Response:
    """What hours cost and bring, the latest first."""
    return page(await queries.list_rates(work, query))


@router.post(
    "/rates", status_code=201, response_model=RateOut, responses=refuses(*CREATING, RateTaken)
)
async def create_rate(work: Writing, body: RateIn) -> Response:
    """Add a rate from a day on; it holds until the next of its scope."""
    rate = await rates.create_rate(work, body)
    shown = answer_shown(await queries.read_rate(work, rate.id))
    shown.status_code, shown.headers["Location"] = 201, f"/api/rates/{rate.id}"
    return shown


@router.post(
    "/rates/reprice",
    response_model=RepriceOut,
    responses=refuses(*CREATING),
    dependencies=[DRY_RUN],
)
async def reprice(work: Writing, body: RepriceIn) -> RepriceOut:
    """Give unlocked entries the rates that hold now; `dry_run=true` shows what would be."""
    return await rates.reprice(work, body)


@router.get("/rates/{rate_id}", response_model=RateOut, responses=refuses(*READING))
async def read_rate(work: Reading, rate_id: UUID) -> Response:
    """One rate."""
    return answer_shown(await queries.read_rate(work, rate_id))


@router.patch("/rates/{rate_id}", response_model=RateOut, responses=refuses(*CHANGING, RateTaken))
async def change_rate(
    work: Writing, rate_id: UUID, body: RateEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; entries keep the rate they found."""
    rate = await rates.change_rate(work, rate_id, body, version)
    return answer_shown(await queries.read_rate(work, rate.id))


@router.delete("/rates/{rate_id}", status_code=204, responses=refuses(*CHANGING))
async def delete_rate(work: Writing, rate_id: UUID, version: ReadVersion) -> None:
    """Remove a rate; entries keep the rate they found."""
    await rates.delete_rate(work, rate_id, version)


@also_as_files(router)
@router.get("/billing-rules", responses=refuses(*READING))
async def list_billing_rules(work: Reading) -> BillingRulesOut:
    """Every rule, that of the organization first."""
    found = await queries.list_rules(work)
    return BillingRulesOut.model_validate({"items": found}, from_attributes=True)


@router.put("/billing-rules", response_model=BillingRuleOut, responses=refuses(*CHANGING, Conflict))
async def set_billing_rule(work: Writing, body: BillingRuleIn) -> Response:
    """How hours are rounded wherever a project has no rule of its own."""
    return answer(BillingRuleOut, await rates.set_rule(work, None, body))


@router.put(
    "/billing-rules/{project_id}",
    response_model=BillingRuleOut,
    responses=refuses(*CHANGING, Conflict),
)
async def set_project_rule(work: Writing, project_id: UUID, body: BillingRuleIn) -> Response:
    """How the hours of a project are rounded."""
    return answer(BillingRuleOut, await rates.set_rule(work, project_id, body))


@router.delete("/billing-rules", status_code=204, responses=refuses(*CHANGING))
async def delete_billing_rule(work: Writing) -> None:
    """Round no more, but where a project has a rule."""
    await rates.delete_rule(work, None)


@router.delete("/billing-rules/{project_id}", status_code=204, responses=refuses(*CHANGING))
async def delete_project_rule(work: Writing, project_id: UUID) -> None:
    """Round the hours of a project as everywhere else."""
    await rates.delete_rule(work, project_id)
