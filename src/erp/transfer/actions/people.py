"""Users of older systems: accounts with their hashes, and members of the organization."""

import hashlib
import re
from dataclasses import dataclass
from itertools import count

from pydantic import TypeAdapter

from erp.identity.actions.accounts import find_user_by_email, find_user_by_name
from erp.identity.actions.events import note_event
from erp.identity.actions.legacy import accept_legacy_hash
from erp.identity.models import User
from erp.identity.schemas import USERNAME
from erp.kernel.fields import Email
from erp.kernel.schema import new_id
from erp.organizations.actions.membership import find_member
from erp.organizations.models import Member
from erp.organizations.numbering import take_number
from erp.transfer.actions.run import OPERATOR, Run
from erp.transfer.errors import KnownAddress
from erp.transfer.sources import OldRow

PUBLISHED = ("admin123", "manager123", "password123", "admin", "password", "changeme")
_PUBLISHED = frozenset(hashlib.sha256(word.encode()).hexdigest() for word in PUBLISHED)
_ADDRESS: TypeAdapter[str] = TypeAdapter(Email)
_FALSE = ("false", "f", "no", "0")


@dataclass(frozen=True, kw_only=True)
class OldPerson:
    """What an older system knew of somebody."""

    email: str | None
    username: str | None = None
    full_name: str | None = None
    password_hash: str | None = None
    role: str = "user"
    is_verified: bool = True
    is_active: bool = True


def read_person(row: OldRow) -> OldPerson:
    """The person by the column names that the older systems used."""
    return OldPerson(
        email=row.first("email"),
        username=row.first("username"),
        full_name=row.first("full_name", "name"),
        password_hash=row.first("hashed_password", "password_hash", "password"),
        role=str(row.first("role") or "user").lower(),
        is_verified=is_true(row.first("is_verified")),
        is_active=is_true(row.first("is_active")),
    )


def is_true(value: object) -> bool:
    """Whether a flag is set; one that was never kept counts as set."""
    return value is None or str(value).lower() not in _FALSE


async def take_person(run: Run, row: OldRow) -> None:
    """Make the account and the membership, or with `--join` invite a known account."""
    person = read_person(row)
    known = await find_user_by_email(run.work.session, person.email or "")
    if known is None or run.has_taken("member", row):
        await run.take("member", row, lambda: _make(run, row, person))
    elif run.choices.join:
        await run.take("member", row, lambda: join(run, row, known), outcome="joined")
    else:
        run.refuse(row, KnownAddress())


async def _make(run: Run, row: OldRow, person: OldPerson) -> Member:
    """A new account; the operator answers for the address unless the old system doubted it."""
    user = User(full_name=person.full_name)
    email = _ADDRESS.validate_python(person.email)
    user.name_by(email, await _free_name(run, row, person.username))
    if person.is_verified:
        user.email_verified_at = run.work.now()
    await _take_password(run, row, user, person.password_hash)
    run.work.session.add(user)
    await run.work.session.flush()  # the member refers to the user
    note_event(run.work.session, "user.imported", OPERATOR, user_id=user.id)
    status = "active" if person.is_active else "suspended"
    return await add_member(run, user, run.choices.roles.get(person.role, "user"), status)


async def join(run: Run, row: OldRow, user: User) -> Member:
    """A known account keeps its password and profile, and decides about joining itself."""
    member = await find_member(run.work.session, run.work.organization_id, user.id)
    if member is not None:
        return member
    run.notice(row, f"{user.email} has an account already and was invited")
    return await add_member(run, user, "user", "invited")


async def add_member(run: Run, user: User, role: str, status: str) -> Member:
    """The account as a member of the organization, with the next number."""
    work = run.work
    number = await take_number(work.session, work.organization_id, "member")
    member = Member(id=new_id(), number=number, user_id=user.id, role=role, status=status)
    return work.add(member)


async def _take_password(run: Run, row: OldRow, user: User, found: str | None) -> None:
    if found is None:
        run.notice(row, "has no password; sign in with a reset link")
    elif found.lower() in _PUBLISHED:
        run.notice(row, "has a published default password, which was not taken over")
    else:
        user.set_password(await accept_legacy_hash(run.desk, found), run.work.now())


async def _free_name(run: Run, row: OldRow, wanted: str | None) -> str | None:
    """The wanted user name as it may be written here; a taken one gets a number, and is told."""
    if not wanted:
        return None
    plain = re.sub(r"[^a-z0-9._-]+", ".", wanted.strip().lower()).strip(".")[:50]
    base = plain if re.fullmatch(USERNAME, plain) else f"user.{plain}"[:50]
    names = (base if number == 1 else f"{base[:45]}.{number}" for number in count(1))
    for name in names:
        if await find_user_by_name(run.work.session, name) is None:
            if name != wanted.lower():
                run.notice(row, f"signs in as {name}: {wanted} is taken or not a user name here")
            return name
    return None
