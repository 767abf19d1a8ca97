"""Databases that look like those of the older systems."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bcrypt
import psycopg
from psycopg import sql

from tests.process.database import OwnPostgres

Tables = dict[str, list[dict[str, Any]]]


def sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def slow_hash(password: str) -> str:
    """A bcrypt hash of the least cost."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def write_sqlite(path: Path, tables: Tables) -> str:
    """A database file with these rows; columns are as the first row names them."""
    with closing(sqlite3.connect(path)) as file, file:
        for table, rows in tables.items():
            names = list(rows[0])
            file.execute(f"CREATE TABLE {table} ({', '.join(names)})")
            marks = ", ".join("?" * len(names))
            file.executemany(
                f"INSERT INTO {table} VALUES ({marks})",
                [[_as_sqlite(value) for value in row.values()] for row in rows],
            )
    return str(path)


def _as_sqlite(value: Any) -> Any:
    """Instants are texts without a zone there, as SQLAlchemy writes them."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value


def write_postgres(server: OwnPostgres, name: str, tables: Tables) -> str:
    """A database with these rows, in columns of their types; its address."""
    url = server.make_database(name).set(drivername="postgresql")
    address = url.render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        for table, rows in tables.items():
            columns = [
                sql.SQL("{} {}").format(sql.Identifier(each), sql.SQL(_type_of(each, rows)))
                for each in rows[0]
            ]
            named = sql.Identifier(table)
            made = sql.SQL("CREATE TABLE {} ({})").format(named, sql.SQL(", ").join(columns))
            connection.execute(made)
            marks = sql.SQL(", ").join([sql.Placeholder()] * len(columns))
            insert = sql.SQL("INSERT INTO {} VALUES ({})").format(named, marks)
            connection.cursor().executemany(insert, [[*row.values()] for row in rows])
    return address


def _type_of(column: str, rows: list[dict[str, Any]]) -> str:
    names = {int: "bigint", bool: "boolean", float: "double precision", datetime: "timestamptz"}
    found = (row[column] for row in rows if row[column] is not None)
    return names.get(type(next(found, "")), "text")


def write_csv(folder: Path, tables: Tables) -> str:
    """A folder with one file per table, as spreadsheets write them."""
    folder.mkdir()
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return str(folder)


def product(number: int, name: str, price: object, stock: int = 0) -> dict[str, Any]:
    """A product of the inventory manager."""
    known = {"id": number, "name": name, "description": None, "price": price}
    return known | {"stock": stock, "category": "Hardware"}


def inventory(tag: str, **over: Any) -> Tables:
    """The inventory manager's data, with names and addresses of this test alone."""
    users = [
        ("admin", "Root Admin", "admin", "admin123"),
        ("manager", "Mona Manager", "manager", "Mona-Secret-1"),
        ("johndoe", "John Doe", "user", "pass12"),
    ]
    tables: Tables = {
        "users": [
            {
                "id": number,
                "username": f"{name}.{tag}",
                "email": f"{name}.{tag}@example.com",
                "full_name": full_name,
                "hashed_password": sha256(password),
                "role": role,
                "is_active": 1,
            }
            for number, (name, full_name, role, password) in enumerate(users, start=1)
        ],
        "products": [
            product(1, "Laptop", 999.99, 50),
            product(4, "Mouse", 29.123456, 100),
            product(9, "Keyboard", 89.99),
        ],
        "customers": [
            {
                "id": number,
                "name": name,
                "email": f"{name.lower()}.{tag}@example.com",
                "phone": "+1 555",
                "address": address,
                "company": f"{name} Inc",
            }
            for number, name, address in ((1, "Acme", "1 Road"), (3, "Globex", None))
        ],
    }
    return tables | over


def medicalcare(tag: str) -> Tables:
    """The MedicalCare backend's users: one proved, one not."""
    people = ((1, "Mia", 1), (2, "Nia", 0))
    return {
        "users": [
            {
                "id": number,
                "email": f"{name.lower()}.{tag}@example.com",
                "hashed_password": slow_hash(f"{name}-Secret-1"),
                "full_name": name,
                "is_verified": is_verified,
            }
            for number, name, is_verified in people
        ]
    }


