"""Products: made, changed, archived, restored, removed, and moved for the first time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.batch import Batch, BatchOut, ChangeItem, CreateItem, Done, VerbItem, run_batch
from erp.kernel.errors import InUse, Refusal, wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import take_number
from erp.products.actions.units import unit_to_use
from erp.products.errors import BarcodeTaken, SkuTaken
from erp.products.models import Category, Product, Unit
from erp.products.queries import hidden_from
from erp.products.schemas import ProductEdit, ProductIn, ProductOut


async def create_product(work: Workspace, given: ProductIn) -> Product:
    """A new product with the next number. Raises `SkuTaken`, `BarcodeTaken` naming the holder."""
    _ensure_may_write(work, given.model_fields_set)
    values = given.model_dump()
    product = Product(id=new_id(), currency=work.currency)
    values["unit_id"] = await unit_to_use(work, given.unit_id)
    await _ensure_category(work, given.category_id)
    product.number = await take_number(work.session, work.organization_id, "product")
    async with _naming_the_holder(work, product):
        product.write(values)
        work.add(product)
        record(work, "product.created", product)
    return product


async def change_product(
    work: Workspace, product_id: UUID, edit: ProductEdit, version: int | None
) -> Product:
    """Change what was sent. Raises `Stale`, `SkuTaken`, `BarcodeTaken`, `ProductHasMoves`."""
    values = edit.changes()
    _ensure_may_write(work, set(values))
    product = await _lock(work, product_id, version)
    product.ensure_can_become(values)
    if "unit_id" in values:
        await unit_to_use(work, values["unit_id"])
    await _ensure_category(work, values.get("category_id"))
    async with _naming_the_holder(work, product):
        product.write(values)
        if changes_of(product):
            record(work, "product.changed", product)
    return product


async def archive_product(work: Workspace, product_id: UUID, version: int | None) -> Product:
    """Take the product out of lists and pickers; archiving twice changes nothing."""
    product = await _lock(work, product_id, version)
    if product.archived_at is None:
        product.archived_at = work.now()
        record(work, "product.archived", product)
        await work.session.flush()  # the answer shows the version
    return product


async def restore_product(work: Workspace, product_id: UUID, version: int | None) -> Product:
    """Bring an archived product back."""
    product = await _lock(work, product_id, version)
    if product.archived_at is not None:
        product.archived_at = None
        record(work, "product.restored", product)
        await work.session.flush()  # the answer shows the version
    return product


async def delete_product(work: Workspace, product_id: UUID, version: int | None) -> None:
    """Remove a product nothing refers to. Raises `InUse`."""
    product = await _lock(work, product_id, version)
    record(work, "product.deleted", product, changes={"name": [product.name, None]})
    await work.session.delete(product)


async def remove_product(work: Workspace, product_id: UUID) -> None:
    """Delete a product that nothing refers to, and archive one that has a history."""
    try:
        async with work.attempt():
            await delete_product(work, product_id, None)
    except InUse:
        await archive_product(work, product_id, None)


async def mark_first_move(work: Workspace, product_id: UUID) -> None:
    """Note that stock moves the product: from then on its kind and its unit are fixed.

    Call it before the unit is read. The unit is locked once, at the first move, so that whoever
    takes decimals from it either sees this product or is seen here.
    """
    statement = update(Product).where(Product.organization_id == work.organization_id)
    statement = statement.where(Product.id == product_id, Product.first_moved_at.is_(None))
    statement = statement.values(first_moved_at=work.now(), updated_at=work.now())
    marked = statement.returning(Product.unit_id).execution_options(synchronize_session=False)
    unit_id = await work.session.scalar(marked)
    if unit_id is not None:
        await work.get(Unit, unit_id, lock=True)


async def save_batch(work: Workspace, batch: Batch[ProductIn, ProductEdit]) -> BatchOut:
    """Many changes at once. Raises `BatchRefused`."""

    async def run(item: CreateItem[ProductIn] | ChangeItem[ProductEdit] | VerbItem) -> Done:
        if isinstance(item, CreateItem):
            return "created", await create_product(work, item.data)
        seen = (await work.get(Product, item.id, lock=True)).version
        if isinstance(item, ChangeItem):
            after = await change_product(work, item.id, item.data, item.version)
        elif item.op == "delete":
            await delete_product(work, item.id, item.version)
            return "changed", None
        else:
            verb = archive_product if item.op == "archive" else restore_product
            after = await verb(work, item.id, item.version)
        return ("skipped" if after.version == seen else "changed"), after

    return await run_batch(work, batch.items, run, all_or_nothing=batch.all_or_nothing)


async def show(work: Workspace, product: Product) -> ProductOut:
    """The product with its unit and category, as clients see it."""
    unit = await work.get(Unit, product.unit_id)
    filed = product.category_id
    category = await work.get(Category, filed) if filed else None
    shown = Shown(product, unit, category.name if category else None)
    return ProductOut.model_validate(shown, from_attributes=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A product beside its unit and the name of its category."""

    product: Product
    unit: Unit
    category_name: str | None

    def __getattr__(self, name: str) -> Any:
        """Everything else is the product's."""
        return getattr(self.product, name)


def _ensure_may_write(work: Workspace, fields: set[str]) -> None:
    if "cost_price" in fields:
        work.ensure_can("products:costs")


async def _lock(work: Workspace, product_id: UUID, version: int | None) -> Product:
    product = await work.get(Product, product_id, lock=True)
    shown = await show(work, product)
    hidden = set(hidden_from(work))
    await ensure_unchanged(
        work, product, version, lambda: shown.model_dump(mode="json", exclude=hidden)
    )
    return product


async def _ensure_category(work: Workspace, category_id: UUID | None) -> None:
    if category_id is not None and await work.find(Category, category_id) is None:
        raise wrong_field("/category_id", "unknown_category", "There is no such category")


@asynccontextmanager
async def _naming_the_holder(work: Workspace, product: Product) -> AsyncIterator[None]:
    """Write within; a taken SKU or barcode is refused with the product that holds it."""
    wanted: tuple[str | None, str | None] = (None, None)
    try:
        async with work.attempt():
            yield
            wanted = (product.sku_key, product.barcode)
    except SkuTaken:
        raise await _taken(work, SkuTaken, Product.sku_key == wanted[0]) from None
    except BarcodeTaken:
        raise await _taken(work, BarcodeTaken, Product.barcode == wanted[1]) from None


async def _taken(work: Workspace, says: type[Refusal], which: Any) -> Refusal:
    holder = await work.session.scalar(work.select(Product).where(which))
    if holder is None:  # removed in this very moment
        return says()
    archived = holder.archived_at is not None
    told = {"id": holder.id, "number": holder.number, "name": holder.name, "archived": archived}
    if archived:  # what to call if it is the same product after all
        told["restore"] = f"/api/products/{holder.id}/restore"
    return says(holder=told)
