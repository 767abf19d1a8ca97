"""What crosses the border of the time logger: instants in UTC, ids as text."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from erp.identity.models import User
from erp.identity.schemas import Password
from erp.kernel.fields import ABSENT, Email, InstantIn, InstantOut, Text
from erp.timesheets.models.entries import TimeEntry
from erp.timesheets.schemas.shared import Activity, Code, Note

WITHOUT_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?")
OURS = {"start_utc": "started_at", "end_utc": "ended_at", "notes": "note"}


def _in_utc(value: object) -> object:
    """Instants without an offset are in UTC, and a day begins at midnight there."""
    if not isinstance(value, str) or not WITHOUT_ZONE.fullmatch(value):
        return value
    return f"{value}Z" if len(value) > 10 else f"{value}T00:00:00Z"


def _or_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Utc = Annotated[InstantIn, BeforeValidator(_in_utc)]
Blank = BeforeValidator(_or_none)


class AccountIn(BaseModel):
    """Who signs up."""

    email: Email
    password: Password
    full_name: Annotated[str, Text(200)] | None = None


class LoginIn(BaseModel):
    """Who signs in."""

    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Password


class UserOut(BaseModel):
    """Who is signed in."""

    id: str
    email: str | None
    full_name: str | None
    created_at: InstantOut

    @classmethod
    def of(cls, user: User) -> Self:
        """The user as this front end knows users."""
        return cls(
            id=str(user.id),
            email=user.email,
            full_name=user.full_name,
            created_at=user.created_at,
        )


class DoneOut(BaseModel):
    """It was done."""

    ok: bool = True


class EntryQuery(BaseModel):
    """Which entries: those that begin at `from` or later, and before `to`."""

    model_config = ConfigDict(extra="forbid")

    from_: Annotated[Utc | None, Field(alias="from")] = None
    to: Utc | None = None
    skip: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class EntryIn(BaseModel):
    """New time; without an end it runs. An unknown project code makes a project."""

    project_code: Code
    activity: Annotated[Activity | None, Blank] = None
    start_utc: Utc
    end_utc: Utc | None = None
    notes: Annotated[Note | None, Blank] = None


class EntryPatch(BaseModel):
    """What changes about an entry; a field that is not sent stays, and a null end lets it run."""

    project_code: Code = ABSENT
    activity: Annotated[Activity | None, Blank] = None
    start_utc: Utc = ABSENT
    end_utc: Utc | None = None
    notes: Annotated[Note | None, Blank] = None


def in_our_terms(sent: EntryIn | EntryPatch) -> dict[str, Any]:
    """The fields that were sent, by the product's own names."""
    values = {name: getattr(sent, name) for name in sent.model_fields_set}
    named = {OURS.get(name, name): value for name, value in values.items()}
    return named | ({"create_project": True} if "project_code" in named else {})


class EntryOut(BaseModel):
    """Time of one's own. `seconds` is null while it runs."""

    id: str
    project_code: str
    activity: str | None
    start_utc: InstantOut
    end_utc: InstantOut | None
    seconds: int | None
    notes: str | None
    created_at: InstantOut
    updated_at: InstantOut

    @classmethod
    def of(cls, entry: TimeEntry, project_code: str) -> Self:
        """The entry; an amount of time stands at the start of its day."""
        return cls(
            id=str(entry.id),
            project_code=project_code,
            activity=entry.activity,
            start_utc=entry.begins_at,
            end_utc=_end_of(entry),
            seconds=entry.seconds,
            notes=entry.note,
            created_at=entry.created_at,
            updated_at=entry.updated_at,
        )


def _end_of(entry: TimeEntry) -> datetime | None:
    if entry.kind == "clock" or entry.seconds is None:
        return entry.ended_at
    return entry.begins_at + timedelta(seconds=entry.seconds)
