"""Customers, their contacts and their addresses."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from erp.customers.errors import BillingAddressExists, CustomerEmailTaken, PrimaryContactExists
from erp.kernel.errors import Conflict, wrong_field
from erp.kernel.fields import from_minor, to_minor
from erp.kernel.schema import (
    Base,
    Key,
    TenantOwned,
    fold,
    one_of,
    owned,
    plain,
    refers_to,
    sorted_by,
    unique,
)


class Customer(TenantOwned, Base):
    """A company or person we work for."""

    __tablename__ = "customers"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        unique("number", says=Conflict),
        unique(
            "email_key",
            says=CustomerEmailTaken,
            where="archived_at IS NULL AND email_key IS NOT NULL",
        ),
        one_of("kind", "company", "person"),
        CheckConstraint("payment_days BETWEEN 0 AND 365", name="payment_days"),
        sorted_by("name_key", "id"),
        sorted_by("updated_at", "id"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    company: Mapped[str | None]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(Key)
    phone: Mapped[str | None]
    vat_id: Mapped[str | None]
    buyer_reference: Mapped[str | None]
    language: Mapped[str | None]
    notes: Mapped[str | None]
    currency: Mapped[str]
    payment_days: Mapped[int]
    tax_exempt: Mapped[bool]
    credit_limit_minor: Mapped[int | None]
    archived_at: Mapped[datetime | None]

    contacts: Mapped[list["Contact"]] = relationship(
        viewonly=True, lazy="raise", order_by="Contact.name, Contact.id"
    )
    addresses: Mapped[list["Address"]] = relationship(
        viewonly=True, lazy="raise", order_by="Address.kind, Address.id"
    )

    @property
    def credit_limit(self) -> Decimal | None:
        """In the customer's currency."""
        if self.credit_limit_minor is None:
            return None
        return from_minor(self.credit_limit_minor, self.currency)

    def write(self, values: dict[str, Any]) -> None:
        """Take the values, and keep what is derived from them true."""
        given = dict(values)
        limit = given.pop("credit_limit", self.credit_limit if self.currency else None)
        for name, value in given.items():
            setattr(self, name, value)
        self.credit_limit_minor = self._in_minor_units(limit)
        self.email_key = fold(self.email) if self.email else None
        self.name_key = plain(self.name)
        words = (self.name, self.company, self.email, self.phone, self.vat_id, str(self.number))
        self.search_key = plain(" ".join(word for word in words if word))

    def _in_minor_units(self, limit: Decimal | None) -> int | None:
        try:
            return None if limit is None else to_minor(limit, self.currency)
        except ValueError as error:
            raise wrong_field("/credit_limit", "decimal_expected", str(error)) from None


class Contact(TenantOwned, Base):
    """A person to talk to at a customer."""

    __tablename__ = "customer_contacts"
    __table_args__ = owned(
        refers_to("customers", "customer_id", part_of=True),
        refers_to("members", "created_by"),
        unique("customer_id", says=PrimaryContactExists, where="is_primary"),
        sorted_by("customer_id"),
    )

    customer_id: Mapped[UUID]
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    role: Mapped[str | None]
    is_primary: Mapped[bool]
    receives_invoices: Mapped[bool]


class Address(TenantOwned, Base):
    """Where a customer gets bills or goods."""

    __tablename__ = "customer_addresses"
    __table_args__ = owned(
        refers_to("customers", "customer_id", part_of=True),
        refers_to("members", "created_by"),
        one_of("kind", "billing", "shipping"),
        unique("customer_id", says=BillingAddressExists, where="kind = 'billing'"),
        sorted_by("customer_id"),
    )

    customer_id: Mapped[UUID]
    kind: Mapped[str]
    lines: Mapped[str]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    country: Mapped[str | None]
