"""What earlier rows lack, the migration fills in: on both databases, for every organization."""

from sqlalchemy import text

from erp.migrations.upgrade import migrate
from erp.migrations.walls import each_organization
from tests.process.database import engine_for

BEFORE, NEWEST = "catalog_2", "head"
HOMES = ("018f0000-0000-7000-8000-000000000001", "018f0000-0000-7000-8000-000000000002")
CUSTOMER, CONTACT = "018f0000-0000-7000-8000-00000000000c", "018f0000-0000-7000-8000-00000000000d"
NOW = "2026-11-25T12:00:00.000000Z"
ORGANIZATION = """
INSERT INTO organizations (id, slug, name, status, currency, time_zone, week_start, writers,
    require_mfa, created_at, updated_at, version)
VALUES (:home, :slug, 'Home', 'active', 'EUR', 'UTC', 'monday', 'everyone', false, :now, :now, 1)
"""
ADD_CUSTOMER = """
INSERT INTO customers (organization_id, id, number, kind, name, name_key, search_key, phone,
    currency, payment_days, tax_exempt, created_at, updated_at, version)
VALUES (:home, :customer, 1, 'company', 'Ácme GmbH', 'acme gmbh', 'acme gmbh', '+49 30 123456',
    'EUR', 14, false, :now, :now, 1)
"""
ADD_CONTACT = """
INSERT INTO customer_contacts (organization_id, id, customer_id, name, is_primary,
    receives_invoices, created_at, updated_at, version)
VALUES (:home, :contact, :customer, 'Jo', false, false, :now, :now, 1)
"""
ADD_CHANGE = """
INSERT INTO audit_log (organization_id, id, at, actor_kind, action, target_kind, target_id, data)
VALUES (:home, :target, :now, 'job', 'made', :kind, :target, '{"changes": {}}')
"""
KEYS = "SELECT twin_key, phone_key FROM customers WHERE organization_id = :home"
ABOUT = "SELECT about_id FROM audit_log WHERE organization_id = :home"


def test_earlier_customers_and_changes_get_what_new_ones_have(empty_url):
    migrate(empty_url, BEFORE)
    with engine_for(empty_url).begin() as connection:
        for home in HOMES:
            connection.execute(text(ORGANIZATION), {"home": home, "slug": home[-2:], "now": NOW})
        for home in homes_of(connection):
            values = {"home": home, "customer": CUSTOMER, "contact": CONTACT, "now": NOW}
            for statement in (ADD_CUSTOMER, ADD_CONTACT):
                connection.execute(text(statement), values)
            for kind, target in (("customer", CUSTOMER), ("contact", CONTACT)):
                values |= {"kind": kind, "target": target}
                connection.execute(text(ADD_CHANGE), values)

    migrate(empty_url, NEWEST)

    with engine_for(empty_url).begin() as connection:
        for home in homes_of(connection):
            mine = {"home": home}
            keys = connection.execute(text(KEYS), mine).all()
            about = connection.execute(text(ABOUT), mine).scalars().all()
            assert [tuple(row) for row in keys] == [("acme", "30123456")]
            assert [str(each) for each in about] == [CUSTOMER] * 2


def homes_of(connection):
    """Both organizations, each with its rows in sight."""
    return (str(each) for each in each_organization(connection) if str(each) in HOMES)
