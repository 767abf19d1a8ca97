"""The people of a file: accounts that are here already stay as they are, others are made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.accounts import find_user_by_email, find_user_by_name
from erp.identity.actions.desk import Visitor
from erp.identity.actions.events import note_event
from erp.identity.models import User
from erp.kernel.schema import fold
from erp.transfer.actions.exports.reading import Line

OPERATOR = Visitor(ip="operator", user_agent=None, request_id="restore", client="cli")
LONGEST_NAME = 50
# What the file does not tell of a person: rights over an instance, and without passwords those.
UNTOLD: dict[str, Any] = {"is_platform_admin": False, "must_change_password": False}


@dataclass
class People:
    """Who is who: the file's users whose accounts are here, and what an operator should know."""

    known: dict[UUID, UUID] = field(default_factory=dict)
    doubted: set[UUID] = field(default_factory=set)
    notices: list[str] = field(default_factory=list)
    names: set[str | None] = field(default_factory=set)

    async def make_unknown(self, session: AsyncSession, lines: Iterable[Line]) -> list[Line]:
        """The accounts that have to be made; the others are remembered."""
        made, lines = [], list(lines)
        self.names |= {line.row["username_key"] for line in lines}
        for line in lines:
            user = await self._find(session, line.row)
            if user is None:
                made.append(await self._fit(session, line))
            else:
                self.known[line.row["id"]] = user.id
        return made

    async def _find(self, session: AsyncSession, row: dict[str, Any]) -> User | None:
        """The account of the same id, else the one with the same address."""
        if user := await session.get(User, row["id"]):
            return user
        user = await find_user_by_email(session, row["email"]) if row["email"] else None
        if user is None:
            return None
        if user.email_verified:
            self.notices.append(f"{user.email} has an account here already, and keeps it as it is")
        else:
            self.doubted.add(row["id"])
            self.notices.append(
                f"{user.email} has an account here whose address was never proved: its membership "
                "is on hold until an administrator invites it"
            )
        return user

    async def _fit(self, session: AsyncSession, line: Line) -> Line:
        """A new account; a user name that is taken here gets a number, and is told."""
        note_event(session, "user.imported", OPERATOR, user_id=line.row["id"])
        wanted = line.row["username"]
        if wanted is None or await find_user_by_name(session, wanted) is None:
            return line.but(**UNTOLD | line.row)
        name = await self._find_free_name(session, wanted)
        self.notices.append(f"{wanted} is taken here and signs in as {name}")
        return line.but(**UNTOLD | line.row | {"username": name, "username_key": fold(name)})

    async def _find_free_name(self, session: AsyncSession, wanted: str) -> str:
        for number in count(2):
            name = f"{wanted[: LONGEST_NAME - 5]}.{number}"
            if fold(name) not in self.names and await find_user_by_name(session, name) is None:
                self.names.add(fold(name))
                return name
        raise AssertionError  # numbers do not end

    def settle(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The members, as those who they are here."""
        for line in lines:
            user_id, status = line.row["user_id"], line.row["status"]
            is_on_hold = user_id in self.doubted and status == "active"
            here = self.known.get(user_id, user_id)
            yield line.but(user_id=here, status="invited" if is_on_hold else status)
