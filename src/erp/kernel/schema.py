"""How tables are made: ids, instants, exact decimals, tenancy. Rules: docs/decisions/0002."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Dialect,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from erp.kernel.clock import rfc3339
from erp.kernel.errors import Refusal
from erp.kernel.walls import NOBODY, Policy

NO_ORGANIZATION = NOBODY
SCALE = 4


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): sorts by the time it was made, so it is never a secret."""
    return uuid_utils.compat.uuid7()


class Id(TypeDecorator[UUID]):
    """A UUID: native on PostgreSQL, its 36 character text on SQLite."""

    impl = String(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Native where the database has it."""
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.UUID(as_uuid=True) if postgres else String(36))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Text for SQLite, by the shortest way: it runs for every id of every row."""
        return None if dialect.name == "postgresql" else _id_as_text

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], UUID | None] | None:
        """A UUID on both."""
        return None if dialect.name == "postgresql" else _id_from_text


def _id_as_text(value: UUID | None) -> str | None:
    return value if value is None else str(value)


def _id_from_text(value: str | None) -> UUID | None:
    return value if value is None else UUID(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC with microseconds; RFC 3339 text on SQLite, so that it sorts and prints."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`timestamptz` on PostgreSQL."""
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(
            postgresql.TIMESTAMP(timezone=True) if postgres else String(27)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuses an instant without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC) if dialect.name == "postgresql" else rfc3339(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """An aware datetime on both."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class Scaled(TypeDecorator[Decimal]):
    """An exact decimal with four places, stored times 10,000 as bigint; refuses floats."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], int | None]:
        """Refuses what four places cannot hold."""
        return scaled

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], Decimal | None]:
        """The exact decimal without needless zeros."""
        return _as_decimal


def scaled(value: Decimal | None) -> int | None:
    """Times 10,000. Raises TypeError for a float, ValueError for more than four decimals."""
    if value is None:
        return None
    if not isinstance(value, Decimal):
        raise TypeError(f"a decimal is due, not {type(value).__name__}")
    moved = value.scaleb(SCALE)
    if moved != moved.to_integral_value():
        raise ValueError(f"{value} has more than {SCALE} decimals")
    return int(moved)


def _as_decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(unscaled(value))


def unscaled(value: int) -> str:
    """The plain decimal text of a scaled integer: 12500 is `1.25`."""
    whole, rest = divmod(abs(value), 10**SCALE)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest:04d}".rstrip("0") if rest else f"{sign}{whole}"


class Key(TypeDecorator[str]):
    """Text compared as bytes on both databases: the folded twin of what people see."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Collation "C" on PostgreSQL; SQLite compares bytes by itself."""
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(Text(collation="C") if postgres else Text())


def fold(value: str) -> str:
    """The form in which texts are equal: NFKC, casefolded, blanks collapsed (Unicode 3.13)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return " ".join(folded.split())


def plain(value: str) -> str:
    """Folded and without accents, for sorting and searching: `Äpfel` is `apfel`."""
    parts = unicodedata.normalize("NFKD", fold(value))
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(bare.split())  # a lone accent leaves a blank


def bare(value: str, without: frozenset[str] = frozenset()) -> str | None:
    """What is left for telling twins: letters and digits, but for some words. None if nothing is.

    `Müller & Söhne` and `Muller Söhne` are one; dots and apostrophes part no words.
    """
    words = re.sub(r"[^\w]+|_", " ", re.sub("[.'\u2019]", "", plain(value))).split()
    return "".join([each for each in words if each not in without] or words) or None


def ix_or_uq(index: Index, _table: object) -> str:
    """Tells a unique index from a plain one over the same columns, so that both may stand."""
    return "uq" if index.unique else "ix"


class Base(DeclarativeBase):
    """The tables of the product."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "%(ix_or_uq)s_%(table_name)s_%(column_0_N_name)s",
            "ix_or_uq": ix_or_uq,
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        UUID: Id,
        datetime: Instant,
        Decimal: Scaled,
        int: BigInteger,
        str: Text,
    }


