"""What lies in storage: a receipt of every product, a balance for each, one rule in a hundred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.kernel.schema import fold, new_id
from erp.stock.models import (
    STANDARD_LOCATIONS,
    STORAGE,
    Location,
    StockBalance,
    StockMove,
    StockPosting,
    StockRule,
    standard_location_id,
)

LINES = 500  # of one receipt
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Shelves:
    """The storage of one organization and the products that lie in it."""

    organization_id: UUID
    member_id: UUID
    product_ids: list[UUID]

    def rows(self) -> Iterator[tuple[type[Any], Iterator[dict[str, Any]]]]:
        """What is to be inserted, in an order that breaks no reference."""
        postings = [new_id() for _ in range(0, len(self.product_ids), LINES)]
        yield Location, self.locations()
        yield StockPosting, (self.posting(posting_id) for posting_id in postings)
        yield StockMove, self.moves(postings)
        yield StockBalance, self.balances()
        yield StockRule, self.rules()

    def owned(self, **values: Any) -> dict[str, Any]:
        times = {"created_at": NOW, "updated_at": NOW, "version": 1, "created_by": self.member_id}
        return {"organization_id": self.organization_id, "id": new_id(), **times, **values}

    def plain(self, **values: Any) -> dict[str, Any]:
        return {"organization_id": self.organization_id, "id": new_id(), **values}

    def place(self, kind: str) -> UUID:
        return standard_location_id(self.organization_id, kind)

    def locations(self) -> Iterator[dict[str, Any]]:
        for each in STANDARD_LOCATIONS:
            named = {"code_key": fold(each.code), "is_default": each.kind == STORAGE}
            yield self.owned(**each._asdict(), **named) | {"id": self.place(each.kind)}

    def posting(self, posting_id: UUID) -> dict[str, Any]:
        made = {"kind": "receipt", "effective_at": NOW, "posted_at": NOW}
        return self.plain(**made, posted_by=self.member_id) | {"id": posting_id}

    def moves(self, postings: list[UUID]) -> Iterator[dict[str, Any]]:
        for number, product_id in enumerate(self.product_ids):
            yield self.plain(
                posting_id=postings[number // LINES],
                line=number % LINES + 1,
                effective_at=NOW,
                product_id=product_id,
                from_location_id=self.place("supplier"),
                to_location_id=self.place(STORAGE),
                quantity=quantity_of(number),
                unit_cost=None,
            )

    def balances(self) -> Iterator[dict[str, Any]]:
        for number, product_id in enumerate(self.product_ids):
            yield self.plain(
                product_id=product_id,
                location_id=self.place(STORAGE),
                on_hand=quantity_of(number),
                reserved=Decimal(0),
            )

    def rules(self) -> Iterator[dict[str, Any]]:
        for number in range(50, len(self.product_ids), 100):
            low = {"minimum": Decimal(5), "target": Decimal(50), "low_since": None}
            yield self.owned(product_id=self.product_ids[number], **low)


def quantity_of(number: int) -> Decimal:
    """Between 10 and 99 pieces, no two neighbors alike."""
    return Decimal(10 + number * 7919 % 90)
