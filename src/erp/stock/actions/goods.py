"""The products of a posting: goods, in quantities that their unit knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from erp.kernel.errors import FieldError, Refusal, wrong_field
from erp.kernel.workspace import Workspace
from erp.products.actions.products import mark_first_move
from erp.products.errors import ProductArchived
from erp.products.models import ensure_counts
from erp.stock.errors import ProductNotStocked
from erp.stock.queries.locking import keep_moved_goods, read_goods


@dataclass(frozen=True, slots=True)
class Goods:
    """A product that can be stocked, as its row tells it beside its unit."""

    row: Any

    def ensure_countable(self, quantity: Decimal, pointer: str) -> None:
        """Nobody sells half a piece. Raises `ValidationFailed`."""
        ensure_counts(self.row, quantity, pointer)

    def ensure_live(self, pointer: str) -> None:
        """Raises `ProductArchived`, naming the product."""
        if self.row.archived_at is not None:
            raise refused_at(pointer, ProductArchived)


async def find_goods(work: Workspace, pointers: Mapping[UUID, str]) -> dict[UUID, Goods]:
    """The products, by id; `pointers` tells which field of the request named each."""
    return _as_goods(pointers, await read_goods(work, pointers))


async def share_moved_goods(work: Workspace, pointers: Mapping[UUID, str]) -> dict[UUID, Goods]:
    """The same for products that move now. Kind and unit are fixed before they are read."""
    found = await keep_moved_goods(work, pointers)
    unmoved = pointers.keys() - {row.id for row in found}
    if unmoved:
        for row in await read_goods(work, unmoved):
            await mark_first_move(work, row.id)
        found = await keep_moved_goods(work, pointers)
    return _as_goods(pointers, found)


def _as_goods(pointers: Mapping[UUID, str], rows: Iterable[Any]) -> dict[UUID, Goods]:
    found = {row.id: Goods(row) for row in rows}
    for product_id, pointer in pointers.items():
        if product_id not in found:
            raise wrong_field(pointer, "unknown_product", "There is no such product")
        if found[product_id].row.kind != "goods":
            raise refused_at(pointer, ProductNotStocked)
    return found


def refused_at(pointer: str, refusal: type[Refusal], detail: str | None = None) -> Refusal:
    """The refusal, with the field that is to blame."""
    said = detail or refusal.sentence()
    return refusal(errors=(FieldError(pointer, refusal.code(), said),))
