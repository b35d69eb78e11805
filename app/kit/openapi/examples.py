"""Examples: each schema shows one; an operation shows those of its schemas, put together."""

from typing import Any

from app.kit.openapi.walk import Json, resolved, target


def complete_all(schemas: Json) -> None:
    """FastAPI drops every null of the document; an answer has all its members."""
    for schema in schemas.values():
        if "properties" in schema and "examples" in schema:
            schema["examples"] = [completed(example, schema, schemas) for example in schema["examples"]]


def completed(example: Any, schema: Json, schemas: Json) -> Any:
    """The example with the required members that it lacks: null, or their default, in the order of the schema."""
    schema = _fitting(example, schema, schemas)
    if isinstance(example, list) and "items" in schema:
        return [completed(item, schema["items"], schemas) for item in example]
    if not isinstance(example, dict) or "properties" not in schema:
        return example
    members = schema["properties"]
    shown = {
        name: completed(example.get(name, member.get("default")), member, schemas)
        for name, member in members.items()
        if name in example or (name in schema.get("required", ()) and ("default" in member or _may_be_null(member)))
    }
    return shown | {name: value for name, value in example.items() if name not in members}


def _fitting(example: Any, schema: Json, schemas: Json) -> Json:
    """The alternative that the example is of."""
    schema = resolved(schema, schemas)
    kinds = [resolved(kind, schemas) for kind in (*schema.get("anyOf", []), *schema.get("oneOf", []))]
    if isinstance(example, dict):
        kinds = [kind for kind in kinds if set(example) <= set(kind.get("properties", {}))]
    elif isinstance(example, list):
        kinds = [kind for kind in kinds if kind.get("type") == "array"]
    return kinds[0] if kinds else schema


def _may_be_null(schema: Json) -> bool:
    return {"type": "null"} in schema.get("anyOf", [])


def show(content: Json, schemas: Json) -> None:
    """An example of the whole: the schema's own, or put together from what its members show."""
    example = example_of(content.get("schema", {}), schemas)
    if example is not None and "example" not in content:
        content["example"] = example


def example_of(schema: Json, schemas: Json) -> Any:
    if "$ref" not in schema:
        items = example_of(schema["items"], schemas) if "items" in schema else None
        return None if items is None else [items]
    name = target(schema["$ref"])
    known = schemas[name]
    if known.get("examples"):
        return known["examples"][0]
    if {"metadata", "results"} <= known.get("properties", {}).keys():
        return _example_page(known, schemas)
    return _example_input(name, known, schemas)


def _example_page(page: Json, schemas: Json) -> Json:
    common = {"resultset": {"count": 1, "limit": 50, "offset": 0}, "next_cursor": None, "as_of": "2026-11-23"}
    members = resolved(page["properties"]["metadata"], schemas)["properties"]
    metadata = {name: common[name] if name in common else example_of(members[name], schemas) for name in members}
    return {"metadata": metadata, "results": example_of(page["properties"]["results"], schemas) or []}


def _example_input(name: str, known: Json, schemas: Json) -> Json | None:
    """An input's example is its resource's, without what the server sets."""
    if all("examples" in member for member in known["properties"].values()):
        return {member: schema["examples"][0] for member, schema in known["properties"].items()}
    read = schemas.get(name.removesuffix("Fields").removesuffix("Create").removesuffix("Update") + "Read", {})
    shown = (read.get("examples") or [None])[0]
    return shown and {member: shown[member] for member in known["properties"] if member in shown}
