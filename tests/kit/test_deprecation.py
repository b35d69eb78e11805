"""A deprecated operation, in an application of its own: no operation of the service is deprecated."""

import json
from datetime import date

import pytest
from fastapi import FastAPI

from app.kit import error_handlers
from app.kit.deprecation import Deprecation, deprecated
from app.kit.fields import Fields
from app.kit.problems import NotFound
from app.kit.routing import Router
from scripts import export_openapi
from scripts.openapi import walk
from scripts.openapi.document import build
from scripts.openapi.examples import Sources
from tests.fixtures import client_of

GUIDE = "https://example.org/guide#old"
router = Router(prefix="/things", base="", tags=["things"])


class Thing(Fields):
    """Something."""

    name: str = "thing"


@router.get("/old", response_model=Thing)
@deprecated(since=date(2027, 4, 1), sunset=date(2028, 4, 1), info_url=GUIDE)
async def read_old() -> Thing:
    """A thing in its old form."""
    return Thing()


@router.get("/lost", response_model=Thing)
@deprecated(since=date(2027, 4, 1), sunset=date(2028, 4, 1), info_url=GUIDE)
async def read_lost() -> Thing:
    """A thing that does not exist."""
    raise NotFound


@router.get("/new", response_model=Thing)
async def read_new() -> Thing:
    """A thing in its new form."""
    return Thing()


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI(openapi_url=None)
    error_handlers.install(app, {})
    app.router.routes.extend(router.routes)
    return app


@pytest.mark.parametrize(("path", "status"), [("/things/old", 200), ("/things/lost", 404)])
async def test_every_response_has_both_days_and_a_link(app: FastAPI, path: str, status: int) -> None:
    async with client_of(app) as client:
        response = await client.get(f"http://test{path}")
    assert response.status_code == status
    assert response.headers["Deprecation"] == "@1806505200"  # 2027-04-01 in Tokyo
    assert response.headers["Sunset"] == "Fri, 31 Mar 2028 15:00:00 GMT"
    assert response.headers["Link"] == (
        f'<{GUIDE}>; rel="deprecation"; type="text/html", <{GUIDE}>; rel="sunset"; type="text/html"'
    )


async def test_no_other_response_has_them(app: FastAPI) -> None:
    async with client_of(app) as client:
        response = await client.get("http://test/things/new")
    assert response.status_code == 200
    assert not {"deprecation", "sunset", "link"} & set(response.headers)


def test_the_document_shows_it(app: FastAPI) -> None:
    paths = build(app, texts={"about": {}, "tags": {}}, sources=Sources({}, {}), listed={})["paths"]
    old, new = paths["/things/old"]["get"], paths["/things/new"]["get"]
    assert old["deprecated"] is True
    assert old["externalDocs"] == {
        "url": GUIDE,
        "description": "Deprecated since 2027-04-01, removed on 2028-04-01; what to call instead",
    }
    assert {"Deprecation", "Sunset", "Link"} <= set(old["responses"]["200"]["headers"])
    assert "deprecated" not in new
    assert "Sunset" not in new["responses"]["200"]["headers"]


def test_an_operation_cannot_be_removed_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="later than since"):
        Deprecation(since=date(2028, 4, 1), sunset=date(2028, 4, 1), info_url=GUIDE)


def test_a_deprecated_operation_of_the_service_is_documented() -> None:
    document = json.loads(export_openapi.document())
    deprecated_operations = [operation for _, _, operation in walk.operations(document) if operation.get("deprecated")]
    assert [operation["operationId"] for operation in deprecated_operations if "externalDocs" not in operation] == []
