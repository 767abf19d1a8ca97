"""The products of a posting: goods, in quantities that their unit knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from erp.kernel.errors import FieldError, Refusal, wrong_field
from erp.kernel.workspace import Workspace
from erp.products.actions.products import mark_first_move
from erp.products.errors import ProductArchived
from erp.products.models import Product, Unit
from erp.stock.errors import ProductNotStocked


@dataclass(frozen=True, slots=True)
class Goods:
    """A product that can be stocked, beside its unit."""

    product: Product
    unit: Unit

    def ensure_countable(self, quantity: Decimal, pointer: str) -> None:
        """Nobody sells half a piece. Raises `ValidationFailed`."""
        places = self.unit.decimals
        if quantity != quantity.quantize(Decimal(1).scaleb(-places)):
            said = f"{self.unit.code} has {places} decimals"
            raise wrong_field(pointer, "decimal_expected", said)

    def ensure_live(self, pointer: str) -> None:
        """Raises `ProductArchived`, naming the product."""
        if self.product.archived_at is not None:
            raise refused_at(pointer, ProductArchived)


async def find_goods(work: Workspace, pointers: Mapping[UUID, str]) -> dict[UUID, Goods]:
    """The products, by id; `pointers` tells which field of the request named each."""
    query = work.select(Product).where(Product.id.in_(pointers)).order_by(Product.id)
    return await _as_goods(work, pointers, await work.session.scalars(query))


async def share_moved_goods(work: Workspace, pointers: Mapping[UUID, str]) -> dict[UUID, Goods]:
    """The same for products that move now. Kind and unit are fixed before they are read."""
    unmoved = work.select(Product).where(Product.id.in_(pointers))
    unmoved = unmoved.where(Product.first_moved_at.is_(None)).order_by(Product.id)
    for product_id in await work.session.scalars(unmoved.with_only_columns(Product.id)):
        await mark_first_move(work, product_id)
    query = work.select(Product).where(Product.id.in_(pointers)).order_by(Product.id)
    return await _as_goods(work, pointers, await work.share(query))


async def _as_goods(
    work: Workspace, pointers: Mapping[UUID, str], products: Iterable[Product]
) -> dict[UUID, Goods]:
    found = {each.id: each for each in products}
    for product_id, pointer in pointers.items():
        if product_id not in found:
            raise wrong_field(pointer, "unknown_product", "There is no such product")
        if found[product_id].kind != "goods":
            raise refused_at(pointer, ProductNotStocked)
    return {each.id: Goods(each, await work.get(Unit, each.unit_id)) for each in found.values()}


def refused_at(pointer: str, refusal: type[Refusal], detail: str | None = None) -> Refusal:
    """The refusal, with the field that is to blame."""
    said = detail or refusal.sentence()
    return refusal(errors=(FieldError(pointer, refusal.code(), said),))
