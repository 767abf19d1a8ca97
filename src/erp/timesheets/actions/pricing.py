"""The rates an entry keeps: found when it is written, never changed by a later rate."""

from collections.abc import Iterable
from decimal import Decimal

from erp.kernel.workspace import Workspace
from erp.organizations.actions.settings import pin_setting
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.rates import KINDS, Rate, find_rate, scopes_of

Overrides = dict[str, Decimal | None]


async def price(work: Workspace, entry: TimeEntry, overrides: Overrides | None = None) -> None:
    """Find the rates of the entry anew; those that were set on the entry itself stay.

    `overrides` holds rates to set by kind; None goes back to what is found.
    """
    scopes = scopes_of(entry.member_id, entry.project_id)
    query = work.select(Rate).where(Rate.scope_key.in_(scopes.values()))
    rates = await work.session.scalars(query.where(Rate.valid_from <= entry.work_date))
    given = overrides or {}
    for kind, rate in given.items():
        entry.take_rate(kind, rate, "entry" if rate is not None else None)
    if any(rate is not None for rate in given.values()):
        entry.currency = await pin_setting(work, "currency")
    take_rates(entry, rates.all())


def take_rates(entry: TimeEntry, rates: Iterable[Rate]) -> None:
    """Copy what these rates say of the entry's member, project and day."""
    known, scopes = list(rates), scopes_of(entry.member_id, entry.project_id)
    for kind in KINDS:
        if getattr(entry, f"{kind}_source") == "entry":
            continue
        found = find_rate(known, kind, scopes, entry.work_date)
        entry.take_rate(kind, *((found.rate, found.source) if found else (None, None)))
        entry.currency = found.currency if found else entry.currency
    if entry.bill_rate is None and entry.cost_rate is None:
        entry.currency = None
