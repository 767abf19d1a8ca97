"""Products: plain arrays of everything, and a stock that is set directly."""

from decimal import ROUND_FLOOR, Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from erp.compat.inventory_manager.finding import Number, get_live
from erp.compat.inventory_manager.schemas import ProductIn, ProductOut, ProductPut
from erp.kernel.http import RoomRoute
from erp.kernel.workspace import Workspace
from erp.organizations.access import may
from erp.products import schemas
from erp.products.actions.categories import find_or_make_root
from erp.products.actions.products import change_product, create_product, remove_product
from erp.products.models import Category, Product
from erp.stock.actions.totals import set_total
from erp.stock.queries.totals import sum_on_hand

SOURCE = "inventory-manager"
router = APIRouter(prefix="/api/products", tags=["products"], route_class=RoomRoute)
Reading = Annotated[Workspace, may("products:read")]
Writing = Annotated[Workspace, may("products:write")]


@router.get("")
async def list_products(work: Reading) -> list[ProductOut]:
    """Every product, by id."""
    live = work.select(Product).where(Product.archived_at.is_(None)).order_by(Product.number)
    products = list(await work.session.scalars(live))
    held = await sum_on_hand(work)
    names = {each.id: each.name for each in await work.session.scalars(work.select(Category))}
    return [_shown(each, held, names) for each in products]


@router.post("", status_code=201)
async def add_product(work: Writing, body: ProductIn) -> ProductOut:
    """A new product; its stock is an opening figure."""
    given = body.model_dump(include={"name", "description"})
    given |= {"sale_price": str(body.price), "category_id": await _file(work, body.category)}
    product = await create_product(work, schemas.ProductIn.model_validate(given))
    await set_total(work, product.id, body.stock, SOURCE)
    return await _show(work, product)


@router.get("/{product_id}")
async def read_product(work: Reading, product_id: Number) -> ProductOut:
    """One product."""
    return await _show(work, await get_live(work, Product, product_id))


@router.put("/{product_id}")
async def put_product(work: Writing, product_id: Number, body: ProductPut) -> ProductOut:
    """Change the fields that are sent; another stock is a count."""
    product = await get_live(work, Product, product_id)
    values = body.changes()
    stock = values.pop("stock", None)
    if stock is not None:
        await set_total(work, product.id, stock, SOURCE)
    values = await _in_our_terms(work, product, values)
    if values:
        edit = schemas.ProductEdit.model_validate(values)
        product = await change_product(work, product.id, edit, None)
    return await _show(work, product)


@router.delete("/{product_id}", status_code=204)
async def delete_product(work: Writing, product_id: Number) -> None:
    """Remove a product; one with a history is archived."""
    await remove_product(work, (await get_live(work, Product, product_id)).id)


async def _in_our_terms(
    work: Workspace, product: Product, values: dict[str, Any]
) -> dict[str, Any]:
    """The fields as the product names them; a category that reads the same stays in its place."""
    if "price" in values:
        values["sale_price"] = str(values.pop("price"))
    if "category" in values:
        name = values.pop("category")
        if name != await _category_of(work, product):
            values["category_id"] = await _file(work, name)
    return values


async def _file(work: Workspace, category: str | None) -> UUID | None:
    return (await find_or_make_root(work, category)).id if category else None


async def _category_of(work: Workspace, product: Product) -> str | None:
    filed = product.category_id
    return (await work.get(Category, filed)).name if filed else None


async def _show(work: Workspace, product: Product) -> ProductOut:
    name = await _category_of(work, product)
    names = {product.category_id: name} if product.category_id and name else {}
    return _shown(product, await sum_on_hand(work, [product.id]), names)


def _shown(product: Product, held: dict[UUID, Decimal], names: dict[UUID, str]) -> ProductOut:
    on_hand = held.get(product.id, Decimal(0)).to_integral_value(ROUND_FLOOR)
    return ProductOut(
        id=product.number,
        name=product.name,
        description=product.description,
        price=product.sale_price,
        stock=int(on_hand),
        category=names.get(product.category_id) if product.category_id else None,
    )
