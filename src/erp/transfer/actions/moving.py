"""Moving a whole older system into one organization."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import select  # noqa: TID251  the operator names the organization
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk
from erp.kernel.walls import admit
from erp.kernel.workspace import Workspace
from erp.organizations.access import permissions_of
from erp.organizations.errors import OrganizationNotFound
from erp.organizations.models import Member, Organization
from erp.transfer.actions import cloud_erp, inventory_manager, logger, medicalcare, task_hub
from erp.transfer.actions.lasting import lift_limits, renew_times
from erp.transfer.actions.run import Choices, Run
from erp.transfer.schemas.reports import Report
from erp.transfer.sources import Source, open_source

Bring = Callable[[Run, Source], Awaitable[None]]

SYSTEMS: dict[str, Bring] = {
    "cloud-erp": cloud_erp.bring,
    "medicalcare": medicalcare.bring,
    "inventory-manager": inventory_manager.bring,
    "task-hub": task_hub.bring,
    "logger": logger.bring,
}


async def move_in(  # noqa: PLR0913  what an operator says on the command line
    desk: Desk, system: str, place: str, slug: str, choices: Choices, *, dry_run: bool
) -> Report:
    """Read the source and take every row over in one transaction; tell what became of each.

    One refused row, or `dry_run`, and nothing is written. Raises `SourceUnreadable`,
    `OrganizationNotFound`.
    """
    with open_source(place) as source:
        async with desk.database.writing() as session:
            work = await _open_workspace(session, slug)
            begun = work.now()
            await lift_limits(session)
            report = Report(source=system, organization=slug, dry_run=dry_run)
            run = Run(work=work, desk=desk, choices=choices, report=report)
            await run.remember()
            await SYSTEMS[system](run, source)
            await session.flush()  # what a constraint would say, it says now
            if dry_run or report.refused:
                await session.rollback()
            else:
                await renew_times(work, begun)
    return report


async def _find_first_admin(session: AsyncSession, organization_id: UUID) -> Member | None:
    await admit(session, organization_id=organization_id)
    query = select(Member).where(
        Member.organization_id == organization_id,
        Member.role == "admin",
        Member.status == "active",
    )
    return (await session.scalars(query.order_by(Member.number).limit(1))).first()


async def _open_workspace(session: AsyncSession, slug: str) -> Workspace:
    """At work as the organization's first admin: the operator acts for that person."""
    organization = await session.scalar(select(Organization).where(Organization.slug == slug))
    admin = await _find_first_admin(session, organization.id) if organization else None
    if organization is None or admin is None:
        raise OrganizationNotFound(f"There is no organization {slug} with an active admin")
    return Workspace(
        session=session,
        organization_id=organization.id,
        member_id=admin.id,
        user_id=admin.user_id,
        session_id=None,
        permissions=permissions_of("admin", organization.writers),
        currency=organization.currency,
        time_zone=organization.time_zone,
        request_id="import",
    )
