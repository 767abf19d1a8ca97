"""The only way to the data of an organization."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, insert, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.orm.util import identity_key

from erp.kernel.db import refusal_for
from erp.kernel.errors import NotAllowed, NotFound
from erp.kernel.schema import Owned
from erp.kernel.walls import NOBODY

M = TypeVar("M", bound=Owned)


@cache
def _query_by_key(model: Any, *, lock: bool) -> Select[Any]:
    """Built once per model: that takes longer than running it."""
    query = select(model).where(model.organization_id == bindparam("organization_id"))
    query = query.where(model.id == bindparam("id"))
    if lock:  # what was read before the lock may be old by now
        query = query.with_for_update(key_share=True, of=model)
        query = query.execution_options(populate_existing=True)
    return query


def for_change(query: Select[Any], of: Any = None) -> Select[Any]:
    """The rows are locked against other writers, in the order of the query; SQLite has one."""
    return query.with_for_update(key_share=True, of=of)


def for_keeping(query: Select[Any], of: Any = None) -> Select[Any]:
    """The rows are kept from changing until the end; others may keep them too."""
    return query.with_for_update(read=True, of=of)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One member at work in one organization, within one transaction; a job works as `NOBODY`."""

    session: AsyncSession
    organization_id: UUID
    member_id: UUID
    user_id: UUID
    session_id: UUID | None
    permissions: frozenset[str]
    currency: str
    time_zone: str
    request_id: str
    own: frozenset[str] = frozenset()
    api_key_id: UUID | None = None

    @property
    def principal_id(self) -> UUID:
        """Whose repeated requests count as one: the person's, or those of one API key alone."""
        return self.api_key_id or self.user_id

    @property
    def author_id(self) -> UUID | None:
        """The member who does it; None for a job."""
        return None if self.member_id == NOBODY else self.member_id

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
        found = await self.find(model, record_id, lock=lock, options=options)
        if found is None:
            raise NotFound
        return found

    async def find(
        self,
        model: type[M],
        record_id: UUID,
        *,
        lock: bool = False,
        options: Sequence[ORMOption] = (),
    ) -> M | None:
        """The record if there is one. Without a lock it may be one that was read before."""
        key = {"organization_id": self.organization_id, "id": record_id}
        known = self.session.identity_map.get(identity_key(model, tuple(key.values())))
        if isinstance(known, model) and not lock and not options:
            return known
        query: Select[M] = _query_by_key(cast("Any", model), lock=lock)
        found = await self.session.scalar(query.options(*options), key)
        self.session.info.setdefault("found", []).append(found)  # the identity map alone forgets
        return found

    async def lock(self, query: Select[M]) -> list[M]:
        """The rows of a sorted query, in whose order they are locked against other writers."""
        locked = query.with_for_update(key_share=True)
        found = await self.session.scalars(locked.execution_options(populate_existing=True))
        return list(found)

    async def share(self, query: Select[M]) -> list[M]:
        """The rows of a sorted query, kept from changing until the end; others may share them."""
        kept = for_keeping(query).execution_options(populate_existing=True)
        return list(await self.session.scalars(kept))

    def add(self, record: M) -> M:
        """Make the record one of this organization's."""
        record.organization_id = self.organization_id
        if hasattr(record, "created_by"):
            record.created_by = self.author_id
        self.session.add(record)
        return record

    async def insert_all(self, records: Sequence[Any]) -> None:
        """Write new records of one kind, in their order, without anything that is pending.

        Thousands go in one statement; the session does not know them afterwards.
        """
        if records:
            rows = [self._row_of(record) for record in records]
            await self.session.execute(insert(type(records[0])), rows)

    def _row_of(self, record: Any) -> dict[str, Any]:
        shared = {
            "organization_id": self.organization_id,
            "created_by": self.member_id,
            "created_at": self.now(),
            "updated_at": self.now(),
            "version": 1,
        }
        columns = inspect(type(record)).columns
        for name in shared.keys() & columns.keys():
            setattr(record, name, shared[name])
        given = record.__dict__
        return {
            name: given.get(name)
            for name, column in columns.items()
            if name in given or column.default is None
        }

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

    def sees_all(self, permission: str) -> bool:
        """Whether the permission reaches everybody's records, not the member's own alone."""
        return permission in self.permissions and permission not in self.own

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
        return self.day_of(self.now())

    def day_of(self, moment: datetime) -> date:
        """The day of an instant where the organization is."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def begin_of(self, day: date) -> datetime:
        """The first instant, in UTC, of a day where the organization is."""
        return datetime.combine(day, time(), tzinfo=ZoneInfo(self.time_zone)).astimezone(UTC)
