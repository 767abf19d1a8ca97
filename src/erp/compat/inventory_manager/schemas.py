"""What crosses the border of the inventory manager: integer ids, prices as JSON numbers."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from erp.identity.schemas import Password, Username
from erp.kernel.fields import ABSENT, Email, InstantOut, Text

FLOAT_NOISE = Decimal("1e-9")  # what a sum of cents leaves in a double: 0.1 + 0.2
DEAREST = Decimal("999999999.9999")


def _exactly(value: object) -> Decimal:
    """The decimal that the JSON number stands for."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number_expected", "Send a number such as 12.5")
    number = Decimal(repr(value))
    if not 0 < number <= DEAREST:
        raise PydanticCustomError("out_of_range", f"Must be greater than 0, {DEAREST} at most")
    kept = number.quantize(Decimal("0.0001"))
    if kept <= 0 or abs(kept - number) > FLOAT_NOISE:
        raise PydanticCustomError("decimal_expected", "At most 4 decimals are allowed")
    return kept


def _or_none(value: object) -> object:
    """Forms of the old front end send an empty text for what is not filled in."""
    return None if isinstance(value, str) and not value.strip() else value


def _keeps_out(value: object) -> None:
    if value not in (None, ""):
        raise PydanticCustomError("password_of_owner", "Only its owner changes a password")


Blank = BeforeValidator(_or_none)
Price = Annotated[
    Decimal,
    BeforeValidator(_exactly),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "examples": [999.99]}),
]
PriceOut = Annotated[
    Decimal,
    PlainSerializer(float, return_type=float),
    WithJsonSchema({"type": "number", "examples": [999.99]}),
]
Stock = Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)]
Name = Annotated[str, Text(100)]
Description = Annotated[Annotated[str, Text(500, lines=True)] | None, Blank]
CategoryText = Annotated[Annotated[str, Text(50)] | None, Blank]
Phone = Annotated[Annotated[str, Text(20)] | None, Blank]
AddressText = Annotated[Annotated[str, Text(200, lines=True)] | None, Blank]
Company = Annotated[Annotated[str, Text(100)] | None, Blank]
FullName = Annotated[Annotated[str, Text(200)] | None, Blank]
Role = Literal["admin", "manager", "user"]


class Sent(BaseModel):
    """What a PUT sends: any subset of the fields; those it does not know are ignored."""

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ProductIn(BaseModel):
    """A new product."""

    name: Name
    description: Description = None
    price: Price
    stock: Stock = 0
    category: CategoryText = None


class ProductPut(Sent):
    """What changes about a product."""

    name: Name = ABSENT
    description: Description = None
    price: Price = ABSENT
    stock: Stock = ABSENT
    category: CategoryText = None


class ProductOut(BaseModel):
    """A product; `stock` is what is on hand over all storage, rounded down."""

    id: int
    name: str
    description: str | None
    price: PriceOut
    stock: int
    category: str | None


class CustomerIn(BaseModel):
    """A new customer."""

    name: Name
    email: Email
    phone: Phone = None
    address: AddressText = None
    company: Company = None


class CustomerPut(Sent):
    """What changes about a customer."""

    name: Name = ABSENT
    email: Email = ABSENT
    phone: Phone = None
    address: AddressText = None
    company: Company = None


class CustomerOut(BaseModel):
    """A customer; `address` is the billing address as one text."""

    id: int
    name: str
    email: str | None
    phone: str | None
    address: str | None
    company: str | None


class UserIn(BaseModel):
    """A new user, with a password to be changed."""

    username: Username
    email: Email
    full_name: FullName = None
    password: Password
    role: Role = "user"
    is_active: bool = True


class UserPut(Sent):
    """What changes about a user. Nobody sets a password of somebody else."""

    username: Username | Email = ABSENT  # who has no user name is shown with the address
    email: Email | None = None
    full_name: FullName = None
    role: Role = ABSENT
    is_active: bool = ABSENT
    password: Annotated[Any, AfterValidator(_keeps_out), WithJsonSchema({"type": "null"})] = None


class SignedInUser(BaseModel):
    """Who is signed in."""

    id: int
    username: str
    email: str | None
    full_name: str | None
    role: str
    is_active: bool


class UserOut(SignedInUser):
    """A member of the organization."""

    created_at: InstantOut


class TokenOut(BaseModel):
    """A bearer token and whose it is."""

    access_token: str
    token_type: str = "bearer"
    user: SignedInUser


class LoginIn(BaseModel):
    """A sign-in by user name; an e-mail address will do as well."""

    username: Annotated[str, Field(min_length=1, max_length=254)]
    password: Password


class MessageOut(BaseModel):
    """What happened."""

    message: str
