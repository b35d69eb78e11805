"""Whether a day is in or out, said of every member and parameter that is one: `[days]` of the language's file."""

from collections.abc import Iterator, Mapping

from scripts.openapi.walk import Json, operations, parts


class UnknownDay(LookupError):
    """A member is a day, and nothing says whether it is in or out."""


def describe(document: Json, texts: Mapping[str, str]) -> Json:
    """The document, its days described. A text is of every member of the name, or of `Schema.member`."""
    for owner, name, described in dated(document):
        said = texts.get(f"{owner}.{name}", texts.get(name))
        if said is None:
            raise UnknownDay(f"{owner}.{name}: add it to [days] of openapi/en.toml and openapi/ja.toml")
        own = described.get("description", "").rstrip(".。")
        described["description"] = f"{own}{_stop(said)}{said}" if own else said
    return document


def _stop(said: str) -> str:
    return ". " if said.isascii() else "。"


def dated(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Schema or operation, name, and the member or parameter, of each that is a day."""
    for owner, schema in document["components"]["schemas"].items():
        for name, member in schema.get("properties", {}).items():
            if is_day(member):
                yield owner, name, member
    for _, _, operation in operations(document):
        for parameter in operation["parameters"]:
            if is_day(parameter["schema"]):
                yield operation["operationId"], parameter["name"], parameter


def is_day(schema: Json) -> bool:
    return any(part.get("format") == "date" for part in parts(schema))
