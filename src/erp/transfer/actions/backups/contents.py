"""What a database holds, in figures: rows and digests of tables, heads of chains, totals.

Plain SQL that both databases understand, so that data of an older release can be read as well.
"""

from collections.abc import Callable, Iterator
from typing import Any

from erp.transfer.errors import BackupDamaged
from erp.transfer.schemas.reports import ChainHead, Contents, TableDigest

MOST_NAMED = 10
Ask = Callable[[str], list[tuple[Any, ...]]]

REVISION_TABLE = "alembic_version"
REVISION = "SELECT version_num FROM alembic_version"
CHAINS = """
    SELECT newest.organization_id, newest.seq, audit_seals.hash FROM (
      SELECT organization_id, max(seq) AS seq FROM audit_seals GROUP BY organization_id
    ) AS newest JOIN audit_seals
      ON audit_seals.organization_id = newest.organization_id AND audit_seals.seq = newest.seq
"""
SECURITY = "SELECT 'security', seq, hash FROM security_seals ORDER BY seq DESC LIMIT 1"
TOTALS = {
    "stock_moves": (
        "moved",
        "SELECT organization_id, sum(quantity) FROM stock_moves GROUP BY organization_id",
    ),
    "stock_balances": (
        "on_hand",
        "SELECT organization_id, sum(on_hand) FROM stock_balances GROUP BY organization_id",
    ),
    "time_entries": (
        "seconds",
        "SELECT organization_id, sum(seconds) FROM time_entries GROUP BY organization_id",
    ),
}


def describe(ask: Ask, tables: dict[str, TableDigest]) -> Contents:
    """The figures of a database whose tables were digested; `ask` runs a query there."""
    revision = ask(REVISION) if REVISION_TABLE in tables else []
    return Contents(
        revision=str(revision[0][0]) if revision else None,
        tables=tables,
        chains={home: ChainHead(sealed=seq, head=head) for home, seq, head in _heads(ask, tables)},
        ledger=_totals(ask, tables),
    )


def _heads(ask: Ask, tables: dict[str, TableDigest]) -> Iterator[tuple[str, int, str]]:
    for table, query in (("audit_seals", CHAINS), ("security_seals", SECURITY)):
        for home, seq, head in ask(query) if table in tables else ():
            yield str(home), seq, head


def _totals(ask: Ask, tables: dict[str, TableDigest]) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for table, (name, query) in TOTALS.items():
        for home, total in ask(query) if table in tables else ():
            totals.setdefault(str(home), {})[name] = int(total or 0)
    return totals


def ensure_same(said: Contents, found: Contents) -> None:
    """Raises `BackupDamaged` that names what differs."""
    if lines := differences(said, found):
        more = f"; and {len(lines) - MOST_NAMED} more" if len(lines) > MOST_NAMED else ""
        raise BackupDamaged(
            "The data is not what the manifest says: " + "; ".join(lines[:MOST_NAMED]) + more
        )


def differences(said: Contents, found: Contents) -> list[str]:
    """What is not as the manifest says, one sentence each; tables first."""
    lines = [line for name in _either(said.tables, found.tables) for line in _of(name, said, found)]
    for kind in ("chains", "ledger"):
        was, now = getattr(said, kind), getattr(found, kind)
        lines += [
            f"{kind} of {home}: {_told(now.get(home))}, not {_told(was.get(home))}"
            for home in _either(was, now)
            if was.get(home) != now.get(home)
        ]
    if said.revision != found.revision:
        lines.append(f"the schema is at {found.revision}, not at {said.revision}")
    return lines


def _told(figure: Any) -> str:
    return str(figure) if figure is not None else "nothing"


def _of(name: str, said: Contents, found: Contents) -> Iterator[str]:
    was, now = said.tables.get(name), found.tables.get(name)
    if was is None or now is None:
        yield f"the table {name} is {'missing' if now is None else 'unknown to the manifest'}"
    elif was.rows != now.rows:
        yield f"{name} has {now.rows} rows, not {was.rows}"
    elif was != now:
        yield f"{name} has the right number of rows, but not the same"


def _either(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return sorted(one.keys() | other.keys())
