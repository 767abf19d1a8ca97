"""One organization as a file: all of it and nothing of others, and back byte by byte."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
import typer
from sqlalchemy import URL, func, select, update

from erp.audit.seals import Chain, seal_next
from erp.cli.exports import ensure_options_fit
from erp.identity.models import SecurityEvent, User
from erp.kernel.db import Database
from erp.kernel.jobs import OutboxRow
from erp.kernel.mail import KIND as MAIL
from erp.kernel.mail import send_mail
from erp.kernel.walls import admit
from erp.migrations.upgrade import migrate, newest_revision
from erp.organizations.errors import OrganizationNotFound
from erp.organizations.models import Counter, Member, Organization
from erp.records import metadata
from erp.stock.models import StockBalance
from erp.transfer.actions.backups.archives import (
    read_export_manifest,
    read_manifest,
    write_archive,
)
from erp.transfer.actions.backups.parking import PARKED
from erp.transfer.actions.exports.contents import (
    LEFT_BEHIND,
    LINK_LEFT_BEHIND,
    PASSWORD_COLUMNS,
    file_of,
    list_exported,
)
from erp.transfer.actions.exports.reading import Line, parents_first
from erp.transfer.actions.exports.restoring import restore_organization
from erp.transfer.actions.exports.rows import write_line
from erp.transfer.actions.exports.writing import export_organization
from erp.transfer.errors import BackupDamaged, BackupImpossible
from tests.architecture.tour import CALLS, make_everything
from tests.conftest import empty_database
from tests.identity.making import log_in
from tests.making import make_client, make_customer, reading_all, sign_up, writing_all
from tests.organizations.making import invite
from tests.postgres import OWNER
from tests.process.running import run_erp, settings_for
from tests.stock.making import ensure_proven, make_stocked
from tests.timesheets.making import at, make_entry, make_project
from tests.transfer.homes import opened, settings_of

pytestmark = pytest.mark.anyio

MOMENT = datetime.now(UTC) + timedelta(minutes=1)
TENANT = [table for table in metadata.sorted_tables if table.info["scope"] == "tenant"]


FILLING = (
    *("PUT", "POST /api/stock/close", "POST /api/stock/proof", "POST /api/projects/batch"),
    *("POST /api/tasks", "POST /api/timesheets/{member_id}"),
)


async def export(settings, slug, archive, **over):
    database = Database(settings.url, 2, lambda: MOMENT)
    words = {"with_passwords": False} | over
    manifest = await export_organization(database, slug, archive, newest_revision(), **words)
    await database.dispose()
    return manifest


async def restore(settings, archive, **over):
    database = Database(settings.url, 2, lambda: MOMENT)
    try:
        return await restore_organization(database, archive, newest_revision(), **over)
    finally:
        await database.dispose()


@pytest.fixture(scope="module")
async def lived_in(anyio_backend, request, tmp_path_factory):
    """A home on SQLite, two organizations in which all there is was done, the file of the first."""
    folder = tmp_path_factory.mktemp("whole")
    with empty_database("sqlite", "whole", request, folder) as url:
        home = settings_of(url, folder)
    migrate(home.url)
    async with opened(home) as app:
        person = await sign_up(app, organization_name="Whole Works")
        other = await sign_up(app, organization_name="Other Works")
        await make_everything(app, other)
        ids = await make_everything(app, person)
        for call in CALLS:
            if f"{call}".startswith(FILLING):
                answer = await call.send(person, ids)
                assert answer.status_code < 300, answer.text
        await make_customer(person, name="Zoë “Quotes” \\ 漢字\u2028")
        await make_entry(person, ids["home_id"], at("08:00"), at("09:00"), note="[prio: high]")
        await invite(app, person, "guest@example.com")
        await promise_a_mail(app, person)
        await seal(app, person)
    await export(home, person.organization["slug"], folder / "whole.zip", with_passwords=True)
    return home, folder / "whole.zip", person, other


@pytest.fixture(scope="module")
def refusing(make_home):
    """A home into which nothing gets."""
    return make_home("refusing")


async def promise_a_mail(app, person):
    home = UUID(person.organization["id"])
    async with app.state.database.writing() as session:
        await admit(session, organization_id=home)
        values = {"name": "Ada"}
        to = ("identity/welcome", "ada@example.com", None, values)
        await send_mail(session, *to, organization_id=home)


async def seal(app, person):
    home = UUID(person.organization["id"])
    async with app.state.database.writing() as session:
        await admit(session, organization_id=home)
        await seal_next(session, Chain(home))


def lines_of(archive, table):
    with ZipFile(archive) as packed:
        return [json.loads(line) for line in packed.read(file_of(table)).splitlines()]


def rewrite(archive, target, changed, **over):
    """The file with other tables in it, and all digests made to fit: nobody notices by those."""
    manifest, parts = read_export_manifest(archive), {}
    folder = target.parent / target.stem
    folder.mkdir()
    with ZipFile(archive) as packed:
        for name in manifest.tables:
            content = packed.read(file_of(name))
            if name in changed:
                content = b"".join(write_line(row) for row in changed[name])
                digest = hashlib.sha256(content).hexdigest()
                rows = len(changed[name])
                manifest.tables[name] = manifest.tables[name].model_copy(
                    update={"sha256": digest, "rows": rows}
                )
            parts[file_of(name)] = folder / name
            parts[file_of(name)].write_bytes(content)
    write_archive(target, manifest.model_copy(update=over), parts)
    return target


@pytest.fixture(scope="module")
async def moved_in(lived_in, make_home, tmp_path_factory):
    """A home of somebody else into which the file was put; what came of it, and a new export."""
    _home, archive, person, _other = lived_in
    target = make_home("moved")
    async with opened(target) as app:
        neighbour = await sign_up(app, organization_name="Neighbours")
        arrived = await restore(target, archive)
        again = tmp_path_factory.mktemp("again") / "again.zip"
        await export(target, person.organization["slug"], again, with_passwords=True)
        yield app, arrived, again, neighbour


async def test_the_file_comes_back_byte_by_byte_beside_another_organization(lived_in, moved_in):
    _home, archive, person, _other = lived_in
    _app, arrived, again, neighbour = moved_in

    seen = (await neighbour.client.get("/api/customers")).json()["items"]

    assert again.read_bytes() == archive.read_bytes()
    assert (arrived.slug, arrived.notices) == (person.organization["slug"], [])
    assert seen == []


async def test_from_postgresql_it_moves_to_sqlite_and_back(postgres, request, tmp_path):
    homes = []
    for kind in ("postgres", "sqlite", "postgres"):
        folder = tmp_path / f"{len(homes)}"
        place = empty_database(kind, f"move{len(homes)}", request, folder, owner=OWNER)
        homes.append(settings_of(place.__enter__(), folder))
        request.addfinalizer(lambda place=place: place.__exit__())
        migrate(homes[-1].migration_url, application=homes[-1].url)
    async with opened(homes[0]) as app:
        person = await sign_up(app)
        await make_stocked(person, sale_price="0.1234")
        project = await make_project(app, person)
        await make_entry(person, project, at("08:00"), at("09:00"))
        await seal(app, person)
    files = [tmp_path / f"{number}.zip" for number in range(3)]

    await export(homes[0], person.organization["slug"], files[0])
    for number in (1, 2):
        arrived = await restore(homes[number], files[number - 1])
        assert (arrived.history.sealed > 2, arrived.history.fault) == (True, None)
        await export(homes[number], person.organization["slug"], files[number])

    assert len({file.read_bytes() for file in files}) == 1


async def test_people_sign_in_and_find_their_stock_numbers_and_history(lived_in, moved_in):
    home, _archive, person, _other = lived_in
    app, arrived, _again, _neighbour = moved_in
    async with opened(home) as old:
        before = await figures_of(old, person)

    after = await figures_of(app, person)
    answer = await log_in(make_client(app), person)

    assert answer.status_code == 200, answer.text
    assert after == before
    at_work = replace(person, client=make_client(app, **bearer(answer)))
    await ensure_proven(at_work)
    customer = await make_customer(at_work)
    assert customer["number"] == before["counters"]["customer"] + 1
    assert arrived.history.sealed > 10
    assert arrived.history.fault is None


def bearer(answer):
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def figures_of(app, person):
    """What was counted, and what lies where."""
    home = UUID(person.organization["id"])
    async with reading_all(app) as session:
        counters = select(Counter.series, Counter.n).where(Counter.organization_id == home)
        balances = select(StockBalance.id, StockBalance.on_hand, StockBalance.reserved)
        balances = balances.where(StockBalance.organization_id == home).order_by(StockBalance.id)
        return {
            "counters": {row.series: row.n for row in await session.execute(counters)},
            "balances": [tuple(row) for row in await session.execute(balances)],
        }


async def test_nothing_of_another_organization_is_in_the_file(lived_in):
    home, archive, person, other = lived_in
    async with opened(home) as app, reading_all(app) as session:
        theirs = await ids_of(session, other)
        theirs |= {other.organization["id"], other.email}

    with ZipFile(archive) as packed:
        content = b"".join(packed.read(name) for name in packed.namelist()).decode()

    assert len(theirs) > 100
    assert [each for each in theirs if each in content] == []
    for table in list_exported():
        homes = {row.get("organization_id") for row in lines_of(archive, table.name)}
        assert homes <= {None, person.organization["id"]}, table.name


async def ids_of(session, person):
    home, found = UUID(person.organization["id"]), set()
    for table in [each for each in TENANT if "id" in each.c]:
        mine = select(table.c.id).where(table.c.organization_id == home)
        found |= {str(each) for each in await session.scalars(mine)}
    return found


def test_nearly_every_table_has_rows_under_test(lived_in):
    _home, archive, _person, _other = lived_in

    tables = read_export_manifest(archive).tables

    assert {name for name, table in tables.items() if not table.rows} <= {"import_references"}


def test_every_table_is_in_the_file_or_left_behind_with_a_reason():
    exported = {table.name for table in list_exported()}

    assert exported | LEFT_BEHIND.keys() == metadata.tables.keys()
    assert exported & LEFT_BEHIND.keys() == set()
    assert all(LEFT_BEHIND.values())
    assert {table.name for table in TENANT} - exported == {"idempotency_keys"}


def test_only_members_lead_from_an_organization_to_people():
    leading = {
        table.name
        for table in TENANT
        for key in table.foreign_keys
        if key.column.table.info["scope"] != "tenant" and key.column.table.name != "organizations"
    }

    assert leading == {"members"}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_without_being_asked_for_no_password_is_in_the_file(lived_in, make_home, tmp_path):
    home, _archive, person, _other = lived_in
    archive = tmp_path / "bare.zip"

    await export(home, person.organization["slug"], archive)

    assert archive.stat().st_mode & 0o777 == 0o600
    assert [row for row in lines_of(archive, "users") if PASSWORD_COLUMNS & row.keys()] == []
    target = make_home("bare")
    await restore(target, archive)
    async with opened(target) as app:
        assert (await log_in(make_client(app), person)).status_code == 401
    await export(target, person.organization["slug"], tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_rights_over_the_instance_do_not_travel(lived_in, refusing, tmp_path):
    _home, archive, _person, _other = lived_in
    rows = lines_of(archive, "users")

    assert "is_platform_admin" not in rows[0]
    forged = [row | {"is_platform_admin": True} for row in rows]
    with pytest.raises(BackupDamaged, match=r"users.jsonl, line 1: .* columns"):
        await restore(refusing, rewrite(archive, tmp_path / "forged.zip", {"users": forged}))


async def test_mails_are_put_aside_and_links_stay_behind(moved_in):
    app, arrived, _again, _neighbour = moved_in

    async with reading_all(app) as session:
        mails = list(await session.scalars(select(OutboxRow).where(OutboxRow.kind == MAIL)))

    mine = [row for row in mails if row.organization_id == arrived.manifest.organization.id]
    assert {row.last_error for row in mine} == {PARKED, LINK_LEFT_BEHIND}
    assert [row.last_error for row in mine].count(PARKED) == arrived.parked
    assert [row for row in mine if row.dead_at is None or "sealed" in row.payload] == []
    theirs = [row for row in mails if row not in mine]
    assert {row.last_error for row in theirs} == {None}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_changed_byte_is_refused(lived_in, refusing, tmp_path):
    _home, archive, _person, _other = lived_in
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "changed.zip").write_bytes(content)

    with pytest.raises(BackupDamaged, match="damaged or cut off"):
        await restore(refusing, tmp_path / "changed.zip")


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_changed_line_is_refused_though_the_zip_is_sealed_anew(
    lived_in, refusing, tmp_path
):
    _home, archive, _person, _other = lived_in
    rows = lines_of(archive, "products")
    rows[0]["sale_price"] = "0.01"
    tables = read_export_manifest(archive).tables

    lie = rewrite(archive, tmp_path / "lie.zip", {"products": rows}, tables=tables)

    with pytest.raises(BackupDamaged, match=r"products\.jsonl is not what the manifest says"):
        await restore(refusing, lie)


def foreign(rows):
    return {"products": [rows["products"][0] | {"organization_id": str(uuid4())}]}


def stranger(rows):
    mine = rows["users"][0]
    new = {"id": str(uuid4()), "email": "x@example.com", "email_key": "x@example.com"}
    return {"users": [*rows["users"], mine | new | {"username": None, "username_key": None}]}


def dangling(rows):
    return {"stock_moves": [rows["stock_moves"][0] | {"product_id": str(uuid4())}]}


def orphan(rows):
    tasks = [row for row in rows["tasks"] if row["parent_id"]]
    return {"tasks": [tasks[0] | {"parent_id": str(uuid4())}]}


def inexact(rows):
    return {"products": [rows["products"][0] | {"sale_price": "1.50"}]}


def twice(rows):
    return {"customers": [rows["customers"][0], rows["customers"][0]]}


def no_payload(rows):
    return {"outbox": [rows["outbox"][0] | {"payload": ["mail"]}]}


def too_large(rows):
    return {"counters": [rows["counters"][0] | {"n": 2**63}]}


def number_as_text(rows):
    return {"counters": [rows["counters"][0] | {"n": "7"}]}


WRONG = {
    foreign: r"products\.jsonl, line 1: this row belongs to another organization",
    stranger: r"users\.jsonl, line \d+: this person is no member of the organization",
    orphan: r"tasks\.jsonl, line 1: this row refers to one that is missing",
    inexact: r"products\.jsonl, line 1: sale_price is not written as it should be",
    no_payload: r"outbox\.jsonl, line 1: payload is not written as it should be",
    too_large: r"counters\.jsonl, line 1: n is not written as it should be",
    number_as_text: r"counters\.jsonl, line 1: n is not written as it should be",
}


BY_DATABASE = {
    dangling: r"stock_moves\.jsonl, line 1: .*(FOREIGN KEY|foreign key)",
    twice: r"customers\.jsonl, line 2: .*(UNIQUE|duplicate key)",
}


@pytest.mark.parametrize("forge", WRONG)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_what_is_wrong_in_the_file_is_named(lived_in, refusing, tmp_path, forge):
    forged = forge_file(lived_in, tmp_path, forge)

    with pytest.raises(BackupDamaged, match=WRONG[forge]):
        await restore(refusing, forged)

    assert await counts_in(refusing) == {0}


@pytest.mark.parametrize("forge", BY_DATABASE)
async def test_what_the_database_refuses_is_named(lived_in, refusing, tmp_path, forge):
    forged = forge_file(lived_in, tmp_path, forge)

    with pytest.raises(BackupDamaged, match=BY_DATABASE[forge]):
        await restore(refusing, forged)

    assert await counts_in(refusing) == {0}


def forge_file(lived_in, folder, forge):
    _home, archive, _person, _other = lived_in
    rows = {table.name: lines_of(archive, table.name) for table in list_exported()}
    return rewrite(archive, folder / "forged.zip", forge(rows))


async def counts_in(settings):
    async with opened(settings) as app, reading_all(app) as session:
        tables = (Organization, User, Member, SecurityEvent)
        return {await session.scalar(select(func.count()).select_from(each)) for each in tables}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_newer_schema_and_unknown_tables_are_refused(lived_in, refusing, tmp_path):
    _home, archive, _person, _other = lived_in
    tables = read_export_manifest(archive).tables
    newer = rewrite(archive, tmp_path / "newer.zip", {}, revision="of-tomorrow")
    more = rewrite(archive, tmp_path / "more.zip", {}, tables=tables | {"robots": tables["units"]})
    less = {name: each for name, each in tables.items() if name != "units"}

    with pytest.raises(BackupImpossible, match=r"at schema of-tomorrow, and this release needs"):
        await restore(refusing, newer)
    with pytest.raises(BackupDamaged, match="The table robots is unknown to this release"):
        await restore(refusing, more)
    with pytest.raises(BackupDamaged, match="The table units is missing"):
        await restore(refusing, rewrite(archive, tmp_path / "less.zip", {}, tables=less))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_it_is_here_once_and_at_an_address_of_its_own(lived_in, make_home):
    home, archive, person, _other = lived_in
    slug, target = person.organization["slug"], make_home("taken")
    async with opened(target) as app:
        holder = await sign_up(app)
        async with writing_all(app) as session:
            await session.execute(update(Organization).values(slug=slug))

    with pytest.raises(BackupImpossible, match=f"here already, as {slug}"):
        await restore(home, archive)
    with pytest.raises(BackupImpossible, match=f"address {slug} is taken here"):
        await restore(target, archive)
    arrived = await restore(target, archive, slug="elsewhere")

    assert arrived.slug == "elsewhere"
    async with opened(target) as app:
        answer = await log_in(make_client(app), person)
        assert [each["slug"] for each in answer.json()["organizations"]] == ["elsewhere"]
        assert (await log_in(make_client(app), holder)).status_code == 200


@pytest.fixture(scope="module")
async def met(lived_in, make_home, tmp_path_factory):
    """A home where the admin has a proved account, a colleague a doubtful one, and Ada a name."""
    _home, archive, person, _other = lived_in
    people = lines_of(archive, "users")
    active = {row["user_id"] for row in lines_of(archive, "members") if row["status"] == "active"}
    known, doubted, namesake = [row for row in people if row["id"] in active and row["email"]][:3]
    namesake |= {"username": "ada", "username_key": "ada"}
    changed = rewrite(archive, tmp_path_factory.mktemp("met") / "met.zip", {"users": people})
    assert known["email"] == person.email
    target = make_home("met")
    async with opened(target) as app:
        at_home = await sign_up(app, email=person.email, password="Another-Horse-8")
        await sign_up(app, email=doubted["email"])
        await sign_up(app, username="ada")
        with pytest.raises(BackupImpossible, match="No administrator would be left"):
            await restore(target, changed)
        async with writing_all(app) as session:
            proved = update(User).where(User.email == person.email)
            await session.execute(proved.values(email_verified_at=MOMENT))
        arrived = await restore(target, changed)
        yield app, arrived, at_home, doubted["email"], namesake["email"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_known_account_keeps_its_password_and_joins(lived_in, met):
    _home, _archive, person, _other = lived_in
    app, arrived, at_home, *_rest = met

    strange = await log_in(make_client(app), person)
    answer = await log_in(make_client(app), at_home)

    homes = {each["slug"]: each["role"] for each in answer.json()["organizations"]}
    assert strange.status_code == 401
    assert homes == {at_home.organization["slug"]: "admin", arrived.slug: "admin"}
    assert f"{person.email} has an account here already, and keeps it as it is" in arrived.notices


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_account_whose_address_was_never_proved_waits_for_an_invitation(met):
    app, arrived, _at_home, doubted, _namesake = met

    async with reading_all(app) as session:
        query = select(Member.status).join(User, User.id == Member.user_id)
        mine = Member.organization_id == arrived.manifest.organization.id
        status = await session.scalar(query.where(mine, User.email == doubted))

    assert status == "invited"
    assert [each for each in arrived.notices if doubted in each and "never proved" in each]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_taken_user_name_gets_a_number(met):
    app, arrived, _at_home, _doubted, namesake = met

    async with reading_all(app) as session:
        name = await session.scalar(select(User.username).where(User.email == namesake))

    assert name == "ada.2"
    assert "ada is taken here and signs in as ada.2" in arrived.notices


async def test_leaving_and_arriving_are_events(lived_in, moved_in):
    home, _archive, person, _other = lived_in
    app, *_rest = moved_in

    async with opened(home) as old:
        assert "organization.exported" in await events_of(old, person)
    assert "organization.restored" in await events_of(app, person)


async def events_of(app, person):
    async with reading_all(app) as session:
        mine = SecurityEvent.organization_id == UUID(person.organization["id"])
        return set(await session.scalars(select(SecurityEvent.event).where(mine)))


async def test_a_file_is_never_written_over_nor_for_nobody(lived_in, tmp_path):
    home, archive, person, _other = lived_in

    with pytest.raises(BackupImpossible, match="is there already"):
        await export(home, person.organization["slug"], archive)
    with pytest.raises(OrganizationNotFound):
        await export(home, "nobody", tmp_path / "nobody.zip")

    assert list(tmp_path.iterdir()) == []


async def test_it_is_no_backup(lived_in):
    _home, archive, _person, _other = lived_in

    with pytest.raises(BackupImpossible, match="erp restore puts it in"):
        read_manifest(archive)


def test_rows_wait_for_those_they_refer_to():
    tasks = metadata.tables["tasks"]
    first, second, third = uuid4(), uuid4(), uuid4()
    parents = {first: second, second: third, third: None}
    lines = [Line(tasks, 1, {"id": each, "parent_id": parents[each]}) for each in parents]

    assert [line.row["id"] for line in parents_first(tasks, lines)] == [third, second, first]


def test_an_operator_exports_and_restores_into_an_empty_database(lived_in, tmp_path):
    home, _archive, person, _other = lived_in
    file, slug = str(tmp_path / "file.zip"), person.organization["slug"]
    old, new = [settings_for(tmp_path, url) for url in (home.url, empty_file(tmp_path))]

    exported = run_erp(tmp_path, old, "export", "--organization", slug, file)
    restored = run_erp(tmp_path, new, "restore", file, "--slug", "new-place")

    assert exported.returncode == 0, exported.stderr
    assert "without passwords" in exported.stdout
    assert restored.returncode == 0, restored.stderr
    assert "at the address new-place" in restored.stdout
    assert "mails were still to be sent" in restored.stdout
    again = run_erp(tmp_path, new, "restore", file)
    assert again.returncode == 1
    assert "This organization is here already, as new-place" in again.stderr


def empty_file(folder):
    return URL.create("sqlite", database=str(folder / "new.db"))


@pytest.mark.parametrize(
    ("is_export", "options"),
    [
        (True, {"replace": True, "slug": None}),
        (False, {"replace": False, "slug": "elsewhere"}),
        (True, {"replace": False, "slug": "No Address"}),
        (True, {"replace": False, "slug": "api"}),
    ],
)
def test_options_that_do_not_fit_the_file_are_refused(is_export, options):
    with pytest.raises(typer.BadParameter):
        ensure_options_fit(is_export, **options)
