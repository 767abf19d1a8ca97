"""Refresh tokens that stay the same until their session ends: those of the task hub's dialect.

Its clients keep one token for a week and read only the access token of an answer; under rotation
their second refresh would look like theft. Everywhere else tokens rotate, and these are refused.
"""

from dataclasses import replace
from uuid import UUID

from erp.identity.actions.desk import Desk
from erp.identity.actions.sessions import Tokens, is_token_of, mint, read_refresh_token
from erp.identity.actions.throttling import REFRESH, count_tries
from erp.identity.errors import RefreshTokenInvalid, SessionRevoked
from erp.identity.models import SessionRow, User


async def renew_access(desk: Desk, token: str) -> tuple[SessionRow, Tokens]:
    """A new access token beside the same refresh token; nothing is written.

    Raises `RefreshTokenInvalid` (also for a session that rotates), `RefreshTokenExpired`,
    `SessionRevoked`, `TooManyAttempts`.
    """
    claims = read_refresh_token(desk, token)
    await count_tries(desk, ((REFRESH, claims["sid"]),))
    async with desk.database.reading() as session:
        row = await session.get(SessionRow, UUID(claims["sid"]))
        user = await session.get(User, UUID(claims["sub"]))
    if row is None or user is None or row.rotates or not is_token_of(row, claims):
        raise RefreshTokenInvalid
    if not row.is_live(desk.now()) or not user.is_active:
        raise SessionRevoked
    return row, mint(desk, row, claims["sec"])


def tell(desk: Desk, tokens: Tokens, **told: str) -> Tokens:
    """The same tokens; the access token says this too, for clients. The server never reads it."""
    claims = desk.keys.verify("access", tokens.access, desk.now().timestamp())
    return replace(tokens, access=desk.keys.sign("access", {**told, **claims}))
