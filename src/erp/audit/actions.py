"""Writing the trail: one explicit call beside each change."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, insert, inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import History

from erp.audit.models import AuditRow
from erp.audit.queries import find_last_actor
from erp.kernel.clock import rfc3339
from erp.kernel.errors import Stale
from erp.kernel.fields import plain_decimal
from erp.kernel.reading import write_later
from erp.kernel.schema import Owned, TenantOwned, new_id, snake_case
from erp.kernel.workspace import Workspace

UNTOLD = frozenset(
    {"organization_id", "id", "version", "created_at", "updated_at", "created_by", "search_key"}
)

_INSERT = insert(cast("Table", AuditRow.__table__))


def record(
    work: Workspace,
    action: str,
    target: Owned,
    *,
    changes: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Add one row about the record to this transaction; call it before the flush of the change.

    What has a `customer_id` is told in that customer's timeline as well.
    """
    told = changes_of(target) if changes is None else changes
    row = {
        "organization_id": work.organization_id,
        "id": new_id(),
        "at": work.now(),
        "actor_kind": "member" if work.author_id else "job",
        "actor_id": work.author_id,
        "session_id": work.session_id,
        "action": action,
        "target_kind": snake_case(type(target).__name__),
        "target_id": target.id,
        "about_id": getattr(target, "customer_id", None),
        "request_id": work.request_id,
        "data": {"changes": told} | _besides(target, reason),
    }
    write_later(work.session, _INSERT, row)


def _besides(target: Owned, reason: str | None) -> dict[str, str]:
    """Why, and whose record it is: own records' history shows to their member alone."""
    owner = getattr(target, "member_id", None)
    told = {"reason": reason, "member_id": str(owner) if owner else None}
    return {name: value for name, value in told.items() if value}


def changes_of(target: Owned) -> dict[str, list[Any]]:
    """`{field: [old, new]}` of everything that is not written yet, as JSON values."""
    state = inspect(target)
    if state.key is None:  # new: nothing to compare with
        given = {name: state.dict.get(name) for name in _told(state.mapper)}
        return {name: [None, as_json(new)] for name, new in given.items() if new is not None}
    told: dict[str, list[Any]] = {}
    for name in _told(state.mapper):
        old, new = _before_and_after(state.attrs[name].history)
        if old != new:
            told[name] = [as_json(old), as_json(new)]
    return told


@cache
def _told(mapper: Mapper[Any]) -> tuple[str, ...]:
    names = [column.key for column in mapper.column_attrs]
    return tuple(name for name in names if name not in UNTOLD and not name.endswith("_key"))


def _before_and_after(history: History) -> tuple[Any, Any]:
    old = history.deleted[0] if history.deleted else None
    if not history.added:
        return (None, None) if not history.deleted else (old, None)
    return old, history.added[0]


def as_json(value: Any) -> Any:
    """The value as JSON holds it: decimals and instants as text."""
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


async def ensure_unchanged(
    work: Workspace, target: TenantOwned, version: int | None, show: Callable[[], dict[str, Any]]
) -> None:
    """Raises `Stale`, with the record as it is now and who changed it, unless `version` fits."""
    if version is not None and target.version != version:
        changed_by = await find_last_actor(work, snake_case(type(target).__name__), target.id)
        raise Stale(current=show(), changed_by=changed_by)
