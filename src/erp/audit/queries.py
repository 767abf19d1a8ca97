"""Reading the trail."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, case, func, literal_column, or_

from erp.audit.models import AuditRow
from erp.audit.schemas import DeletionsQuery, HistoryQuery
from erp.identity.models import User
from erp.kernel.errors import NotFound
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member

# What one must be allowed to read besides the history, and which values need more than that.
READABLE = {
    "customer": "customers:read",
    "contact": "customers:read",
    "address": "customers:read",
    "product": "products:read",
    "unit": "products:read",
    "category": "products:read",
    "location": "stock:read",
    "stock_posting": "stock:read",
    "stock_reservation": "stock:read",
    "stock_count": "stock:read",
    "stock_rule": "stock:read",
    "stock_closing": "stock:read",
    "stock_balance": "stock:read",
    "project": "projects:read",
    "task_state": "projects:read",
    "task": "tasks:read",
    "comment": "tasks:read",
    "time_entry": "time:read",
    "timesheet": "time:read",
    "work_schedule": "time:read",
    "time_closing": "time:read",
    "rate": "rates:read",
    "billing_rule": "rates:read",
    "import": "imports:run",
}
HIDDEN = {
    "cost_price": "products:costs",
    "budget_amount": "reports:money",
    **dict.fromkeys(("bill_rate", "bill_source", "cost_rate", "cost_source"), "rates:read"),
}

_trail, _members, _users = AuditRow.__table__.c, Member.__table__.c, User.__table__.c

_with_actors = AuditRow.__table__.outerjoin(
    Member.__table__,
    and_(_members.organization_id == _trail.organization_id, _members.id == _trail.actor_id),
).outerjoin(User.__table__, _users.id == _members.user_id)


def _arrange(row: dict[str, Any]) -> dict[str, Any]:
    email = row.pop("email") or ""
    name = row.pop("full_name") or row.pop("username", None) or email.partition("@")[0] or None
    row.pop("username", None)
    data = row.pop("data")
    actor = {"kind": row.pop("actor_kind"), "number": row.pop("number"), "name": name}
    return {**row, "actor": actor, "changes": data["changes"], "reason": data.get("reason")}


HISTORY = Listing(
    table=AuditRow.__table__,
    source=_with_actors,
    columns={
        "id": _trail.id,
        "at": _trail.at,
        "action": _trail.action,
        "actor_kind": _trail.actor_kind,
        "number": _members.number,
        "full_name": _users.full_name,
        "username": _users.username,
        "email": _users.email,
        "data": _trail.data,
        "request_id": _trail.request_id,
    },
    sorts={"at": _trail.id},
    filters={
        "target_kind": _trail.target_kind == given("target_kind"),
        "target_id": _trail.target_id == given("target_id"),
    },
    arrange=_arrange,
)


# Of which kinds one may know: everybody's (`kind:*`), or what is one's own (`kind:<member>`).
_owner = func.coalesce(_trail.data["member_id"].as_string(), "*")
_is_visible = or_(
    given("visible").like("%|" + _trail.target_kind + ":*|%"),
    given("visible").like("%|" + _trail.target_kind + ":" + _owner + "|%"),
)
# Nearly every row is. PostgreSQL takes LIKE for a rare thing and would sort instead of walking
# down the index; it takes "not equal" for a common one.
VISIBLE = case((_is_visible, 1), else_=0) != 0
DELETIONS = Listing(
    table=AuditRow.__table__,
    columns={"kind": _trail.target_kind, "id": _trail.target_id, "at": _trail.at},
    sorts={"updated_at": _trail.at},
    filters={
        "deleted": _trail.action.like(literal_column("'%.deleted'")),
        "kind": _trail.target_kind == given("kind"),
        "visible": VISIBLE,
    },
)


def visible_to(work: Workspace) -> str:
    """The kinds of records whose trail the member may read, as `VISIBLE` compares them."""
    kinds = [
        f"{kind}:{'*' if work.sees_all(needed) else work.member_id}"
        for kind, needed in READABLE.items()
        if work.can(needed)
    ]
    return f"|{'|'.join(kinds)}|"


def unseen_by(work: Workspace) -> frozenset[str]:
    """The fields whose values the member may not see in any trail."""
    return frozenset(name for name, right in HIDDEN.items() if not work.can(right))


async def list_deletions(work: Workspace, query: DeletionsQuery) -> bytes:
    """One page of deletions as JSON, oldest first."""
    return await fetch_page(work, DELETIONS, query, visible=visible_to(work), deleted=True)


async def list_history(work: Workspace, kind: str, target_id: UUID, query: HistoryQuery) -> bytes:
    """The changes of one record, newest first, as JSON; amounts as hidden as in the record.

    Raises `NotFound` for what never was a record here, and for a colleague's where one sees one's
    own alone; a deleted record keeps its history.
    """
    needed = READABLE.get(kind)
    if needed is None:
        raise NotFound
    work.ensure_can(needed)
    last = await _find_last(work, kind, target_id)
    if last is None or not _is_within_scope(work, needed, last):
        raise NotFound
    page = await fetch_page(work, HISTORY, query, target_kind=kind, target_id=target_id)
    return without_unseen(work, page)


def _is_within_scope(work: Workspace, needed: str, last: AuditRow) -> bool:
    owner = last.data.get("member_id")
    return owner is None or owner == str(work.member_id) or work.sees_all(needed)


def without_unseen(work: Workspace, page: bytes) -> bytes:
    """The page of a trail without the values that the member may not see."""
    unseen = unseen_by(work)
    if not unseen:
        return page
    content = orjson.loads(page)
    for row in content["items"]:
        row["changes"] = {key: kept for key, kept in row["changes"].items() if key not in unseen}
    return orjson.dumps(content)


async def _find_last(work: Workspace, kind: str, target_id: UUID) -> AuditRow | None:
    query = work.select(AuditRow).where(AuditRow.target_kind == kind)
    query = query.where(AuditRow.target_id == target_id).order_by(AuditRow.id.desc())
    return (await work.session.scalars(query.limit(1))).first()


async def find_last_actor(work: Workspace, kind: str, target_id: UUID) -> dict[str, Any] | None:
    """Number and name of whoever changed the record last."""
    last = await _find_last(work, kind, target_id)
    if last is None or last.actor_id is None:
        return None
    member = await work.get(Member, last.actor_id)
    user = await work.session.get_one(User, member.user_id)
    return {"number": member.number, "name": user.display_name}
