"""Rates, repricing and billing rules."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from erp.audit.actions import changes_of, ensure_unchanged, record
from erp.kernel.errors import NotFound, wrong_field
from erp.kernel.schema import new_id
from erp.kernel.workspace import Workspace
from erp.organizations.actions.settings import pin_setting
from erp.organizations.models import Member
from erp.projects.models import Project
from erp.timesheets.actions.books import Books, open_books
from erp.timesheets.actions.pricing import take_rates
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.models.rates import BillingRule, Rate, scope_key
from erp.timesheets.models.weeks import LOCKED, Timesheet
from erp.timesheets.queries.rates import read_rate
from erp.timesheets.schemas.rates import (
    BillingRuleIn,
    RateEdit,
    RateIn,
    RepricedOut,
    RepriceIn,
    RepriceOut,
)

LONGEST_REPRICING = 366
MOST_ENTRIES = 20_000
TOLD = 200
BillAndCost = tuple[Decimal | None, Decimal | None]


async def create_rate(work: Workspace, given: RateIn) -> Rate:
    """A rate from a day on, in the organization's currency, which is pinned by it.

    Raises `RateTaken` for a second one of the same scope and day.
    """
    await _ensure_scope(work, given)
    rate = Rate(
        id=new_id(),
        currency=await pin_setting(work, "currency"),
        scope_key=scope_key(given.member_id, given.project_id),
        **given.model_dump(),
    )
    work.add(rate)
    record(work, "rate.created", rate)
    await work.session.flush()  # the constraint speaks, and the answer shows the version
    return rate


async def change_rate(work: Workspace, rate_id: UUID, edit: RateEdit, version: int | None) -> Rate:
    """Another rate or day; entries keep what they found. Raises `RateTaken`, `Stale`."""
    rate = await _lock_rate(work, rate_id, version)
    for name, value in edit.changes().items():
        setattr(rate, name, value)
    if changes_of(rate):
        record(work, "rate.changed", rate)
    await work.session.flush()  # the constraint speaks, and the answer shows the version
    return rate


async def delete_rate(work: Workspace, rate_id: UUID, version: int | None) -> None:
    """Remove a rate; entries keep what they found."""
    rate = await _lock_rate(work, rate_id, version)
    gone = {"rate": [str(rate.rate), None], "valid_from": [rate.valid_from.isoformat(), None]}
    record(work, "rate.deleted", rate, changes=gone)
    await work.session.delete(rate)


async def reprice(work: Workspace, given: RepriceIn) -> RepriceOut:
    """Give entries that are not locked the rates that hold now; own rates of entries stay."""
    if not 0 <= (given.day_to - given.day_from).days < LONGEST_REPRICING:
        raise wrong_field("/day_to", "out_of_range", "Up to 366 days, the first one first")
    await _ensure_scope(work, given)
    books = await open_books(work, {entry.member_id for entry in await _list(work, given)})
    entries, rates = await _list(work, given), list(await work.session.scalars(work.select(Rate)))
    is_locked = await _locks_of(books, given)
    free = [entry for entry in entries if not is_locked(entry)]
    before = [(entry.bill_rate, entry.cost_rate) for entry in free]
    changed = []
    for entry, was in zip(free, before, strict=True):
        take_rates(entry, rates)
        if changes_of(entry):
            record(work, "time_entry.repriced", entry)
            changed.append(_told(entry, was))
    return RepriceOut(
        changed=len(changed),
        unchanged=len(free) - len(changed),
        locked=len(entries) - len(free),
        currency=work.currency,
        bill_before=_sum(free, [bill for bill, _ in before], billable=True),
        bill_after=_sum(free, [entry.bill_rate for entry in free], billable=True),
        cost_before=_sum(free, [cost for _, cost in before]),
        cost_after=_sum(free, [entry.cost_rate for entry in free]),
        items=changed[:TOLD],
    )


async def set_rule(work: Workspace, project_id: UUID | None, given: BillingRuleIn) -> BillingRule:
    """How hours of a project, or wherever none is set, are rounded. Raises `NotFound`."""
    if project_id is not None:
        await work.get(Project, project_id)
    rule = await _find_rule(work, project_id)
    if rule is None:
        key = scope_key(None, project_id)
        rule = work.add(BillingRule(id=new_id(), project_id=project_id, scope_key=key))
    for name, value in given.model_dump().items():
        setattr(rule, name, value)
    if changes_of(rule):
        record(work, "billing_rule.changed", rule)
    await work.session.flush()  # the answer shows the version
    return rule


async def delete_rule(work: Workspace, project_id: UUID | None) -> None:
    """Round no more, or by the organization's rule again. Raises `NotFound`."""
    rule = await _find_rule(work, project_id)
    if rule is None:
        raise NotFound
    record(work, "billing_rule.deleted", rule, changes={"step": [rule.step, None]})
    await work.session.delete(rule)


