"""Examples: what the demonstration city answers; what a client sends is cut from that, or says its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.kit.openapi.walk import Json, bodies, operations, resolved, target

Answers = Mapping[str, Json]
"""By operation what it `answered`, and what was `sent` for it; `scripts.capture_examples` asks for them."""


def learn(document: Json, answers: Answers) -> None:
    """Show at each operation what was sent and answered, at each schema what a read told of it or what can be sent."""
    schemas: Json = document["components"]["schemas"]
    for _, method, operation in operations(document):
        told = answers.get(operation["operationId"], {"answered": None})
        _tell(operation.get("requestBody", {}), told.get("sent"))
        done = next(answer for status, answer in operation["responses"].items() if status < "300")
        for schema in _tell(done, told["answered"]):
            for name, value in _known(told["answered"], schema, schemas) if method == "get" else ():
                schemas[name].setdefault("examples", [value])
    for name in {target(body["$ref"]) for body in bodies(document)}:
        if sent := _sent(name, schemas):
            schemas[name]["examples"] = [sent]


def _tell(part: Json, example: Any) -> list[Json]:
    """The schemas of which the part now shows the example."""
    contents = [] if example is None else list(part.get("content", {}).values())
    for content in contents:
        content["example"] = example
    return [content["schema"] for content in contents]


def show(content: Json, schemas: Json) -> None:
    """The schema's example at what an operation takes or gives."""
    example = _of(content.get("schema", {}), schemas)
    if example is not None:
        content.setdefault("example", example)


def _known(value: Any, schema: Json, schemas: Json) -> Iterator[tuple[str, Any]]:
    """The named schemas of a value and of all that it holds, lists of resources left out, each with its part."""
    kind = _meant(schema)
    known = resolved(kind, schemas)
    members = known.get("properties", {})
    if "$ref" in kind and members and not {"metadata", "results"} <= members.keys():
        yield target(kind["$ref"]), value
    if isinstance(value, list):
        for item in value:
            yield from _known(item, known.get("items", {}), schemas)
    elif isinstance(value, dict):
        others = known.get("additionalProperties")
        for name, inner in value.items():
            yield from _known(inner, members.get(name, others if isinstance(others, dict) else {}), schemas)


def _meant(schema: Json) -> Json:
    """What it is when it is not null."""
    return next((kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}), schema)


def _sent(name: str, schemas: Json) -> Json:
    """The schema's own words and what else it asks for, else all of its resource that can be sent."""
    known = schemas[name]
    by_member = {member: kind["examples"][0] for member, kind in known["properties"].items() if "examples" in kind}
    own: Json = known.get("examples", [by_member])[0]
    stem = name.removesuffix("Update").removesuffix("Create").removesuffix("Asked").removesuffix("Fields")
    resource: Json = _cut(_named(f"{stem}Read", schemas) or {}, known, schemas)
    wanted = known.get("required", ()) if own else resource
    return {member: resource[member] for member in wanted if member in resource} | own


def _cut(value: Any, schema: Json, schemas: Json) -> Any:
    """The value with the members of this schema only."""
    known = resolved(_meant(schema), schemas)
    if isinstance(value, list):
        return [_cut(item, known.get("items", {}), schemas) for item in value]
    if isinstance(value, dict) and "properties" in known:
        members = known["properties"]
        return {name: _cut(inner, members[name], schemas) for name, inner in value.items() if name in members}
    return value


def _of(schema: Json, schemas: Json) -> Any:
    if "items" in schema:
        item = _of(schema["items"], schemas)
        return None if item is None else [item]
    return _named(target(schema["$ref"]), schemas) if "$ref" in schema else None


def _named(name: str, schemas: Json) -> Any:
    """The example of a schema: its own, or that of the lists which it holds."""
    known = schemas.get(name, {})
    if "examples" in known:
        return known["examples"][0]
    lists = {name: _of(member, schemas) for name, member in known.get("properties", {}).items() if "items" in member}
    return {name: item for name, item in lists.items() if item is not None} or None
