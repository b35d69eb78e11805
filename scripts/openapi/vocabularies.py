"""Where the values of an open vocabulary are listed, noted at each field and parameter that takes them."""

from collections.abc import Iterator, Mapping

from scripts.openapi.walk import Json, operations

Listed = Mapping[str, tuple[str, ...]]
"""By the path whose rows have the values as `code`, the fields that take them."""


def describe(document: Json, listed: Listed) -> None:
    paths = {field: path for path, fields in listed.items() for field in fields}
    for name, described in _named(document):
        if name in paths:
            text = described.get("description", "").rstrip(".")
            what = "Codes" if _is_list(described) else "A `code`"
            described["description"] = f"{text}{'. ' if text else ''}{what} of `GET {paths[name]}`"


def _is_list(described: Json) -> bool:
    schema = described.get("schema", described)
    return "array" in {each.get("type") for each in (schema, *schema.get("anyOf", ()))}


def _named(document: Json) -> Iterator[tuple[str, Json]]:
    for schema in document["components"]["schemas"].values():
        yield from schema.get("properties", {}).items()
    for _, _, operation in operations(document):
        for parameter in operation["parameters"]:
            yield parameter["name"], parameter
