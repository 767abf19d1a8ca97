"""Working together: members, invitations, roles, settings."""

import re

from playwright.sync_api import expect

from tests.e2e.company import colleague, link_of_invitation
from tests.e2e.conftest import Expected, Opens, Visit, both_databases
from tests.making import PASSWORD, make_address
from tests.process.running import Running


@both_databases
def test_several_people_are_invited_at_once_and_one_follows_the_link(
    server: Running, ada: Visit, stranger: Visit, expected: Expected
):
    expected.statuses = (422,)
    first, second = make_address(), make_address()
    page = ada.page
    ada.go("/admin/members")
    page.get_by_role("button", name="Invite people").click()
    field = page.get_by_role("textbox", name="Email addresses")
    field.fill(f"Grace <{first}>, {second}\nnot-an-address")
    page.get_by_role("radio", name="Manager").check()

    page.get_by_role("button", name="Send 3 invitations").click()
    expect(page.get_by_role("alert", name="could not be invited")).to_contain_text(
        "not-an-address: Not an email address."
    )
    expect(field).to_have_value("not-an-address")
    page.get_by_role("button", name="Cancel").click()
    open_ones = page.get_by_role("table", name="Open invitations")
    expect(open_ones.get_by_role("row")).to_have_count(3)
    page.get_by_role("button", name=f"Withdraw the invitation of {second}").click()
    expect(open_ones.get_by_role("row")).to_have_count(2)

    stranger.page.goto(stranger.base_url + link_of_invitation(server, first))
    stranger.page.get_by_role("textbox", name="Your name").fill("Grace Hopper")
    stranger.page.get_by_role("textbox", name="Password").fill(PASSWORD)
    stranger.page.get_by_role("button", name="Create account and join").click()
    expect(stranger.page.get_by_role("heading", name="Hello Grace")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Role of Grace Hopper: Manager")).to_be_visible()
    expect(open_ones).to_have_count(0)


def test_a_role_changes_and_access_ends_at_once(
    server: Running, ada: Visit, open_window: Opens, expected: Expected
):
    expected.statuses = (401, 404)
    carl = colleague(server, ada, open_window())
    page = ada.page
    ada.go("/admin/members")

    page.get_by_role("button", name="Role of Carl Colleague: User").click()
    page.get_by_role("menuitemradio", name="Manager").click()
    expect(page.get_by_role("button", name="Role of Carl Colleague: Manager")).to_be_visible()
    carl.go("/admin/members")
    expect(carl.page.get_by_role("heading", name="Members")).to_be_visible()

    page.get_by_role("button", name="More for Carl Colleague").click()
    page.get_by_role("menuitem", name="Suspend").click()
    expect(page.get_by_role("row", name="Carl Colleague")).to_contain_text("Suspended")
    carl.go()
    expect(carl.page.get_by_text("Nothing here")).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("row", name="Carl Colleague")).to_contain_text("Active")

    page.get_by_role("button", name="More for Carl Colleague").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_role("row", name="Carl Colleague")).to_have_count(0)


def test_the_last_administrator_is_told_why_nothing_can_be_changed(ada: Visit):
    ada.go("/admin/members")
    role = ada.page.get_by_role("button", name="Role of Ada Lovelace: Administrator")

    role.focus()

    expect(role).to_be_focused()
    expect(role).to_have_attribute("aria-disabled", "true")
    expect(role).to_have_accessible_description(re.compile("You are the only administrator"))
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("menu")).to_have_count(0)


def test_whoever_may_only_read_finds_the_reason_at_the_button(
    server: Running, ada: Visit, open_window: Opens, expected: Expected
):
    expected.statuses = (403,)
    customer = ada.make_customer()
    carl = colleague(server, ada, open_window())
    ada.call("PATCH", "/api/organization", {"writers": "managers"})

    carl.go(f"/customers/{customer['id']}")
    edit = carl.page.get_by_role("button", name="Edit")
    edit.focus()
    carl.page.keyboard.press("Enter")

    reason = "Your role here (User) does not include this."
    expect(carl.page.get_by_role("tooltip")).to_contain_text(reason)
    expect(edit).to_be_focused()
    expect(carl.page.get_by_role("dialog")).to_have_count(0)
    carl.page.keyboard.press("e")
    expect(carl.page.get_by_role("dialog")).to_have_count(0)
    expect(carl.page.get_by_role("link", name="Administration")).to_have_count(0)
    carl.go("/admin/settings")
    expect(carl.page.get_by_text("Not for your role")).to_be_visible()


