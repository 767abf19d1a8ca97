"""The reference: a bare ASGI handler with the driver and orjson that does the product's work.

The same token check, the same access query and rules, the same rows and columns within BEGIN and
COMMIT, parameters read and refused alike, the same statements on create. What it leaves out is the
product's own cost: request id, security headers, access log, CORS, routing, retry, touching the
session once a minute, ETag, OpenAPI, and every error other than 400, 401, 403, 404 and 422.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import jwt
import orjson
import psycopg
import uvicorn
from psycopg.types.json import Json
from sqlalchemy import URL, make_url

from bench import hand
from erp.kernel.crypto import AUDIENCE, ISSUER, REQUIRED, SigningKey
from erp.kernel.schema import new_id, plain, unscaled

COLUMNS = {
    "id": "p.id",
    "number": "p.number",
    "sku": "p.sku",
    "barcode": "p.barcode",
    "name": "p.name",
    "kind": "p.kind",
    "unit_code": "u.code",
    "category_id": "p.category_id",
    "category_name": "c.name",
    "currency": "p.currency",
    "sale_price": "p.sale_price",
    "cost_price": "p.cost_price",
    "version": "p.version",
    "created_at": "p.created_at",
    "updated_at": "p.updated_at",
    "archived_at": "p.archived_at",
}
ACCESS = """
    SELECT s.user_id, s.organization_id, s.gen, s.confirmed_gen, s.last_seen_at,
      s.idle_expires_at, s.absolute_expires_at, s.revoked_at, u.is_active, o.id, o.currency,
      o.time_zone, o.writers, m.id, m.role
    FROM sessions s JOIN users u ON u.id = s.user_id
    LEFT JOIN organizations o ON o.id = s.organization_id AND o.status = 'active'
    LEFT JOIN members m ON m.organization_id = o.id AND m.user_id = u.id AND m.status = 'active'
    WHERE s.id = %s
"""
SOURCE = """
    FROM products p JOIN units u ON u.organization_id = p.organization_id AND u.id = p.unit_id
    LEFT JOIN categories c ON c.organization_id = p.organization_id AND c.id = p.category_id
    WHERE p.organization_id = %s
"""
SORTS = {"name": "p.name_key", "number": "p.number", "updated_at": "p.updated_at"}
UNIT = """
    SELECT id, code, name, decimals, un_code FROM units WHERE organization_id = %s AND code = 'pc'
"""
RECORD = (
    *("category_id", "first_moved_at"),
    *("id", "number", "sku", "barcode", "name", "description", "supplier_code", "kind", "unit_id"),
    *("currency", "sale_price", "cost_price", "version", "created_at", "updated_at", "archived_at"),
)
READ = f"""
    SELECT {", ".join(f"p.{name}" for name in RECORD)}, u.id, u.code, u.name, u.decimals, u.un_code,
      c.name
    {SOURCE} AND p.id = %s
"""
TAKE_NUMBER = """
    INSERT INTO counters (organization_id, series, year, n) VALUES (%s, 'product', 0, 1)
    ON CONFLICT (organization_id, series, year) DO UPDATE SET n = counters.n + 1 RETURNING n
"""
STORED = (*RECORD, "organization_id", "sku_key", "name_key", "search_key", "created_by")
INSERT = f"INSERT INTO products ({', '.join(STORED)}) VALUES ({', '.join(['%s'] * len(STORED))})"
INSERT_AUDIT = """
    INSERT INTO audit_log (organization_id, id, at, actor_kind, actor_id, session_id, action,
      target_kind, target_id, request_id, data)
    VALUES (%s, %s, %s, 'member', %s, %s, 'product.created', 'product', %s, %s, %s)
