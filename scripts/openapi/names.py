"""Names of schemas as a client's generator shows them: those of the classes."""

from typing import Any

from scripts.openapi.walk import Json, operations, reference, target

_FORM = "application/x-www-form-urlencoded"


def rename(document: Json) -> None:
    """Each schema by the name of its class, which its title is, and a form, which has none, by its operation."""
    schemas: Json = document["components"]["schemas"]
    named = {name: schema.get("title", name) for name, schema in schemas.items()} | _forms(document)
    if twice := {name for name in named.values() if list(named.values()).count(name) > 1}:
        raise SystemExit(f"Two schemas have the same name, rename the class of one: {', '.join(sorted(twice))}")
    document["components"]["schemas"] = {named[name]: schema for name, schema in schemas.items()}
    for part in ("paths", "components"):
        document[part] = _referring(document[part], named)


def form_name(operation_id: str) -> str:
    return "".join(word.capitalize() for word in operation_id.split("_")) + "Form"


def _forms(document: Json) -> dict[str, str]:
    """FastAPI makes a model of the fields of a form."""
    return {
        target(contents[_FORM]["schema"]["$ref"]): form_name(operation["operationId"])
        for _, _, operation in operations(document)
        if _FORM in (contents := operation.get("requestBody", {}).get("content", {}))
    }


def _referring(value: Any, named: dict[str, str]) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            name = target(value["$ref"])
            return value | reference(named.get(name, name))
        return {name: _referring(part, named) for name, part in value.items()}
    return [_referring(part, named) for part in value] if isinstance(value, list) else value
