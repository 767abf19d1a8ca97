"""Users of the task hub: most sign in by the company directory and have no password here."""

from erp.identity.actions.accounts import find_user_by_email
from erp.identity.actions.events import note_event
from erp.identity.actions.identities import find_user_of, keep_directory_user
from erp.identity.directory.provider import ExternalIdentity
from erp.kernel.schema import fold
from erp.organizations.actions.placing import make_placeholder, place_members
from erp.organizations.models import Member, Placeholder
from erp.transfer.actions.people import OldPerson, add_member, join, read_person, take_person
from erp.transfer.actions.run import OPERATOR, Run
from erp.transfer.errors import KnownAddress, KnownIdentity
from erp.transfer.sources import OldRow

PROVIDER = "ace"


async def take_colleague(run: Run, row: OldRow) -> None:
    """By password or by directory, as the old system kept it; others get a place without a way in.

    The old id stays as the member's external reference, by which old front ends name people.
    """
    person = read_person(row)
    is_new = not run.has_taken("member", row)
    if person.password_hash is None and row.first("account_id") and row.first("guid"):
        await _take_directory_person(run, row, person)
    elif person.email or person.password_hash:
        await take_person(run, row)
    else:
        await run.take("member", row, lambda: _place(run, row, person))
        return
    if is_new and run.has_taken("member", row):
        await _refer(run, row)


async def _take_directory_person(run: Run, row: OldRow, person: OldPerson) -> None:
    """Never joined by address: who has it already is invited, and links the directory herself."""
    external = _read_identity(row, person)
    session = run.work.session
    known = await find_user_of(session, external)
    same_address = await find_user_by_email(session, person.email or "")
    holder = known or same_address
    if holder is None or run.has_taken("member", row):
        await run.take("member", row, lambda: _make(run, person, external))
    elif run.choices.join:
        await run.take("member", row, lambda: join(run, row, holder), outcome="joined")
    else:
        run.refuse(row, KnownIdentity() if known else KnownAddress())


async def _make(run: Run, person: OldPerson, external: ExternalIdentity) -> Member:
    user, _identity = await keep_directory_user(run.work.session, run.desk, external)
    note_event(run.work.session, "user.imported", OPERATOR, user_id=user.id, reason=PROVIDER)
    status = "active" if person.is_active else "suspended"
    return await add_member(run, user, run.choices.roles.get(person.role, "user"), status)


async def _place(run: Run, row: OldRow, person: OldPerson) -> Member:
    name = person.full_name or person.username or row.key
    placed = make_placeholder(run.work, name, (run.report.source, row.key))
    await place_members(run.work, [placed])
    run.notice(row, "has neither password nor directory account, so nobody can sign in as such")
    return await run.work.get(Member, placed.id)


async def _refer(run: Run, row: OldRow) -> None:
    """Members who were known to other systems before keep that reference."""
    member_id = run.find("member", row.key)
    kept = run.work.select(Placeholder).where(Placeholder.member_id == member_id)
    if (await run.work.session.scalars(kept)).first() is None:
        reference = Placeholder(member_id=member_id, external_source=run.report.source)
        reference.external_id, reference.created_at = row.key, run.work.now()
        run.work.add(reference)
        await run.work.session.flush()  # the next row may be about the same member


def _read_identity(row: OldRow, person: OldPerson) -> ExternalIdentity:
    account_id, guid = str(row.first("account_id")), str(row.first("guid"))
    other_id = row.first("ace_user_id")
    return ExternalIdentity(
        provider=PROVIDER,
        issuer=account_id,
        issuer_key=fold(account_id),
        subject=guid,
        username=person.username or guid,
        email=person.email,
        email_verified=person.email is not None and person.is_verified,
        display_name=person.full_name,
        groups=(person.role,),
        user_id=None if other_id is None else str(other_id),
    )
