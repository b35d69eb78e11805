"""Names of schemas as a client's generator shows them: those of the classes."""

from typing import Any

from scripts.openapi.walk import Json, reference, target


def rename(document: Json) -> None:
    """Each schema by the name of its class, which is its title."""
    schemas: Json = document["components"]["schemas"]
    named = {name: schema.get("title", name) for name, schema in schemas.items()}
    if twice := {name for name in named.values() if list(named.values()).count(name) > 1}:
        raise SystemExit(f"Two schemas have the same name, rename the class of one: {', '.join(sorted(twice))}")
    document["components"]["schemas"] = {named[name]: schema for name, schema in schemas.items()}
    for part in ("paths", "components"):
        document[part] = _referring(document[part], named)


def _referring(value: Any, named: dict[str, str]) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            name = target(value["$ref"])
            return value | reference(named.get(name, name))
        return {name: _referring(part, named) for name, part in value.items()}
    return [_referring(part, named) for part in value] if isinstance(value, list) else value
