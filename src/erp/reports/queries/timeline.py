"""Timelines: the trail of every room about one customer.

A room takes part by having a `customer_id` on its record: `record` notes it beside each change.
"""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import exists, or_

from erp.audit.models import AuditRow
from erp.audit.queries import HISTORY, VISIBLE, visible_to, without_unseen
from erp.customers.models import Customer
from erp.customers.queries import family_of
from erp.kernel.paging import fetch_page, given
from erp.kernel.workspace import Workspace
from erp.reports.schemas.timeline import TimelineQuery

_trail, _customers = AuditRow.__table__.c, Customer.__table__.c
_in_family = exists().where(
    _customers.organization_id == _trail.organization_id,
    _customers.id == _trail.about_id,
    or_(_customers.id == given("family"), _customers.merged_into_id == given("family")),
)

TIMELINE = replace(
    HISTORY,
    columns={
        **HISTORY.columns,
        "target_kind": _trail.target_kind,
        "target_id": _trail.target_id,
    },
    filters={
        "about": _trail.about_id == given("about"),
        "family": _in_family,
        "kind": _trail.target_kind == given("kind"),
        "visible": VISIBLE,
    },
)


async def list_timeline(work: Workspace, customer_id: UUID, query: TimelineQuery) -> bytes:
    """What happened about a customer and all it absorbed, as JSON, newest first.

    Rows of rooms that the member may not read are left out. Raises `NotFound`.
    """
    await work.get(Customer, customer_id)
    is_alone = len(await family_of(work, customer_id)) == 1
    about = customer_id if is_alone else None  # alone, the index has the order
    family = None if is_alone else customer_id
    page = await fetch_page(
        work, TIMELINE, query, visible=visible_to(work), about=about, family=family
    )
    return without_unseen(work, page)
