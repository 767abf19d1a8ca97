"""What is measured side by side: each case is one kind of request, sent to every contestant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from bench.load import Load
from bench.processes import Served
from bench.seed import READER, WRITER

PRODUCT = {"name": "Walnut Desk, height-adjustable", "sale_price": "649.90"}


@dataclass(frozen=True)
class Case:
    """A request, who sends it, and the ratio to the bare handler it should reach."""

    name: str
    path: str
    goal: float
    method: str = "GET"
    bodies: tuple[str, ...] = ()
    person: str = READER
    in_ninja: bool = False

    def load(self, port: int, tokens: dict[str, str], seconds: float) -> Load:
        return Load(
            port=port,
            path=self.path,
            token=tokens[self.person],
            method=self.method,
            bodies=self.bodies,
            seconds=seconds,
        )


def receipts(product: Served, token: str) -> tuple[str, ...]:
    """Ten receipts, each of twenty products of one's own."""
    _status, page = product.call("GET", "/api/products?limit=200&kind=goods", token=token)
    ids = [row["id"] for row in page["items"]]
    chosen = [[ids[(start * 20 + n) % len(ids)] for n in range(20)] for start in range(10)]
    return tuple(
        json.dumps(
            {"kind": "receipt", "lines": [{"product_id": each, "quantity": "2"} for each in some]}
        )
        for some in chosen
    )


def make_cases(product: Served, tokens: dict[str, str], product_id: UUID) -> list[Case]:
    """The cases of part A. The deep page's cursor is asked of the product itself."""
    token = tokens[READER]
    status, deep = product.call("GET", "/api/products?limit=1&offset=5000", token=token)
    assert status == 200, deep
    cursor = deep["next_cursor"]
    deep_path = f"/api/products?cursor={cursor}" if cursor else "/api/products?offset=50"
    return [
        Case("list, 50 of 10,000", "/api/products", 0.5, in_ninja=True),
        Case("list, search", "/api/products?q=walnut", 0.5),
        Case("list, with count", "/api/products?count=true", 0.5, in_ninja=True),
        Case("list, page at 5,000 by cursor", deep_path, 0.5),
        Case("read one", f"/api/products/{product_id}", 0.5, in_ninja=True),
        Case(
            "create, with number and audit row",
            "/api/products",
            0.6,
            method="POST",
            bodies=(json.dumps(PRODUCT),),
            person=WRITER,
            in_ninja=True,
        ),
        Case(
            "post a receipt of 20 lines",
            "/api/stock/postings",
            0.4,
            method="POST",
            bodies=receipts(product, tokens[WRITER]),
            person=WRITER,
        ),
    ]
