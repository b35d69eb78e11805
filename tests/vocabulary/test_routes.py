"""The labels of coded values are complete: the document and the vocabulary have the same enums."""

import pytest

from app.kit.enums import LabelledEnum
from app.vocabulary import modules
from app.vocabulary.rules import POLICY
from scripts.openapi import walk
from tests.conventions.test_contract import DOCUMENT
from tests.fixtures import SignIn

SCHEMAS = DOCUMENT["components"]["schemas"]


async def test_every_coded_value_is_public_with_its_labels(api: SignIn) -> None:
    listed = (await (await api()).get("/vocabulary")).json()["words"]
    assert {name: [word["value"] for word in words] for name, words in listed.items()} == {
        name: schema["enum"] for name, schema in SCHEMAS.items() if "enum" in schema
    }
    assert {"value": "confirmed", "ja": "受講決定", "en": "Confirmed"} in listed["EnrollmentStatus"]


def test_an_inline_enum_is_part_of_a_listed_one() -> None:
    known = [{str(word) for word in kind} for kind in modules.enums()]
    inside = [
        part for schema in SCHEMAS.values() for part in walk.parts(schema) if "enum" in part and part is not schema
    ]
    assert [part for part in inside if not any(set(part["enum"]) <= words for words in known)] == []


async def test_the_vocabulary_can_be_cached(api: SignIn) -> None:
    client = await api()
    first = await client.get("/vocabulary")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = await client.get("/vocabulary", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_problem_that_is_returned_is_listed(api: SignIn) -> None:
    client = await api()
    problems = {problem["code"]: problem for problem in (await client.get("/vocabulary")).json()["problems"]}
    met = (await client.get("/me")).json()
    known = problems[met["code"]]
    assert (known["status"], known["ja"]) == (met["status"], met["title"])


def test_lists_of_policy_values_exist() -> None:
    paths = DOCUMENT["paths"]
    members = {name for schema in SCHEMAS.values() for name in schema.get("properties", {})}
    assert [path for path in POLICY if path not in paths] == []
    assert {member for taken in POLICY.values() for member in taken} <= members


@pytest.mark.parametrize("kind", modules.enums(), ids=lambda kind: kind.__name__)
def test_labels_are_complete_and_unique(kind: type[LabelledEnum]) -> None:
    for language in ("ja", "en"):
        labels = [getattr(word, language) for word in kind]
        assert all(labels)
        assert len(set(labels)) == len(labels), "two values that a reader cannot tell apart"