"""
PERMISSIONS = {"admin": {"products:read", "products:write", "products:costs", "stock:move"}}
PARAMETERS = {"limit", "cursor", "offset", "count", "q", "archived", "sort"}
FIELDS = {"name", "sku", "barcode", "description", "supplier_code", "kind", "sale_price"}
TOLD = ("number", "sku", "barcode", "name", "description", "supplier_code", "kind", "unit_id")


class Refused(Exception):
    """Carries a status number."""


class File:
    """SQLite inline: nothing else runs between BEGIN and COMMIT."""

    def __init__(self, url: URL) -> None:
        self.reader, self.writer = (self.open(url) for _ in range(2))
        self.reader.execute("PRAGMA query_only=ON")
        self.id = str
        self.json = lambda value: orjson.dumps(value).decode()

    def open(self, url: URL) -> sqlite3.Connection:
        connection = sqlite3.connect(str(url.database), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA busy_timeout=5000")
        connection.execute("PRAGMA cache_size=-16384")
        return connection

    def instant(self, moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}"

    @asynccontextmanager
    async def transaction(self, *, writes: bool) -> AsyncIterator[Run]:
        connection = self.writer if writes else self.reader
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            yield RunInline(connection)
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


class Server:
    """PostgreSQL by psycopg, ten connections."""

    def __init__(self, url: URL, size: int = 10) -> None:
        self.address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.size, self.made = size, 0
        self.free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()
        self.id = lambda value: value if isinstance(value, UUID) else UUID(value)
        self.json = lambda value: Json(value, orjson.dumps)

    def instant(self, moment: datetime) -> datetime:
        return moment

    async def take(self) -> psycopg.AsyncConnection[Any]:
        if self.free.empty() and self.made < self.size:
            self.made += 1
            return await psycopg.AsyncConnection.connect(self.address, options="-c timezone=UTC")
        return await self.free.get()

    @asynccontextmanager
    async def transaction(self, *, writes: bool) -> AsyncIterator[Run]:
        connection = await self.take()
        try:
            if connection.read_only is not (not writes):
                await connection.set_read_only(not writes)
            yield RunOnServer(connection)
            await connection.commit()
        except BaseException:
            await connection.rollback()
            raise
        finally:
            self.free.put_nowait(connection)


@dataclass(frozen=True)
class RunInline:
    """Runs statements within a transaction on the file."""

    connection: sqlite3.Connection

    async def __call__(self, statement: str, values: Any) -> Any:
        return self.connection.execute(statement.replace("%s", "?"), values).fetchall()

    async def many(self, statement: str, rows: list[Any]) -> None:
        self.connection.executemany(statement.replace("%s", "?"), rows)


@dataclass(frozen=True)
class RunOnServer:
    """Runs statements within a transaction on the server."""

    connection: psycopg.AsyncConnection[Any]

    async def __call__(self, statement: str, values: Any) -> Any:
        cursor = await self.connection.execute(statement, values)
        return await cursor.fetchall() if cursor.description else []

    async def many(self, statement: str, rows: list[Any]) -> None:
        await self.connection.cursor().executemany(statement, rows)


Run = RunInline | RunOnServer


class Bare:
    """The application."""

    def __init__(self, url: URL, secret: str) -> None:
        self.store = File(url) if url.get_backend_name() == "sqlite" else Server(url)
        self.key = SigningKey("", secret.encode()).derive("access")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            return
        try:
            status, body = await self.answer(scope, receive)
        except Refused as refused:
            status, body = int(refused.args[0]), b"{}"
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def answer(self, scope: Any, receive: Any) -> tuple[int, bytes]:
        claims, path = self.claims(scope), scope["path"]
        if scope["method"] == "POST" and path == "/api/products":
            return 201, await self.create(claims, await read_body(receive))
        if scope["method"] == "POST" and path == "/api/stock/postings":
            return 201, await self.post(claims, await read_raw(receive))
        if path == "/api/products":
            return 200, await self.list(claims, read_query(scope["query_string"]))
        if path.startswith("/api/products/"):
            return 200, await self.read(claims, read_id(path.rpartition("/")[2]))
        raise Refused(404)

    def claims(self, scope: Any) -> dict[str, Any]:
        headers = dict(scope["headers"])
        scheme, _, token = headers.get(b"authorization", b"").decode().partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(401)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.key,
                algorithms=["HS256"],
                audience=AUDIENCE["access"],
                issuer=ISSUER,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError:
            raise Refused(401) from None
        if claims["type"] != "access":
            raise Refused(401)
        return claims

    async def enter(self, run: Run, claims: dict[str, Any], permission: str) -> tuple[Any, ...]:
        found = await run(ACCESS, (self.store.id(claims["sid"]),))
        now = self.store.instant(datetime.now(UTC))
        row = found[0] if found else None
        if row is None or str(row[0]) != claims["sub"] or claims["gen"] > row[2]:
            raise Refused(401)
        if row[5] <= now or row[6] <= now or row[7] is not None or not row[8]:
            raise Refused(401)
        if row[13] is None:
            raise Refused(404)
        if permission not in PERMISSIONS[row[14]]:
            raise Refused(403)
        return row

    async def list(self, claims: dict[str, Any], query: dict[str, Any]) -> bytes:
        async with self.store.transaction(writes=False) as run:
            organization = (await self.enter(run, claims, "products:read"))[9]
            conditions, values = self.conditions(query, organization)
            page = await self.page(run, query, conditions, values)
            if query.get("count"):
                counted = f"SELECT 1 {SOURCE} {conditions} LIMIT 10001"
                [[total]] = await run(f"SELECT count(*) FROM ({counted}) AS matching", values)
                page |= {"total": min(total, 10_000), "total_is_capped": total > 10_000}
        return orjson.dumps(page, option=orjson.OPT_UTC_Z)

    def conditions(self, query: dict[str, Any], organization: Any) -> tuple[str, tuple[Any, ...]]:
        sql, values = "AND p.archived_at IS NULL", (organization,)
        for word in plain(query.get("q", "")).split()[:6]:
            sql += " AND p.search_key LIKE %s ESCAPE '\\'"
            values += (f"%{word}%",)
        return sql, values

    async def page(
        self, run: Run, query: dict[str, Any], conditions: str, values: tuple[Any, ...]
    ) -> dict[str, Any]:
        sort, limit = query.get("sort", "name"), query["limit"]
        order = SORTS[sort]
        skipped: tuple[Any, ...] = (query["offset"],)
        after = " OFFSET %s"
        if "cursor" in query:
            made_for, last, last_id = read_cursor(query["cursor"])
            if made_for != sort:
                raise Refused(422)
            conditions += f" AND ({order}, p.id) > (%s, %s)"
            values, skipped, after = (*values, last, self.store.id(last_id)), (), ""
        statement = (
            f"SELECT {', '.join(COLUMNS.values())}, {order} {SOURCE} {conditions} "
            f"ORDER BY {order}, p.id LIMIT %s{after}"
        )
        found = await run(statement, (*values, limit + 1, *skipped))
        rows, more = found[:limit], len(found) > limit
        return {
            "items": [item(row) for row in rows],
            "limit": limit,
            "next_cursor": make_cursor(sort, rows[-1][-1], rows[-1][0]) if more else None,
        }

    async def read(self, claims: dict[str, Any], product_id: str) -> bytes:
        async with self.store.transaction(writes=False) as run:
            organization = (await self.enter(run, claims, "products:read"))[9]
            found = await run(READ, (organization, self.store.id(product_id)))
        if not found:
            raise Refused(404)
        *unit, category = found[0][len(RECORD) :]
        read = dict(zip(RECORD, found[0], strict=False)) | {"category_name": category}
        return shown(read, tuple(unit))

    async def create(self, claims: dict[str, Any], body: dict[str, Any]) -> bytes:
        async with self.store.transaction(writes=True) as run:
            row = await self.enter(run, claims, "products:write")
            return await self.insert(run, row, self.store.id(claims["sid"]), body)

    async def post(self, claims: dict[str, Any], body: bytes) -> bytes:
        try:
            lines = hand.read_lines(body)
        except (ValueError, ArithmeticError, KeyError):
            raise Refused(422) from None
        async with self.store.transaction(writes=True) as run:
            access = await self.enter(run, claims, "stock:move")
            session_id = self.store.id(claims["sid"])
            return await hand.post_receipt(self.store, run, access, session_id, lines)

    async def insert(
        self, run: Run, access: tuple[Any, ...], session_id: Any, body: dict[str, Any]
    ) -> bytes:
        organization, member = access[9], access[13]
        [unit] = await run(UNIT, (organization,))
        [[number]] = await run(TAKE_NUMBER, (organization,))
        now = self.store.instant(datetime.now(UTC))
        product: dict[str, Any] = {name: body.get(name) for name in FIELDS}
        words = (product["name"], product["sku"], product["barcode"], str(number))
        product |= {
            "organization_id": organization,
            "id": self.store.id(str(new_id())),
            "number": number,
            "sku_key": plain(product["sku"]) if product["sku"] else None,
            "name_key": plain(product["name"]),
            "search_key": plain(" ".join(word for word in words if word)),
            "kind": product["kind"] or "goods",
            "unit_id": unit[0],
            "currency": access[10],
            "cost_price": None,
            "category_id": None,
            "first_moved_at": None,
            "archived_at": None,
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "created_by": member,
        }
        await run(INSERT, tuple(product[name] for name in STORED))
        told = {name: [None, str(product[name])] for name in TOLD if product[name] is not None}
        trail = (organization, self.store.id(str(new_id())), now, member, session_id, product["id"])
        await run(INSERT_AUDIT, (*trail, str(new_id()), self.store.json({"changes": told})))
        return shown({name: product[name] for name in RECORD} | {"category_name": None}, unit)


def item(row: tuple[Any, ...]) -> dict[str, Any]:
    made = dict(zip(COLUMNS, row, strict=False))
    made["sale_price"] = unscaled(made["sale_price"])
    if made["cost_price"] is not None:
        made["cost_price"] = unscaled(made["cost_price"])
    return made


def shown(product: dict[str, Any], unit: tuple[Any, ...]) -> bytes:
    product["sale_price"] = unscaled(product["sale_price"])
    if product["cost_price"] is not None:
        product["cost_price"] = unscaled(product["cost_price"])
    names = ("id", "code", "name", "decimals", "un_code")
    product["unit"] = dict(zip(names, unit, strict=True))
    return orjson.dumps(product, option=orjson.OPT_UTC_Z)


def read_query(raw: bytes) -> dict[str, Any]:
    query: dict[str, Any] = dict(parse_qsl(raw.decode(), keep_blank_values=True))
    if not query.keys() <= PARAMETERS or query.get("sort", "name") not in SORTS:
        raise Refused(422)
    try:
        query["limit"] = int(query.get("limit", 50))
        query["offset"] = int(query.get("offset", 0))
    except ValueError:
        raise Refused(422) from None
    if not (1 <= query["limit"] <= 200 and 0 <= query["offset"] <= 10_000):
        raise Refused(422)
    if len(query.get("q", "")) > 200 or query.get("count", "true") != "true":
        raise Refused(422)
    return query


def read_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(404) from None


async def read_raw(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def read_body(receive: Any) -> dict[str, Any]:
    body = await read_raw(receive)
    try:
        read = json.loads(body)
        price = int(Decimal(read.get("sale_price", "0")).scaleb(4))
    except (ValueError, ArithmeticError):
        raise Refused(422) from None
    if not read.keys() <= FIELDS or not 1 <= len(str(read.get("name", "")).strip()) <= 200:
        raise Refused(422)
    return {**read, "sale_price": price}


def make_cursor(sort: str, value: Any, last_id: Any) -> str:
    shown = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(orjson.dumps([sort, shown, str(last_id)])).decode().rstrip("=")


def read_cursor(cursor: str) -> list[Any]:
    try:
        read: list[Any] = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise Refused(422) from None
    return read


def main() -> None:
    """Serve on the port given, with the garbage collector as calm as the product's."""
    url, secret = make_url(os.environ["DATABASE_URL"]), os.environ["SECRET_KEY"]
    gc.set_threshold(50_000, 20, 50)
    gc.freeze()
    uvicorn.run(
        Bare(url, secret),
        port=int(sys.argv[1]),
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
