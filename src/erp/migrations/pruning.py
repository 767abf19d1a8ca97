"""Taking away security events after their time: the owner's work, since nobody else may."""

from datetime import datetime

from sqlalchemy import URL, Connection, delete, func, select, text

from erp.audit.models import SecuritySeal
from erp.audit.seals import KEPT
from erp.identity.models import SecurityEvent
from erp.migrations.protection import triggers_of
from erp.migrations.roles import RolesUnfit
from erp.migrations.upgrade import open_engine

_seals, _events = SecuritySeal.__table__.c, SecurityEvent.__table__.c


def prune_events(url: URL, now: datetime) -> int:
    """Remove sealed events older than 400 days, and their seals but the last; returns how many.

    The seal that stays is where the chain begins from then on. Raises `RolesUnfit` when the
    address is not the owner's.
    """
    with open_engine(url) as engine, engine.begin() as connection:
        if not _may_prune(connection):
            raise RolesUnfit(f"{url.username} may not remove security events; the owner may")
        last = _last_to_go(connection, now - KEPT)
        return _remove_up_to(connection, last) if last else 0


def _may_prune(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return True
    may = text("SELECT has_table_privilege('security_events', 'DELETE')")
    return bool(connection.scalar(may))


def _last_to_go(connection: Connection, before: datetime) -> int | None:
    """The youngest of the old seals; events are sealed within minutes."""
    last: int | None = connection.scalar(
        select(func.max(_seals.seq)).where(_seals.sealed_at < before)
    )
    return last


def _remove_up_to(connection: Connection, last: int) -> int:
    tables = (SecurityEvent.__tablename__, SecuritySeal.__tablename__)
    on_sqlite = connection.dialect.name == "sqlite"
    for name in tables if on_sqlite else ():
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER no_{verb}_{name}")
    old = select(_seals.event_id).where(_seals.seq <= last)
    gone = connection.execute(delete(SecurityEvent).where(_events.id.in_(old))).rowcount
    connection.execute(delete(SecuritySeal).where(_seals.seq < last))
    for name in tables if on_sqlite else ():
        for statement in triggers_of(name):
            connection.exec_driver_sql(statement)
    return int(gone)
