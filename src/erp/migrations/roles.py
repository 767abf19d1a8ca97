"""The two roles of PostgreSQL: one owns the tables, the other runs the product."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import URL, Connection, text

from erp.records import metadata

ROUNDS = 4096  # what PostgreSQL itself uses

_ME = text("""
    WITH ours AS (SELECT relowner FROM pg_class WHERE relname = ANY(:tables)
      AND relnamespace = current_schema()::regnamespace)
    SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
      EXISTS (SELECT 1 FROM ours WHERE pg_has_role(relowner, 'USAGE')),
      (SELECT min(pg_get_userbyid(relowner)::text) FROM ours
        WHERE NOT pg_has_role(relowner, 'USAGE'))
    FROM pg_roles WHERE rolname = current_user
""")
_EXISTS = text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)")

SCRIPT = """\
-- Makes the two roles of Cloud ERP Lite. Run it as an administrator of the server:
--   erp migrate --roles | psql --dbname {database}
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {owner_text}) THEN
    CREATE ROLE {owner};
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {application_text}) THEN
    CREATE ROLE {application};
  END IF;
END $$;
ALTER ROLE {owner} LOGIN NOSUPERUSER NOBYPASSRLS{owner_password};
ALTER ROLE {application} LOGIN NOSUPERUSER NOBYPASSRLS{application_password};
GRANT CONNECT ON DATABASE {database_name} TO {owner}, {application};
GRANT USAGE, CREATE ON SCHEMA public TO {owner};
GRANT USAGE ON SCHEMA public TO {application};
-- Tables that were made while one role did everything go to the owner.
DO $$ DECLARE owned regclass; BEGIN
  FOR owned IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p') AND relowner = {application_text}::regrole
  LOOP EXECUTE format('ALTER TABLE %s OWNER TO %I', owned, {owner_text}); END LOOP;
END $$;
"""

READER_SCRIPT = """\
-- Reads every row for backups, and makes the scratch databases that prove them.
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = {reader_text}) THEN
    CREATE ROLE {reader};
  END IF;
END $$;
ALTER ROLE {reader} LOGIN NOSUPERUSER BYPASSRLS CREATEDB{password};
GRANT CONNECT ON DATABASE {database_name} TO {reader};
GRANT pg_read_all_data TO {reader};
"""


class RolesUnfit(Exception):
    """The roles of the database do not allow what is due; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Role:
    """What the server says about the role that this connection acts as."""

    name: str
    is_superuser: bool
    bypasses_rows: bool
    may_make_roles: bool
    owns_tables: bool
    other_owner: str | None

    def remarks(self, *, has_two_roles: bool) -> Iterator[str]:
        """What it leaves open as the role the product runs as; nothing for a fit one."""
        power = "is a superuser" if self.is_superuser else "has BYPASSRLS"
        walks_around = self.is_superuser or self.bypasses_rows
        if has_two_roles and walks_around:
            yield f"the role {self.name} {power}: row-level security does not hold for it"
        elif has_two_roles and self.owns_tables:
            yield f"the role {self.name} owns the tables; erp migrate --roles hands them over"
        elif walks_around:
            yield (
                f"{self._alone()}, and {power}: the database itself keeps organizations apart "
                "by references alone"
            )
        elif self.owns_tables:
            yield f"{self._alone()}: append-only tables are kept by the product, not the database"

    def _alone(self) -> str:
        return f"one role, {self.name}, owns the tables and runs the product"


def read_role(connection: Connection) -> Role:
    """Who this connection is."""
    return Role(*connection.execute(_ME, {"tables": list(metadata.tables)}).one())


def ensure_application_role(connection: Connection, application: URL) -> None:
    """Make the application's role if there is none and this login may. Raises `RolesUnfit`."""
    me, role = read_role(connection), str(application.username)
    if me.other_owner is not None:
        raise RolesUnfit(f"{me.other_owner} owns tables that {me.name} may not change")
    if connection.scalar(_EXISTS, {"role": role}):
        return
    if not (me.is_superuser or me.may_make_roles):
        raise RolesUnfit(f"there is no role {role}, and {me.name} may not make one")
    clause = _password_clause(application)
    statement = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role))
    connection.exec_driver_sql(statement.as_string() + clause)


def script_for(owner: URL, application: URL, backup: URL | None = None) -> str:
    """What an administrator runs once, so that every address works; safe to run again."""
    names = {"owner": str(owner.username), "application": str(application.username)}
    named = {key: sql.Identifier(name).as_string() for key, name in names.items()}
    texts = {f"{key}_text": sql.Literal(name).as_string() for key, name in names.items()}
    script = SCRIPT.format(
        **named,
        **texts,
        owner_password=_password_clause(owner),
        application_password=_password_clause(application),
        database=application.database,
        database_name=sql.Identifier(str(application.database)).as_string(),
    )
    if backup is None or backup.username in names.values():
        return script
    return script + _script_for_reader(backup)


def _script_for_reader(backup: URL) -> str:
    return READER_SCRIPT.format(
        reader=sql.Identifier(str(backup.username)).as_string(),
        reader_text=sql.Literal(str(backup.username)).as_string(),
        password=_password_clause(backup),
        database_name=sql.Identifier(str(backup.database)).as_string(),
    )


def _password_clause(url: URL) -> str:
    """The password as the server would keep it, so that no log and no screen shows it."""
    return f" PASSWORD '{make_verifier(str(url.password))}'" if url.password else ""


def make_verifier(password: str) -> str:
    """The SCRAM-SHA-256 verifier of a password (RFC 5802, RFC 7677)."""
    prepared = unicodedata.normalize("NFKC", password).encode()
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", prepared, salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [base64.b64encode(each).decode() for each in (salt, stored, server)]
    return f"SCRAM-SHA-256${ROUNDS}:{parts[0]}${parts[1]}:{parts[2]}"