async def _ensure_scope(work: Workspace, given: RateIn | RepriceIn) -> None:
    if given.member_id is not None and await work.find(Member, given.member_id) is None:
        raise wrong_field("/member_id", "unknown_member", "There is no such member")
    if given.project_id is not None and await work.find(Project, given.project_id) is None:
        raise wrong_field("/project_id", "unknown_project", "There is no such project")


async def _lock_rate(work: Workspace, rate_id: UUID, version: int | None) -> Rate:
    rate = await work.get(Rate, rate_id, lock=True)
    if version not in (None, rate.version):
        shown = await read_rate(work, rate_id)
        await ensure_unchanged(work, rate, version, lambda: shown)
    return rate


async def _find_rule(work: Workspace, project_id: UUID | None) -> BillingRule | None:
    query = work.select(BillingRule).where(BillingRule.scope_key == scope_key(None, project_id))
    return next(iter(await work.lock(query)), None)


async def _list(work: Workspace, given: RepriceIn) -> list[TimeEntry]:
    query = work.select(TimeEntry).where(TimeEntry.work_date.between(given.day_from, given.day_to))
    if given.member_id is not None:
        query = query.where(TimeEntry.member_id == given.member_id)
    if given.project_id is not None:
        query = query.where(TimeEntry.project_id == given.project_id)
    query = query.order_by(TimeEntry.begins_at, TimeEntry.id).limit(MOST_ENTRIES + 1)
    fresh = query.execution_options(populate_existing=True)  # the second time under the lock
    found = list(await work.session.scalars(fresh))
    if len(found) > MOST_ENTRIES:
        raise wrong_field("/day_to", "too_many", f"More than {MOST_ENTRIES} entries")
    return found


async def _locks_of(books: Books, given: RepriceIn) -> Callable[[TimeEntry], bool]:
    """Whether an entry is locked, from one read of the weeks."""
    weeks = books.work.select(Timesheet).where(Timesheet.state.in_(LOCKED))
    weeks = weeks.where(Timesheet.ends_on >= given.day_from, Timesheet.starts_on <= given.day_to)
    spans: dict[UUID, list[tuple[date, date]]] = {}
    for week in await books.work.session.scalars(weeks):
        spans.setdefault(week.member_id, []).append((week.starts_on, week.ends_on))

    def is_locked(entry: TimeEntry) -> bool:
        day, mine = entry.work_date, spans.get(entry.member_id, [])
        is_handed_in = any(first <= day <= last for first, last in mine)
        return is_handed_in or books.closing.holds(day) or entry.billed_at is not None

    return is_locked


def _told(entry: TimeEntry, was: BillAndCost) -> RepricedOut:
    return RepricedOut(
        entry_id=entry.id,
        work_date=entry.work_date,
        bill_before=was[0],
        bill_after=entry.bill_rate,
        cost_before=was[1],
        cost_after=entry.cost_rate,
    )


def _sum(
    entries: list[TimeEntry], rates: list[Decimal | None], *, billable: bool = False
) -> Decimal:
    """Hours times rate with four decimals, rounded once at the end."""
    total = sum(
        (entry.seconds or 0) * rate
        for entry, rate in zip(entries, rates, strict=True)
        if rate is not None and (entry.billable or not billable)
    )
    return (Decimal(total) / 3600).quantize(Decimal("0.0001"))
