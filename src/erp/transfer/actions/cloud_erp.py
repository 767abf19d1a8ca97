"""The cloud ERP: users with bcrypt hashes, and products."""

from erp.products.actions.products import create_product
from erp.products.models import Product
from erp.products.schemas import ProductIn
from erp.transfer.actions.people import take_person
from erp.transfer.actions.reading import exact_price
from erp.transfer.actions.run import Run
from erp.transfer.sources import OldRow, Source


async def bring(run: Run, source: Source) -> None:
    """Everything this system kept. Its organizations become the one that is imported into."""
    for row in source.rows("users"):
        await take_person(run, row)
    for row in source.rows("organizations"):
        run.notice(row, f"{row.first('name')} becomes {run.report.organization}")
    for row in source.rows("products"):
        await _take_product(run, row)


async def _take_product(run: Run, row: OldRow) -> None:
    async def make() -> Product:
        given = ProductIn(
            name=row.first("name", "title"),
            sku=row.first("sku", "code"),
            description=row.first("description"),
            sale_price=exact_price(run, row, row.first("price", "sale_price")),
        )
        return await create_product(run.work, given)

    await run.take("product", row, make)
