"""What the database itself forbids, put in order after each migration by what the tables say.

PostgreSQL: row-level security on every tenant table, forced upon the owner too, and for the
application's role no more than it needs. SQLite: triggers on append-only tables, which Alembic's
batch mode drops silently.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, text

from erp.kernel.walls import Policy, policies_of
from erp.records import metadata

REVISION_TABLE = "alembic_version"
ALL_RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
RIGHTS_OF_APPEND_ONLY = frozenset({"SELECT", "INSERT"})

_TABLES = text("""
    SELECT relname, relrowsecurity AND relforcerowsecurity AS is_walled FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
""")
_POLICIES = text("""
    SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies
    WHERE schemaname = current_schema()
""")
_RIGHTS = text("""
    SELECT relname, privilege_type FROM pg_class, aclexplode(relacl) AS held
    WHERE relnamespace = current_schema()::regnamespace
      AND held.grantee = (SELECT oid FROM pg_roles WHERE rolname = :role)
""")
_MAY_LOOK_AROUND = text("""
    SELECT has_schema_privilege(rolname, current_schema(), 'USAGE') FROM pg_roles
    WHERE rolname = :role
""")


@dataclass
class Present:
    """What PostgreSQL's catalog says about the tables of the product."""

    walled: dict[str, bool]
    policies: dict[str, dict[str, str]] = field(default_factory=dict)
    rights: dict[str, set[str]] = field(default_factory=dict)


def protect(connection: Connection, role: str | None = None) -> None:
    """Put in order whatever is not. `role` is the application's, if it is not the owner itself."""
    if connection.dialect.name == "sqlite":
        _make_triggers(connection)
        return
    for statement in missing_protection(connection, role):
        connection.exec_driver_sql(statement)


def missing_protection(connection: Connection, role: str | None = None) -> list[str]:
    """The statements that would put PostgreSQL in order; none if it is.

    Nothing is altered that is right already: each statement would wait for everybody at work.
    """
    present = _read_catalog(connection, role)
    tables = [table for table in metadata.sorted_tables if table.name in present.walled]
    found = [each for table in tables for each in _wall_of(table, present)]
    return found if role is None else found + list(_rights_of(connection, role, present, tables))


def _read_catalog(connection: Connection, role: str | None) -> Present:
    present = Present({row.relname: row.is_walled for row in connection.execute(_TABLES)})
    for row in connection.execute(_POLICIES):
        present.policies.setdefault(row.tablename, {})[row.policyname] = _shape(row)
    for name, right in connection.execute(_RIGHTS, {"role": role}) if role else ():
        present.rights.setdefault(name, set()).add(right)
    return present


def _wall_of(table: Table, present: Present) -> Iterator[str]:
    """Row-level security of one table: exactly the policies of the metadata."""
    name, wanted = table.name, {each.name: each for each in policies_of(table)}
    if wanted and not present.walled[name]:
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    found = present.policies.get(name, {})
    right = {each for each, policy in wanted.items() if found.get(each) == _shape_of(policy)}
    for policy in sorted(found.keys() - right):
        yield f'DROP POLICY "{policy}" ON {name}'
    for policy in [each for each in wanted if each not in right]:
        yield f"CREATE POLICY {policy} ON {name} {wanted[policy].clauses()}"


def _shape(row: Any) -> str:
    """A policy of the catalog, comparable: PostgreSQL adds casts and parentheses of its own."""
    said = f"{row.permissive} {row.roles} {row.cmd} {row.qual or ''} {row.with_check or ''}"
    return re.sub(r"::text|[()\s]", "", said)


def _shape_of(policy: Policy) -> str:
    said = f"PERMISSIVE ['public'] {policy.command} {policy.using or ''} {policy.check or ''}"
    return re.sub(r"[()\s]", "", said)


def _rights_of(
    connection: Connection, role: str, present: Present, tables: list[Table]
) -> Iterator[str]:
    """What the application may do with each table, and nothing beyond."""
    to = connection.dialect.identifier_preparer.quote(role)
    if not connection.scalar(_MAY_LOOK_AROUND, {"role": role}):
        schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
        yield f"GRANT USAGE ON SCHEMA {schema} TO {to}"
    wanted = {table.name: rights_in(table) for table in tables}
    if REVISION_TABLE in present.walled:
        wanted[REVISION_TABLE] = frozenset({"SELECT"})
    for name, rights in wanted.items():
        held = present.rights.get(name, set())
        if held - rights:
            yield f"REVOKE ALL ON {name} FROM {to}"
        if held != rights:
            yield f"GRANT {', '.join(sorted(rights))} ON {name} TO {to}"


def rights_in(table: Table) -> frozenset[str]:
    """What the application needs of a table."""
    return RIGHTS_OF_APPEND_ONLY if table.info["append_only"] else ALL_RIGHTS


def _make_triggers(connection: Connection) -> None:
    """SQLite refuses UPDATE and DELETE of append-only rows by triggers, made anew each time."""
    present = set(connection.dialect.get_table_names(connection))
    for table in metadata.tables.values():
        if table.info["append_only"] and table.name in present:
            for statement in triggers_of(table.name):
                connection.exec_driver_sql(statement)


def triggers_of(name: str) -> Iterator[str]:
    """The statements that protect one append-only table of SQLite."""
    for verb in ("UPDATE", "DELETE"):
        trigger = f"no_{verb.lower()}_{name}"
        yield f"DROP TRIGGER IF EXISTS {trigger}"
        yield (
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
        )
