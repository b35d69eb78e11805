"""Ways through an OpenAPI document."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Json = dict[str, Any]
Texts = Mapping[str, Mapping[str, Any]]
"""`openapi/en.toml` or `openapi/ja.toml`, by section."""

_METHODS = ("get", "post", "patch", "put", "delete")
_ONE = ("items", "additionalProperties", "propertyNames", "not")
_NAMED = ("properties", "patternProperties")
_SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation of each."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def parts(schema: Json) -> Iterator[Json]:
    """The schema and every schema written inside it; a reference is not followed."""
    yield schema
    inner = [schema.get(name) for name in _ONE]
    inner += [part for name in _NAMED for part in schema.get(name, {}).values()]
    inner += [part for name in _SEVERAL for part in schema.get(name, [])]
    for part in inner:
        if isinstance(part, dict):
            yield from parts(part)


def reference(name: str) -> Json:
    """The use of a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def target(reference: str) -> str:
    """The name of the schema that a reference leads to."""
    return reference.rsplit("/", 1)[1]


def resolved(schema: Json, schemas: Json) -> Json:
    """The schema itself, where this is a reference to it."""
    known: Json = schemas[target(schema["$ref"])] if "$ref" in schema else schema
    return known


def reached(start: Iterable[Json], schemas: Json) -> set[str]:
    """The names of the schemas that these lead to."""
    found: set[str] = set()
    waiting = [part for schema in start for part in parts(schema)]
    while waiting:
        name = target(waiting.pop().get("$ref", "/"))
        if name and name not in found:
            found.add(name)
            waiting += parts(schemas[name])
    return found


def bodies(document: Json) -> Iterator[Json]:
    """The schema of each request body."""
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield content["schema"]
