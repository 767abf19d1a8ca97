"""The only way to the data of an organization."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ORMOption

from erp.kernel.db import refusal_for
from erp.kernel.errors import NotAllowed, NotFound
from erp.kernel.schema import Owned

M = TypeVar("M", bound=Owned)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One member at work in one organization, within one transaction."""

    session: AsyncSession
    organization_id: UUID
    member_id: UUID
    user_id: UUID
    session_id: UUID | None
    permissions: frozenset[str]
    currency: str
    time_zone: str
    request_id: str

    def select(self, model: type[M]) -> Select[M]:
        """Rows of this organization, and of no other."""
        return select(model).where(model.organization_id == self.organization_id)

    async def get(
        self,
        model: type[M],
        record_id: UUID,
        *,
        lock: bool = False,
        options: Sequence[ORMOption] = (),
    ) -> M:
        """The record, locked against other writers if it will be decided upon; else `NotFound`."""
        query = self.select(model).where(model.id == record_id).options(*options)
        if lock:  # what was read before the lock may be old by now
            query = query.with_for_update(key_share=True, of=model)
            query = query.execution_options(populate_existing=True)
        found = await self.session.scalar(query)
        if found is None:
            raise NotFound
        return found

    def add(self, record: M) -> M:
        """Make the record one of this organization's."""
        record.organization_id = self.organization_id
        if hasattr(record, "created_by"):
            record.created_by = self.member_id
        self.session.add(record)
        return record

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A savepoint around a change, so that its refusal can still look around.

        Begin it before the change: opening a savepoint writes what is pending. Raises the refusal
        that belongs to the broken constraint.
        """
        try:
            async with self.session.begin_nested():
                yield
                await self.session.flush()  # the constraint must speak within the savepoint
        except IntegrityError as error:
            raise refusal_for(error) from error

    def can(self, permission: str) -> bool:
        """Whether the member's role allows this."""
        return permission in self.permissions

    def ensure_can(self, permission: str) -> None:
        """Raises `NotAllowed` naming the permission."""
        if permission not in self.permissions:
            raise NotAllowed(permission=permission)

    def now(self) -> datetime:
        """The present instant in UTC."""
        clock: Any = self.session.info["clock"]
        moment: datetime = clock()
        return moment

    def today(self) -> date:
        """The present day where the organization is."""
        return self.now().astimezone(ZoneInfo(self.time_zone)).date()