class Timed:
    """When a row was made and last changed; the unit of work writes both."""

    created_at: Mapped[datetime] = mapped_column(sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(sort_order=91)


class Versioned(Timed):
    """A row whose every change raises `version`, from 1."""

    version: Mapped[int] = mapped_column(sort_order=92)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  SQLAlchemy passes the class
        """A write that meets another version than it read changes nothing."""
        return {"version_id_col": cls.version}


class Owned:
    """A row of one organization: the key begins with `organization_id`, on every database."""

    organization_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-99)


class TenantOwned(Owned, Versioned):
    """A record of one organization, with version, times and the member who made it."""

    created_by: Mapped[UUID | None] = mapped_column(sort_order=93)


def owned(
    *constraints: Any, append_only: bool = False, admits: tuple[Policy, ...] = ()
) -> tuple[Any, ...]:
    """The `__table_args__` of a tenant table; `admits` widens the second wall (kernel/walls.py)."""
    root = ForeignKeyConstraint(["organization_id"], ["organizations.id"])
    info = {"scope": "tenant", "append_only": append_only, "admits": admits}
    return (root, *constraints, {"info": info})


def reference(*constraints: Any) -> tuple[Any, ...]:
    """The `__table_args__` of a table all organizations share."""
    return (*constraints, {"info": {"scope": "reference", "append_only": False}})


def local(*constraints: Any, append_only: bool = False) -> tuple[Any, ...]:
    """The `__table_args__` of a table that serves sign-in and the process, not a tenant."""
    return (*constraints, {"info": {"scope": "local", "append_only": append_only}})


def refers_to(table: str, column: str, *, part_of: bool = False) -> ForeignKeyConstraint:
    """A reference that cannot leave the organization; parts go with their whole."""
    return ForeignKeyConstraint(
        ["organization_id", column],
        [f"{table}.organization_id", f"{table}.id"],
        ondelete="CASCADE" if part_of else "RESTRICT",
    )


def refers_within(
    table: str, whole: str, column: str, *, part_of: bool = False, name: str | None = None
) -> ForeignKeyConstraint:
    """A reference to a record of the same whole, such as a task of the same project.

    The table it points to has `unique(whole, "id")`. Long names need a short `name`.
    """
    return ForeignKeyConstraint(
        ["organization_id", whole, column],
        [f"{table}.organization_id", f"{table}.{whole}", f"{table}.id"],
        name=name,
        ondelete="CASCADE" if part_of else "RESTRICT",
    )


def unique(
    *columns: str, says: type[Refusal], where: str | None = None, name: str | None = None
) -> UniqueConstraint | Index:
    """No two rows of one organization share these columns; `says` answers who tries."""
    if where is None:
        return UniqueConstraint("organization_id", *columns, name=name, info={"says": says})
    condition = text(where)
    return Index(
        name,
        "organization_id",
        *columns,
        unique=True,
        sqlite_where=condition,
        postgresql_where=condition,
        info={"says": says},
    )


def sorted_by(*columns: str, where: str | None = None, name: str | None = None) -> Index:
    """An index that serves a list's order within one organization; long ones need a `name`."""
    if where is None:
        return Index(name, "organization_id", *columns)
    some: Any = {f"{backend}_where": text(where) for backend in ("sqlite", "postgresql")}
    return Index(name, "organization_id", *columns, **some)


def one_of(column: str, *words: str) -> CheckConstraint:
    """A column that holds one of a few words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def refusals_by_constraint(metadata: MetaData) -> dict[str, type[Refusal]]:
    """What each constraint says, by its name and (as SQLite reports it) by its columns."""
    found: dict[str, type[Refusal]] = {}
    for table in metadata.tables.values():
        for constraint in (*table.constraints, *table.indexes):
            says = constraint.info.get("says")
            if says is None or not isinstance(constraint, UniqueConstraint | Index):
                continue
            columns = ", ".join(f"{table.name}.{column.name}" for column in constraint.columns)
            found[str(constraint.name)] = found[columns] = says
    return found


def snake_case(name: str) -> str:
    """`CustomerContact` is `customer_contact`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
