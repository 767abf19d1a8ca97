"""Which row of an older system became which record, and files on their way in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import (
    Base,
    Key,
    Owned,
    TenantOwned,
    one_of,
    owned,
    refers_to,
    sorted_by,
    unique,
)
from erp.transfer.errors import (
    ImportClosed,
    ImportHasErrors,
    ImportNotApplied,
    ImportNotChecked,
)

OUTCOMES = ("create", "change", "skip", "error")


class ImportReference(Owned, Base):
    """A row that was taken over: asking for it again changes nothing."""

    __tablename__ = "import_references"
    __table_args__ = owned(
        unique("source", "kind", "source_id", says=Conflict, name="uq_import_references_row"),
        sorted_by("batch_id"),
    )

    batch_id: Mapped[UUID]
    source: Mapped[str]
    kind: Mapped[str]
    source_id: Mapped[str] = mapped_column(Key)
    target_id: Mapped[UUID]
    created_at: Mapped[datetime]


class Import(TenantOwned, Base):
    """A file on its way in: uploaded, mapped, checked, applied, undone; or discarded.

    `content` is the packed file as long as it may be read anew, `mapping` tells for each field
    which column holds it and what stands in for an empty cell, `made` lists the categories that
    were made on the way.
    """

    __tablename__ = "imports"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        one_of("kind", "products", "customers", "stock"),
        one_of("state", "uploaded", "mapped", "checked", "applied", "undone", "discarded"),
        sorted_by("created_at", "id"),
        sorted_by("kind", "digest"),
    )

    kind: Mapped[str]
    state: Mapped[str]
    file_name: Mapped[str]
    digest: Mapped[str] = mapped_column(Key)
    format: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    columns: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    row_count: Mapped[int]
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    made: Mapped[list[str]] = mapped_column(JSON)
    content: Mapped[str | None] = mapped_column(deferred=True)
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    def ensure_open(self) -> None:
        """Raises `ImportClosed` once it was applied or discarded."""
        if self.state not in {"uploaded", "mapped", "checked"}:
            raise ImportClosed(state=self.state)

    def ensure_applicable(self) -> None:
        """Raises `ImportClosed`, `ImportNotChecked`, `ImportHasErrors`."""
        self.ensure_open()
        if self.state != "checked":
            raise ImportNotChecked
        if wrong := self.counts.get("error"):
            raise ImportHasErrors(count=wrong)

    def ensure_discardable(self) -> None:
        """Raises `ImportClosed` as long as it is in effect, and once it is forgotten."""
        if self.state in {"applied", "discarded"}:
            raise ImportClosed(state=self.state)

    def ensure_undoable(self) -> None:
        """Raises `ImportNotApplied`."""
        if self.state != "applied":
            raise ImportNotApplied


class ImportRow(Owned, Base):
    """One row of the file, and what became of it.

    `line` counts as spreadsheets do. `version` is the one that the check found and then the one
    that the import gave the record; `before` holds what undoing puts back.
    """

    __tablename__ = "import_rows"
    __table_args__ = owned(
        refers_to("imports", "import_id", part_of=True),
        unique("import_id", "line", says=Conflict),
        one_of("outcome", "unchecked", *OUTCOMES),
        sorted_by("import_id", "outcome", "line", name="ix_import_rows_outcome"),
    )

    import_id: Mapped[UUID]
    line: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JSON)
    outcome: Mapped[str]
    target_id: Mapped[UUID | None]
    version: Mapped[int | None]
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
