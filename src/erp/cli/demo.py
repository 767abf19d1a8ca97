"""`erp demo`: a believable small company, the old inventory manager's people and goods in it."""

import random
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select  # noqa: TID251  users belong to no organization
from sqlalchemy.ext.asyncio import AsyncSession

from erp.cli.demo_hours import record_hours
from erp.cli.demo_projects import plan_projects
from erp.cli.demo_stock import tell_year
from erp.customers.actions.customers import create_customer
from erp.customers.actions.parts import add_address, add_contact
from erp.customers.schemas import AddressIn, ContactIn, CustomerIn
from erp.identity.actions.desk import Desk, open_desk
from erp.identity.models import User
from erp.kernel.db import Database
from erp.kernel.passwords import Hashed
from erp.kernel.schema import fold, new_id
from erp.kernel.settings import Settings
from erp.kernel.workspace import Workspace
from erp.organizations.access import permissions_of
from erp.organizations.actions.founding import found_organization
from erp.organizations.models import Member
from erp.organizations.numbering import take_number
from erp.products.actions.products import create_product
from erp.products.models import standard_unit_id
from erp.products.schemas import ProductIn

ORGANIZATION = "Northwind Workshop"
PEOPLE = (
    ("admin", "admin123", "admin", "Alex Admin"),
    ("manager", "manager123", "manager", "Mia Manager"),
    ("johndoe", "password123", "user", "John Doe"),
)
OLD_PRODUCTS = (
    ("Laptop", "LAP-001", "999.99"),
    ("Mouse", "MOU-001", "29.99"),
    ("Keyboard", "KEY-001", "89.99"),
    ("Monitor", "MON-001", "449.99"),
)
OLD_CUSTOMERS = (
    ("Acme Corporation", "contact@acme.example.com", "+1 555 0100", "1 Market Street"),
    ("Globex Industries", "info@globex.example.com", "+1 555 0101", "22 Harbor Road"),
    ("Initech", "hello@initech.example.com", "+1 555 0102", "4120 Freidrich Lane"),
)
THINGS = (
    "Desk",
    "Chair",
    "Shelf",
    "Lamp",
    "Cable",
    "Adapter",
    "Dock",
    "Headset",
    "Webcam",
    "Notebook",
    "Binder",
    "Whiteboard",
    "Cabinet",
    "Router",
    "Switch",
    "Toner",
    "Projector",
    "Printer",
    "Stool",
    "Rack",
)
LOOKS = ("Oak", "Birch", "Steel", "Compact", "Pro", "Office", "Studio", "Slim", "Classic", "Eco")
SERVICES = (
    ("On-site installation", "h", "95"),
    ("Remote support", "h", "78"),
    ("Workshop day", "day", "1150"),
    ("Delivery", "pc", "24.50"),
)
FIRST = ("Anna", "Ben", "Clara", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas")
LAST = ("Albers", "Brandt", "Costa", "Dietrich", "Eriksen", "Fischer", "Garcia", "Hansen")
TRADES = ("Bakery", "Carpentry", "Studio", "Logistics", "Clinic", "Print", "Gardens", "Motors")
CITIES = (
    ("Berlin", "10115", "DE"),
    ("Hamburg", "20095", "DE"),
    ("Vienna", "1010", "AT"),
    ("Zurich", "8001", "CH"),
    ("Utrecht", "3511", "NL"),
    ("Lyon", "69001", "FR"),
)
DONE = f"""{ORGANIZATION} is filled. Sign in with one of these names:
  admin / admin123      manager / manager123      johndoe / password123"""


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of the demo and the organization they work in."""

    organization_id: UUID
    admin_id: UUID
    admin_user_id: UUID


async def fill_demo(settings: Settings) -> str:
    """Make the demo organization once; a second call changes nothing. Says how to sign in."""
    database = Database(settings.url, settings.db_pool_size)
    desk = open_desk(settings, database)
    try:
        async with database.reading() as session:
            known = await session.scalar(
                select(User).where(User.username_key == fold(PEOPLE[0][0]))
            )
        if known:
            return DONE
        hashes = [await desk.passwords.hash(password) for _, password, _, _ in PEOPLE]
        async with database.writing() as session:
            await _fill(session, desk, hashes)
    finally:
        await database.dispose()
        desk.passwords.close()
    return DONE


async def _fill(session: AsyncSession, desk: Desk, hashes: list[Hashed]) -> None:
    cast = await _hire(session, desk, hashes)
    work = Workspace(
        session=session,
        organization_id=cast.organization_id,
        member_id=cast.admin_id,
        user_id=cast.admin_user_id,
        session_id=None,
        permissions=permissions_of("admin", "everyone"),
        currency=desk.settings.currency,
        time_zone=desk.settings.time_zone,
        request_id="demo",
    )
    dice = random.Random(7)  # noqa: S311  the same company every time
    await _stock_shelves(work, dice)
    await _find_customers(work, dice)
    await tell_year(work, dice)
    await plan_projects(work)
    await record_hours(work)


async def _hire(session: AsyncSession, desk: Desk, hashes: list[Hashed]) -> Cast:
    users = [
        _user(name, full_name, hashed, desk.now())
        for (name, _, _, full_name), hashed in zip(PEOPLE, hashes, strict=True)
    ]
    session.add_all(users)
    await session.flush()  # members refer to users
    admin = await found_organization(session, desk, users[0], ORGANIZATION)
    for user, (_, _, role, _) in zip(users[1:], PEOPLE[1:], strict=True):
        number = await take_number(session, admin.organization_id, "member")
        member = Member(
            organization_id=admin.organization_id, number=number, user_id=user.id, role=role
        )
        session.add(member)
    return Cast(admin.organization_id, admin.id, users[0].id)


def _user(name: str, full_name: str, hashed: Hashed, now: datetime) -> User:
    user = User(id=new_id(), full_name=full_name, email_verified_at=now)
    user.name_by(f"{name}@northwind.example.com", name)
    user.set_password(hashed, now)
    return user


async def _stock_shelves(work: Workspace, dice: random.Random) -> None:
    for name, sku, price in OLD_PRODUCTS:
        await create_product(work, ProductIn(name=name, sku=sku, sale_price=price))
    kinds = dice.sample([(thing, look) for thing in THINGS for look in LOOKS], 196)
    for number, (thing, look) in enumerate(kinds, start=1):
        value = Decimal(dice.randrange(499, 79_999)) / 100
        given = ProductIn(
            name=f"{thing} {look}",
            sku=f"{thing[:3].upper()}-{number + 100}",
            barcode=f"40{dice.randrange(10**10, 10**11)}",
            sale_price=str(value),
            cost_price=str((value * Decimal("0.62")).quantize(Decimal("0.01"))),
        )
        await create_product(work, given)
    for name, unit, price in SERVICES:
        unit_id = standard_unit_id(work.organization_id, unit)
        given = ProductIn(name=name, kind="service", unit_id=unit_id, sale_price=price)
        await create_product(work, given)


async def _find_customers(work: Workspace, dice: random.Random) -> None:
    for name, email, phone, street in OLD_CUSTOMERS:
        customer = await create_customer(work, CustomerIn(name=name, email=email, phone=phone))
        address = AddressIn(kind="billing", lines=street, city="Springfield", country="US")
        await add_address(work, customer.id, address)
    for number in range(1, 41):
        first, last, trade = dice.choice(FIRST), dice.choice(LAST), dice.choice(TRADES)
        city, code, country = dice.choice(CITIES)
        mail = f"{last.lower()}.{number}@{trade.lower()}.example.com"
        given = CustomerIn(
            name=f"{last} {trade}",
            email=mail,
            phone=f"+49 30 {5_550_000 + number}",
            payment_days=dice.choice((7, 14, 30)),
        )
        customer = await create_customer(work, given)
        contact = ContactIn(name=f"{first} {last}", email=mail, is_primary=True)
        await add_contact(work, customer.id, contact)
        address = AddressIn(
            kind="billing",
            lines=f"{dice.choice(LAST)}straße {dice.randrange(1, 99)}",
            postal_code=code,
            city=city,
            country=country,
        )
        await add_address(work, customer.id, address)
