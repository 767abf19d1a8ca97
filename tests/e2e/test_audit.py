"""The trail of everything that happened, as its readers see it."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Opens, Visit, signed_in


def test_the_trail_reads_as_sentences_that_lead_to_their_things(ada: Visit):
    product = ada.make_product()
    ada.call("PATCH", f"/api/products/{product['id']}", {"sale_price": "15"})
    ada.make_customer()
    page = ada.page
    ada.go("/admin/audit")
    rows = page.get_by_role("list", name="What happened").get_by_role("listitem")

    page.get_by_role("button", name="Kind of record").click()
    page.get_by_role("combobox", name="Kind of record").fill("prod")
    page.get_by_role("option", name="Products").click()

    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Ada Lovelace changed a product: Oak desk")
    expect(rows.first).to_contain_text("Sale price12.5 → 15")
    expect(page).to_have_url(re.compile("target_kind=product"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="CSV").click()
    assert len(download.value.path().read_text().splitlines()) == 3
    rows.first.get_by_role("link", name="Oak desk").click()
    expect(page.get_by_role("heading", name="Oak desk")).to_be_visible()


def test_a_period_of_the_trail_is_chosen_and_cleared(ada: Visit):
    ada.make_customer()
    page = ada.page
    ada.go("/admin/audit?to=2020-01-01")
    expect(page.get_by_text("Nothing matches")).to_be_visible()

    page.get_by_role("button", name="Period: to Jan 1, 2020").click()
    page.get_by_role("button", name="Last 7 days").click()
    expect(page.get_by_text("created a customer: Acme")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear filter Period").click()

    expect(page).to_have_url(f"{ada.base_url}/{ada.slug}/admin/audit")


def test_the_trail_is_told_in_the_language_of_the_reader(open_window: Opens):
    ada = signed_in(open_window(locale="de-DE"))
    ada.make_product()

    ada.go("/admin/audit")

    expect(ada.page.get_by_text("Ada Lovelace hat ein Produkt angelegt: Oak desk")).to_be_visible()
