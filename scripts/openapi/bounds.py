"""Exact schemas: lengths, numbers of items, ranges, and null only where null is possible.

What a client sends is bounded by its types (`kit.fields`): nothing is added there, so that a test finds a field
without bounds. What the server returns gets the bounds of what it can store.
"""

from scripts.openapi.walk import Json, bodies, operations, parts, reached

_NUMERIC = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_LENGTHS = {"uuid": 36, "date": 10, "date-time": 35}
_STORED_TEXT: Json = {"maxLength": 4000, "pattern": r"^[^\x00]*$"}
_STORED_INTEGER: Json = {"minimum": -(2**31), "maximum": 2**31 - 1}
_STORED_ARRAY: Json = {"maxItems": 10_000}


def tighten(document: Json) -> None:
    schemas: Json = document["components"]["schemas"]
    sent = reached(bodies(document), schemas)
    for name, schema in schemas.items():
        if name not in sent and "properties" in schema:
            schema["required"] = list(schema["properties"])  # a response has all its fields, some of them null
        for part in parts(schema):
            limit(part, returned=name not in sent)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            parameter["schema"] = without_null(parameter["schema"])
            parameter["schema"].pop("description", None)  # the parameter's own, once more
            for part in parts(parameter["schema"]):
                limit(part, returned=False)


def without_null(schema: Json) -> Json:
    """The schema of a value that can be left out but never be null."""
    others = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(others) != 1:
        return schema
    return {**others[0], **{name: value for name, value in schema.items() if name not in {"anyOf", "default"}}}


def never_null(schemas: Json) -> Json:
    """Schemas of responses that leave a field out instead of giving null."""
    for schema in schemas.values():
        schema["properties"] = {name: without_null(field) for name, field in schema["properties"].items()}
        for part in parts(schema):
            limit(part, returned=True)
    return schemas


def limit(schema: Json, *, returned: bool) -> None:
    """Add the bounds that the type leaves open; drop a title, which only repeats the field's name."""
    if isinstance(schema.get("title"), str):
        del schema["title"]
    _write_whole_numbers(schema)
    if "enum" in schema or "const" in schema:
        return
    kind = schema.get("type")
    if kind == "string":
        _limit_text(schema, returned=returned)
    elif kind == "integer":
        _limit_integer(schema, returned=returned)
    elif kind == "array" and returned:
        _fill(schema, _STORED_ARRAY)
    elif "patternProperties" in schema:
        _fill(schema, {"additionalProperties": False})  # the pattern is of all names


def _write_whole_numbers(schema: Json) -> None:
    """FastAPI passes bounds through a float: 200.0 becomes 200 again."""
    for name in _NUMERIC & schema.keys():
        if isinstance(schema[name], float) and schema[name].is_integer():
            schema[name] = int(schema[name])


def _limit_text(schema: Json, *, returned: bool) -> None:
    if schema.get("format") in _LENGTHS:
        _fill(schema, {"maxLength": _LENGTHS[schema["format"]]})
    elif returned:
        _fill(schema, _STORED_TEXT)


def _limit_integer(schema: Json, *, returned: bool) -> None:
    if returned and not {"exclusiveMinimum", "exclusiveMaximum"} & set(schema):
        _fill(schema, _STORED_INTEGER)
    small = schema.get("minimum", -(2**63)) >= -(2**31) and schema.get("maximum", 2**63) < 2**31
    _fill(schema, {"format": "int32" if small else "int64"})


def _fill(schema: Json, limits: Json) -> None:
    schema.update({name: value for name, value in limits.items() if name not in schema})
