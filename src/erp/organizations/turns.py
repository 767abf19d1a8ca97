"""Working in several transactions, for routes that ask other systems in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Depends, Request

from erp.identity.access import Claims, FromCredential
from erp.identity.actions.keys import KeyText
from erp.kernel.db import Database, run_afterwards
from erp.kernel.workspace import Workspace
from erp.organizations.access import Permission, enter


@dataclass(frozen=True, slots=True)
class Turns:
    """A member who works in several transactions, one after the other.

    Between them other systems are asked: no transaction waits for them. Each turn looks anew
    whether the member still may.
    """

    organization_id: UUID
    request: Request
    credential: Claims | KeyText
    permission: Permission

    @asynccontextmanager
    async def take(self) -> AsyncIterator[Workspace]:
        """The next transaction, committed when the block ends."""
        database: Database = self.request.app.state.database
        async with database.writing() as session:
            yield await enter(session, self.request, self.credential, self.permission)


def may_in_turns(permission: Permission) -> Any:
    """As `may`, for a route that opens its transactions itself."""

    async def ensure_allowed(request: Request, credential: FromCredential) -> Turns:
        database: Database = request.app.state.database
        async with database.reading() as session:
            work = await enter(session, request, credential, permission)
        await run_afterwards(request, database)
        return Turns(work.organization_id, request, credential, permission)

    ensure_allowed.mark = permission  # type: ignore[attr-defined]
    return Depends(ensure_allowed)
