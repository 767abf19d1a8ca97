"""What crosses the border about customers."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from erp.kernel.fields import (
    ABSENT,
    Country,
    Currency,
    DecimalOut,
    Edit,
    Email,
    Exact,
    Input,
    InstantOut,
    Language,
    Output,
    Text,
)
from erp.kernel.paging import ArchivingQuery, Page, PageQuery


def _compact(value: object) -> object:
    return "".join(value.split()).upper() if isinstance(value, str) else value


Kind = Literal["company", "person"]
Name = Annotated[str, Text(200)]
Company = Annotated[str, Text(200)]
Phone = Annotated[str, Text(40)]
VatId = Annotated[str, Text(32), BeforeValidator(_compact)]
BuyerReference = Annotated[str, Text(100)]
Notes = Annotated[str, Text(5000, lines=True)]
PaymentDays = Annotated[int, Field(ge=0, le=365, strict=True)]
CreditLimit = Annotated[Decimal, Exact("0", "999999999999.99", places=3)]


class CustomerIn(Input):
    """A new customer. The currency is the organization's unless another is named."""

    kind: Kind = "company"
    name: Name
    company: Company | None = None
    email: Email | None = None
    phone: Phone | None = None
    vat_id: VatId | None = None
    buyer_reference: BuyerReference | None = None
    language: Language | None = None
    notes: Notes | None = None
    currency: Currency | None = None
    payment_days: PaymentDays = 14
    tax_exempt: bool = False
    credit_limit: CreditLimit | None = None


class CustomerEdit(Edit):
    """What changes about a customer."""

    kind: Kind = ABSENT
    name: Name = ABSENT
    company: Company | None = None
    email: Email | None = None
    phone: Phone | None = None
    vat_id: VatId | None = None
    buyer_reference: BuyerReference | None = None
    language: Language | None = None
    notes: Notes | None = None
    currency: Currency = ABSENT
    payment_days: PaymentDays = ABSENT
    tax_exempt: bool = ABSENT
    credit_limit: CreditLimit | None = None


class ContactIn(Input):
    """A new contact."""

    name: Name
    email: Email | None = None
    phone: Phone | None = None
    role: Annotated[str, Text(80)] | None = None
    is_primary: bool = False
    receives_invoices: bool = False


class ContactEdit(Edit):
    """What changes about a contact."""

    name: Name = ABSENT
    email: Email | None = None
    phone: Phone | None = None
    role: Annotated[str, Text(80)] | None = None
    is_primary: bool = ABSENT
    receives_invoices: bool = ABSENT


class ContactOut(Output):
    """A person to talk to; `customer_id` may be one that was absorbed."""

    id: UUID
    customer_id: UUID
    name: str
    email: str | None
    phone: str | None
    role: str | None
    is_primary: bool
    receives_invoices: bool
    version: int


AddressKind = Literal["billing", "shipping"]
Lines = Annotated[str, Text(200, lines=True)]
PostalCode = Annotated[str, Text(16)]
City = Annotated[str, Text(80)]


class AddressIn(Input):
    """A new address."""

    kind: AddressKind
    lines: Lines
    postal_code: PostalCode | None = None
    city: City | None = None
    region: City | None = None
    country: Country | None = None


class AddressEdit(Edit):
    """What changes about an address."""

    kind: AddressKind = ABSENT
    lines: Lines = ABSENT
    postal_code: PostalCode | None = None
    city: City | None = None
    region: City | None = None
    country: Country | None = None


class AddressOut(Output):
    """Where bills or goods go; `customer_id` may be one that was absorbed."""

    id: UUID
    customer_id: UUID
    kind: AddressKind
    lines: str
    postal_code: str | None
    city: str | None
    region: str | None
    country: str | None
    version: int


class ContactsOut(Output):
    """All contacts of one customer, by name."""

    items: list[ContactOut]


class AddressesOut(Output):
    """All addresses of one customer."""

    items: list[AddressOut]


class CustomerOut(Output):
    """A customer as it is now."""

    id: UUID
    number: int
    kind: Kind
    name: str
    company: str | None
    email: str | None
    phone: str | None
    vat_id: str | None
    buyer_reference: str | None
    language: str | None
    notes: str | None
    currency: str
    payment_days: int
    tax_exempt: bool
    credit_limit: DecimalOut | None
    contacts: list[ContactOut]
    addresses: list[AddressOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    archived_at: InstantOut | None
    merged_into_id: UUID | None


class CustomerRow(Output):
    """A customer in a list."""

    id: UUID
    number: int
    kind: Kind
    name: str
    company: str | None
    email: str | None
    phone: str | None
    vat_id: str | None
    currency: str
    version: int
    created_at: InstantOut
    updated_at: InstantOut
    archived_at: InstantOut | None
    merged_into_id: UUID | None


class CustomerPage(Page):
    """One page of customers."""

    items: list[CustomerRow]


class CustomerQuery(ArchivingQuery):
    """How to list customers."""

    sort: Literal[
        "name",
        "-name",
        "number",
        "-number",
        "email",
        "-email",
        "created_at",
        "-created_at",
        "updated_at",
        "-updated_at",
    ] = "name"
    kind: Kind | None = None
    currency: Annotated[str, Field(max_length=3)] | None = None
    number: Annotated[int, Field(ge=1, le=2**53)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None


Mergeable = Literal[
    "kind",
    "name",
    "company",
    "email",
    "phone",
    "vat_id",
    "buyer_reference",
    "language",
    "notes",
    "currency",
    "payment_days",
    "tax_exempt",
    "credit_limit",
]


class MergeIn(Input):
    """Which customer is taken in, and whose value each field keeps: the survivor's if not said."""

    absorbed_id: UUID
    take: dict[Mergeable, Literal["survivor", "absorbed"]] = Field(default_factory=dict)


class MergeRow(Output):
    """A merge in a list; `taken` holds `[before, after]` of the survivor's fields."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    taken: dict[str, list[Any]]
    version: int
    created_at: InstantOut
    undone_at: InstantOut | None


class MergeOut(MergeRow):
    """A merge, and both customers as they are with it."""

    survivor: CustomerOut
    absorbed: CustomerOut


class MergePage(Page):
    """Merges of customers, newest first."""

    items: list[MergeRow]


class MergeQuery(PageQuery):
    """Which merges to list."""

    sort: Literal["-created_at", "created_at"] = "-created_at"
    survivor_id: UUID | None = None
    absorbed_id: UUID | None = None


class TwinQuery(BaseModel):
    """What is known of a customer; `besides` is the one that is being edited."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    vat_id: Annotated[str, Field(max_length=40)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    besides: UUID | None = None


class TwinOut(Output):
    """A customer that may be the same, and by what."""

    id: UUID
    number: int
    name: str
    company: str | None
    email: str | None
    phone: str | None
    vat_id: str | None
    archived_at: InstantOut | None
    same: list[Literal["name", "email", "vat_id", "phone"]]


class TwinsOut(Output):
    """Customers that may be the same, at most twenty."""

    items: list[TwinOut]
