"""Customers, their contacts and addresses, and how one was merged into another."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from erp.audit.actions import as_json
from erp.customers.errors import (
    BillingAddressExists,
    CustomerArchived,
    CustomerEmailTaken,
    CustomerMerged,
    MergeTouched,
    MergeUndone,
    PrimaryContactExists,
)
from erp.kernel.errors import Conflict, Refusal, wrong_field
from erp.kernel.fields import from_minor, to_minor
from erp.kernel.schema import (
    Base,
    Key,
    TenantOwned,
    bare,
    fold,
    one_of,
    owned,
    plain,
    refers_to,
    sorted_by,
    unique,
)

# What a name may end in without being another: legal forms, as `bare` leaves them.
# fmt: off
LEGAL_FORMS = frozenset((
    "ab", "ag", "aps", "as", "bv", "co", "company", "corp", "corporation", "eg", "ek", "eu", "ev",
    "gbr", "gmbh", "inc", "incorporated", "kft", "kg", "kgaa", "limited", "llc", "llp", "ltd",
    "mbh", "nv", "ohg", "oy", "plc", "pty", "sa", "sarl", "sas", "se", "sl", "spa", "srl", "sro",
    "ug",
))
# fmt: on


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
        CheckConstraint("merged_into_id <> id", name="merged_into_id"),
        CheckConstraint("merged_into_id IS NULL OR archived_at IS NOT NULL", name="merged"),
        refers_to("customers", "merged_into_id"),
        sorted_by("name_key", "id"),
        sorted_by("updated_at", "id"),
        sorted_by("merged_into_id", where="merged_into_id IS NOT NULL"),
        sorted_by("twin_key"),
        sorted_by("phone_key", where="phone_key IS NOT NULL"),
        sorted_by("vat_id", where="vat_id IS NOT NULL"),
        sorted_by("email_key", where="email_key IS NOT NULL"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(Key)
    search_key: Mapped[str] = mapped_column(Key)
    twin_key: Mapped[str | None] = mapped_column(Key)
    phone_key: Mapped[str | None] = mapped_column(Key)
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
    merged_into_id: Mapped[UUID | None]

    contacts: Mapped[list["Contact"]] = relationship(
        viewonly=True, lazy="raise", order_by="Contact.name, Contact.id"
    )
    addresses: Mapped[list["Address"]] = relationship(
        viewonly=True, lazy="raise", order_by="Address.kind, Address.id"
    )

    @property
    def customer_id(self) -> UUID:
        """Its own: what happens to a customer stands in its timeline."""
        return self.id

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
        self.twin_key = twin_name(self.name)
        self.phone_key = digits_of(self.phone or "")
        words = (self.name, self.company, self.email, self.phone, self.vat_id, str(self.number))
        self.search_key = plain(" ".join(word for word in words if word))

    def _in_minor_units(self, limit: Decimal | None) -> int | None:
        try:
            return None if limit is None else to_minor(limit, self.currency)
        except ValueError as error:
            raise wrong_field("/credit_limit", "decimal_expected", str(error)) from None

    def ensure_open_for_new_work(self) -> None:
        """Raises `CustomerMerged` naming the survivor, or `CustomerArchived`."""
        self.ensure_unmerged()
        if self.archived_at is not None:
            raise CustomerArchived

    def ensure_unmerged(self, says: type[Refusal] = CustomerMerged) -> None:
        """Raises the refusal, naming the survivor, for an absorbed customer."""
        if self.merged_into_id is not None:
            raise says(survivor_id=self.merged_into_id)


def twin_name(name: str) -> str | None:
    """The name but for legal form, punctuation and accents: `Acme GmbH & Co. KG` is `acme`."""
    return bare(name, LEGAL_FORMS)


def digits_of(phone: str) -> str | None:
    """The last eight digits: by them `+49 30 123456` and `(030) 12 34 56` are one."""
    return re.sub(r"\D", "", phone)[-8:] or None


class CustomerMerge(TenantOwned, Base):
    """One customer taken into another. It points, it moves nothing, so it can be undone.

    `taken` holds `{field: [before, after]}` of the survivor, `flattened` the ids of those that the
    absorbed one had absorbed before.
    """

    __tablename__ = "customer_merges"
    __table_args__ = owned(
        refers_to("members", "created_by"),
        refers_to("customers", "survivor_id"),
        refers_to("customers", "absorbed_id"),
        sorted_by("survivor_id", "id"),
        sorted_by("absorbed_id", "id"),
    )

    survivor_id: Mapped[UUID]
    absorbed_id: Mapped[UUID]
    absorbed_archived_at: Mapped[datetime | None]
    taken: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    flattened: Mapped[list[str]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]

    @property
    def customer_id(self) -> UUID:
        """It is told in the survivor's timeline."""
        return self.survivor_id

    def ensure_undoable(self, survivor: Customer, absorbed: Customer) -> None:
        """Raises `MergeUndone`, or `MergeTouched` naming what was changed since."""
        if self.undone_at is not None:
            raise MergeUndone
        now = {name: as_json(getattr(survivor, name)) for name in self.taken}
        touched = [name for name, (_before, after) in self.taken.items() if now[name] != after]
        if survivor.merged_into_id or absorbed.merged_into_id != self.survivor_id:
            touched.append("merged_into_id")
        if touched:
            raise MergeTouched(fields=touched)


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
