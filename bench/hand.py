"""A receipt by hand: the statements that the product sends for it, and nothing around them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from erp.kernel.schema import new_id, unscaled

PRODUCTS = "id, kind, unit_id, archived_at, first_moved_at"
POSTING = (
    *("id", "kind", "effective_at", "posted_at", "reference", "reason"),
    *("subject_kind", "subject_id", "reverses_id"),
)
CLOSING = "SELECT closed_until FROM stock_closings WHERE organization_id = %s {share}"
LOCATIONS = """
    SELECT id, code, name, kind, is_default, archived_at FROM locations
    WHERE organization_id = %s AND (kind = 'supplier' OR is_default) ORDER BY id {share}
"""
UNMOVED = """
    SELECT id FROM products WHERE organization_id = %s AND id IN ({ids}) AND first_moved_at IS NULL
    ORDER BY id
"""
GOODS = f"""
    SELECT {PRODUCTS} FROM products WHERE organization_id = %s AND id IN ({{ids}})
    ORDER BY id {{share}}
"""
UNITS = "SELECT id, code, decimals FROM units WHERE organization_id = %s AND id = %s"
RULES = """
    SELECT product_id, minimum FROM stock_rules WHERE organization_id = %s
    AND product_id IN ({ids}) ORDER BY product_id {lock}
"""
SUMS = """
    SELECT product_id, CAST(SUM(on_hand - reserved) AS BIGINT) FROM stock_balances
    WHERE organization_id = %s AND product_id IN ({ids}) GROUP BY product_id
"""
BALANCES = """
    SELECT product_id, location_id, on_hand, reserved FROM stock_balances
    WHERE organization_id = %s AND location_id = %s AND product_id IN ({ids})
    ORDER BY product_id, location_id {lock}
"""
GUARDED = """
    UPDATE stock_balances SET on_hand = on_hand + %s WHERE organization_id = %s
    AND product_id = %s AND location_id = %s AND on_hand + %s >= reserved AND reserved >= 0
"""
ADD_POSTING = """
    INSERT INTO stock_postings (organization_id, id, kind, effective_at, posted_at, posted_by)
    VALUES (%s, %s, 'receipt', %s, %s, %s)
"""
ADD_MOVE = """
    INSERT INTO stock_moves (organization_id, id, posting_id, line, effective_at, product_id,
      from_location_id, to_location_id, quantity)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
ADD_AUDIT = """
    INSERT INTO audit_log (organization_id, id, at, actor_kind, actor_id, session_id, action,
      target_kind, target_id, request_id, data)
    VALUES (%s, %s, %s, 'member', %s, %s, 'stock.posted', 'stock_posting', %s, %s, %s)
"""
READ_POSTING = f"""
    SELECT {", ".join(f"p.{name}" for name in POSTING)}, r.id, m.number, u.full_name
    FROM stock_postings p
    LEFT JOIN stock_postings r ON r.organization_id = p.organization_id AND r.reverses_id = p.id
    LEFT JOIN members m ON m.organization_id = p.organization_id AND m.id = p.posted_by
    LEFT JOIN users u ON u.id = m.user_id
    WHERE p.organization_id = %s AND p.id = %s
"""
READ_MOVES = """
    SELECT v.line, v.effective_at, p.id, p.number, p.sku, p.name, u.code, u.decimals, v.quantity,
      o.id, o.code, o.name, o.kind, g.id, g.code, g.name, g.kind, v.unit_cost
    FROM stock_moves v
    JOIN products p ON p.organization_id = v.organization_id AND p.id = v.product_id
    JOIN units u ON u.organization_id = p.organization_id AND u.id = p.unit_id
    JOIN locations o ON o.organization_id = v.organization_id AND o.id = v.from_location_id
    JOIN locations g ON g.organization_id = v.organization_id AND g.id = v.to_location_id
    WHERE v.organization_id = %s AND v.posting_id = %s ORDER BY v.line
"""


def read_lines(body: bytes) -> list[tuple[str, int]]:
    """Product and quantity times 10,000 of each line. Raises ValueError."""
    lines = orjson.loads(body)["lines"]
    read = [(str(line["product_id"]), int(Decimal(line["quantity"]).scaleb(4))) for line in lines]
    if not 1 <= len(read) <= 500 or any(quantity <= 0 for _, quantity in read):
        raise ValueError("lines")
    return read