def test_the_working_hours_of_a_member_hold_from_a_day_on(ada: Visit):
    page = ada.page
    ada.go("/admin/members")
    page.get_by_role("button", name="More for Ada Lovelace").click()
    page.get_by_role("menuitem", name="Working hours").click()
    drawer = page.get_by_role("dialog", name="Working hours of Ada Lovelace")
    expect(drawer.get_by_text("Nothing is expected yet")).to_be_visible()

    drawer.get_by_label("From").fill("2026-01-05")
    drawer.get_by_label("Monday").fill("7h30")
    drawer.get_by_label("Tuesday").fill("soon")
    page.keyboard.press("Control+Enter")
    expect(drawer.get_by_label("Tuesday")).to_have_accessible_description(
        re.compile("Not a duration")
    )
    drawer.get_by_label("Tuesday").fill("6")
    expect(drawer.get_by_role("status")).to_have_text("13:30 a week")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("Working hours of Ada Lovelace saved")).to_be_visible()
    page.get_by_role("button", name="More for Ada Lovelace").click()
    page.get_by_role("menuitem", name="Working hours").click()
    expect(drawer.get_by_text("Since Jan 5, 2026")).to_be_visible()
    expect(drawer.get_by_label("Monday")).to_have_value("7:30")


def test_the_matrix_says_who_may(server: Running, ada: Visit, open_window: Opens):
    colleague(server, ada, open_window(), "manager")
    ada.go("/admin/roles")
    row = ada.page.get_by_role("row", name="See and set cost prices")
    expect(row.get_by_role("img", name="Yes")).to_have_count(2)
    expect(row.get_by_role("img", name="No")).to_have_count(1)

    row.get_by_role("button", name="2 people").click()

    people = ada.page.get_by_role("dialog").get_by_role("listitem")
    expect(people).to_have_text(["Ada Lovelace Administrator", "Carl Colleague Manager"])


def test_another_address_of_the_organization_is_explained_and_followed(ada: Visit):
    page = ada.page
    ada.go("/admin/settings")
    address = page.get_by_role("textbox", name="Address")

    address.fill(f"{ada.slug}-2")
    expect(page.get_by_text("Every address changes")).to_be_visible()
    page.get_by_role("radio", name="Managers and administrators").check()
    page.get_by_role("button", name="Save").click()

    expect(page).to_have_url(f"{ada.base_url}/{ada.slug}-2/admin/settings")
    expect(page.get_by_role("radio", name="Managers and administrators")).to_be_checked()
    page.reload()
    expect(address).to_have_value(f"{ada.slug}-2")


def test_two_who_change_the_settings_meet(
    server: Running, ada: Visit, open_window: Opens, expected: Expected
):
    expected.statuses = (412,)
    grace = colleague(server, ada, open_window(), "admin")
    ada.go("/admin/settings")
    name = ada.page.get_by_role("textbox", name="Name")
    name.fill("Northwind")
    grace.call("PATCH", "/api/organization", {"week_start": "sunday"})

    ada.page.get_by_role("button", name="Save").click()
    dialog = ada.page.get_by_role("dialog", name="Changed in the meantime")
    expect(dialog.get_by_role("row", name="Week starts on")).to_contain_text("Sunday")
    dialog.get_by_role("button", name="Save mine as well").click()

    expect(ada.page.get_by_text("Saved")).to_be_visible()
    expect(ada.page.get_by_role("combobox", name="Week starts on")).to_have_value("Sunday")
    expect(name).to_have_value("Northwind")
