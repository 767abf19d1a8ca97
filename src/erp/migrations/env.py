"""How Alembic runs here: on a connection it is given, one transaction per migration."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from erp.records import metadata


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Own column types are written as `schema.Id()`."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"schema.{type(item).__name__}()"
    return False


def run() -> None:
    """Run on the connection in the configuration's attributes, or print SQL without one."""
    connection = context.config.attributes.get("connection")
    context.configure(
        connection=connection,
        url=context.config.get_main_option("sqlalchemy.url"),
        target_metadata=metadata,
        render_item=render_item,
        render_as_batch=True,
        transaction_per_migration=True,
        compare_type=True,
        literal_binds=connection is None,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
