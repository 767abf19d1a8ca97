"""The inventory manager: users with SHA-256 hashes, products with stock, customers."""

from uuid import UUID

from erp.customers.actions.customers import create_customer
from erp.customers.actions.parts import add_address
from erp.customers.models import Customer
from erp.customers.schemas import AddressIn, CustomerIn
from erp.kernel.schema import TenantOwned
from erp.organizations.numbering import keep_number
from erp.products.actions.categories import find_or_make_root
from erp.products.actions.products import create_product
from erp.products.models import Product
from erp.products.schemas import ProductIn
from erp.stock.actions.posting import post
from erp.stock.schemas.postings import LineIn, PostingIn
from erp.transfer.actions.people import take_person
from erp.transfer.actions.reading import exact_price
from erp.transfer.actions.run import Run
from erp.transfer.sources import OldRow, Source


async def bring(run: Run, source: Source) -> None:
    """Everybody and everything; ids become the short numbers where those are free."""
    for row in source.rows("users"):
        await take_person(run, row)
    for row in source.rows("products"):
        await _take_product(run, row)
    for row in source.rows("customers"):
        await _take_customer(run, row)


async def _take_product(run: Run, row: OldRow) -> None:
    async def make() -> Product:
        given = ProductIn(
            name=row.first("name"),
            description=row.first("description"),
            sale_price=exact_price(run, row, row.first("price")),
            category_id=await _find_category(run, row.first("category")),
        )
        product = await create_product(run.work, given)
        await _keep_id_as_number(run, row, product, "product")
        await _open_stock(run, product.id, row.first("stock"))
        return product

    await run.take("product", row, make)


async def _find_category(run: Run, name: str | None) -> UUID | None:
    return (await find_or_make_root(run.work, name)).id if name else None


async def _open_stock(run: Run, product_id: UUID, found: object) -> None:
    """What the old system had on hand becomes the product's first move."""
    if found is None or str(found) == "0":
        return
    line = LineIn(product_id=product_id, quantity=str(found))
    reference = f"{run.report.source} import"
    await post(run.work, PostingIn(kind="opening", lines=[line], reference=reference))


async def _take_customer(run: Run, row: OldRow) -> None:
    async def make() -> Customer:
        given = CustomerIn(
            name=row.first("name"),
            email=row.first("email"),
            phone=row.first("phone"),
            company=row.first("company"),
        )
        customer = await create_customer(run.work, given)
        await _keep_id_as_number(run, row, customer, "customer")
        await _take_address(run, customer.id, row.first("address"))
        return customer

    await run.take("customer", row, make)


async def _take_address(run: Run, customer_id: UUID, lines: str | None) -> None:
    if lines:
        await add_address(run.work, customer_id, AddressIn(kind="billing", lines=lines))


async def _keep_id_as_number(run: Run, row: OldRow, record: TenantOwned, series: str) -> None:
    old = str(row.first("id") or "")
    if old.isdecimal():
        await keep_number(run.work, record, series, int(old))
