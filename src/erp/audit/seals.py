"""Seals: a hash chain over what happened, one per organization and one over security events.

Each seal holds the SHA-256 of the seal before it and of one row as canonical JSON, so whoever
alters, removes or inserts a row must rewrite every seal after it. The head, which is logged, tells
of a chain that was cut off or rewritten as a whole. The hash does not depend on the database, so a
chain survives a restore and a move from SQLite to PostgreSQL.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, inspect, select  # noqa: TID251  the worker visits organizations
from sqlalchemy.ext.asyncio import AsyncSession

from erp.audit.actions import as_json
from erp.audit.models import AuditRow, AuditSeal, SecuritySeal
from erp.identity.models import SecurityEvent
from erp.kernel.workspace import Workspace

AT_ONCE = 500
LOOKS_BACK = timedelta(days=1)  # longer than any transaction takes to commit a row it made
DUE_AFTER = timedelta(hours=1)
KEPT = timedelta(days=400)  # security events, counted from their seal


@dataclass(frozen=True, slots=True)
class Chain:
    """Rows, their seals, and whose they are; None is the chain that belongs to no organization."""

    organization_id: UUID | None

    @property
    def row(self) -> Any:
        """The table of what happened."""
        return SecurityEvent if self.organization_id is None else AuditRow

    @property
    def seal(self) -> Any:
        """The table of the seals."""
        return SecuritySeal if self.organization_id is None else AuditSeal

    @property
    def sealed_id(self) -> Any:
        """The column of the seal that names the row."""
        return SecuritySeal.event_id if self.organization_id is None else AuditSeal.audit_id

    def of(self, model: Any, query: Select[Any]) -> Select[Any]:
        """Narrow a query to the organization, if there is one."""
        if self.organization_id is None:
            return query
        return query.where(model.organization_id == self.organization_id)

    def make_seal(self, seq: int, row: Any, sealed_hash: str, now: datetime) -> Any:
        """The next link."""
        link = self.seal(seq=seq, hash=sealed_hash, sealed_at=now)
        setattr(link, self.sealed_id.key, row.id)
        if self.organization_id is not None:
            link.organization_id = self.organization_id
        return link


def hash_of(before: str, seq: int, row: Any) -> str:
    """SHA-256 over the hash before, the number of the link, and the row as canonical JSON.

    Columns without a value are left out, so a column that a later release adds changes nothing.
    """
    columns = inspect(type(row)).column_attrs
    told = {each.key: as_json(getattr(row, each.key)) for each in columns}
    content = {name: value for name, value in told.items() if value is not None}
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}|{seq}|{written}".encode()).hexdigest()


async def find_head(session: AsyncSession, chain: Chain) -> Any:
    """The newest seal; None before the first."""
    newest = select(chain.seal).order_by(chain.seal.seq.desc()).limit(1)
    return (await session.scalars(chain.of(chain.seal, newest))).one_or_none()


async def list_unsealed(session: AsyncSession, chain: Chain, head: Any, limit: int) -> list[Any]:
    """The oldest rows without a seal, near the head: what is sealed is not looked through again."""
    has_seal = chain.of(chain.seal, select(chain.seal.seq).where(chain.sealed_id == chain.row.id))
    query = chain.of(chain.row, select(chain.row)).where(~has_seal.exists())
    if head is not None:
        query = query.where(chain.row.id > _long_before(getattr(head, chain.sealed_id.key)))
    return list(await session.scalars(query.order_by(chain.row.id).limit(limit)))


def _long_before(row_id: UUID) -> UUID:
    """The lowest UUIDv7 of a time well before this one was made (RFC 9562: 48 bits of ms)."""
    milliseconds = (row_id.int >> 80) - round(LOOKS_BACK.total_seconds() * 1000)
    return UUID(int=max(0, milliseconds) << 80)


async def seal_next(session: AsyncSession, chain: Chain) -> tuple[int, str]:
    """Seal the next rows; how many, and the new head. Raises `Conflict` if another sealer won."""
    now: datetime = session.info["clock"]()
    head = await find_head(session, chain)
    seq, last = (head.seq, head.hash) if head else (0, "")
    rows = await list_unsealed(session, chain, head, AT_ONCE)
    for row in rows:
        seq, last = seq + 1, hash_of(last, seq + 1, row)
        session.add(chain.make_seal(seq, row, last, now))
    await session.flush()  # another sealer's seals must be met here
    return len(rows), last


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along a chain found: links that hold, the head, and the first fault."""

    sealed: int
    head: str
    fault: str | None = None


