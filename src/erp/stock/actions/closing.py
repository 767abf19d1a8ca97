"""Which days may be posted on: never the future, never what is closed."""

from collections.abc import Iterable
from datetime import date, datetime

from erp.audit.actions import record
from erp.kernel.errors import wrong_field
from erp.kernel.jobs import insert_into
from erp.kernel.workspace import Workspace
from erp.stock.errors import ClosingMovesBack, PeriodClosed
from erp.stock.models import StockClosing, closing_id
from erp.stock.queries.locking import keep_closing


def ensure_may_date(work: Workspace, moment: datetime, pointer: str) -> None:
    """Nothing lies in the future; a day before today needs `stock:close`. Raises `NotAllowed`."""
    if moment > work.now():
        raise wrong_field(pointer, "in_future", "This lies in the future")
    if work.day_of(moment) < work.today():
        work.ensure_can("stock:close")


async def ensure_open(work: Workspace, moments: Iterable[datetime]) -> None:
    """Raises `PeriodClosed`. Nobody closes these days before this transaction ends."""
    found = await keep_closing(work)
    if not found:
        await _make_closing(work)
        found = await keep_closing(work)
    until = found[0].closed_until
    if until is not None and any(work.day_of(moment) <= until for moment in moments):
        raise PeriodClosed(closed_until=until)


async def close(work: Workspace, until: date, reason: str | None) -> StockClosing:
    """Close every day up to this one. Raises `ClosingMovesBack` where that needs a reason."""
    if until > work.today():
        raise wrong_field("/until", "in_future", "Only days that have begun can be closed")
    await _make_closing(work)
    closing = await work.get(StockClosing, closing_id(work.organization_id), lock=True)
    moves_back = closing.closed_until is not None and until < closing.closed_until
    if moves_back and reason is None:
        raise ClosingMovesBack(closed_until=closing.closed_until)
    if until != closing.closed_until:
        closing.closed_until, closing.reason = until, reason
        record(work, "stock.closed", closing, reason=reason)
    return closing


async def _make_closing(work: Workspace) -> None:
    now = work.now()
    row = {
        "organization_id": work.organization_id,
        "id": closing_id(work.organization_id),
        "created_by": work.author_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    insert = insert_into(work.session, StockClosing).values(row).on_conflict_do_nothing()
    await work.session.execute(insert)
