"""The schema rules of docs/decisions/0002, read off the metadata."""

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Date, Text, UniqueConstraint, text
from sqlalchemy.sql.schema import ForeignKeyConstraint

from erp.kernel.schema import Base, Id, Instant, Key, Scaled
from erp.records import metadata

TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
TENANT = [table for table in TABLES if table.info.get("scope") == "tenant"]
OTHERS = [table for table in TABLES if table.info.get("scope") != "tenant"]
KEYED_BY_NATURE = {
    "audit_seals": ["organization_id", "seq"],
    "counters": ["organization_id", "series", "year"],
}
PARTS = {  # by table and column: these rows go with what they refer to
    ("customer_contacts", "customer_id"),
    ("customer_addresses", "customer_id"),
    ("project_members", "project_id"),
    ("task_assignees", "task_id"),
    ("task_dependencies", "task_id"),
    ("task_logs", "task_id"),
    ("comments", "task_id"),
    ("stock_count_lines", "count_id"),
    ("time_entry_tags", "entry_id"),
    ("import_rows", "import_id"),
}
TYPES = (Id, Instant, Key, Scaled, Text, BigInteger, Boolean, JSON, Date)

each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
each_tenant_table = pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
each_other_table = pytest.mark.parametrize("table", OTHERS, ids=lambda table: table.name)


def scope_of(key):
    return key.referred_table.info["scope"]


def uniques_of(table):
    found = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    return found + [index for index in table.indexes if index.unique]


@each_table
def test_every_table_says_whose_it_is(table):
    assert table.info["scope"] in {"tenant", "reference", "local"}
    assert table.info["append_only"] in {True, False}


def test_there_are_tables_of_each_kind():
    assert {table.info["scope"] for table in TABLES} == {"tenant", "reference", "local"}
    assert {"members", "customers", "products", "audit_log"} <= {each.name for each in TENANT}
    assert metadata.tables["audit_log"].info["append_only"]


@each_tenant_table
def test_the_key_of_a_tenant_table_begins_with_the_organization(table):
    columns = [column.name for column in table.primary_key.columns]

    assert columns == KEYED_BY_NATURE.get(table.name, ["organization_id", "id"])


@each_tenant_table
def test_uniqueness_is_counted_per_organization(table):
    firsts = {next(iter(unique.columns)).name for unique in uniques_of(table)}

    assert firsts <= {"organization_id"}


def is_within_a_whole(key, here, there):
    """It also names what both belong to, such as the project of two tasks."""
    known = [[column.name for column in each.columns] for each in uniques_of(key.referred_table)]
    return here[:-1] == there[:-1] and len(here) == 3 and there in known


@each_tenant_table
def test_no_reference_leaves_the_organization(table):
    for key in table.foreign_key_constraints:
        here, there = key.column_keys, [element.column.name for element in key.elements]
        if scope_of(key) == "tenant":
            assert here[0] == there[0] == "organization_id"
            assert there[-1] == "id"
            assert there == ["organization_id", "id"] or is_within_a_whole(key, here, there)
        else:
            assert scope_of(key) == "reference"
            assert len(here) == 1


@each_tenant_table
def test_every_tenant_row_belongs_to_an_organization(table):
    column = table.c.organization_id

    assert isinstance(column.type, Id)
    assert not column.nullable
    assert column.default is None
    assert column.server_default is None


@each_other_table
def test_what_tenants_share_never_refers_to_a_tenant(table):
    assert {scope_of(key) for key in table.foreign_key_constraints} <= {"reference"}


@each_table
def test_references_restrict_except_for_true_parts(table):
    for key in table.foreign_key_constraints:
        is_whole = (table.name, key.column_keys[-1]) in PARTS
        assert key.ondelete == "CASCADE" if is_whole else key.ondelete in {None, "RESTRICT"}
        assert key.onupdate is None


@each_table
def test_the_database_makes_no_ids_and_no_values(table):
    for column in table.columns:
        assert column.identity is None
        assert column.server_default is None
        assert column.computed is None
    assert table.autoincrement_column is None or isinstance(table.autoincrement_column.type, Id)


@each_table
def test_types_are_those_of_both_databases(table):
    strange = [
        f"{column.name}: {column.type!r}"
        for column in table.columns
        if not isinstance(column.type, TYPES)
    ]

    assert strange == []


@each_table
def test_every_constraint_has_a_short_name(table):
    named = [each.name for each in (*table.constraints, *table.indexes)]

    assert None not in named
    assert [name for name in named if len(str(name)) > 50] == []


def test_constraint_names_are_unique():
    named = [each.name for table in TABLES for each in (*table.constraints, *table.indexes)]

    assert len(named) == len(set(named))


@each_tenant_table
def test_every_reference_is_served_by_an_index(table):
    """Deleting a parent looks for its children; so does showing them."""
    served = (*table.indexes, *uniques_of(table))
    leading = {tuple(column.name for column in each.columns)[:2] for each in served}

    for key in table.foreign_key_constraints:
        if (table.name, key.column_keys[-1]) in PARTS:
            assert ("organization_id", key.column_keys[-1]) in leading


def test_relationships_are_loaded_only_when_asked_for():
    lazy = {
        f"{mapper.class_.__name__}.{each.key}": each.lazy
        for mapper in Base.registry.mappers
        for each in mapper.relationships
    }

    assert set(lazy.values()) <= {"raise"}
    assert lazy


def test_relationships_stay_within_a_room():
    strangers = [
        f"{mapper.class_.__name__}.{each.key}"
        for mapper in Base.registry.mappers
        for each in mapper.relationships
        if each.mapper.class_.__module__ != mapper.class_.__module__
    ]

    assert strangers == []


def test_foreign_keys_are_declared_on_tables_that_exist():
    keys = [
        key
        for table in TABLES
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint)
    ]

    assert {key.referred_table.name for key in keys} <= set(metadata.tables)


@pytest.mark.anyio
@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
async def test_postgresql_has_no_triggers_and_no_extensions(app):
    async with app.state.database.reading() as session:
        triggers = await session.scalars(
            text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        )
        extensions = await session.scalars(text("SELECT extname FROM pg_extension"))

        assert list(triggers) == []
        assert list(extensions) == ["plpgsql"]
