"""A file of products comes in, is put right, imported and taken back."""

import os

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opens, Visit, signed_in
from tests.e2e.test_accessibility import assert_accessible, settle

WRONG = b"SKU;Name;Price\nOAK-1;Oak desk;15,00\nELM-1;Elm desk;cheap\n"
RIGHT = b"SKU;Name;Price\nOAK-1;Oak desk;15,00\nELM-1;Elm desk;7,5\n"


def choose(page: Page, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").press("Enter")
    file = {"name": "desks.csv", "mimeType": "text/csv", "buffer": content}
    chooser.value.set_files([file])
    expect(page.get_by_role("heading", name="desks.csv")).to_be_visible()


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("ERP_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_wrong_rows_are_told_by_column_and_nothing_is_imported(ada: Visit, axe_source: str):
    ada.make_product()
    page = ada.page
    ada.go("/products")
    page.get_by_role("link", name="Import").click()
    expect(page.get_by_role("radio", name="Products")).to_be_checked()
    settle(page)
    assert_accessible(page, axe_source)

    choose(page, WRONG)
    page.get_by_role("button", name="Check").press("Enter")
    rows = page.get_by_role("table", name="Rows")
    expect(rows).to_contain_text("Sale price: 12.5 → 15")
    page.get_by_role("button", name="Wrong: 1").click()

    expect(rows.get_by_role("row")).to_have_count(2)
    expect(rows).to_contain_text("Price:")
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    assert_accessible(page, axe_source)
    picture(page, "wrong")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Discarded", exact=True)).to_be_visible()


def test_a_file_is_imported_and_taken_back(ada: Visit):
    ada.make_product()
    page = ada.page
    ada.go("/admin/import")

    choose(page, RIGHT)
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("This is what the import did.")).to_be_visible()
    picture(page, "applied")
    ada.go("/products")
    expect(page.get_by_role("link", name="Elm desk")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Undo the import").click()

    expect(page.get_by_text("Undone", exact=True)).to_be_visible()
    ada.go("/products")
    expect(page.get_by_role("link", name="Oak desk")).to_be_visible()
    expect(page.get_by_role("link", name="Elm desk")).to_have_count(0)


def test_columns_are_named_in_german_and_in_the_dark(open_window: Opens, axe_source: str):
    ada = signed_in(open_window(locale="de-DE", color_scheme="dark"))
    page = ada.page
    ada.go("/admin/import")
    page.get_by_text("Kunden", exact=True).last.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Datei wählen").click()
    file = {"name": "kunden.csv", "mimeType": "text/csv", "buffer": b"Kunde\nAcme\n"}
    chooser.value.set_files([file])

    page.get_by_role("combobox", name="Spalte für Telefon").click()
    page.get_by_role("option", name="Kunde").click()
    page.get_by_role("button", name="Prüfen").click()

    expect(page.get_by_role("button", name="Neu: 1")).to_be_visible()
    settle(page)
    assert_accessible(page, axe_source)
    picture(page, "dark")
