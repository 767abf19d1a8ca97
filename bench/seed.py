"""A company of realistic size, written by bulk inserts into the schema the migrations made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from argon2 import PasswordHasher
from sqlalchemy import URL, Connection, NullPool, Table, create_engine, text
from tests.postgres import APPLICATION

from bench.shelves import Shelves
from erp.identity.models import User
from erp.kernel.schema import fold, new_id, plain
from erp.kernel.settings import Settings
from erp.kernel.sqlite import begin_immediate_blocking
from erp.migrations.upgrade import migrate
from erp.organizations.models import Counter, Member, Organization
from erp.products.models import STANDARD_UNITS, Product, Unit, standard_unit_id

PASSWORD = "Correct-Horse-7"
ORGANIZATIONS = 50
OTHERS_HAVE = 0.02  # of what the measured organization has
READER, WRITER, LARGE = "reader@example.com", "writer@example.com", "large@example.com"
SIGNERS = tuple(f"signer{number}@example.com" for number in range(4))
ADJECTIVES = [
    "Oak",
    "Birch",
    "Steel",
    "Compact",
    "Pro",
    "Office",
    "Studio",
    "Slim",
    "Classic",
    "Eco",
    "Walnut",
    "Maple",
    "Carbon",
]
THINGS = [
    "Desk",
    "Chair",
    "Shelf",
    "Lamp",
    "Cable",
    "Adapter",
    "Dock",
    "Headset",
    "Webcam",
    "Binder",
    "Cabinet",
    "Router",
]
NOW = datetime.now(UTC)
TIMES = {"created_at": NOW, "updated_at": NOW, "version": 1}


@dataclass(frozen=True)
class Home:
    """An organization and its only member."""

    organization_id: UUID
    member_id: UUID
    email: str


def seed(url: URL, products: int, large: int = 0) -> UUID:
    """Migrate and fill an empty database; returns the id of a product in the middle."""
    is_file = url.get_backend_name() == "sqlite"
    migrate(url, application=url if is_file else url.set(username=APPLICATION))
    engine = create_engine(
        url.set(drivername="sqlite") if is_file else url,
        poolclass=NullPool,
    )
    if engine.dialect.name == "sqlite":
        begin_immediate_blocking(engine)
    with engine.begin() as connection:
        if not is_file:  # the rows are right; checking a million references takes minutes
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        homes = found_organizations(connection)
        sizes = [products, *[int(products * OTHERS_HAVE)] * (len(homes) - 1)]
        sizes[2] = max(large, sizes[2])
        middle = [fill(connection, home, size) for home, size in zip(homes, sizes, strict=True)]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return middle[0]


def found_organizations(connection: Connection) -> list[Home]:
    """The reader's first, then the writer's and the large one; the rest are company."""
    emails = [READER, WRITER, LARGE, *SIGNERS]
    emails += [f"member{number}@example.com" for number in range(ORGANIZATIONS - len(emails))]
    homes = [Home(new_id(), new_id(), email) for email in emails]
    shipped = Settings()
    hasher = PasswordHasher(shipped.password_time_cost, shipped.password_memory_kib, 1)
    password_hash = hasher.hash(PASSWORD)
    users = {home.email: new_id() for home in homes}
    insert(connection, Organization, (organization_of(home) for home in homes))
    insert(connection, User, (user_of(home, users[home.email], password_hash) for home in homes))
    insert(connection, Member, (member_of(home, users[home.email]) for home in homes))
    insert(connection, Counter, (counter_of(home, "member", 1) for home in homes))
    insert(connection, Unit, (row for home in homes for row in units_of(home)))
    return homes


def counter_of(home: Home, series: str, n: int) -> dict[str, Any]:
    return {"organization_id": home.organization_id, "series": series, "year": 0, "n": n}


def organization_of(home: Home) -> dict[str, Any]:
    name = home.email.partition("@")[0]
    return {
        "id": home.organization_id,
        "slug": name,
        "name": name,
        "status": "active",
        "currency": "EUR",
        "time_zone": "UTC",
        "week_start": "monday",
        "writers": "everyone",
        "require_mfa": False,
        **TIMES,
    }


def user_of(home: Home, user_id: UUID, password_hash: str) -> dict[str, Any]:
    return {
        "id": user_id,
        "email": home.email,
        "email_key": fold(home.email),
        "email_verified_at": NOW,
        "password_hash": password_hash,
        "password_scheme": "argon2id",
        "password_changed_at": NOW,
        "must_change_password": False,
        "is_active": True,
        "is_platform_admin": False,
        **TIMES,
    }


def member_of(home: Home, user_id: UUID) -> dict[str, Any]:
    return {
        "organization_id": home.organization_id,
        "id": home.member_id,
        "number": 1,
        "user_id": user_id,
        "role": "admin",
        "status": "active",
        **TIMES,
    }


def units_of(home: Home) -> Iterator[dict[str, Any]]:
    for unit in STANDARD_UNITS:
        unit_id = standard_unit_id(home.organization_id, unit.code)
        yield {**owned_by(home, unit_id), **unit._asdict()}


def owned_by(home: Home, record_id: UUID) -> dict[str, Any]:
    return {
        "organization_id": home.organization_id,
        "id": record_id,
        "created_by": home.member_id,
        **TIMES,
    }


def fill(connection: Connection, home: Home, size: int) -> UUID:
    """So many products, numbered from 1, each in stock; returns the id of the middle one."""
    ids = [new_id() for _ in range(size)]
    rows = (product_of(home, ids[number], number + 1) for number in range(size))
    insert(connection, Product, rows)
    insert(connection, Counter, iter([counter_of(home, "product", size)]))
    for model, stocked in Shelves(home.organization_id, home.member_id, ids).rows():
        insert(connection, model, stocked)
    return ids[size // 2] if ids else home.organization_id


def product_of(home: Home, product_id: UUID, number: int) -> dict[str, Any]:
    adjective, thing = ADJECTIVES[number % len(ADJECTIVES)], THINGS[number % len(THINGS)]
    name, sku = f"{adjective} {thing} {number * 7919 % 100_003:05d}", f"SKU-{number:07d}"
    return {
        **owned_by(home, product_id),
        "number": number,
        "sku": sku,
        "sku_key": fold(sku),
        "barcode": None,
        "name": name,
        "name_key": plain(name),
        "search_key": plain(f"{name} {sku} {number}"),
        "description": f"{name}, as it stands in the catalog.",
        "kind": "goods",
        "unit_id": standard_unit_id(home.organization_id, "pc"),
        "currency": "EUR",
        "sale_price": Decimal(number % 5000 + 1) / 100,
        "cost_price": Decimal(number % 5000) / 200,
        "first_moved_at": NOW,
    }


def insert(connection: Connection, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    """Bulk insert in batches, so that a million rows need no million dictionaries at once."""
    table: Table = model.__table__
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 5000:
            connection.execute(table.insert(), batch)
            batch.clear()
    if batch:
        connection.execute(table.insert(), batch)
