"""Products over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from erp.kernel.batch import Batch, BatchOut, BatchRefused
from erp.kernel.db import DRY_RUN
from erp.kernel.errors import InUse
from erp.kernel.exporting import also_as_files
from erp.kernel.http import ReadVersion, answer, answer_shown, page, refuses, room_router
from erp.kernel.workspace import Workspace
from erp.organizations.access import CHANGING, CREATING, READING, may
from erp.products import queries
from erp.products.actions import categories, units
from erp.products.actions import products as actions
from erp.products.errors import (
    BarcodeTaken,
    CategoryCycle,
    CategoryNameTaken,
    CategoryTooDeep,
    ProductHasMoves,
    SkuTaken,
    UnitCodeTaken,
    UnitInUse,
)
from erp.products.models import Product
from erp.products.schemas import (
    CategoryEdit,
    CategoryIn,
    CategoryOut,
    CategoryPage,
    CategoryQuery,
    ProductEdit,
    ProductIn,
    ProductOut,
    ProductPage,
    ProductQuery,
    TwinQuery,
    TwinsOut,
    UnitEdit,
    UnitIn,
    UnitRow,
    UnitsOut,
)

router = room_router("products", "/api")
Reading = Annotated[Workspace, may("products:read")]
Writing = Annotated[Workspace, may("products:write")]


@also_as_files(router)
@router.get("/products", response_model=ProductPage, responses=refuses(*READING))
async def list_products(work: Reading, query: Annotated[ProductQuery, Query()]) -> Response:
    """Live products by name; `archived=true` shows the archived ones."""
    return page(await queries.list_products(work, query))


@router.post(
    "/products",
    status_code=201,
    response_model=ProductOut,
    responses=refuses(*CREATING, SkuTaken, BarcodeTaken),
)
async def create_product(work: Writing, body: ProductIn) -> Response:
    """Add a product; it gets the next number."""
    product = await actions.create_product(work, body)
    return await _answer(work, product, made_at=f"/api/products/{product.id}")


@router.post(
    "/products/batch",
    response_model=BatchOut,
    responses=refuses(*CREATING, BatchRefused),
    dependencies=[DRY_RUN],
)
async def save_batch(work: Writing, body: Batch[ProductIn, ProductEdit]) -> BatchOut:
    """Many changes in one transaction, with a result for each."""
    return await actions.save_batch(work, body)


@router.get("/products/duplicates", response_model=TwinsOut, responses=refuses(*READING))
async def list_duplicates(work: Reading, query: Annotated[TwinQuery, Query()]) -> TwinsOut:
    """Products that may be the one at hand, archived ones too."""
    return TwinsOut(items=await queries.find_twins(work, query))


@router.get("/products/{product_id}", response_model=ProductOut, responses=refuses(*READING))
async def read_product(work: Reading, product_id: UUID) -> Response:
    """One product with its unit."""
    return answer_shown(await queries.read_product(work, product_id))


@router.patch(
    "/products/{product_id}",
    response_model=ProductOut,
    responses=refuses(*CHANGING, SkuTaken, BarcodeTaken, ProductHasMoves),
)
async def change_product(
    work: Writing, product_id: UUID, body: ProductEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; null clears one."""
    return await _answer(work, await actions.change_product(work, product_id, body, version))


@router.delete("/products/{product_id}", status_code=204, responses=refuses(*CHANGING, InUse))
async def delete_product(work: Writing, product_id: UUID, version: ReadVersion) -> None:
    """Remove a product that nothing refers to."""
    await actions.delete_product(work, product_id, version)


@router.post(
    "/products/{product_id}/archive", response_model=ProductOut, responses=refuses(*CHANGING)
)
async def archive_product(work: Writing, product_id: UUID, version: ReadVersion) -> Response:
    """Take the product out of lists and pickers."""
    return await _answer(work, await actions.archive_product(work, product_id, version))


@router.post(
    "/products/{product_id}/restore", response_model=ProductOut, responses=refuses(*CHANGING)
)
async def restore_product(work: Writing, product_id: UUID, version: ReadVersion) -> Response:
    """Bring an archived product back."""
    return await _answer(work, await actions.restore_product(work, product_id, version))


@also_as_files(router)
@router.get("/units", response_model=UnitsOut, responses=refuses(*READING))
async def list_units(work: Reading) -> UnitsOut:
    """Every unit a product can be counted in."""
    return UnitsOut(items=await queries.list_units(work))


@router.post(
    "/units",
    status_code=201,
    response_model=UnitRow,
    responses=refuses(*CREATING, UnitCodeTaken),
)
async def create_unit(work: Writing, body: UnitIn) -> Response:
    """Add a unit beside the standard ones."""
    unit = await units.create_unit(work, body)
    return answer(UnitRow, unit, made_at=f"/api/units/{unit.id}")


@router.patch(
    "/units/{unit_id}",
    response_model=UnitRow,
    responses=refuses(*CHANGING, UnitCodeTaken, UnitInUse),
)
async def change_unit(
    work: Writing, unit_id: UUID, body: UnitEdit, version: ReadVersion
) -> Response:
    """Change the fields that are sent; once a product was moved, decimals only grow."""
    return answer(UnitRow, await units.change_unit(work, unit_id, body, version))


@router.delete("/units/{unit_id}", status_code=204, responses=refuses(*CHANGING, InUse))
async def delete_unit(work: Writing, unit_id: UUID, version: ReadVersion) -> None:
    """Remove a unit that no product is counted in."""
    await units.delete_unit(work, unit_id, version)


@also_as_files(router)
@router.get("/categories", response_model=CategoryPage, responses=refuses(*READING))
async def list_categories(work: Reading, query: Annotated[CategoryQuery, Query()]) -> Response:
    """The tree of categories, each followed by those within it."""
    return page(await queries.list_categories(work, query))


@router.post(
    "/categories",
    status_code=201,
    response_model=CategoryOut,
    responses=refuses(*CREATING, CategoryNameTaken, CategoryTooDeep),
)
async def create_category(work: Writing, body: CategoryIn) -> Response:
    """Add a category, within another or at the root."""
    category = await categories.create_category(work, body)
    return answer(CategoryOut, category, made_at=f"/api/categories/{category.id}")


@router.patch(
    "/categories/{category_id}",
    response_model=CategoryOut,
    responses=refuses(*CHANGING, CategoryNameTaken, CategoryCycle, CategoryTooDeep),
)
async def change_category(
    work: Writing, category_id: UUID, body: CategoryEdit, version: ReadVersion
) -> Response:
    """Another name or place, for it and what lies within."""
    category = await categories.change_category(work, category_id, body, version)
    return answer(CategoryOut, category)


@router.delete("/categories/{category_id}", status_code=204, responses=refuses(*CHANGING, InUse))
async def delete_category(work: Writing, category_id: UUID, version: ReadVersion) -> None:
    """Remove a category that holds neither products nor categories."""
    await categories.delete_category(work, category_id, version)


async def _answer(work: Workspace, product: Product, made_at: str | None = None) -> Response:
    shown = await actions.show(work, product)
    return answer(ProductOut, shown, made_at=made_at, hide=set(queries.hidden_from(work)))