async def verify(session: AsyncSession, chain: Chain) -> Verdict:
    """Walk the whole chain and compare each seal with its row."""
    sealed, last, seq = 0, "", None
    async for seal, row in _links(session, chain):
        if seq is None and row is None and _was_pruned(session, seal):
            sealed, last, seq = 1, seal.hash, seal.seq
            continue
        seq = 1 if seq is None else seq + 1
        fault = _fault_of(seal, row, seq, last, getattr(seal, chain.sealed_id.key))
        if fault:
            return Verdict(sealed, last, fault)
        sealed, last = sealed + 1, seal.hash
    return Verdict(sealed, last, await _find_forgotten(session, chain))


def _was_pruned(session: AsyncSession, first: Any) -> bool:
    """Whether the event of a first seal is gone because its time was over."""
    now: datetime = session.info["clock"]()
    return isinstance(first, SecuritySeal) and now - first.sealed_at > KEPT


def _fault_of(seal: Any, row: Any, seq: int, before: str, row_id: UUID) -> str | None:
    if seal.seq != seq:
        return f"seal {seq} is missing"
    if row is None:
        return f"row {row_id} of seal {seq} is missing"
    if hash_of(before, seq, row) != seal.hash:
        return f"row {row_id} of seal {seq} was changed"
    return None


async def _links(session: AsyncSession, chain: Chain) -> AsyncIterator[tuple[Any, Any]]:
    """Every seal in order, with the row it names."""
    after = 0
    while True:
        query = select(chain.seal).where(chain.seal.seq > after).order_by(chain.seal.seq)
        seals = list(await session.scalars(chain.of(chain.seal, query.limit(AT_ONCE))))
        ids = [getattr(each, chain.sealed_id.key) for each in seals]
        found = chain.of(chain.row, select(chain.row)).where(chain.row.id.in_(ids))
        rows = {row.id: row for row in await session.scalars(found)}
        for seal, row_id in zip(seals, ids, strict=True):
            yield seal, rows.get(row_id)
        if len(seals) < AT_ONCE:
            return
        after = seals[-1].seq
        session.expunge_all()  # a long trail does not fit into memory


async def _find_forgotten(session: AsyncSession, chain: Chain) -> str | None:
    """A row that should have a seal by now: put in later, or its seal was taken away."""
    [oldest] = await list_unsealed(session, chain, None, 1) or [None]
    if oldest is None or not is_overdue(session, oldest):
        return None
    return f"row {oldest.id} has no seal"


def is_overdue(session: AsyncSession, row: Any) -> bool:
    """Whether the row has waited for its seal for more than an hour."""
    now: datetime = session.info["clock"]()
    waits: timedelta = now - row.at
    return waits > DUE_AFTER


async def read_status(work: Workspace) -> dict[str, Any]:
    """How far the organization's changes, and all security events, are sealed."""
    changes = await _progress(work.session, Chain(work.organization_id))
    events = await _progress(work.session, Chain(None))
    return {
        **changes,
        "events_sealed_up_to": events["sealed_up_to"],
        "events_waiting_since": events["waiting_since"],
    }


async def _progress(session: AsyncSession, chain: Chain) -> dict[str, Any]:
    head = await find_head(session, chain)
    sealed_id = getattr(head, chain.sealed_id.key) if head else None
    last = chain.of(chain.row, select(chain.row.at)).where(chain.row.id == sealed_id)
    waiting = await list_unsealed(session, chain, head, 1)
    return {
        "sealed": head.seq if head else 0,
        "head": head.hash if head else None,
        "sealed_up_to": await session.scalar(last) if head else None,
        "waiting_since": waiting[0].at if waiting else None,
    }
