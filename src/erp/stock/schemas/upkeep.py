"""What crosses the border about rules, closings and proofs."""

from datetime import date
from typing import Literal
from uuid import UUID

from erp.kernel.fields import DecimalOut, Input, InstantOut, Output
from erp.stock.schemas.naming import (
    ByOut,
    Counted,
    LocationOfStock,
    ProductOfStock,
    Reason,
)


class RuleIn(Input):
    """Below `minimum` the product is low; it is ordered up to `target` (else the minimum)."""

    minimum: Counted
    target: Counted | None = None


class RuleOut(Output):
    """When a product is low, and since when it is."""

    product_id: UUID
    minimum: DecimalOut
    target: DecimalOut
    low_since: InstantOut | None
    version: int


class CloseIn(Input):
    """The last day that nothing may be posted on any more. Moving it back needs a reason."""

    until: date
    reason: Reason | None = None


class ClosingOut(Output):
    """The last closed day; null while nothing is closed."""

    closed_until: date | None
    reason: str | None


class DifferenceOut(Output):
    """Where a balance and what it is derived from disagree."""

    product: ProductOfStock
    location: LocationOfStock
    what: Literal["on_hand", "reserved"]
    balance: DecimalOut
    derived: DecimalOut


class ProofOut(Output):
    """Every balance compared with its moves; the digest names exactly what was seen."""

    id: UUID
    at: InstantOut
    made_by: ByOut | None
    rows: int
    digest: str
    ok: bool
    differences: list[DifferenceOut]


class LastProofOut(Output):
    """The last proof; null before the first."""

    proof: ProofOut | None
