"""Schemas made exact: how long, how many, how large, and null only where null is meant.

What a client sends is bounded by its own types (`kit.fields`) and only gets told what they enforce; nothing is
filled in there, so that a loose member is found. What the server answers gets the bounds of what it can store.
"""

from app.kit.openapi.walk import Json, bodies, operations, parts, reached

_LENGTHS = {"uuid": 36, "date": 10, "date-time": 35}
_STORED_TEXT: Json = {"maxLength": 4000, "pattern": r"^[^\x00]*$"}
_STORED_INTEGER: Json = {"minimum": -(2**31), "maximum": 2**31 - 1}
_STORED_ARRAY: Json = {"maxItems": 10_000}


def tighten(document: Json) -> None:
    schemas: Json = document["components"]["schemas"]
    sent = reached(bodies(document), schemas)
    for name, schema in schemas.items():
        if name not in sent and "properties" in schema:
            schema["required"] = list(schema["properties"])  # an answer has all its members, some of them null
        for part in parts(schema):
            limit(part, answered=name not in sent)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            parameter["schema"] = without_null(parameter["schema"])
            for part in parts(parameter["schema"]):
                limit(part, answered=False)


def without_null(schema: Json) -> Json:
    """Of a value that can be left out but never be null."""
    others = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(others) != 1:
        return schema
    return {**others[0], **{name: value for name, value in schema.items() if name not in {"anyOf", "default"}}}


def never_null(schemas: Json) -> Json:
    """Schemas of answers that leave a member out instead of giving null."""
    for schema in schemas.values():
        schema["properties"] = {name: without_null(member) for name, member in schema["properties"].items()}
        for part in parts(schema):
            limit(part, answered=True)
    return schemas


def limit(schema: Json, *, answered: bool) -> None:
    """Say what the type leaves open; a title only repeats the member's name."""
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if "enum" in schema or "const" in schema:
        return
    kind = schema.get("type")
    if kind == "string":
        _limit_text(schema, answered=answered)
    elif kind == "integer":
        _limit_integer(schema, answered=answered)
    elif kind == "array" and answered:
        _fill(schema, _STORED_ARRAY)
    elif "patternProperties" in schema:
        _fill(schema, {"additionalProperties": False})  # the pattern is of all names


def _limit_text(schema: Json, *, answered: bool) -> None:
    if schema.get("format") in _LENGTHS:
        _fill(schema, {"maxLength": _LENGTHS[schema["format"]]})
    elif answered:
        _fill(schema, _STORED_TEXT)


def _limit_integer(schema: Json, *, answered: bool) -> None:
    if answered and not {"exclusiveMinimum", "exclusiveMaximum"} & set(schema):
        _fill(schema, _STORED_INTEGER)
    small = schema.get("minimum", -(2**63)) >= -(2**31) and schema.get("maximum", 2**63) < 2**31
    _fill(schema, {"format": "int32" if small else "int64"})


def _fill(schema: Json, limits: Json) -> None:
    schema.update({name: value for name, value in limits.items() if name not in schema})
