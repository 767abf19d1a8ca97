"""Which row of an older system became which record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from erp.kernel.errors import Conflict
from erp.kernel.schema import Base, Key, Owned, owned, sorted_by, unique


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
