"""API keys of members: made, shown and ended. What a key may do stands in `access.py`."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select  # noqa: TID251  keys are looked up before any Workspace
from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.keys import KeyText, make_key_text, note_key, revoke_keys
from erp.identity.actions.recovery import ensure_recent
from erp.identity.models import ApiKey, User
from erp.kernel.crypto import digest
from erp.kernel.errors import NotFound
from erp.kernel.mail import send_mail
from erp.kernel.workspace import Workspace
from erp.organizations.errors import ApiKeyLimit
from erp.organizations.models import Organization
from erp.organizations.schemas import ApiKeyIn, ApiKeyOut, NewApiKeyOut

MOST_KEYS = 50


async def create_key(
    work: Workspace, desk: Desk, given: ApiKeyIn, visitor: Visitor
) -> NewApiKeyOut:
    """A key with some of one's own permissions; its text is in this answer and nowhere else.

    Raises `ReauthenticationRequired`, `ApiKeyLimit`, and `NotAllowed` for what one may not oneself.
    """
    await ensure_recent(work.session, desk, work.session_id)
    for scope in given.scopes:
        work.ensure_can(scope)
    owner = await work.session.get_one(User, work.user_id, with_for_update=True)
    if len(await _list_rows(work, owner_id=owner.id)) >= MOST_KEYS:
        raise ApiKeyLimit
    text = make_key_text()
    key = _row(work, given, text)
    work.session.add(key)
    await work.session.flush()  # the answer and the event name its id
    note_key(work.session, "api_key.created", key, visitor, by=work.user_id)
    await _tell_owner(work.session, "identity/api_key_made", key, owner)
    return NewApiKeyOut(key=str(text), **_shown(work, key, owner).model_dump())


def _row(work: Workspace, given: ApiKeyIn, text: KeyText) -> ApiKey:
    now = work.now()
    return ApiKey(
        organization_id=work.organization_id,
        user_id=work.user_id,
        name=given.name,
        prefix=text.prefix,
        secret_hash=digest(text.secret),
        scopes=" ".join(sorted(set(given.scopes))),
        created_at=now,
        expires_at=now + timedelta(days=given.expires_in_days),
    )


async def list_keys(work: Workspace) -> list[ApiKeyOut]:
    """One's own keys in this organization; admins see everybody's."""
    owner_id = None if work.sees_all("keys:read") else work.user_id
    return [_shown(work, key, owner) for key, owner in await _list_rows(work, owner_id=owner_id)]


async def revoke_key(work: Workspace, key_id: UUID, visitor: Visitor) -> None:
    """End a key at once; ending it twice changes nothing. Raises `NotFound`."""
    key = await work.session.get(ApiKey, key_id)
    if key is None or key.organization_id != work.organization_id:
        raise NotFound
    if key.user_id != work.user_id and not work.sees_all("keys:write"):
        raise NotFound
    here, this = work.organization_id, ApiKey.id == key_id
    for ended in await revoke_keys(work.session, here, this, visitor, by=work.user_id):
        owner = await work.session.get_one(User, ended.user_id)
        await _tell_owner(work.session, "identity/api_key_revoked", ended, owner)


async def _list_rows(work: Workspace, *, owner_id: UUID | None) -> list[tuple[ApiKey, User]]:
    query = select(ApiKey, User).join(User, User.id == ApiKey.user_id)
    query = query.where(ApiKey.organization_id == work.organization_id)
    query = query.where(ApiKey.revoked_at.is_(None))
    if owner_id is not None:
        query = query.where(ApiKey.user_id == owner_id)
    found = await work.session.execute(query.order_by(ApiKey.id.desc()))
    return [(key, owner) for key, owner in found]


def _shown(work: Workspace, key: ApiKey, owner: User) -> ApiKeyOut:
    return ApiKeyOut(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=key.scopes.split(),
        owner=owner.display_name,
        is_mine=owner.id == work.user_id,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        last_used_ip=key.last_used_ip,
    )


async def _tell_owner(session: AsyncSession, template: str, key: ApiKey, owner: User) -> None:
    if owner.email is None:
        return
    organization = await session.get_one(Organization, key.organization_id)
    values = {
        "name": owner.display_name,
        "key": key.name,
        "prefix": key.prefix,
        "organization": organization.name,
    }
    home = key.organization_id
    await send_mail(session, template, owner.email, owner.locale, values, organization_id=home)
