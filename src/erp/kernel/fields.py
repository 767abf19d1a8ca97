"""What values look like at the border: texts, decimals, currencies. They explain what is wrong."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Annotated, Any
from zoneinfo import available_timezones

from annotated_types import GroupedMetadata, MaxLen, MinLen
from babel import Locale, UnknownLocaleError
from babel.core import get_global
from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from erp.kernel.clock import rfc3339

ABSENT: Any = None
PLAIN_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# ISO 4217 counts two decimals for every other currency. CLDR's figures are habits of display.
# fmt: off
NO_DECIMALS = frozenset((
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
))
THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
# fmt: on


class Input(BaseModel):
    """What a client sends: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


def _hide_defaults(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Edit(BaseModel):
    """What a PATCH sends: an absent field stays as it is, null clears it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_hide_defaults)

    def changes(self) -> dict[str, Any]:
        """The fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Output(BaseModel):
    """What a client gets, read off a record's attributes."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")


def _clean(value: object, *, lines: bool) -> object:
    if not isinstance(value, str):
        return value
    cleaned = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    for mark in cleaned:
        if unicodedata.category(mark) in ("Cc", "Cs") and not (lines and mark in "\n\t"):
            raise PydanticCustomError("control_character", "Control characters are not allowed")
    return cleaned


@dataclass(frozen=True, slots=True)
class Text(GroupedMetadata):
    """1 to `length` code points, trimmed, NFC, no control characters but, with `lines`, breaks."""

    length: int
    lines: bool = False

    def __iter__(self) -> Iterator[object]:
        """The steps, in order."""
        yield MinLen(1)
        yield MaxLen(self.length)
        yield BeforeValidator(partial(_clean, lines=self.lines))


def _to_decimal(value: object) -> Decimal:
    if not isinstance(value, str):
        raise PydanticCustomError("decimal_expected", 'Send a decimal as text, such as "12.50"')
    if not PLAIN_DECIMAL.fullmatch(value.strip()):  # an exponent could unfold to gigabytes of zeros
        raise PydanticCustomError("decimal_expected", "This is not a decimal number")
    number = Decimal(value.strip())
    return abs(number) if number.is_zero() else number


def _within(value: Decimal, *, least: Decimal, most: Decimal, places: int) -> Decimal:
    if not least <= value <= most:
        raise PydanticCustomError("out_of_range", f"Must lie between {least:f} and {most:f}")
    if value != value.quantize(Decimal(1).scaleb(-places)):
        raise PydanticCustomError("decimal_expected", f"At most {places} decimals are allowed")
    return value


def plain_decimal(value: Decimal) -> str:
    """A decimal as text without exponent and needless zeros."""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


@dataclass(frozen=True, slots=True)
class Exact(GroupedMetadata):
    """A decimal that travels as text; JSON numbers and surplus decimals are refused."""

    least: str
    most: str
    places: int = 4

    def __iter__(self) -> Iterator[object]:
        """The steps, in order."""
        least, most = Decimal(self.least), Decimal(self.most)
        yield BeforeValidator(_to_decimal)
        yield AfterValidator(partial(_within, least=least, most=most, places=self.places))
        yield PlainSerializer(plain_decimal, when_used="json")
        pattern = f"^{PLAIN_DECIMAL.pattern}$"
        yield WithJsonSchema({"type": "string", "pattern": pattern, "examples": ["12.50"]})


UnitPrice = Annotated[Decimal, Exact("0", "999999999.9999")]
Quantity = Annotated[Decimal, Exact("0", "1000000000")]  # decimals as the unit allows: Unit knows
Amount = Annotated[Decimal, Exact("-999999999999.99", "999999999999.99", places=3)]
DecimalOut = Annotated[
    Decimal,
    PlainSerializer(plain_decimal, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["12.5"]}),
]


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def _day(value: object) -> object:
    """Only a day as text: Pydantic would also take seconds since 1970."""
    if isinstance(value, str) and PLAIN_DAY.fullmatch(value):
        return value
    raise PydanticCustomError("day_expected", "Send a day as text, such as 2026-05-01")


def _day_within(value: date) -> date:
    if not FIRST_DAY <= value <= LAST_DAY:
        raise PydanticCustomError("out_of_range", f"Must lie between {FIRST_DAY} and {LAST_DAY}")
    return value


Day = Annotated[date, BeforeValidator(_day), AfterValidator(_day_within)]


EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)  # days around the limits exist in every zone
LATEST = datetime(9998, 12, 31, tzinfo=UTC)


def _as_text(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("instant_expected", "Send RFC 3339 text with an offset")
    return value


def _within_years(value: datetime) -> datetime:
    if not EARLIEST <= value <= LATEST:
        raise PydanticCustomError("out_of_range", "Must lie between 1970 and 9998")
    return value


InstantIn = Annotated[
    AwareDatetime,
    BeforeValidator(_as_text),
    AfterValidator(_within_years),
    Field(examples=["2026-05-01T08:00:00Z"]),
]
InstantOut = Annotated[
    datetime,
    PlainSerializer(rfc3339, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-05-01T08:00:00Z"]}),
]


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except (EmailNotValidError, UnicodeError):
        raise PydanticCustomError("email_invalid", "This is not an e-mail address") from None


Email = Annotated[
    str,
    Field(max_length=254, json_schema_extra={"format": "email"}),
    BeforeValidator(partial(_clean, lines=False)),
    AfterValidator(_email),
]


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes that are legal tender somewhere today (CLDR)."""
    territories = get_global("territory_currencies").values()
    return frozenset(
        code for rows in territories for code, _start, end, tender in rows if tender and end is None
    )


def _currency(value: str) -> str:
    if value not in currencies():
        raise PydanticCustomError("currency_unknown", "This is not an ISO 4217 currency code")
    return value


Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"]), AfterValidator(_currency)]


def currency_decimals(currency: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217)."""
    return 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units; raises ValueError for decimals the currency does not have."""
    minor = amount.scaleb(currency_decimals(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency} has {currency_decimals(currency)} decimals")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """The amount of so many minor units."""
    return Decimal(minor).scaleb(-currency_decimals(currency))


@cache
def countries() -> frozenset[str]:
    """The two-letter ISO 3166 codes (CLDR)."""
    special = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - special


def _country(value: str) -> str:
    if value not in countries():
        raise PydanticCustomError("country_unknown", "This is not an ISO 3166 country code")
    return value


Country = Annotated[str, Field(pattern="^[A-Z]{2}$", examples=["DE"]), AfterValidator(_country)]


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise PydanticCustomError("time_zone_unknown", "This is not an IANA time zone")
    return name


TimeZone = Annotated[str, Field(max_length=64, examples=["Europe/Berlin"]), AfterValidator(_zone)]


def _language(value: str) -> str:
    try:
        Locale.parse(value, sep="-")
    except (UnknownLocaleError, ValueError):
        raise PydanticCustomError("language_unknown", "This is not a language tag") from None
    return value


Language = Annotated[
    str,
    Field(max_length=35, pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["en"]),
    AfterValidator(_language),
]
