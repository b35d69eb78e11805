"""Examples: what the demonstration city returned, and what can be sent, taken from it or given by the schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.openapi.walk import Json, operations, resolved, target

Captured = Mapping[str, Json]
"""By operation what was `sent` and `answered`: `openapi/examples.json`, written by `scripts.capture_examples`."""


@dataclass(frozen=True)
class Sources:
    captured: Captured
    inputs: Mapping[str, Json]
    """By schema what to show of an input where it is not taken from its resource: `openapi/inputs.json`."""


def add(document: Json, sources: Sources) -> None:
    """Show at each operation what was sent and returned, at each schema its part of that."""
    schemas: Json = document["components"]["schemas"]
    for name, example in sources.inputs.items():
        schemas[name]["examples"] = [example]
    for _, method, operation in operations(document):
        example = sources.captured.get(operation["operationId"], {"answered": None})
        _show(operation.get("requestBody", {}), example.get("sent"))
        for schema in _show(_success(operation), example["answered"]):
            for name, value in _by_schema(example["answered"], schema, schemas) if method == "get" else ():
                schemas[name].setdefault("examples", [value])
    shown: set[str] = set()
    for name, content, resource in _bodies(document):
        if name not in shown and (sent := _sent(schemas[name], resource, schemas) or content.get("example")):
            schemas[name]["examples"] = [sent]
            shown.add(name)


def fill(content: Json, schemas: Json) -> None:
    """Show the schema's example at what an operation takes or returns, unless one was captured."""
    example = _example(content.get("schema", {}), schemas)
    if example is not None:
        content.setdefault("example", example)


def _success(operation: Json) -> Json:
    found: Json = next(response for status, response in operation["responses"].items() if status < "300")
    return found


def _show(part: Json, example: Any) -> list[Json]:
    """The schemas at which the part now shows the example."""
    contents = [] if example is None else list(part.get("content", {}).values())
    for content in contents:
        content["example"] = example
    return [content["schema"] for content in contents]


def _by_schema(value: Any, schema: Json, schemas: Json) -> Iterator[tuple[str, Any]]:
    """The named schemas of a value and of all that it holds, pages left out, each with its part of the value."""
    if value is None:
        return
    kind = _not_null(schema)
    known = resolved(kind, schemas)
    members = known.get("properties", {})
    if "$ref" in kind and members and not {"metadata", "results"} <= members.keys():
        yield target(kind["$ref"]), value
    if isinstance(value, list):
        for item in value:
            yield from _by_schema(item, known.get("items", {}), schemas)
    elif isinstance(value, dict):
        others = known.get("additionalProperties")
        for name, inner in value.items():
            yield from _by_schema(inner, members.get(name, others if isinstance(others, dict) else {}), schemas)


def _not_null(schema: Json) -> Json:
    return next((kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}), schema)


def _bodies(document: Json) -> Iterator[tuple[str, Json, Any]]:
    """Of each request body the name of its schema, the body, and an example of what the operation returns."""
    schemas: Json = document["components"]["schemas"]
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            returned = _success(operation).get("content", {}).values()
            resource = next((_example(each["schema"], schemas) for each in returned), None)
            yield target(content["schema"]["$ref"]), content, resource


def _sent(known: Json, resource: Any, schemas: Json) -> Json:
    """The schema's own example and what else it requires, or all members of the resource that can be sent."""
    by_member = {member: kind["examples"][0] for member, kind in known["properties"].items() if "examples" in kind}
    own: Json = known.get("examples", [by_member])[0]
    taken: Json = _cut(resource, known, schemas) if isinstance(resource, dict) else {}
    wanted = known.get("required", ()) if own else taken
    return {member: taken[member] for member in wanted if member in taken} | own


def _cut(value: Any, schema: Json, schemas: Json) -> Any:
    """The value with the members of this schema only."""
    known = resolved(_not_null(schema), schemas)
    if isinstance(value, list):
        return [_cut(item, known.get("items", {}), schemas) for item in value]
    if isinstance(value, dict) and "properties" in known:
        members = known["properties"]
        return {name: _cut(inner, members[name], schemas) for name, inner in value.items() if name in members}
    return value


def _example(schema: Json, schemas: Json) -> Any:
    if "items" in schema:
        item = _example(schema["items"], schemas)
        return None if item is None else [item]
    return _of_schema(schemas[target(schema["$ref"])], schemas) if "$ref" in schema else None


def _of_schema(known: Json, schemas: Json) -> Any:
    """The example of a named schema: its own, or that of the lists which it holds."""
    if "examples" in known:
        return known["examples"][0]
    lists = {name: _example(part, schemas) for name, part in known.get("properties", {}).items() if "items" in part}
    return {name: item for name, item in lists.items() if item is not None} or None
