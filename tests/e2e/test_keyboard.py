"""Work without a mouse."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Opens, Visit, signed_in


def test_a_product_is_made_found_changed_and_left_by_keys_alone(ada: Visit):
    page, press, type_text = ada.page, ada.page.keyboard.press, ada.page.keyboard.type
    ada.go()
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()

    press("g")
    press("p")
    expect(page.get_by_role("heading", name="Products")).to_be_focused()
    press("n")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    type_text("Oak desk")
    press("Control+Enter")
    expect(page.get_by_role("link", name="Oak desk")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)

    press("j")
    press("Enter")
    expect(page.get_by_role("heading", name="Oak desk")).to_be_focused()
    press("e")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    press("End")
    type_text(", large")
    press("Control+Enter")
    expect(page.get_by_role("heading", name="Oak desk, large")).to_be_visible()


def test_the_palette_finds_commands_and_records(ada: Visit):
    ada.make_product(name="Walnut shelf", sku="W-1")
    page, press, type_text = ada.page, ada.page.keyboard.press, ada.page.keyboard.type
    ada.go()
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()

    press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    type_text("walnut")
    expect(page.get_by_role("option", name="Walnut shelf")).to_have_attribute(
        "aria-selected", "true"
    )
    press("Enter")
    expect(page.get_by_role("heading", name="Walnut shelf")).to_be_visible()

    press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    type_text("customers")
    press("Enter")
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()


def test_the_help_lists_what_works_here(ada: Visit):
    ada.go("/products")
    expect(ada.page.get_by_text("No products yet")).to_be_visible()

    ada.page.keyboard.press("?")

    help_sheet = ada.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_sheet.get_by_text("New product")).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(help_sheet).to_have_count(0)


def test_keys_rest_while_one_types(ada: Visit):
    ada.make_product()
    ada.go("/products")
    expect(ada.page.get_by_role("link", name="Oak desk")).to_be_visible()
    ada.page.keyboard.press("/")
    search = ada.page.get_by_role("searchbox")
    expect(search).to_be_focused()

    ada.page.keyboard.type("gpn?")

    expect(search).to_have_value("gpn?")
    expect(ada.page).to_have_url(re.compile("/products"))


def test_on_a_phone_the_navigation_is_behind_the_burger(open_window: Opens):
    ada = signed_in(open_window(viewport={"width": 390, "height": 844}, has_touch=True))
    ada.make_product()
    ada.go()

    ada.page.get_by_role("button", name="Menu").click()
    ada.page.get_by_role("dialog").get_by_role("link", name="Products").click()

    expect(ada.page.get_by_role("heading", name="Products")).to_be_visible()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    wider = "document.documentElement.scrollWidth > innerWidth"
    assert not ada.page.evaluate(wider)
