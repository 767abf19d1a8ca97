"""Products by file: the SKU names them, and the number those that have none."""

from typing import Any
from uuid import UUID

from erp.kernel.errors import Refusal, wrong_field
from erp.kernel.schema import fold
from erp.kernel.workspace import Workspace
from erp.organizations.numbering import keep_number
from erp.products.actions.categories import create_category
from erp.products.actions.products import change_product, create_product, delete_product
from erp.products.models import Category, Product, Unit
from erp.products.queries import list_units
from erp.products.schemas import CategoryIn, ProductEdit, ProductIn
from erp.transfer.actions.imports.cells import Field
from erp.transfer.actions.imports.judging import Kind, Run, Verdict
from erp.transfer.errors import RowRepeated
from erp.transfer.queries.imports import find_product_id

KINDS = {
    **dict.fromkeys(("goods", "good", "product", "ware", "waren", "artikel", "produkt"), "goods"),
    **dict.fromkeys(("service", "services", "dienstleistung", "leistung"), "service"),
}
# fmt: off
FIELDS = (
    Field("sku", ("artikelnummer", "artikelnr", "artnr", "itemnumber", "itemno", "code"),
          is_key=True),
    Field("number", ("nummer", "nr", "no", "produktnummer", "productnumber"), "whole", is_key=True),
    Field("name", ("bezeichnung", "artikelbezeichnung", "artikel", "produktname", "productname",
                   "produkt", "product", "titel", "title"), is_required=True),
    Field("barcode", ("ean", "gtin", "strichcode")),
    Field("description", ("beschreibung", "langtext")),
    Field("supplier_code", ("lieferantennummer", "lieferantenartikelnummer", "herstellernummer")),
    Field("kind", ("art", "typ", "type"), "word", KINDS),
    Field("unit", ("unitcode", "einheit", "mengeneinheit", "me", "uom")),
    Field("category", ("categoryname", "kategorie", "warengruppe", "gruppe")),
    Field("sale_price", ("price", "verkaufspreis", "preis", "vkpreis", "vk", "nettopreis"),
          "decimal"),
    Field("cost_price", ("cost", "einkaufspreis", "ekpreis", "ek", "kosten"), "decimal"),
)
# fmt: on


async def take_product(run: Run, values: dict[str, Any]) -> Verdict:
    """A new product, or what differs about a known one."""
    number = values.pop("number", None)
    known = await _find(run, values.get("sku"), number)
    if (unit := values.pop("unit", None)) is not None:
        values["unit_id"] = await _find_unit(run, unit)
    if (category := values.pop("category", None)) is not None:
        values["category_id"] = await _find_category(run, category, known)
    if known is None:
        product = await create_product(run.work, ProductIn(**values))
        if number is not None:
            await keep_number(run.work, product, "product", number)
        return Verdict(outcome="create", target_id=product.id, version=product.version)

    async def act(edit: ProductEdit) -> Product:
        return await change_product(run.work, known.id, edit, known.version)

    return await _named(run.work, await run.change(known, ProductEdit(**values), act))


async def undo_product(work: Workspace, row: Any) -> None:
    """Raises `Stale` if it was changed since, `InUse` if something refers to it."""
    if row.outcome == "create":
        await delete_product(work, row.target_id, row.version)
    else:
        await change_product(work, row.target_id, ProductEdit(**row.before), row.version)


async def _find(run: Run, sku: str | None, number: int | None) -> Product | None:
    """A SKU says enough: whoever has another number elsewhere is still the same product."""
    product_id = await find_product_id(run.work, sku, number)
    if product_id in run.named:
        raise _repeated("sku" if sku else "number")
    return None if product_id is None else await run.work.get(Product, product_id)


def _repeated(name: str) -> Refusal:
    return wrong_field(f"/{name}", RowRepeated.code(), RowRepeated.sentence())


async def _find_unit(run: Run, text: str) -> UUID:
    if not run.known:
        units = await list_units(run.work)
        run.known.update({fold(each.name): each.id for each in units})
        run.known.update({fold(each.code): each.id for each in units})
    found = run.known.get(fold(text))
    if found is None:
        raise wrong_field("/unit", "unknown_unit", "There is no such unit")
    return found


async def _find_category(run: Run, name: str, known: Product | None) -> UUID:
    """The one it has, if it is called so; else the only one of this name, made if there is none.

    Raises `ValidationFailed` if several are called so in different places.
    """
    query = run.work.select(Category).order_by(Category.path_key)
    found = [
        each for each in await run.work.session.scalars(query) if fold(each.name) == fold(name)
    ]
    ids = [each.id for each in found]
    if known is not None and known.category_id in ids:
        return known.category_id
    if len(ids) > 1:
        raise wrong_field("/category", "category_ambiguous", "Several categories have this name")
    if ids:
        return ids[0]
    made = await create_category(run.work, CategoryIn(name=name))
    run.made.append(str(made.id))
    return made.id


async def _named(work: Workspace, verdict: Verdict) -> Verdict:
    """Units and categories are told by what people call them."""
    for name, model, shown in (("unit_id", Unit, "code"), ("category_id", Category, "name")):
        if name in verdict.changes:
            ids = verdict.changes.pop(name)
            names = [
                getattr(await work.get(model, UUID(each)), shown) if each else None for each in ids
            ]
            verdict.changes[NAMES[name]] = names
    return verdict


NAMES = {"unit_id": "unit", "category_id": "category"}
PRODUCTS = Kind(
    permission="products:write",
    fields=FIELDS,
    take=take_product,
    undo=undo_product,
    names=NAMES,
    series="product",
)
