"""Rates, repricing and billing rules."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import ABSENT, Day, DecimalOut, Edit, Input, Output, UnitPrice
from erp.kernel.paging import Page, PageQuery
from erp.organizations.schemas import PersonOut
from erp.timesheets.schemas.shared import ProjectRef

RateKind = Literal["bill", "cost"]


class RateIn(Input):
    """The price of an hour for a member on a project, for one of both, or for everything."""

    kind: RateKind
    member_id: UUID | None = None
    project_id: UUID | None = None
    rate: UnitPrice
    valid_from: Day


class RateEdit(Edit):
    """What changes about a rate. Entries that were written keep the rate they found."""

    rate: UnitPrice = ABSENT
    valid_from: Day = ABSENT


class RateOut(Output):
    """A rate; it holds from `valid_from` until, but without, `next_from`."""

    id: UUID
    kind: RateKind
    member: PersonOut | None
    project: ProjectRef | None
    rate: DecimalOut
    currency: str
    valid_from: date
    next_from: date | None
    version: int


class RatePage(Page):
    """One page of rates."""

    items: list[RateOut]


class RateQuery(PageQuery):
    """How to list rates."""

    sort: Literal["-valid_from", "valid_from"] = "-valid_from"
    kind: RateKind | None = None
    member_id: UUID | None = None
    project_id: UUID | None = None


class RepriceIn(Input):
    """Whose entries of which days get the rates that hold now; 366 days at most."""

    day_from: Day
    day_to: Day
    member_id: UUID | None = None
    project_id: UUID | None = None


class RepricedOut(Output):
    """An entry whose rates are others now."""

    entry_id: UUID
    work_date: date
    bill_before: DecimalOut | None
    bill_after: DecimalOut | None
    cost_before: DecimalOut | None
    cost_after: DecimalOut | None


class RepriceOut(Output):
    """What repricing changed, or would change; the first 200 of it in `items`.

    `locked` entries (handed in, approved, closed or billed) keep their rates. The sums are worked
    hours times rate, of billable entries for `bill`.
    """

    changed: int
    unchanged: int
    locked: int
    currency: str
    bill_before: DecimalOut
    bill_after: DecimalOut
    cost_before: DecimalOut
    cost_after: DecimalOut
    items: list[RepricedOut]


class BillingRuleIn(Input):
    """How worked seconds become billable ones, entry by entry or over a member's day."""

    step: Annotated[int, Field(ge=60, le=3600, strict=True, description="Seconds")]
    direction: Literal["up", "nearest", "down"]
    applies_to: Literal["entry", "day"]


class BillingRuleOut(BillingRuleIn, Output):
    """The rule of a project, or without one of the organization."""

    id: UUID
    project_id: UUID | None
    version: int


class BillingRulesOut(Output):
    """Every rule, that of the organization first."""

    items: list[BillingRuleOut]
