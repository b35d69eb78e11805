"""The documentation page as a person uses it, against `scripts/serve`, with no other host to be had."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.kit import docs
from app.kit.settings import Settings
from app.main import build_app
from scripts import export_openapi, node
from tests.contract.browsing import Visit, browser_here, visiting
from tests.fixtures import client_of
from tests.served import Served


@pytest.fixture(scope="module")
def browser() -> str:
    return browser_here()


@pytest.fixture
def visit(browser: str, served_city: Served) -> Iterator[Visit]:
    with visiting(browser, f"http://127.0.0.1:{served_city.port}/docs", locale="ja-JP") as visit:
        yield visit


@pytest.mark.slow
@pytest.mark.xdist_group("city")
class TestInABrowser:
    def test_an_employee_signs_in_lists_employees_and_applies_for_a_seat(
        self, served_city: Served, visit: Visit
    ) -> None:
        visit.sign_in("employee")
        expect(visit.page.locator("#who")).to_have_text("employee")
        (me,) = visit.try_out("employees", "employees_list").json()["results"]  # nobody else is hers to see

        sessions = visit.try_out("course_sessions", "course_sessions_list", sort="-starts_at").json()["results"]
        session = next(s for s in sessions if s["accepts_applications"] and s["needs_approval"])
        wish = {"course_session_id": session["id"], "employee_id": me["id"]}
        applied = visit.try_out("enrollments", "enrollments_enroll", json.dumps(wish))
        assert (applied.status, applied.json()["status"]) == (201, "applied")

        assert visit.log == []
        assert visit.hosts == {f"127.0.0.1:{served_city.port}"}
        assert visit.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]

    def test_signed_out_means_signed_out(self, visit: Visit) -> None:
        visit.sign_in("hr")
        expect(visit.page.locator("#who")).to_have_text("hr")
        visit.sign_out()
        assert visit.try_out("employees", "employees_list").status == 401

    def test_operations_and_errors_are_in_the_language_chosen(self, visit: Visit) -> None:
        expect(visit.page.get_by_text(export_openapi.texts("ja")["tags"]["employees"])).to_be_visible()
        visit.page.get_by_role("link", name="English").click()
        expect(visit.page.get_by_text(export_openapi.texts("en")["tags"]["employees"])).to_be_visible()
        expect(visit.page.get_by_role("button", name="Sign in")).to_be_visible()
        expect(visit.page.get_by_text("サインイン", exact=True)).to_be_hidden()
        visit.sign_in("hr", "wrong")
        expect(visit.page.locator("#refused")).to_contain_text("password")

    def test_a_second_visit_takes_the_document_from_the_cache(self, visit: Visit) -> None:
        sizes = [self.transferred(visit), self.transferred(visit, again=True)]
        assert sizes[0] > 0 == sizes[1]

    def transferred(self, visit: Visit, *, again: bool = False) -> int:
        """The bytes of the document that this visit loaded."""
        if again:
            visit.page.reload()
        expect(visit.page.get_by_text(export_openapi.texts("ja")["tags"]["employees"])).to_be_visible()
        ((name, size),) = visit.page.evaluate(
            "performance.getEntriesByType('resource').filter(each => each.name.includes('openapi.json'))"
            ".map(each => [each.name, each.transferSize])"
        )
        assert "&v=" in name
        return int(size)

    def test_the_policy_lets_nothing_else_in_and_the_log_says_so(self, visit: Visit) -> None:
        visit.page.evaluate("fetch('https://elsewhere.example/').catch(() => null)")
        assert any("Content Security Policy" in line for line in visit.log)


@pytest.mark.slow
def test_swagger_ui_is_the_one_that_its_makers_published() -> None:
    published = node.ready() / "swagger-ui-dist"
    for name in ("swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css"):
        assert (docs.FILES / name).read_bytes() == (published / name).read_bytes(), name
    assert (docs.FILES / "swagger-ui.LICENSE.txt").read_bytes() == (published / "LICENSE").read_bytes()


@pytest.mark.parametrize("demonstration", [True, False])
async def test_made_up_accounts_are_offered_in_a_demonstration_only(demonstration: bool) -> None:
    app = build_app(Settings(embedded_url="postgresql://nobody@/nothing", demonstration=demonstration))
    async with client_of(app) as client:
        page = await client.get("http://test/docs")
    assert "'unsafe" not in page.headers["content-security-policy"]
    assert ('value="section-head"' in page.text) == demonstration
