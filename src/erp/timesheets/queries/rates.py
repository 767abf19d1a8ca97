"""Lists of rates and billing rules."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, func

from erp.identity.models import User
from erp.kernel.paging import Listing, fetch_one, fetch_page, given
from erp.kernel.workspace import Workspace
from erp.organizations.models import Member
from erp.projects.models import Project
from erp.timesheets.models.rates import BillingRule, Rate
from erp.timesheets.queries.entries import name_of, take_parts
from erp.timesheets.schemas.rates import RateQuery

_rates, _members, _users = Rate.__table__.c, Member.__table__.c, User.__table__.c
_projects = Project.__table__.c
_later = Rate.__table__.alias("later")

_next_from = (
    _later.select()
    .with_only_columns(func.min(_later.c.valid_from))
    .where(
        _later.c.organization_id == _rates.organization_id,
        _later.c.kind == _rates.kind,
        _later.c.scope_key == _rates.scope_key,
        _later.c.valid_from > _rates.valid_from,
    )
    .correlate(Rate.__table__)
    .scalar_subquery()
)
_source = (
    Rate.__table__.outerjoin(
        Member.__table__,
        and_(_members.organization_id == _rates.organization_id, _members.id == _rates.member_id),
    )
    .outerjoin(User.__table__, _users.id == _members.user_id)
    .outerjoin(
        Project.__table__,
        and_(
            _projects.organization_id == _rates.organization_id, _projects.id == _rates.project_id
        ),
    )
)


def _arrange(flat: dict[str, Any]) -> dict[str, Any]:
    member, project = take_parts(flat, "member"), take_parts(flat, "project")
    member["name"] = name_of(member)
    return {
        **flat,
        "member": member if member["id"] is not None else None,
        "project": project if project["id"] is not None else None,
    }


RATES = Listing(
    table=Rate.__table__,
    source=_source,
    columns={
        **{
            name: _rates[name]
            for name in ("id", "kind", "rate", "currency", "valid_from", "version")
        },
        "next_from": _next_from.label("next_from"),
        "member.id": _members.id,
        "member.number": _members.number,
        **{f"member.{name}": _users[name] for name in ("full_name", "username", "email")},
        **{f"project.{name}": _projects[name] for name in ("id", "number", "code", "name")},
    },
    sorts={"valid_from": _rates.valid_from},
    filters={
        "kind": _rates.kind == given("kind"),
        "member_id": _rates.member_id == given("member_id"),
        "project_id": _rates.project_id == given("project_id"),
    },
    arrange=_arrange,
)


async def list_rates(work: Workspace, query: RateQuery) -> bytes:
    """One page of rates as JSON, the latest first."""
    return await fetch_page(work, RATES, query)


async def read_rate(work: Workspace, rate_id: UUID) -> dict[str, Any]:
    """One rate, ready for JSON. Raises `NotFound`."""
    return await fetch_one(work, RATES, rate_id)


async def list_rules(work: Workspace) -> list[BillingRule]:
    """Every billing rule, that of the organization first."""
    return list(
        await work.session.scalars(work.select(BillingRule).order_by(BillingRule.scope_key))
    )
