"""What the builder makes of the document that FastAPI derives."""

import json
import re
from typing import Any

import pytest

from app.identity.schemas import MeRead
from app.kit import contract, cors
from app.kit.listing import DatedPage
from scripts.openapi import bounds, examples, names, responses, walk

DOCUMENT: dict[str, Any] = json.loads(contract.FILES["en"].read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def test_a_filter_that_may_be_left_out_is_never_null() -> None:
    schema = {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}], "default": None, "description": "Of"}
    assert bounds.without_null(schema) == {"type": "string", "format": "uuid", "description": "Of"}


def test_no_parameter_of_any_operation_is_null() -> None:
    parameters = [p for _, _, operation in walk.operations(DOCUMENT) for p in operation["parameters"]]
    assert [p["name"] for p in parameters if {"type": "null"} in p["schema"].get("anyOf", [])] == []


def test_a_response_is_bounded_by_what_can_be_stored() -> None:
    text: dict[str, Any] = {"type": "string", "title": "Name"}
    bounds.limit(text, returned=True)
    assert text == {"type": "string", "maxLength": 4000, "pattern": r"^[^\x00]*$"}


def test_the_bounds_of_an_input_are_left_to_its_type() -> None:
    text: dict[str, Any] = {"type": "string"}
    bounds.limit(text, returned=False)
    assert text == {"type": "string"}


@pytest.mark.parametrize(("most", "width"), [(2**31 - 1, "int32"), (2**31, "int64")])
def test_an_integer_has_its_width_as_its_format(most: int, width: str) -> None:
    number: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": most}
    bounds.limit(number, returned=True)
    assert number["format"] == width


def test_a_response_has_all_its_fields() -> None:
    others = walk.reached(walk.bodies(DOCUMENT), SCHEMAS) | {"Problem"}  # a problem leaves out what it does not have
    returned = {name: schema for name, schema in SCHEMAS.items() if name not in others and "properties" in schema}
    assert len(returned) > 30
    assert [name for name, schema in returned.items() if schema["required"] != list(schema["properties"])] == []


def example_by_schema(*, own: dict[str, Any]) -> dict[str, Any]:
    """The examples of the schemas, given one captured response that can be sent without its `id`."""
    text: dict[str, Any] = {"type": "string"}
    place = {"anyOf": [{"$ref": "#/components/schemas/Place"}, {"type": "null"}]}
    sent = {"code": text, "note": text, "place": place}
    schemas: dict[str, Any] = {
        "Place": {"properties": {"name": text}},
        "ThingRead": {"properties": {"id": text, **sent}},
        "ThingCreate": {"properties": sent, "required": ["code"], **own},
    }
    read, create = ({"schema": {"$ref": f"#/components/schemas/Thing{kind}"}} for kind in ("Read", "Create"))
    operation = {
        "operationId": "things_read",
        "requestBody": {"content": {"application/json": create}},
        "responses": {"200": {"content": {"application/json": read}}},
    }
    document = {"paths": {"/things": {"get": operation}}, "components": {"schemas": schemas}}
    captured = {"id": "1", "code": "A", "note": None, "place": {"name": "Hall"}}
    examples.add(document, examples.Sources({"things_read": {"answered": captured, "sent": {"code": "A"}}}, {}))
    assert (create["example"], read["example"]) == ({"code": "A"}, captured)
    return {name: schema["examples"][0] for name, schema in schemas.items()}


def test_a_schema_shows_its_part_of_a_response_of_the_city() -> None:
    assert example_by_schema(own={})["Place"] == {"name": "Hall"}


def test_what_can_be_sent_is_shown_without_what_the_server_sets() -> None:
    assert example_by_schema(own={})["ThingCreate"] == {"code": "A", "note": None, "place": {"name": "Hall"}}


def test_an_example_of_its_own_is_completed_by_what_must_be_sent() -> None:
    assert example_by_schema(own={"examples": [{"note": "B"}]})["ThingCreate"] == {"code": "A", "note": "B"}


def names_after_renaming(*schemas: tuple[str, dict[str, Any]]) -> list[str]:
    """The names that these schemas get; the first is the body of an operation."""
    body = {"content": {"application/json": {"schema": walk.reference(schemas[0][0])}}}
    operation = {"operationId": "things_add", "requestBody": body}
    document: dict[str, Any] = {"paths": {"/": {"post": operation}}, "components": {"schemas": dict(schemas)}}
    names.rename(document)
    assert list(walk.bodies(document)) == [walk.reference(next(iter(document["components"]["schemas"])))]
    return list(document["components"]["schemas"])