def cloud_erp(tag: str) -> Tables:
    """The cloud ERP's data."""
    hashed = slow_hash("Erp-Secret-1")
    return {
        "users": [{"id": 1, "email": f"erp.{tag}@example.com", "hashed_password": hashed}],
        "organizations": [{"id": 1, "name": "Old Org"}],
        "products": [{"id": 7, "name": "Pump", "sku": f"PUMP-{tag}", "price": "12.50"}],
    }


def at(text: str) -> datetime:
    """An instant of the first days of May 2026, in UTC: `04 08:30`."""
    return datetime.fromisoformat(f"2026-05-{text}").replace(tzinfo=UTC)


def entry(key: str, user: str, start: str, end: str | None, code: str = "WEB") -> dict[str, Any]:
    """A time entry of the logger."""
    times = {"start_utc": at(start), "end_utc": at(end) if end else None}
    known = {"id": key, "user_id": user, "project_code": code, "activity": "dev"}
    return known | times | {"notes": "[prio:normal] as planned"}


def logger(tag: str, *entries: dict[str, Any]) -> Tables:
    """The logger's data: two people, and three entries unless others are given."""
    people = (("u1", "lea"), ("u2", "max"))
    return {
        "users": [
            {
                "id": key,
                "email": f"{name}.{tag}@example.com",
                "hashed_password": slow_hash(f"{name}-Secret-1"),
                "is_active": True,
            }
            for key, name in people
        ],
        "time_entries": [
            *(
                entries
                or (
                    entry("e1", "u1", "04 08:00:00", "04 09:30:15"),
                    entry("e2", "u1", "04 09:30:15", None, "web"),
                    entry("e3", "u2", "04 08:00:00", "04 10:00:00", "OPS"),
                )
            )
        ],
    }


def task_hub(tag: str, **over: Any) -> Tables:
    """The task hub's data: people of the directory account ACME, one with a password, one with neither."""
    nobody = {"email": None, "hashed_password": None, "account_id": None, "is_active": True}
    users = [
        {
            "guid": f"g-ann-{tag}",
            "user_id": 1,
            "username": "ann",
            "full_name": "Ann",
            "role": "manager",
        }
        | nobody
        | {"email": f"ann.{tag}@example.com", "account_id": f"ACME-{tag}"},
        {
            "guid": f"g-bob-{tag}",
            "user_id": 2,
            "username": f"bob.{tag}",
            "full_name": "Bob",
            "role": "user",
        }
        | nobody
        | {"email": f"bob.{tag}@example.com", "hashed_password": slow_hash("Bob-Secret-1")},
        {"guid": f"g-cy-{tag}", "user_id": 3, "username": "cy", "full_name": "Cy", "role": "user"}
        | nobody,
    ]
    task = {"description": None, "project_id": 10, "parent_id": None, "completed_at": None}
    tables: Tables = {
        "users": users,
        "projects": [
            {
                "id": 10,
                "code": "HUB",
                "name": "Hub",
                "status": "in_progress",
                "start_date": "2026-01-02",
            }
            | {"end_date": "2026-12-31", "account_id": None, "ace_project_id": None},
            {"id": 11, "code": None, "name": "Synced", "status": "closed", "start_date": None}
            | {"end_date": None, "account_id": f"ACME-{tag}", "ace_project_id": "P-77"},
        ],
        "tasks": [
            task
            | {
                "id": 2,
                "title": "Below",
                "status": "odd",
                "priority": "medium",
                "estimate_hours": 1.5,
            }
            | {"due_date": "2026-06-01", "parent_id": 1},
            task
            | {"id": 1, "title": "Above", "status": "In Progress", "priority": "HIGH"}
            | {"estimate_hours": None, "due_date": None},
            task
            | {
                "id": 3,
                "title": "Done",
                "status": "completed",
                "priority": None,
                "estimate_hours": 2.0,
            }
            | {"due_date": None, "project_id": 11, "completed_at": at("03 12:00")},
        ],
        "task_assignees": [
            {"task_id": 1, "user_id": 1},
            {"task_id": 1, "user_id": 2},
            {"task_id": 3, "user_id": 3},
        ],
        "task_logs": [
            {
                "id": 1,
                "task_id": 1,
                "user_id": 2,
                "message": "Halfway",
                "percent": 50,
                "hours": None,
            }
            | {"created_at": at("05 09:00")},
            {
                "id": 2,
                "task_id": 3,
                "user_id": 1,
                "message": "Built it",
                "percent": None,
                "hours": 2.25,
            }
            | {"created_at": at("05 10:00")},
        ],
    }
    return tables | over
