"""When a product is low: told once per crossing, however many locations cross it together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import update

from erp.audit.actions import changes_of, record
from erp.kernel.clock import rfc3339
from erp.kernel.errors import wrong_field
from erp.kernel.fields import plain_decimal
from erp.kernel.jobs import insert_into
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.actions.notices import Told, notify
from erp.organizations.queries import list_members_in
from erp.products.models import Product, Unit
from erp.stock.actions.goods import find_goods
from erp.stock.models import StockRule
from erp.stock.queries.locking import lock_rules_of, sum_available
from erp.stock.schemas.upkeep import RuleIn

ZERO = Decimal(0)


async def set_rule(work: Workspace, product_id: UUID, given: RuleIn) -> StockRule:
    """Say when the product is low. Raises `NotFound`, `ProductNotStocked`."""
    await work.get(Product, product_id)
    goods = (await find_goods(work, {product_id: ""}))[product_id]
    target = given.minimum if given.target is None else given.target
    goods.ensure_countable(given.minimum, "/minimum")
    goods.ensure_countable(target, "/target")
    if target < given.minimum:
        raise wrong_field("/target", "below_minimum", "The target must not be below the minimum")
    rule = await _lock_or_make(work, product_id)
    rule.minimum, rule.target = given.minimum, target
    if changes_of(rule):
        record(work, "stock_rule.changed", rule)
    await work.session.flush()  # the answer shows the version
    await note_low(work, [rule])
    return rule


async def _lock_or_make(work: Workspace, product_id: UUID) -> StockRule:
    now = work.now()
    row = {
        "organization_id": work.organization_id,
        "id": new_id(),
        "product_id": product_id,
        "minimum": ZERO,
        "target": ZERO,
        "created_by": work.author_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    insert = insert_into(work.session, StockRule).values(row).on_conflict_do_nothing()
    await work.session.execute(insert)
    [rule] = await work.lock(work.select(StockRule).where(StockRule.product_id == product_id))
    return rule


async def lock_rules(work: Workspace, product_ids: Iterable[UUID]) -> list[Any]:
    """The rules of these products, locked before any figure of theirs is read or changed."""
    return await lock_rules_of(work, set(product_ids))


async def note_low(work: Workspace, rules: Sequence[Any]) -> None:
    """Compare what is left with the minimum, once the balances of the locked rules are written."""
    found = await sum_available(work, [rule.product_id for rule in rules])
    available = {row.product_id: row.available for row in found}
    for rule in rules:
        left = available.get(rule.product_id, ZERO)
        if left < rule.minimum and rule.low_since is None:
            await _sink(work, rule, left)
        elif left >= rule.minimum and rule.low_since is not None:
            await _turn(work, rule, None)


async def _sink(work: Workspace, rule: Any, left: Decimal) -> None:
    moment = work.now()
    if await _turn(work, rule, moment):
        await _tell(work, rule, left, moment)


async def _turn(work: Workspace, rule: Any, low_since: datetime | None) -> bool:
    """Whether the line was crossed now; the guarded update decides."""
    stands = (
        StockRule.low_since.is_not(None) if low_since is None else StockRule.low_since.is_(None)
    )
    statement = update(StockRule).where(StockRule.organization_id == work.organization_id)
    statement = statement.where(StockRule.id == rule.id, stands).values(low_since=low_since)
    result: Any = await work.session.execute(statement)
    return bool(result.rowcount)


async def _tell(work: Workspace, rule: Any, left: Decimal, crossed_at: datetime) -> None:
    product = await work.get(Product, rule.product_id)
    unit = await work.get(Unit, product.unit_id)
    told = Told(
        kind="stock_low",
        code="stock_low",
        params={
            "product": {"number": product.number, "sku": product.sku, "name": product.name},
            "available": plain_decimal(left),
            "minimum": plain_decimal(rule.minimum),
            "unit": unit.code,
        },
        subject=("product", product.id),
        dedupe_key=f"stock_low:{product.id}:{rfc3339(crossed_at)}",
        is_state=True,
    )
    await notify(work, told, await list_members_in(work, ("manager", "admin")))
