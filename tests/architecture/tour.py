"""A tour of every route that needs a permission: one call each, with ids left open.

Each room brings its own calls in `tests/<room>/tour.py`; `test_tenancy.py` fails until a new route
is visited.
"""

from __future__ import annotations

from types import ModuleType

from fastapi import FastAPI

from tests.audit import tour as audit
from tests.customers import tour as customers
from tests.making import Person
from tests.organizations import tour as organizations
from tests.products import tour as products
from tests.projects import tour as projects
from tests.reports import tour as reports
from tests.stock import tour as stock
from tests.timesheets import tour as timesheets
from tests.transfer import tour as transfer

TOURS: tuple[ModuleType, ...] = (
    reports,  # before what it tells of is removed
    audit,
    customers,
    products,
    stock,
    timesheets,
    projects,
    transfer,
    organizations,
)
CALLS = tuple(call for tour in TOURS for call in tour.CALLS)


async def make_everything(app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    made: dict[str, str] = {}
    for tour in TOURS:
        made |= await tour.make_records(app, person)
    return made