@pytest.mark.parametrize(
    ("made_up", "title", "name"),
    [
        ("DatedPage_MeRead_", DatedPage[MeRead].__name__, "MeReadDatedPage"),
        ("CourseRead", "CourseRead", "CourseRead"),
    ],
)
def test_a_schema_has_a_name_that_a_client_can_show(made_up: str, title: str, name: str) -> None:
    assert names_after_renaming((made_up, {"title": title})) == [name]


def test_two_schemas_of_one_name_are_refused() -> None:
    one, other = "app__roles__rules__Action", "app__enrollments__rules__Action"
    with pytest.raises(SystemExit, match="Two schemas have the same name, rename the class of one: Action"):
        names_after_renaming((one, {"title": "Action"}), (other, {"title": "Action"}))


def test_every_schema_has_such_a_name_and_every_reference_leads_somewhere() -> None:
    assert [name for name in SCHEMAS if not (name.isalnum() and name[0].isupper())] == []
    assert walk.reached([{"$ref": f"#/components/schemas/{name}"} for name in SCHEMAS], SCHEMAS) == set(SCHEMAS)


def test_the_version_is_required_for_a_change_and_optional_for_an_action() -> None:
    change = DOCUMENT["paths"]["/api/v1/position_ranks/{id}"]["patch"]
    action = DOCUMENT["paths"]["/api/v1/enrollments/{id}/approval"]["post"]
    needs = [{p["name"]: p["required"] for p in operation["parameters"]} for operation in (change, action)]
    assert [parameters["If-Match"] for parameters in needs] == [True, False]
    assert {"412", "428"} <= change["responses"].keys()
    assert {"412", "428"} & action["responses"].keys() == {"412"}
    assert all("ETag" in operation["responses"]["200"]["headers"] for operation in (change, action))


def test_a_created_resource_links_to_what_can_be_done_with_it() -> None:
    created = DOCUMENT["paths"]["/api/v1/enrollments"]["post"]["responses"]["201"]
    assert {"enrollments_approve", "enrollments_withdraw", "enrollments_complete"} <= set(created["links"])
    parameters = created["links"]["enrollments_approve"]["parameters"]
    assert parameters == {"path.id": "$response.body#/id", "header.If-Match": "$response.header.ETag"}


def test_a_list_links_to_reading_a_row() -> None:
    listed = DOCUMENT["paths"]["/api/v1/surveys"]["get"]["responses"]["200"]
    assert listed["links"]["surveys_read"]["parameters"] == {"path.id": "$response.body#/results/0/id"}


def test_a_field_with_values_of_the_policy_names_the_list_of_them() -> None:
    assert SCHEMAS["SkillRequirementCreate"]["properties"]["skill_code"]["description"].endswith("`GET /api/v1/skills`")
    filters = {taken["name"]: taken for taken in DOCUMENT["paths"]["/api/v1/posts"]["get"]["parameters"]}
    assert filters["position_rank"]["description"] == "Codes of `GET /api/v1/position_ranks`"


def test_a_bound_that_is_a_whole_number_is_written_as_one() -> None:
    number: dict[str, Any] = {"type": "integer", "minimum": 0.0, "maximum": 200.0, "multipleOf": 0.5}
    bounds.limit(number, returned=False)
    assert (
        json.dumps(number) == '{"type": "integer", "minimum": 0, "maximum": 200, "multipleOf": 0.5, "format": "int32"}'
    )
    bound = re.compile(r'"(?:minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf)": (\S+)')
    assert [
        found for found in bound.findall(contract.FILES["en"].read_text()) if found.rstrip(",").endswith(".0")
    ] == []


def test_only_an_operation_with_a_gate_takes_an_idempotency_key_and_can_conflict() -> None:
    sign_in, enroll = (DOCUMENT["paths"][f"/api/v1{path}"]["post"] for path in ("/auth/token", "/enrollments"))
    for operation, gated in ((sign_in, False), (enroll, True)):
        success = next(response for status, response in operation["responses"].items() if status < "300")
        assert ("Idempotency-Replayed" in success["headers"]) is gated
        assert ("Idempotency-Key" in {taken["name"] for taken in operation["parameters"]}) is gated
        assert ("409" in operation["responses"]) is gated


def test_every_paged_list_documents_its_link_to_the_next_page() -> None:
    lists = [
        operation["responses"]["200"]["headers"]
        for _, _, operation in walk.operations(DOCUMENT)
        if any(taken["name"] == "cursor" for taken in operation["parameters"])
    ]
    assert len(lists) > 20
    assert all("Link" in headers for headers in lists)


def test_a_page_of_another_origin_may_read_every_header_of_the_document() -> None:
    documented = {*responses.HEADERS, *responses.DEPRECATED}
    assert set(cors.RESPONSE_HEADERS) == {name for name in documented if not name.startswith("Access-Control-")}
