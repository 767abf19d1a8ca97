"""Both trails of an organization as one list: changes of records, and security events."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    Text,
    cast,
    func,
    literal,
    null,
    or_,
    select,  # noqa: TID251  two trails make one list, which names the organization
    union_all,
)

from erp.audit.models import AuditRow
from erp.audit.queries import without_unseen
from erp.audit.schemas import TrailQuery
from erp.identity.models import SecurityEvent, User
from erp.kernel.paging import Listing, fetch_page, given
from erp.kernel.walls import NOBODY
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member

_trail, _events = AuditRow.__table__.c, SecurityEvent.__table__.c
_NOTHING = cast(null(), Text)
# Without conditions of their own, or PostgreSQL would sort both trails instead of merging them.
_both = union_all(
    select(
        *(_trail.organization_id, _trail.id, _trail.at, literal("changes").label("trail")),
        *(_trail.actor_kind, _trail.actor_id, _trail.action),
        *(_trail.target_kind, _trail.target_id, _NOTHING.label("outcome")),
        *(_NOTHING.label("reason"), _NOTHING.label("ip"), _trail.request_id, _trail.data),
    ),
    select(
        *(_events.organization_id, _events.id, _events.at, literal("security")),
        *(_events.actor_kind, _events.actor_id, _events.event),
        *(_events.subject_kind, _events.subject_id, _events.outcome),
        *(_events.reason_code, _events.ip, _events.request_id, _events.data),
    ),
).subquery("trails")


def _arrange_both(row: dict[str, Any]) -> dict[str, Any]:
    data = row.pop("data") or {}
    if row["trail"] == "security":
        return row | {"changes": {}, "details": data}
    told = {"changes": data["changes"], "reason": data.get("reason"), "details": {}}
    return row | told


async def _name_all(work: Workspace, rows: list[dict[str, Any]]) -> None:
    """Who did it, and what the thing was last called."""
    people = await _list_people(work, rows)
    names = await _list_names(work, [row for row in rows if row["trail"] == "changes"])
    names |= {key: name for key, (_, name) in people.items()}
    for row in rows:
        number, name = people.get(str(row.pop("actor_id")), (None, None))
        row["actor"] = {"kind": row.pop("actor_kind"), "number": number, "name": name}
        row["target_name"] = names.get(str(row["target_id"]))


async def _list_people(work: Workspace, rows: list[dict[str, Any]]) -> dict[str, tuple[int, str]]:
    """Number and name of everybody meant: changes name the member, events the user."""
    meant = [row[key] for row in rows for key in ("actor_id", "target_id") if row[key]]
    ids = {UUID(str(each)) for each in meant}
    query = work.select(Member).where(or_(Member.id.in_(ids), Member.user_id.in_(ids)))
    query = query.join(User, User.id == Member.user_id)
    people: dict[str, tuple[int, str]] = {}
    for member, user in await work.session.execute(query.add_columns(User)):
        named = member.number, user.display_name
        people |= {str(member.id): named, str(user.id): named}
    return people


_called = func.coalesce(
    *(AuditRow.data["changes", field, 1].as_string() for field in ("name", "title"))
)


async def _list_names(work: Workspace, rows: list[dict[str, Any]]) -> dict[str, str]:
    """The names as the trail itself tells them: they outlive the records of the rooms above."""
    kinds = {row["target_kind"] for row in rows}
    ids = {UUID(str(row["target_id"])) for row in rows}
    query = work.select(AuditRow).with_only_columns(AuditRow.target_id, _called)
    query = query.where(AuditRow.target_kind.in_(kinds), AuditRow.target_id.in_(ids))
    found = await work.session.execute(query.where(_called.is_not(None)).order_by(AuditRow.id))
    return {str(target_id): name for target_id, name in found}


TRAILS = Listing(
    table=_both,
    columns={each.key: each for each in _both.c if each.key != "organization_id"},
    sorts={"at": _both.c.id},
    filters={
        "trail": _both.c.trail == given("trail"),
        "actor": or_(
            _both.c.actor_id == given("acting_member"), _both.c.actor_id == given("acting_user")
        ),
        "action": _both.c.action == given("action"),
        "target_kind": _both.c.target_kind == given("target_kind"),
        "target_id": _both.c.target_id == given("target_id"),
        "since": _both.c.at >= given("begin"),  # feeds have a parameter of their own named since
        "until": _both.c.at < given("until"),
    },
    arrange=_arrange_both,
    attach=_name_all,
)


async def fetch_trails(work: Workspace, query: TrailQuery) -> bytes:
    """Changes and security events of the organization, newest first, as JSON."""
    fixed: dict[str, Any] = {"begin": query.since} if query.since else {}
    if query.actor is not None:
        found = await work.session.scalars(work.select(Member).where(Member.number == query.actor))
        member = found.one_or_none()
        fixed["acting_member"] = member.id if member else NOBODY
        fixed["acting_user"] = member.user_id if member else NOBODY
    return without_unseen(work, await fetch_page(work, TRAILS, query, **fixed))
