"""Running imports, and looking at what became of them."""

from __future__ import annotations

from typing import Any

from erp.identity.models import User
from erp.transfer.actions.moving import move_in
from erp.transfer.actions.run import Choices
from tests.identity.making import log_in, rows
from tests.making import Person, make_client


async def bring(app, person, system, place, *, dry_run=False, **choices):
    slug = person.organization["slug"]
    return await move_in(app.state.desk, system, place, slug, Choices(**choices), dry_run=dry_run)


async def sign_in(app, email, password):
    """The status that the old password gets."""
    old = Person(make_client(app), email, password, {}, {})
    return (await log_in(old.client, old)).status_code


async def people_of(app, tag) -> dict[str, User]:
    """The accounts of this test by the first part of their address."""
    found = await rows(app, User, User.email_key.like(f"%.{tag}@%"))
    return {str(user.email).partition(".")[0]: user for user in found}


async def list_of(person, path) -> list[dict[str, Any]]:
    return (await person.client.get(path)).json()["items"]
