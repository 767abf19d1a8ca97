"""Stock in the browser."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.e2e.conftest import Expected, Visit, both_databases


def post(visit: Visit, product: dict[str, Any], quantity: str, **over: Any) -> None:
    """A receipt behind the browser's back."""
    line = {"product_id": product["id"], "quantity": quantity}
    visit.call("POST", "/api/stock/postings", {"kind": "receipt", "lines": [line]} | over)


def test_goods_are_received_and_the_ledger_says_why(ada: Visit):
    product = ada.make_product()
    page = ada.page
    ada.go(f"/products/{product['id']}?tab=stock")

    page.get_by_role("button", name="Receive").click()
    page.get_by_role("textbox", name="Quantity").fill("12")
    expect(page.get_by_text("0 → 12")).to_be_visible()
    page.get_by_role("textbox", name="Reference").fill("DN-7")
    page.get_by_role("button", name="Post receipt").click()

    expect(page.get_by_role("heading", name=re.compile("Why is it 12"))).to_be_visible()
    row = page.get_by_role("row", name=re.compile("DN-7"))
    expect(row).to_contain_text("Received")
    expect(row).to_contain_text("+12")


def test_what_is_not_there_cannot_leave_and_the_form_says_so_before(ada: Visit, expected: Expected):
    expected.statuses = (409,)
    product = ada.make_product()
    post(ada, product, "3")
    page = ada.page
    ada.go(f"/products/{product['id']}?tab=stock&panel=issue")

    page.get_by_role("textbox", name="Quantity").fill("5")

    after = page.get_by_role("status").filter(has_text="After posting")
    expect(after).to_contain_text("less available than is wanted")
    page.get_by_role("button", name="Post issue").click()
    field = page.get_by_role("textbox", name="Quantity")
    expect(field).to_have_accessible_description(re.compile("less available"))
    expect(field).to_have_value("5")


@both_databases
def test_a_count_posts_the_difference(ada: Visit):
    product = ada.make_product()
    post(ada, product, "10")
    page = ada.page
    ada.go(f"/products/{product['id']}?tab=stock")

    page.get_by_role("button", name="Count", exact=True).click()
    page.get_by_role("textbox", name="Counted quantity").fill("8")
    page.get_by_role("button", name="Post count").click()

    expect(page.get_by_role("heading", name=re.compile("Why is it 8"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Counted"))).to_contain_text("-2")


def test_goods_move_between_two_places(ada: Visit):
    product = ada.make_product()
    post(ada, product, "10")
    ada.call("POST", "/api/stock/locations", {"code": "SHOP", "name": "Shop"})
    page = ada.page
    ada.go(f"/products/{product['id']}?tab=stock&panel=transfer")

    page.get_by_role("textbox", name="Quantity").fill("4")
    page.get_by_role("combobox", name="To").click()
    page.get_by_role("option", name="Shop (SHOP)").click()
    expect(page.get_by_text("10 → 6")).to_be_visible()
    page.get_by_role("button", name="Post transfer").click()

    places = page.get_by_role("table", name="By location")
    expect(places.get_by_role("row", name=re.compile("SHOP"))).to_contain_text("4")


def test_a_posting_is_taken_back_once(ada: Visit):
    product = ada.make_product()
    post(ada, product, "10")
    page = ada.page
    ada.go(f"/products/{product['id']}?tab=stock")

    page.get_by_role("button", name="Reverse posting").click()
    page.get_by_role("button", name="Reverse", exact=True).click()

    expect(page.get_by_role("heading", name=re.compile("Why is it 0"))).to_be_visible()
    expect(page.get_by_role("button", name="Reverse posting")).to_have_count(0)


def test_the_reorder_level_is_set_in_the_list_and_tells_what_is_low(ada: Visit):
    product = ada.make_product()
    post(ada, product, "3")
    page = ada.page
    ada.go("/stock")

    page.get_by_role("button", name="Change reorder level: Oak desk").click()
    field = page.get_by_role("textbox", name="Change reorder level: Oak desk")
    field.fill("5")
    field.press("Enter")

    expect(page.get_by_text("Low", exact=True)).to_be_visible()
    page.get_by_role("button", name="Reorder", exact=True).click()
    page.get_by_role("menuitemradio", name="Below minimum").click()
    expect(page.get_by_role("link", name="Oak desk")).to_be_visible()


def test_a_price_is_changed_in_the_list(ada: Visit):
    ada.make_product()
    page = ada.page
    ada.go("/products")

    page.get_by_role("button", name="Sale price: Oak desk").click()
    field = page.get_by_role("textbox", name="Sale price: Oak desk")
    field.fill("19,90")
    field.press("Enter")

    expect(page.get_by_role("button", name=re.compile("Oak desk: .*19.90"))).to_be_visible()


def test_stock_is_posted_by_keys_alone(ada: Visit):
    ada.make_product()
    page, press, type_text = ada.page, ada.page.keyboard.press, ada.page.keyboard.type
    ada.go()
    expect(page.get_by_role("heading", name="Hello Ada")).to_be_visible()

    press("g")
    press("s")
    expect(page.get_by_role("heading", name="Stock")).to_be_focused()
    press("n")
    expect(page.get_by_role("combobox", name="Product")).to_be_focused()
    type_text("oak")
    expect(page.get_by_role("option", name=re.compile("Oak desk"))).to_be_visible()
    press("ArrowDown")
    press("Enter")
    press("Tab")
    expect(page.get_by_role("textbox", name="Quantity")).to_be_focused()
    type_text("6")
    press("Control+Enter")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("row", name=re.compile("Oak desk"))).to_contain_text("6")