async def post_receipt(
    store: Any, run: Any, access: tuple[Any, ...], session_id: Any, lines: list[tuple[str, int]]
) -> bytes:
    """Lock, check and write a receipt at the default storage."""
    home, member = access[9], access[13]
    moment = store.instant(datetime.now(UTC))
    ids = sorted({store.id(product_id) for product_id, _ in lines})
    places, rules = await lock(store, run, home, ids)
    main = next(place[0] for place in places if place[4])
    supplier = next(place[0] for place in places if place[3] == "supplier")
    before = await run(fill(BALANCES, store, ids), (home, main, *ids))
    more: dict[Any, int] = defaultdict(int)
    for product_id, quantity in lines:
        more[store.id(product_id)] += quantity
    await run.many(
        GUARDED, [(gain, home, product_id, main, gain) for product_id, gain in more.items()]
    )
    posting = store.id(str(new_id()))
    await run(ADD_POSTING, (home, posting, moment, moment, member))
    told = store.json({"changes": {"kind": [None, "receipt"]}})
    trail = (home, store.id(str(new_id())), moment, member, session_id, posting, str(new_id()))
    await run(ADD_AUDIT, (*trail, told))
    moves = [
        (home, store.id(str(new_id())), posting, n, moment, store.id(product_id), supplier, main, q)
        for n, (product_id, q) in enumerate(lines, start=1)
    ]
    await run.many(ADD_MOVE, moves)
    await ensure_none_is_low(store, run, home, rules)
    after = [place_after(row, more[row[0]]) for row in before]
    return await tell(run, home, posting, after)


async def ensure_none_is_low(store: Any, run: Any, home: Any, rules: dict[Any, int]) -> None:
    if rules:
        left = dict(await run(fill(SUMS, store, [*rules]), (home, *rules)))
        assert all(left[product_id] >= minimum for product_id, minimum in rules.items())


async def lock(
    store: Any, run: Any, home: Any, ids: list[Any]
) -> tuple[list[tuple[Any, ...]], dict[Any, int]]:
    """Closing, places, products, units and rules, in the product's order."""
    closing = await run(fill(CLOSING, store), (home,))
    assert not closing or closing[0][0] is None
    places = await run(fill(LOCATIONS, store), (home,))
    assert not await run(fill(UNMOVED, store, ids), (home, *ids))
    goods = await run(fill(GOODS, store, ids), (home, *ids))
    assert all(kind == "goods" and archived is None for _, kind, _, archived, _ in goods)
    for unit_id in {row[2] for row in goods}:
        await run(UNITS, (home, unit_id))
    rules = await run(fill(RULES, store, ids), (home, *ids))
    return places, dict(rules)


def fill(statement: str, store: Any, ids: list[Any] | None = None) -> str:
    """The statement with as many places as there are ids, and locks where there are any."""
    has_locks = hasattr(store, "take")
    return statement.format(
        ids=", ".join(["%s"] * len(ids or ())),
        share="FOR SHARE" if has_locks else "",
        lock="FOR NO KEY UPDATE" if has_locks else "",
    )


def place_after(row: tuple[Any, ...], gain: int) -> dict[str, Any]:
    on_hand, reserved = row[2] + gain, row[3]
    return {
        "product_id": row[0],
        "location_id": row[1],
        "on_hand": unscaled(on_hand),
        "reserved": unscaled(reserved),
        "available": unscaled(on_hand - reserved),
    }


async def tell(run: Any, home: Any, posting: Any, after: list[dict[str, Any]]) -> bytes:
    """The posting as the product answers it."""
    [row] = await run(READ_POSTING, (home, posting))
    made = dict(zip((*POSTING, "reversed_by_id"), row, strict=False))
    made["posted_by"] = {"number": row[-2], "name": row[-1] or ""}
    made["lines"] = [move_of(each) for each in await run(READ_MOVES, (home, posting))]
    return orjson.dumps({**made, "after": after}, option=orjson.OPT_UTC_Z)


def move_of(row: tuple[Any, ...]) -> dict[str, Any]:
    product = dict(zip(("id", "number", "sku", "name"), row[2:6], strict=True))
    place = ("id", "code", "name", "kind")
    return {
        "line": row[0],
        "effective_at": row[1],
        "product": product | {"unit": {"code": row[6], "decimals": row[7]}},
        "quantity": unscaled(row[8]),
        "from_location": dict(zip(place, row[9:13], strict=True)),
        "to_location": dict(zip(place, row[13:17], strict=True)),
        "unit_cost": None if row[17] is None else unscaled(row[17]),
    }
