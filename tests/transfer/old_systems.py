"""Databases that look like those of the older systems."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import bcrypt

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
                f"INSERT INTO {table} VALUES ({marks})", [[*row.values()] for row in rows]
            )
    return str(path)


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
