"""The document with its descriptions in Japanese; names, types and examples stay the same.

A text that `openapi/ja.toml` lacks stays in English: `tests/conventions/test_japanese.py` names it.
"""

from collections.abc import Mapping
from copy import deepcopy

from scripts.openapi.walk import Json, Texts, operations, parts


def translated(document: Json, texts: Texts) -> Json:
    document = deepcopy(document)
    components: Json = document["components"]
    document["info"] |= texts["about"]
    _describe({tag["name"]: tag for tag in document["tags"]}, texts["tags"])
    _describe({server["url"]: server for server in document["servers"]}, texts["servers"])
    _describe(components["headers"], texts["headers"])
    for problem in components["responses"].values():
        (content,) = problem["content"].values()
        problem["description"] = content["example"]["title"]
    _translate_schemas(components["schemas"], texts)
    for _, _, operation in operations(document):
        _translate_operation(operation, texts)
    return document


def _translate_schemas(schemas: Json, texts: Texts) -> None:
    _describe(schemas, texts["schemas"])
    for name, schema in schemas.items():
        for field, part in schema.get("properties", {}).items():
            for described in parts(part):
                if "description" in described:
                    described["description"] = _of_field(name, field, texts) or described["description"]


def _of_field(schema: str, field: str, texts: Texts) -> str | None:
    """The text of this field of this schema, or of every field of the name."""
    fields = texts["fields"]
    text: str | None = fields.get(f"{schema}.{field}", fields.get(field))
    return text


def _translate_operation(operation: Json, texts: Texts) -> None:
    own = texts["operations"].get(operation["operationId"], {})
    operation |= {name: text for name, text in own.items() if name != "parameters"}
    _describe(operation["responses"], texts["responses"])
    for response in operation["responses"].values():
        for name, link in response.get("links", {}).items():
            link["description"] = texts["operations"].get(name, {}).get("summary", link["description"])
    parameters = {parameter["name"]: parameter for parameter in operation["parameters"]}
    _describe(parameters, {**texts["parameters"], **own.get("parameters", {})})


def _describe(described: Mapping[str, Json], texts: Mapping[str, str]) -> None:
    for name in described.keys() & texts.keys():
        described[name]["description"] = texts[name]
