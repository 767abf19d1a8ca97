"""Where one starts, in the browser."""

from playwright.sync_api import expect

from tests.e2e.conftest import Opens, Visit, signed_in
from tests.e2e.hub import make_project, make_task, my_id
from tests.e2e.test_accessibility import assert_accessible, both_schemes, one_database, settle
from tests.e2e.test_stock import post


def let_things_wait(ada: Visit) -> None:
    """A late task of one's own, and goods below their minimum."""
    product = ada.make_product()
    post(ada, product, "3")
    ada.call("PUT", f"/api/stock/rules/{product['id']}", {"minimum": "5"})
    project = make_project(ada)
    make_task(ada, project, "Paint it", due_on="2020-02-29", assignee_ids=[my_id(ada)])


def test_home_tells_what_waits_for_one_and_leads_there(ada: Visit):
    let_things_wait(ada)
    page = ada.page
    ada.go()

    tasks = page.get_by_role("region", name="My tasks")
    stock = page.get_by_role("region", name="Below minimum")
    expect(tasks).to_contain_text("Late since Feb 29, 2020")
    expect(stock).to_contain_text("3 pc of at least 5 pc")

    stock.get_by_role("link", name="Oak desk").click()
    expect(page.get_by_role("heading", name="Oak desk")).to_be_focused()
    page.go_back()
    tasks.get_by_role("link", name="Paint it").click()
    expect(page.get_by_role("dialog", name="WEB-1")).to_be_visible()


@one_database
@both_schemes
def test_what_waits_is_readable_for_everybody(open_window: Opens, axe_source: str, scheme: str):
    ada = signed_in(open_window(color_scheme=scheme))
    let_things_wait(ada)

    ada.go()
    settle(ada.page)

    expect(ada.page.get_by_role("link", name="Paint it")).to_be_visible()
    assert_accessible(ada.page, axe_source)
