"""The rates an entry keeps: found when it is written, never changed by a later rate."""

from decimal import Decimal

from erp.kernel.workspace import Workspace
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.rates import KINDS, Rate, find_rate, scopes_of

Overrides = dict[str, Decimal | None]


async def price(work: Workspace, entry: TimeEntry, overrides: Overrides | None = None) -> None:
    """Find the rates of the entry anew; those that were set on the entry itself stay.

    `overrides` holds rates to set by kind; None goes back to what is found.
    """
    scopes = scopes_of(entry.member_id, entry.project_id)
    query = work.select(Rate).where(Rate.scope_key.in_(scopes.values()))
    rates = (await work.session.scalars(query.where(Rate.valid_from <= entry.work_date))).all()
    given = overrides or {}
    for kind in KINDS:
        if given.get(kind) is not None:
            entry.take_rate(kind, given[kind], "entry")
        elif kind in given or getattr(entry, f"{kind}_source") != "entry":
            found = find_rate(rates, kind, scopes, entry.work_date)
            entry.take_rate(kind, *((found.rate, found.source) if found else (None, None)))
    is_priced = entry.bill_rate is not None or entry.cost_rate is not None
    entry.currency = work.currency if is_priced else None
